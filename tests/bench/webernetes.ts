import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createCluster, millis } from "@/lib/engine";
import { catalog } from "@/lib/images";
import { fixtures, kubernetesVersion } from "@/lib/workbench";
import type { Benchmark, Measured } from "./measured";

/** What one run took. */
interface Taken {
  readonly wall: number;
  readonly cpu: number;
}

const deployment = (replicas: number, image: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: { replicas, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } } },
});

/** Runs in a process of its own: their clock is the real one, and their build needs a bundler to run in Node. */
const THEIRS = `
import { BaseImage, Cluster } from "@ngrok/webernetes";
class Web extends BaseImage {
  static imageName = "web";
  static imageVersion = "1.0";
  defaultCommand = ["server"];
  async exec(ctx, argv) {
    if (argv[0] !== "server") return await super.exec(ctx, argv);
    ctx.listenHttp(80, async () => ({ statusCode: 200, body: "hello" }));
    return await ctx.waitUntilKilled();
  }
}
const [replicas, runs] = process.argv.slice(2).map(Number);
const taken = [];
for (let i = 0; i < runs; i += 1) {
  const before = process.cpuUsage();
  const start = performance.now();
  const cluster = new Cluster();
  cluster.registerImage(Web);
  await cluster.init();
  await cluster.apply([JSON.parse(process.env.DEPLOYMENT)]);
  for (;;) {
    const found = await cluster.api.appsv1.readNamespacedDeployment({ name: "web", namespace: "default" });
    if (found.status?.readyReplicas === replicas) break;
    if (performance.now() - start > 120000) throw new Error("not ready in two minutes");
    await new Promise((done) => setTimeout(done, 5));
  }
  const used = process.cpuUsage(before);
  taken.push({ wall: performance.now() - start, cpu: (used.user + used.system) / 1000 });
  await cluster.close?.();
}
console.log(JSON.stringify(taken));
process.exit(0);
`;

async function theirs(replicas: number, runs: number): Promise<readonly Taken[]> {
  const folder = mkdtempSync(join(tmpdir(), "timonel-bench-"));
  try {
    const entry = join(folder, "theirs.mjs");
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const made = await build({ stdin: { contents: THEIRS, resolveDir: root, loader: "js" }, bundle: true, write: false, platform: "node", format: "esm", logLevel: "silent", banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' } });
    writeFileSync(entry, made.outputFiles[0]?.text ?? "");
    const ended = spawnSync(process.execPath, [entry, String(replicas), String(runs)], { env: { ...process.env, DEPLOYMENT: JSON.stringify(deployment(replicas, "web:1.0")) }, encoding: "utf8", timeout: 300_000 });
    if (ended.status !== 0) throw new Error(`webernetes did not run: ${ended.stderr.slice(0, 500)}`);
    return JSON.parse(ended.stdout.trim().split("\n").pop() ?? "[]") as readonly Taken[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ours(replicas: number): Taken {
  const before = process.cpuUsage();
  const start = performance.now();
  const cluster = createCluster({ ...fixtures["three-nodes"], seed: 1, kubernetesVersion, images: catalog });
  cluster.as("kubernetes-admin").create(deployment(replicas, "nginx:1.29"));
  cluster.settle({ quietFor: millis(10_000), atMost: millis(300_000) });
  const used = process.cpuUsage(before);
  return { wall: performance.now() - start, cpu: (used.user + used.system) / 1000 };
}

const middle = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
const tenth = (value: number): number => Math.round(value * 10) / 10;

async function sideBySide(replicas: number): Promise<Measured> {
  for (let i = 0; i < 60; i += 1) ours(replicas);
  const own = Array.from({ length: 31 }, () => ours(replicas));
  const other = await theirs(replicas, 3);
  const [wall, cpu] = [middle(own.map((run) => run.wall)), middle(own.map((run) => run.cpu))];
  const [theirWall, theirCpu] = [middle(other.map((run) => run.wall)), middle(other.map((run) => run.cpu))];
  const figures = { ourWall: tenth(wall), ourCpu: tenth(cpu), theirWall: tenth(theirWall), theirCpu: tenth(theirCpu), wallRatio: tenth(theirWall / wall), cpuRatio: tenth(theirCpu / cpu) };
  return { p50: tenth(wall), p99: tenth(Math.max(...own.map((run) => run.wall))), runs: own.length, figures, note: "a Deployment on three nodes until all are ready; theirs waits in real time, ours in virtual time" };
}

/** Beside `@ngrok/webernetes`, on what both support. */
export const besideWebernetes: readonly Benchmark[] = [5, 30, 100].map((replicas) => ({ name: `scale:webernetes-${replicas}-pods`, target: "100 times faster by wall clock, 20 times by CPU", measure: () => sideBySide(replicas) }));
