import { POD, refOf, type Cluster, type Json, type KindId, type KubeObject, type PacketTrace, type Pod } from "@/lib/engine";
import { readInputs, type Effect, type Workbench } from "@/lib/workbench";
import type { Evidence } from "./exercise";

/** Does inputs written as in scenes, in order; what each brought about. */
export function play(bench: Workbench, items: readonly Json[]): readonly Effect[] {
  return readInputs(items).map((input) => bench.apply(input));
}

/** Types a line in the terminal; what it printed. */
export function typed(bench: Workbench, line: string): { readonly stdout: string; readonly stderr: string; readonly exitCode: number } {
  return bench.apply({ type: "run", line }).output ?? { stdout: "", stderr: "", exitCode: 0 };
}

/** An object by name, of the default namespace unless said. */
export function objectNamed<T extends KubeObject>(cluster: Cluster, kind: KindId, name: string, namespace = "default"): T | undefined {
  return cluster.as("kubernetes-admin").get<T>(kind, { namespace, name });
}

/** Asks for pods to be deleted, with their grace period. Time does not pass. */
export function deletePods(cluster: Cluster, pods: readonly Pod[]): void {
  for (const pod of pods) cluster.as("kubernetes-admin").delete({ kind: POD, namespace: pod.metadata.namespace ?? "default", name: pod.metadata.name });
}

/** A file of a pod's first container; null when it is not there or the container does not run. */
export function fileIn(cluster: Cluster, pod: Pod, path: string): string | null {
  const key = { namespace: pod.metadata.namespace ?? "default", name: pod.metadata.name };
  return cluster.files(key, pod.spec.containers[0]?.name ?? "")?.read(path) ?? null;
}

/** A file as evidence: where it was looked for and what was there. */
export function fileEvidence(cluster: Cluster, pod: Pod, path: string): Evidence {
  return { type: "file", place: pod.metadata.name, path, content: fileIn(cluster, pod, path) };
}

/** The last lines a pod's first container printed; those of the run before when this one has none. */
export function logEvidence(cluster: Cluster, pod: Pod, lines = 4): Evidence {
  const key = { namespace: pod.metadata.namespace ?? "default", name: pod.metadata.name };
  const container = pod.spec.containers[0]?.name ?? "";
  const now = cluster.logs(key, container, {}) ?? [];
  const shown = now.length > 0 ? now : (cluster.logs(key, container, { previous: true }) ?? []);
  return { type: "log", pod: pod.metadata.name, lines: shown.slice(-lines).map((line) => line.text) };
}

/** Where a pod is and how it fares, as evidence. */
export function podEvidence(pod: Pod): Evidence {
  const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting?.reason;
  const phase = pod.metadata.deletionTimestamp === undefined ? (waiting ?? pod.status?.phase ?? "Pending") : "Terminating";
  return { type: "object", ref: refOf(pod), path: "status", value: { phase, node: pod.spec.nodeName ?? null } };
}

/** The machines a trip passed through, in order. */
export function machinesOf(trace: PacketTrace, cluster: Cluster): readonly string[] {
  const names = new Set(cluster.addresses.map((node) => node.name));
  return [...new Set(trace.hops.map((hop) => hop.at).filter((at) => names.has(at)))];
}
