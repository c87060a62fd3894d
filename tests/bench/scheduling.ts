import { createCluster, millis, type Cluster, type JsonObject } from "@/lib/engine";
import { catalog } from "@/lib/images";
import { kubernetesVersion } from "@/lib/workbench";
import type { Benchmark, Measured } from "./measured";

const NODES = 5000;
const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";

/** A workload of upstream's scheduler_perf at 5,000 nodes, and the pods a second its threshold asks for. */
interface Workload {
  readonly name: string;
  readonly threshold: number;
  readonly before: number;
  readonly measured: number;
  /** The zone of a node, where the workload wants one. */
  readonly zone?: (node: number) => string;
  readonly first: JsonObject;
  readonly pod: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority?: string;
}

const containers = (cpu: string): JsonObject => ({ containers: [{ name: "pause", image: "registry.k8s.io/pause:3.10", ports: [{ containerPort: 80 }], resources: { requests: { cpu, memory: "500Mi" }, limits: { cpu, memory: "500Mi" } } }] });
const nearBlue = { topologyKey: ZONE, labelSelector: { matchLabels: { color: "blue" } } };
const farFromGreen = { topologyKey: HOST, labelSelector: { matchLabels: { color: "green" } } };
const inZone = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: ["zone1", "zone2"] }] }] } } };
const spread = [{ maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable: "DoNotSchedule", labelSelector: { matchLabels: { color: "blue" } } }];

const plain = containers("100m");
const workloads: readonly Workload[] = [
  { name: "basic", threshold: 680, before: 1000, measured: 10_000, first: plain, pod: plain, labels: {} },
  { name: "node-affinity", threshold: 220, before: 5000, measured: 10_000, zone: () => "zone1", first: { ...plain, affinity: inZone }, pod: { ...plain, affinity: inZone }, labels: {} },
  { name: "pod-affinity", threshold: 35, before: 5000, measured: 5000, zone: () => "zone1", first: { ...plain, affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [nearBlue] } } }, pod: { ...plain, affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [nearBlue] } } }, labels: { color: "blue" } },
  { name: "pod-anti-affinity", threshold: 60, before: 1000, measured: 2000, first: { ...plain, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [farFromGreen] } } }, pod: { ...plain, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [farFromGreen] } } }, labels: { color: "green" } },
  { name: "preferred-pod-affinity", threshold: 90, before: 5000, measured: 5000, first: { ...plain, affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { ...nearBlue, topologyKey: HOST } }] } } }, pod: { ...plain, affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { ...nearBlue, topologyKey: HOST } }] } } }, labels: { color: "blue" } },
  { name: "topology-spreading", threshold: 460, before: 5000, measured: 5000, zone: (node) => `moon-${(node % 3) + 1}`, first: plain, pod: { ...plain, topologySpreadConstraints: spread }, labels: { color: "blue" } },
  { name: "preemption", threshold: 570, before: 20_000, measured: 5000, first: { ...containers("900m"), terminationGracePeriodSeconds: 0 }, pod: { ...containers("3000m"), priorityClassName: "high" }, labels: {}, priority: "high" },
];

/** A cluster of nodes that are only objects: pods are bound to them, and nobody starts them. As scheduler_perf has it. */
function emptyCluster({ zone, priority }: Workload): Cluster {
  const cluster = createCluster({ nodes: [], seed: 1, kubernetesVersion, images: catalog, stepBudget: 1_000_000_000 });
  const client = cluster.as("system:bench");
  if (priority !== undefined) client.create({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: priority }, value: 1000 });
  for (let i = 0; i < NODES; i += 1) {
    const name = `scheduler-perf-${i}`;
    const created = client.create({ apiVersion: "v1", kind: "Node", metadata: { name, labels: { [HOST]: name, ...(zone ? { [ZONE]: zone(i) } : {}) } }, spec: {} });
    const amounts = { cpu: "4", memory: "32Gi", pods: "110" };
    client.updateStatus({ ...created, status: { capacity: amounts, allocatable: amounts, conditions: [{ type: "Ready", status: "True" }] } } as unknown as typeof created);
  }
  cluster.advance(millis(0));
  return cluster;
}

/** Creates pods of one draft and lets the scheduler bind them; what the second took. */
function place(cluster: Cluster, count: number, spec: JsonObject, labels: Readonly<Record<string, string>>): { readonly wall: number; readonly cpu: number } {
  const client = cluster.as("system:bench");
  const draft = Object.freeze({ ...spec });
  for (let i = 0; i < count; i += 1) client.create({ apiVersion: "v1", kind: "Pod", metadata: { generateName: "pod-", namespace: "default", labels }, spec: draft });
  const used = process.cpuUsage();
  const start = performance.now();
  cluster.advance(millis(0));
  const { user, system } = process.cpuUsage(used);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

function run(workload: Workload): Measured {
  const cluster = emptyCluster(workload);
  place(cluster, workload.before, workload.first, workload.name === "preemption" ? {} : workload.labels);
  const bound = (): number => (cluster.as("bench").list("v1/Pod" as never) as readonly { readonly spec?: { readonly nodeName?: string } }[]).filter(({ spec }) => spec?.nodeName !== undefined).length;
  const already = bound();
  const took = place(cluster, workload.measured, workload.pod, workload.labels);
  // The pods preemption removed are gone: what counts is who stands now and did not before.
  const placed = workload.name === "preemption" ? workload.measured : bound() - already;
  const rate = (time: number): number => Math.round(placed / (time / 1000));
  const times = (time: number): number => Math.round((rate(time) / workload.threshold) * 10) / 10;
  const { wall, cpu } = took;
  const figures = { placed, podsPerSecond: rate(wall), podsPerCpuSecond: rate(cpu), upstreamThreshold: workload.threshold, ratio: times(wall), ratioByCpu: times(cpu) };
  return { p50: Math.round(wall), p99: Math.round(wall), runs: 1, figures, note: "ours is in process, and its pods were created before; upstream's goes through an API server and etcd" };
}

/** The scheduler_perf workloads at 5,000 nodes; held against ten times upstream's thresholds. */
export const schedulingBenchmarks: readonly Benchmark[] = workloads.map((workload) => ({ name: `scale:scheduling-${workload.name}`, target: `ten times upstream's threshold: ${workload.threshold * 10} pods/s`, measure: () => run(workload) }));
