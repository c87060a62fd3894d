import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCluster } from "@/lib/engine";
import { startCluster, type StandAlone } from "@/lib/hosting/gateway";
import { catalog } from "@/lib/images";
import { fixtures, kubernetesVersion } from "@/lib/workbench";
import { files } from "./files";

/** What a command printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A stand-alone cluster over HTTPS, a folder with manifests, and a shell whose kubectl and helm are the genuine ones. */
export interface Session {
  readonly served: StandAlone;
  run(line: string): Promise<Printed>;
  close(): Promise<void>;
}

const PATIENCE = 30_000;

/** Opens a session. `rate`: virtual seconds a real second. */
export async function openSession(binaries: string, rate = 40): Promise<Session> {
  const cluster = createCluster({ ...fixtures["three-nodes"], seed: 1, kubernetesVersion, images: catalog, stepBudget: Number.MAX_SAFE_INTEGER });
  cluster.settle();
  const served = await startCluster({ cluster, https: true, autoAdvance: rate });
  const home = mkdtempSync(join(tmpdir(), "timonel-kubectl-"));
  writeFileSync(join(home, "kubeconfig"), served.kubeconfig);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(home, path, ".."), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  const env = { PATH: `${binaries}:${process.env["PATH"] ?? ""}`, HOME: home, KUBECONFIG: join(home, "kubeconfig"), TERM: "dumb", LC_ALL: "C.UTF-8", CONTROL: served.control, TOKEN: served.token, API: served.url };
  return {
    served,
    run: (line) =>
      new Promise((resolve) => {
        const child = spawn("bash", ["-c", line], { cwd: home, env: env as unknown as NodeJS.ProcessEnv, detached: true });
        let stdout = "";
        let stderr = "";
        child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
        child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
        const timer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), PATIENCE);
        child.on("close", (code) => {
          clearTimeout(timer);
          resolve({ stdout, stderr, code: code ?? 137 });
        });
      }),
    async close() {
      await served.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
