import { createCluster, millis, seconds, type Cluster, type JsonObject } from "@/lib/engine";
import { catalog } from "@/lib/images";
import { fixtures, kubernetesVersion } from "@/lib/workbench";
import type { Benchmark, Measured } from "./measured";
import { schedulingBenchmarks } from "./scheduling";
import { besideWebernetes } from "./webernetes";
import { weightOfAPod } from "./weight";

/** Pods asked for in one go: what happens in one instant is bounded, lest controllers that fight go on for ever. */
const WAVE = 30_000;
/** Pods of one Deployment: beyond that, namespaces and workloads multiply as in real clusters. */
const EACH = 3000;

function deployment(name: string, replicas: number, probed: boolean): JsonObject {
  const probes: JsonObject = probed ? { readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 5 }, livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 10 } } : {};
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "web", image: "nginx:1.29", resources: { requests: { cpu: "10m", memory: "16Mi" } }, ...probes }] } } },
  };
}

function bigCluster(nodes: number): Cluster {
  const node = { ...fixtures["three-nodes"].nodes[0], cpu: "8", memory: "32Gi" };
  return createCluster({ nodes: Array.from({ length: nodes }, (_, i) => ({ ...node, name: `node-${i + 1}` })), network: { podCIDR: "10.0.0.0/8" }, seed: 1, kubernetesVersion, images: catalog, stepBudget: 1_000_000_000 });
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

function collect(): void {
  (globalThis as { readonly gc?: () => void }).gc?.();
}

function runningOf(cluster: Cluster): number {
  return (cluster.as("bench").list("v1/Pod" as never) as readonly { readonly status?: { readonly phase?: string } }[]).filter(({ status }) => status?.phase === "Running").length;
}

function fill(cluster: Cluster, pods: number, probed = false): void {
  const admin = cluster.as("kubernetes-admin");
  for (let at = 0; at < pods; at += EACH) {
    if (at > 0 && at % WAVE === 0) cluster.settle({ quietFor: seconds(10), atMost: seconds(600) });
    admin.create(deployment(`web-${at / EACH}`, Math.min(EACH, pods - at), probed));
  }
  cluster.settle({ quietFor: seconds(10), atMost: seconds(600) });
}

/** From nothing but machines to every pod running; machines' own start told apart. */
function steadyState(nodes: number, pods: number, target: number): Measured {
  collect();
  const before = process.memoryUsage().heapUsed;
  const begun = performance.now();
  const cluster = bigCluster(nodes);
  const used = process.cpuUsage();
  const start = performance.now();
  fill(cluster, pods);
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  const cpuMs = Math.round((user + system) / 1000);
  const { rss, heapUsed } = process.memoryUsage();
  collect();
  const kept = process.memoryUsage().heapUsed - before;
  const figures = { running: runningOf(cluster), machinesMs: Math.round(start - begun), cpuMs, podsPerSecond: Math.round(pods / (took / 1000)), rssMB: megabytes(rss), heapMB: megabytes(heapUsed), keptMB: megabytes(kept), bytesPerPod: Math.round(kept / pods), ratio: Math.round((target / took) * 100) / 100 };
  return { p50: Math.round(took), p99: Math.round(took), runs: 1, figures, note: "bytes a pod: all that is kept, Events, logs and history included; run with --expose-gc to have them exact" };
}

function idle(): Measured {
  const cluster = bigCluster(1000);
  fill(cluster, 30_000, true);
  // Quiet also for what comes once: mount time-outs and the like.
  cluster.advance(seconds(300));
  const start = performance.now();
  const steps = cluster.steps;
  cluster.advance(seconds(600));
  const took = performance.now() - start;
  return { p50: Math.round(took * 10) / 10, p99: Math.round(took * 10) / 10, runs: 1, figures: { running: runningOf(cluster), steps: cluster.steps - steps, ratio: Math.round((50 / took) * 100) / 100 } };
}

function timed(work: () => void, runs: number): Measured {
  const taken = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const at = (share: number): number => Math.round((taken[Math.min(runs - 1, Math.floor(runs * share))] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99), runs };
}

function thousandPods(): Cluster {
  const cluster = bigCluster(20);
  fill(cluster, 1000);
  return cluster;
}

/** One step: a pod is deleted and replaced; undone by going back to the copy taken before it. */
function undoStep(): Measured {
  let cluster = thousandPods();
  let steps = 0;
  const undone: number[] = [];
  for (let i = 0; i < 30; i += 1) {
    const start = performance.now();
    const kept = cluster.fork();
    const keeping = performance.now() - start;
    const pod = (cluster.as("admin").list("v1/Pod" as never) as readonly { readonly metadata: { readonly name: string } }[])[0];
    cluster.as("kubernetes-admin").delete({ kind: "v1/Pod" as never, namespace: "default", name: pod?.metadata.name ?? "" });
    cluster.advance(millis(0));
    const back = performance.now();
    cluster = kept;
    steps += cluster.revision > 0 ? 1 : 0;
    undone.push(keeping + performance.now() - back);
  }
  undone.sort((a, b) => a - b);
  return { p50: Math.round((undone[15] ?? 0) * 100) / 100, p99: Math.round((undone[29] ?? 0) * 100) / 100, runs: steps, note: "keeping the state before a step, and going back to it" };
}

/** What takes seconds and much memory: `npm run -s bench -- scale`, or each by its name. */
export const scaleBenchmarks: readonly Benchmark[] = [
  {
    name: "scale:fork-1000-pods",
    target: "5 ms",
    measure() {
      const cluster = thousandPods();
      return timed(() => void cluster.fork(), 60);
    },
  },
  weightOfAPod,
  { name: "scale:undo-step-1000-pods", target: "2 ms", measure: undoStep },
  ...besideWebernetes,
  ...schedulingBenchmarks,
  { name: "scale:30000-pods-1000-nodes", target: "6000 ms on one core", measure: () => steadyState(1000, 30_000, 6000) },
  { name: "scale:idle-30000-probed-pods", target: "ten virtual minutes in 50 ms", measure: idle },
  { name: "scale:150000-pods-5000-nodes", target: "45000 ms, under 1500 MB", measure: () => steadyState(5000, 150_000, 45_000) },
];
