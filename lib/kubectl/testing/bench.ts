import { createCluster, defineProgram, millis, reason, type Cluster, type Image, type ImageCatalog, type Program } from "@/lib/engine";
import { resumeKubectl, runToCompletion, startKubectl, tidyPath, type KubectlIO, type Run } from "../index";

const web = defineProgram<null>({
  start: () => ({ state: null, listen: [80], log: ["listening"] }),
  onRequest: (state, request) => ({ state, log: [`${request.method} ${request.path}`], response: { status: 200, body: "hello" } }),
});
/** Says its words after a second and ends with the last of them. */
const say = defineProgram<null>({
  start: () => ({ state: null, wakeAfter: { delay: millis(1000), message: null } }),
  onTimer: (state, _message, process) => ({ state, log: process.argv.slice(1), exit: { code: Number(process.argv.at(-1)) || 0 } }),
});
const echo = defineProgram<null>({ start: (process) => ({ state: null, log: [process.argv.slice(1).join(" ") + process.stdin], exit: { code: 0 } }) });
const programs: Readonly<Record<string, Program>> = { web, say, echo };

/** `web`, `say` and `echo`, any tag; everything else is unknown. */
const images: ImageCatalog = {
  pull(reference) {
    const name = reference.split(":")[0] ?? "";
    if (!Object.hasOwn(programs, name)) return { error: reason("image.not-found", { image: reference }), message: `${reference}: not found` };
    const image: Image = { reference, digest: "sha256:0", entrypoint: [name], cmd: [], env: { PATH: "/bin" }, workingDir: "/", user: 0, ports: [80], files: { "/etc/motd": "hi\n" }, programs, sizeBytes: 1, pullTime: millis(500) };
    return { image };
  },
};

/** Two machines, a disk, and kubectl. */
export interface TestBench {
  readonly cluster: Cluster;
  readonly files: Map<string, string>;
  readonly io: KubectlIO;
  /** Runs a line to its end; quotes are not understood. */
  run(line: string, stdin?: string): { readonly stdout: string; readonly stderr: string; readonly exitCode: number };
  start(line: string): Run;
  /** Advances, and goes on with a command that waits. */
  resume(run: Run, duration: number): Run;
}

/** A fresh {@link TestBench} with these files. */
export function testBench(files: Readonly<Record<string, string>> = {}): TestBench {
  const cluster = createCluster({ seed: 3, kubernetesVersion: "1.36.2", nodes: ["node-1", "node-2"].map((name) => ({ name, cpu: "2", memory: "4Gi" })), images });
  cluster.advance(millis(5000));
  const disk = new Map(Object.entries(files));
  const io: KubectlIO = { cluster, user: "kubernetes-admin", namespace: "default", files: { read: (path) => disk.get(tidyPath(path)), list: () => [...disk.keys()], write: (path, text) => void disk.set(tidyPath(path), text) } };
  return {
    cluster,
    files: disk,
    io,
    run: (line, stdin) => runToCompletion(line.split(" "), stdin === undefined ? io : { ...io, stdin }, 120_000),
    start: (line) => startKubectl(line.split(" "), io),
    resume(run, duration) {
      cluster.advance(millis(duration));
      return run.pending === undefined ? run : resumeKubectl(JSON.parse(JSON.stringify(run.pending)), io);
    },
  };
}
