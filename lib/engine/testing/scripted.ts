import { setCondition } from "../apimachinery/conditions";
import { POD } from "../apimachinery/kinds";
import type { JsonObject } from "../apimachinery/meta";
import { refOf } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import { createCluster, type Cluster } from "../cluster";
import { isFinished, isReady } from "../controllers/pod-state";
import type { ImageCatalog } from "../machine/behaviour";
import type { ClusterOptions, NodeOptions } from "../options";
import type { Pod } from "../resources/core/pod/pod";
import { millis } from "../sim/clock";
import { machines } from "./builders";

/** A registry with nothing in it: scripted nodes never pull. */
const NO_IMAGES: ImageCatalog = { pull: (reference) => ({ error: { code: "image.not-found", params: { image: reference }, about: [] }, message: "not found" }) };

/** A Node object as a kubelet would have registered it. */
export function nodeObject({ name, cpu, memory, pods = 110, labels = {}, taints }: NodeOptions): JsonObject {
  const room = { cpu, memory, pods: String(pods), "ephemeral-storage": "100Gi" };
  const ok = (type: string, status: string): JsonObject => ({ type, status, reason: status === "True" ? "KubeletReady" : `KubeletHasNo${type}`, message: "" });
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", ...labels } },
    spec: taints === undefined ? {} : { taints: taints as unknown as JsonObject[] },
    status: { capacity: room, allocatable: room, conditions: [ok("MemoryPressure", "False"), ok("DiskPressure", "False"), ok("PIDPressure", "False"), ok("Ready", "True")] },
  } as JsonObject;
}

/**
 * A cluster whose nodes have no machine behind them: nothing runs unless the test says so with
 * {@link play}. For tests of the control plane alone.
 */
export function scriptedCluster(nodes: readonly NodeOptions[] = machines(3), objects: readonly JsonObject[] = [], more: Pick<ClusterOptions, "controllerFlags"> = {}): Cluster {
  const cluster = createCluster({ ...more, seed: 1, kubernetesVersion: "1.36.2", nodes: [], images: NO_IMAGES, objects: [...nodes.map(nodeObject), ...objects] });
  cluster.advance(millis(0));
  return cluster;
}

/** What a scripted kubelet may do to a pod. */
export type PodMove = "ready" | "unready" | "succeeded" | "failed" | "gone";

/** Writes what a kubelet would have written, or removes a terminating pod for good. */
export function play(cluster: Cluster, pod: Pod, move: PodMove, ip?: string): void {
  const kubelet = cluster.as("kubelet");
  const current = kubelet.get<Pod>(POD, { namespace: pod.metadata.namespace ?? "", name: pod.metadata.name });
  if (!current) return;
  if (move === "gone") kubelet.delete(refOf(current), { gracePeriodSeconds: 0 });
  else kubelet.updateStatus<Pod>({ ...current, status: statusAfter(current, move, cluster.now, ip) });
}

function statusAfter(pod: Pod, move: Exclude<PodMove, "gone">, now: number, ip: string | undefined): NonNullable<Pod["status"]> {
  const stamp = timestamp(now);
  const status = move === "ready" ? "True" : "False";
  const ended = move === "succeeded" || move === "failed";
  let conditions = pod.status?.conditions ?? [];
  for (const type of ["Initialized", "Ready", "ContainersReady"]) {
    conditions = setCondition(conditions, { type, status: type === "Initialized" ? "True" : status, lastTransitionTime: stamp });
  }
  const address = ip ?? pod.status?.podIP;
  return {
    ...pod.status,
    phase: move === "succeeded" ? "Succeeded" : move === "failed" ? "Failed" : "Running",
    conditions,
    startTime: pod.status?.startTime ?? stamp,
    ...(address === undefined || ended ? {} : { podIP: address, podIPs: [{ ip: address }] }),
    containerStatuses: pod.spec.containers.map(({ name, image = "" }) => ({
      name,
      image,
      imageID: image,
      ready: move === "ready",
      started: !ended,
      restartCount: 0,
      lastState: {},
      state: ended ? { terminated: { exitCode: move === "failed" ? 1 : 0 } } : { running: { startedAt: stamp } },
    })),
  };
}

/** The pods of a namespace, in order of name. */
export function podsIn(cluster: Cluster, namespace = "default"): readonly Pod[] {
  return cluster.as("test").list<Pod>(POD, { namespace });
}

/** Lets every scheduled pod become ready and every terminating one vanish, until nothing changes. */
export function settleAllReady(cluster: Cluster, namespace = "default"): void {
  for (let round = 0; round < 200; round += 1) {
    cluster.advance(millis(0));
    const before = cluster.revision;
    for (const pod of podsIn(cluster, namespace)) {
      if (pod.metadata.deletionTimestamp !== undefined) play(cluster, pod, "gone");
      else if ((pod.spec.nodeName ?? "") !== "" && !isReady(pod) && !isFinished(pod)) play(cluster, pod, "ready");
    }
    cluster.advance(millis(0));
    if (cluster.revision === before) return;
  }
}

/** Runs until the predicate holds, a second at a time, for at most `atMost` milliseconds; tells whether it does. */
export function until(cluster: Cluster, predicate: () => boolean, atMost = 600_000): boolean {
  const end = cluster.now + atMost;
  cluster.advance(millis(0));
  while (!predicate()) {
    if (cluster.now >= end) return false;
    cluster.advance(millis(1000));
  }
  return true;
}
