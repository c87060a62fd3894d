import { millis, type Cluster } from "@/lib/engine";
import { resumeKubectl, startKubectl, type Continuation, type KubectlIO, type Run } from "@/lib/kubectl";
import type { Json } from "@/lib/engine";
import { doRequest } from "../api-request";
import type { Disk } from "../disk";
import { HOME } from "../disk";
import type { Answered, TerminalProgram } from "../terminal";

/** kubectl in the student's terminal: acts as the administrator of the exercise's cluster, on the student's files. */
export function kubectlProgram(cluster: Cluster, disk: Disk): TerminalProgram {
  const io = (cwd: string, stdin: string | undefined): KubectlIO => {
    const prefix = cwd === HOME ? "" : cwd.startsWith(`${HOME}/`) ? `${cwd.slice(HOME.length + 1)}/` : `${cwd}/`;
    const place = (path: string): string => (path.startsWith("/") || path.startsWith("~/") || path.startsWith(".kube/") ? path : `${prefix}${path}`);
    return {
      cluster,
      user: "kubernetes-admin",
      namespace: "default",
      home: HOME,
      files: {
        read: (path) => disk.read(place(path)),
        list: () => [...disk.files().keys()].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)),
        write: (path, text) => disk.write(place(path), text),
      },
      ask(path, user) {
        const { response } = doRequest(cluster, { type: "request", method: "GET", path, user });
        return { code: response?.code ?? 404, body: response?.body ?? "" };
      },
      ...(stdin === undefined ? {} : { stdin }),
    };
  };
  return {
    name: "kubectl",
    start(command) {
      // Whoever types is slower than a controller: what the command before set in motion has been seen to.
      cluster.advance(millis(0));
      return answered(startKubectl(command.argv.slice(1), io(command.cwd, command.stdin)), command.cwd);
    },
    resume(job) {
      const { continuation, cwd } = job.state as unknown as { readonly continuation: Continuation; readonly cwd: string };
      return answered(resumeKubectl(continuation, io(cwd, undefined)), cwd);
    },
  };
}

function answered(run: Run, cwd: string): Answered {
  const { stdout, stderr } = run;
  if (run.pending === undefined) return { result: { status: run.exitCode, stdout, stderr } };
  return { job: { program: "kubectl", state: { continuation: run.pending, cwd } as unknown as Json, endless: run.pending.endless }, stdout, stderr };
}
