import { controllerOf, findCondition, instantOf, isTrue, keyOf, keyText, millis, type Cluster, type KindId, type KubeObject, type Pod, type StoreEvent } from "@/lib/engine";
import { act, PLACE, smallCluster, type Act } from "./histories";

/** Says what does not hold. */
export function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what());
}

/** The objects as they stood after one write. */
export interface World {
  of<T extends KubeObject>(kind: KindId): readonly T[];
  owned<T extends KubeObject>(kind: KindId, owner: KubeObject): readonly T[];
}

/** Looks at each write and what the world is like then. `now` is the instant of the step's end. */
export type Witness = (event: StoreEvent, world: World, now: number) => void;

/** Plays acts one after another, in a cluster of `nodes` machines, and shows every write to a witness. */
export function played(nodes: number, acts: readonly Act[], witness: Witness): Cluster {
  const cluster = young(nodes).fork();
  const objects = new Map<string, KubeObject>();
  const world: World = {
    of: <T extends KubeObject>(kind: KindId) => [...objects].flatMap(([key, object]) => (key.startsWith(`${kind} `) ? [object as T] : [])),
    owned: <T extends KubeObject>(kind: KindId, owner: KubeObject) => world.of<T>(kind).filter((object) => controllerOf(object)?.uid === owner.metadata.uid),
  };
  const follow = (step: () => void): void => {
    const from = cluster.revision;
    step();
    for (const event of cluster.since(from)) {
      const key = `${event.kind} ${keyText(keyOf(event.object))}`;
      if (event.type === "DELETED") objects.delete(key);
      else objects.set(key, event.object);
      if (event.object.metadata.namespace === PLACE) witness(event, world, cluster.now);
    }
  };
  for (const deed of [...acts, ...recovery(nodes)]) {
    follow(() => {
      act(cluster, deed);
      cluster.advance(millis(0));
    });
  }
  return cluster;
}

const clusters = new Map<number, Cluster>();

function young(nodes: number): Cluster {
  const known = clusters.get(nodes);
  if (known) return known;
  const cluster = smallCluster(1, nodes);
  cluster.as("kubernetes-admin").create({ apiVersion: "v1", kind: "Namespace", metadata: { name: PLACE } });
  cluster.advance(millis(5000));
  clusters.set(nodes, cluster);
  return cluster;
}

/** Every machine on, reachable and free, and some time for all to recover. */
function recovery(nodes: number): readonly Act[] {
  const names = Array.from({ length: nodes }, (_, i) => `node-${i + 1}`);
  const acts = names.flatMap((name): readonly Act[] => [
    { do: "machine", node: name, how: "powerOn" },
    { do: "machine", node: name, how: "reconnect" },
    { do: "wait", millis: 30_000 },
    { do: "uncordon", node: name },
    { do: "taint", node: name, effect: undefined },
  ]);
  return [...acts, { do: "wait", millis: 300_000 }];
}

/** Lets a cluster come to rest; false when something in it never does, as a container that crashes for ever. */
export function atRest(cluster: Cluster, quietFor = 60_000): boolean {
  return cluster.settle({ quietFor: millis(quietFor), atMost: millis(quietFor * 6) }).settled;
}

export const leaving = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;
export const ended = (pod: Pod): boolean => pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
export const alive = (pod: Pod): boolean => !leaving(pod) && !ended(pod);
export const ready = (pod: Pod): boolean => isTrue(pod.status?.conditions, "Ready");

/** Was the pod available at that instant, and not on its way out? */
export function available(pod: Pod, minReadySeconds: number | undefined, now: number): boolean {
  const since = instantOf(findCondition(pod.status?.conditions, "Ready")?.lastTransitionTime ?? "");
  return !leaving(pod) && ready(pod) && since !== undefined && since + (minReadySeconds ?? 0) * 1000 <= now;
}

/** Did this write take a pod away that was neither leaving nor ended, and when? */
export function removal({ type, object, previous }: StoreEvent, now: number): { readonly pod: Pod; readonly at: number } | undefined {
  if (previous === undefined || leaving(previous) || ended(previous as Pod) || (type !== "DELETED" && !leaving(object))) return undefined;
  return { pod: previous as Pod, at: instantOf(object.metadata.deletionTimestamp ?? "") ?? now };
}

/** A pod that ended stays as it ended. */
export const endsForGood: Witness = ({ object, previous, by }) => {
  if (object.kind !== "Pod" || previous === undefined || !ended(previous as Pod)) return;
  const [was, is] = [(previous as Pod).status?.phase, (object as Pod).status?.phase];
  must(was === is, () => `pod ${object.metadata.name} had ${was} and is ${is}, says ${by}`);
};

/** No pod is left half gone, and none whose controller is. */
export function leavesNothing(cluster: Cluster, settled: boolean): void {
  const { objects } = cluster.snapshot().store as unknown as { readonly objects: readonly KubeObject[] };
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  for (const object of objects) {
    const owners = object.metadata.ownerReferences ?? [];
    must(owners.length === 0 || owners.some(({ uid }) => uids.has(uid)), () => `${object.kind} ${object.metadata.name} is an orphan`);
    if (settled && object.kind === "Pod") must(!leaving(object), () => `pod ${object.metadata.name} never goes`);
  }
}
