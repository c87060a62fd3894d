import { controllerOf, kindId, summarizePod, type Cluster, type Pod } from "@/lib/engine";
import type { PodCell, Tone } from "../view-model";

const POD = kindId("v1", "Pod");
const SETTLED = new Set(["Running", "Completed", "Succeeded"]);
const TROUBLE = /Err|BackOff|Error|OOMKilled|Evicted|Failed|Unknown|Invalid|Crash|Unschedulable/;

/** Namespaces a learner has not made and seldom looks at. */
export function isSystem(namespace: string | undefined): boolean {
  return namespace !== undefined && namespace.startsWith("kube-");
}

/** Every pod a learner would look at, in key order. */
export function podCells(cluster: Cluster): readonly PodCell[] {
  return cluster
    .as("kubernetes-admin")
    .list<Pod>(POD)
    .filter((pod) => !isSystem(pod.metadata.namespace))
    .map(podCell);
}

/** A pod summed up as `kubectl get pods` does. */
export function podCell(pod: Pod): PodCell {
  const summary = summarizePod(pod);
  const namespace = pod.metadata.namespace ?? "default";
  const owner = controllerOf(pod);
  return {
    key: `${namespace}/${pod.metadata.name}`,
    name: pod.metadata.name,
    namespace,
    status: summary.status,
    ready: `${summary.ready}/${summary.total}`,
    restarts: summary.restarts,
    tone: toneOf(summary.status, summary.ready, summary.total),
    ip: pod.status?.podIP ?? "",
    node: pod.spec.nodeName ?? "",
    images: pod.spec.containers.map((container) => container.image ?? ""),
    containers: pod.spec.containers.map((container) => container.name),
    owner: owner ? `${owner.kind} ${owner.name}` : "",
  };
}

function toneOf(status: string, ready: number, total: number): Tone {
  if (status === "Terminating") return "leaving";
  if (TROUBLE.test(status)) return "bad";
  if (!SETTLED.has(status)) return "waiting";
  if (status !== "Running") return "quiet";
  return ready === total ? "good" : "waiting";
}
