import { isTrue, millis, POD, type Cluster, type KubeObject, type Millis, type Pod, type PacketTrace } from "@/lib/engine";
import { origin, requestTo } from "@/lib/workbench";
import type { OutboundRequest } from "@/lib/engine";

/** Pods a label selector selects, in name order; of one namespace. */
export function podsOf(cluster: Cluster, labelSelector: string, namespace = "default"): readonly Pod[] {
  return cluster.as("kubernetes-admin").list<Pod>(POD, { namespace, ...(labelSelector === "" ? {} : { labelSelector }) });
}

/** Is the pod ready and staying? */
export function isReadyPod(pod: Pod): boolean {
  return isTrue(pod.status?.conditions, "Ready") && pod.metadata.deletionTimestamp === undefined;
}

/** The ready pods among {@link podsOf}. */
export function readyPods(cluster: Cluster, labelSelector: string, namespace = "default"): readonly Pod[] {
  return podsOf(cluster, labelSelector, namespace).filter(isReadyPod);
}

/** The nodes the pods are on, without repetition, in order. */
export function nodesOf(pods: readonly Pod[]): readonly string[] {
  return [...new Set(pods.map((pod) => pod.spec.nodeName ?? ""))].filter((node) => node !== "").sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Sends a request: `from` is a host, `node:NAME` or `pod:[NAMESPACE/]NAME`. */
export function ask(cluster: Cluster, from: string, url: string, more: Partial<OutboundRequest> = {}): PacketTrace {
  return cluster.send(origin(from), requestTo(url, more));
}

/** Did the request arrive and get a good answer? */
export function isAnswered(trace: PacketTrace): boolean {
  return trace.outcome === "delivered" && (trace.response?.status ?? 500) < 400;
}

/** Lets time pass until something holds; the time it took, or undefined when it did not within the limit. */
export function waitUntil(cluster: Cluster, holds: () => boolean, atMost: number, every = 1000): Millis | undefined {
  const start = cluster.now;
  while (!holds()) {
    if (cluster.now - start >= atMost) return undefined;
    cluster.advance(millis(Math.min(every, atMost - (cluster.now - start))));
  }
  return millis(cluster.now - start);
}

/** Lets the cluster come to rest, as the judge does. */
export function settle(cluster: Cluster, atMost = 600_000): void {
  cluster.settle({ quietFor: millis(10_000), atMost: millis(atMost) });
}

/** Objects of a kind in a namespace (all when absent). */
export function objectsOf<T extends KubeObject>(cluster: Cluster, kind: Parameters<ReturnType<Cluster["as"]>["list"]>[0], namespace?: string): readonly T[] {
  return cluster.as("kubernetes-admin").list<T>(kind, namespace === undefined ? {} : { namespace });
}
