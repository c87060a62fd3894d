/** What the API costs: in the process, over HTTPS, and with the genuine kubectl at the other end. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { createCluster, type Cluster, type JsonObject } from "@/lib/engine";
import { startCluster, type StandAlone } from "@/lib/hosting/gateway";
import { catalog } from "@/lib/images";
import { parseManifests } from "@/lib/manifest";
import { handle, type RestAnswer } from "@/lib/rest";
import { fixtures, kubernetesVersion } from "@/lib/workbench";
import { genuineBinaries } from "../kubectl-real/binaries";
import type { Benchmark, Measured } from "./measured";

const ADMIN = { name: "kubernetes-admin", groups: ["system:masters"] };
const round = (value: number): number => Math.round(value * 1000) / 1000;

function summary(taken: readonly number[], note?: string): Measured {
  const sorted = [...taken].sort((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), runs: sorted.length, ...(note === undefined ? {} : { note }) };
}

function clusterOf(fixture: keyof typeof fixtures): Cluster {
  return createCluster({ ...fixtures[fixture], seed: 1, kubernetesVersion, images: catalog, stepBudget: Number.MAX_SAFE_INTEGER });
}

const configMap = (name: string): JsonObject => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" }, data: { a: "b" } });

function post(served: StandAlone, agent: Agent, path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${served.url}${path}`, { method: "POST", agent, headers: { authorization: `Bearer ${served.token}`, "content-type": "application/json" } }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A cluster over HTTPS whose clock stands still. */
async function overHttps<T>(cluster: Cluster, work: (served: StandAlone) => Promise<T>): Promise<T> {
  const served = await startCluster({ cluster, https: true, autoAdvance: "off" });
  try {
    return await work(served);
  } finally {
    await served.close();
  }
}

async function writesOverHttps(): Promise<Measured> {
  return overHttps(clusterOf("empty"), async (served) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const taken: number[] = [];
    for (let i = 0; i < 1200; i += 1) {
      const start = performance.now();
      const code = await post(served, agent, "/api/v1/namespaces/default/configmaps", JSON.stringify(configMap(`c${i}`)));
      if (code !== 201) throw new Error(`status ${code}`);
      if (i >= 200) taken.push(performance.now() - start);
    }
    agent.destroy();
    return summary(taken);
  });
}

const DOCUMENT = (i: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web-${i}, labels: {app: web-${i}}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web-${i}}}
  template:
    metadata: {labels: {app: web-${i}}}
    spec:
      containers:
      - name: web
        image: nginx:1.29
        ports: [{containerPort: 80}]
        env: [{name: COLOR, value: azul}]
        resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
        readinessProbe: {httpGet: {path: /, port: 80}}
`;

/** Decoding, defaults and validation of a hundred Deployments that are already JSON; reading their YAML is told in the note. */
function validation(): Measured {
  const text = Array.from({ length: 100 }, (_, i) => DOCUMENT(i)).join("---\n");
  const readStart = performance.now();
  const documents = parseManifests(text).documents.map(({ value }) => value);
  const reading = performance.now() - readStart;
  const admin = clusterOf("empty").as("kubernetes-admin");
  const taken: number[] = [];
  for (let run = 0; run < 50; run += 1) {
    const start = performance.now();
    for (const document of documents) admin.create({ ...document, metadata: { ...(document["metadata"] as JsonObject), namespace: "default" } }, { dryRun: true });
    if (run >= 10) taken.push(performance.now() - start);
  }
  return summary(taken, `their YAML, read once and cold: ${round(reading)} ms`);
}

const PODS = 10_000;
/** Recorded with a real control plane on such a machine. */
const REAL_SECONDS = 7.2;

function withPods(): Cluster {
  const cluster = clusterOf("empty");
  const admin = cluster.as("kubernetes-admin");
  for (let i = 0; i < PODS; i += 1) {
    admin.create({ apiVersion: "v1", kind: "Pod", metadata: { name: `p-${i}`, namespace: "default", labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx:1.29" }] } });
  }
  return cluster;
}

async function getPods(): Promise<Measured> {
  const found = genuineBinaries();
  if ("reason" in found) return { p50: 0, p99: 0, runs: 0, note: found.reason };
  return overHttps(withPods(), async (served) => {
    const home = mkdtempSync(join(tmpdir(), "timonel-bench-"));
    writeFileSync(join(home, "kubeconfig"), served.kubeconfig);
    const env = { HOME: home, KUBECONFIG: join(home, "kubeconfig"), PATH: process.env["PATH"] ?? "" } as unknown as NodeJS.ProcessEnv;
    const taken: number[] = [];
    for (let run = 0; run < 8; run += 1) {
      const start = performance.now();
      const { stdout } = await promisify(execFile)(join(found.folder, "kubectl"), ["get", "pods"], { env, maxBuffer: 64 * 1024 * 1024 });
      if (stdout.trim().split("\n").length !== PODS + 1) throw new Error("not every pod was listed");
      taken.push(performance.now() - start);
    }
    rmSync(home, { recursive: true, force: true });
    const measured = summary(taken.slice(1));
    return { ...measured, note: `cold ${round(taken[0] ?? 0)} ms; ${round((REAL_SECONDS * 1000) / measured.p50)} times faster than the ${REAL_SECONDS} s recorded` };
  });
}

/** One write told to a thousand watchers of three kinds of selector. */
function fanOut(): Measured {
  const cluster = clusterOf("empty");
  const open = (query: string): RestAnswer => handle({ method: "GET", path: "/api/v1/namespaces/default/configmaps", query, headers: {}, body: "", user: ADMIN }, cluster);
  const watches = Array.from({ length: 1000 }, (_, i) => open(["watch=true", "watch=true&labelSelector=a", "watch=true&fieldSelector=metadata.name%3Dx"][i % 3] ?? "")).flatMap((answer) => (answer.type === "watch" ? [answer.watch] : []));
  const admin = cluster.as("kubernetes-admin");
  for (const watch of watches) watch.next();
  const taken: number[] = [];
  for (let run = 0; run < 120; run += 1) {
    admin.create(configMap(`f${run}`));
    const start = performance.now();
    const frames = watches.map((watch) => watch.next());
    if (run >= 20) taken.push(performance.now() - start);
    if (frames.filter(({ length }) => length === 1).length !== 334) throw new Error("a watcher saw something else");
  }
  return summary(taken, "334 of the 1,000 see the write, all through one frame");
}

/** What the engine alone weighs in a browser, minified and gzipped, in kB. */
async function engineSize(): Promise<Measured> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const result = await build({ entryPoints: [join(root, "lib/engine/index.ts")], bundle: true, minify: true, write: false, format: "esm", platform: "browser", logLevel: "silent", tsconfig: join(root, "tsconfig.json") });
  const bytes = result.outputFiles[0]?.contents ?? new Uint8Array();
  const packed = gzipSync(bytes, { level: 9 }).length;
  return { p50: round(packed / 1000), p99: round(packed / 1000), runs: 1, note: `kB gzip; ${round(bytes.length / 1000)} kB before` };
}

/** Every benchmark of the API. */
export const restBenchmarks: readonly Benchmark[] = [
  { name: "https-write", target: "p50 1 ms", measure: writesOverHttps },
  { name: "validate-100-documents", target: "15 ms", measure: validation },
  { name: "kubectl-get-10000-pods", target: `p50 ${REAL_SECONDS / 5} s: 5 times faster than recorded`, measure: getPods },
  { name: "watch-fan-out", target: "—", measure: fanOut },
  { name: "engine-size", target: "120 kB gzip", measure: engineSize },
];
