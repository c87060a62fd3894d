import { controllerOf, DAEMON_SET, DEPLOYMENT, POD, REPLICA_SET, STATEFUL_SET, type Cluster, type KindId, type KubeObject, type Pod } from "@/lib/engine";
import type { OwnerNode, Tone } from "../view-model";
import { isSystem, podCell } from "./pods";

const WORKLOADS: readonly KindId[] = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET];

/** Who made whom: workloads that nobody owns, what they own, and pods that stand alone. Old ReplicaSets without pods stay: they are the history. */
export function ownerTree(cluster: Cluster): readonly OwnerNode[] {
  const client = cluster.as("kubernetes-admin");
  const all: readonly KubeObject[] = [...WORKLOADS, POD].flatMap((kind) => client.list(kind)).filter((object) => !isSystem(object.metadata.namespace));
  const alive = new Set(all.map((object) => object.metadata.uid));
  const children = new Map<string, KubeObject[]>();
  const roots: KubeObject[] = [];
  for (const object of all) {
    const owner = controllerOf(object);
    if (owner && alive.has(owner.uid)) children.set(owner.uid, [...(children.get(owner.uid) ?? []), object]);
    else roots.push(object);
  }
  const grow = (object: KubeObject): OwnerNode => nodeOf(object, (children.get(object.metadata.uid) ?? []).map(grow));
  return roots.map(grow);
}

function nodeOf(object: KubeObject, children: readonly OwnerNode[]): OwnerNode {
  const { uid, name, namespace = "" } = object.metadata;
  const frame = { uid, kind: object.kind, name, namespace, children };
  if (object.kind === "Pod") {
    const pod = podCell(object as unknown as Pod);
    return { ...frame, detail: pod.status, tone: pod.tone, pod };
  }
  const { ready, wanted } = countsOf(object);
  return { ...frame, detail: `${ready}/${wanted}`, tone: toneOf(object, ready, wanted) };
}

interface Counted {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number; readonly numberReady?: number; readonly desiredNumberScheduled?: number };
}

function countsOf(object: KubeObject): { readonly ready: number; readonly wanted: number } {
  const { spec, status } = object as unknown as Counted;
  if (object.kind === "DaemonSet") return { ready: status?.numberReady ?? 0, wanted: status?.desiredNumberScheduled ?? 0 };
  return { ready: status?.readyReplicas ?? 0, wanted: spec?.replicas ?? 1 };
}

function toneOf(object: KubeObject, ready: number, wanted: number): Tone {
  if (object.metadata.deletionTimestamp !== undefined) return "leaving";
  if (wanted === 0 && ready === 0) return "quiet";
  return ready >= wanted ? "good" : "waiting";
}

