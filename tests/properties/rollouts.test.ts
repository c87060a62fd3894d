import fc from "fast-check";
import { describe, it } from "vitest";
import { DEPLOYMENT, findCondition, isTrue, POD, REPLICA_SET, type Cluster, type Deployment, type JsonObject, type Pod, type ReplicaSet } from "@/lib/engine";
import { settings } from "./generators";
import { anyContainer, bound, PLACE, podTemplate, replicas, rough, steadyContainer, wait, type Act } from "./histories";
import { alive, atRest, available, endsForGood, leavesNothing, leaving, must, played, ready, removal, type Witness } from "./replay";

const NODES = 3;
const REVISION = "deployment.kubernetes.io/revision";

const deployment = (container: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> =>
  fc.record({ replicas, surge: bound, unavailable: bound, recreate: fc.nat(9), minReadySeconds: fc.constantFrom(0, 0, 7), progressDeadlineSeconds: fc.constantFrom(600, 30), revisionHistoryLimit: fc.constantFrom(10, 0, 1), container }).map(({ surge, unavailable, recreate, container: one, ...spec }) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: PLACE },
    spec: { ...spec, selector: { matchLabels: { app: "web" } }, strategy: recreate === 0 ? { type: "Recreate", rollingUpdate: null } : { type: "RollingUpdate", rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } }, template: podTemplate("web", one) },
  }));

const change = (spec: JsonObject): Act => ({ do: "patch", kind: DEPLOYMENT, name: "web", body: { spec } });
const gentle = (container: fc.Arbitrary<JsonObject>): fc.Arbitrary<Act> =>
  fc.oneof(
    { weight: 4, arbitrary: wait },
    { weight: 3, arbitrary: container.map((one) => change({ template: { spec: { containers: [one] } } })) },
    { weight: 2, arbitrary: replicas.map((count) => change({ replicas: count })) },
    { weight: 1, arbitrary: fc.boolean().map((paused) => change({ paused })) },
    { weight: 1, arbitrary: fc.constant<Act>({ do: "undo", name: "web" }) },
    { weight: 1, arbitrary: fc.tuple(bound, bound).map(([maxSurge, maxUnavailable]) => change({ strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } } })) },
  );
const gone = fc.constantFrom("Background" as const, "Foreground" as const, "Orphan" as const).map((propagation): Act => ({ do: "delete", kind: DEPLOYMENT, name: "web", propagation }));
const wild = fc.oneof({ weight: 6, arbitrary: gentle(anyContainer) }, { weight: 3, arbitrary: rough(NODES) }, { weight: 1, arbitrary: gone }, { weight: 1, arbitrary: deployment(anyContainer).map((object): Act => ({ do: "put", object })) });
const history = (container: fc.Arbitrary<JsonObject>, deed: fc.Arbitrary<Act>): fc.Arbitrary<readonly Act[]> =>
  fc.tuple(deployment(container), fc.array(deed, { minLength: 2, maxLength: 12 })).map(([object, rest]): readonly Act[] => [{ do: "put", object }, { do: "wait", millis: 45_000 }, ...rest]);

const scaled = (value: number | string, count: number, round: (x: number) => number): number => (typeof value === "number" ? value : round((Number(value.slice(0, -1)) * count) / 100));

function limits({ spec: { strategy, replicas: count = 1 } }: Deployment): { readonly surge: number; readonly unavailable: number } {
  if (strategy?.type === "Recreate") return { surge: 0, unavailable: count };
  const surge = scaled(strategy?.rollingUpdate?.maxSurge ?? 0, count, Math.ceil);
  const unavailable = Math.min(count, scaled(strategy?.rollingUpdate?.maxUnavailable ?? 0, count, Math.floor));
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

const size = ({ spec }: ReplicaSet): number => spec.replicas ?? 1;

/** Whatever the controller does, there are neither too many pods nor too few. */
const keepsLimits: Witness = (event, world, now) => {
  if (event.kind !== REPLICA_SET && event.kind !== POD) return;
  const [web] = world.of<Deployment>(DEPLOYMENT).filter(({ metadata }) => metadata.namespace === PLACE);
  if (!web) return;
  const sets = world.owned<ReplicaSet>(REPLICA_SET, web);
  const { surge, unavailable } = limits(web);
  const wanted = web.spec.replicas ?? 1;
  if (event.kind === REPLICA_SET && event.by === "system:deployment" && event.type !== "DELETED") {
    const before = event.previous as ReplicaSet | undefined;
    const total = sets.reduce((sum, set) => sum + size(set), 0);
    const grew = size(event.object as ReplicaSet) > (before ? size(before) : 0);
    must(!grew || total <= wanted + surge, () => `${total} pods are asked for, of ${wanted} and ${surge} more`);
    must(before !== undefined || web.spec.paused !== true, () => "a paused Deployment begins a rollout");
  }
  const removed = event.kind === POD && event.by === "system:replicaset" ? removal(event, now) : undefined;
  // A paused one is still brought to its limits, each ReplicaSet by its share, available pods or not.
  if (!removed || web.spec.paused === true || !available(removed.pod, web.spec.minReadySeconds, removed.at)) return;
  const left = sets.flatMap((set) => world.owned<Pod>(POD, set)).filter((pod) => available(pod, web.spec.minReadySeconds, removed.at)).length;
  must(left >= wanted - unavailable, () => `${removed.pod.metadata.name} removed: ${left} available of ${wanted}, ${unavailable} may be missing`);
};

function countersAreTrue(cluster: Cluster): void {
  const reader = cluster.as("reader");
  for (const web of reader.list<Deployment>(DEPLOYMENT, { namespace: PLACE })) {
    const sets = reader.ownedBy<ReplicaSet>(REPLICA_SET, web.metadata.uid);
    const pods = sets.flatMap(({ metadata }) => reader.ownedBy<Pod>(POD, metadata.uid));
    const status = web.status ?? {};
    const active = pods.filter(alive);
    const asked = sets.reduce((sum, set) => sum + size(set), 0);
    const serving = active.filter(ready).length;
    const told = [status.observedGeneration, status.replicas ?? 0, status.readyReplicas ?? 0, status.availableReplicas ?? 0, status.unavailableReplicas ?? 0, status.terminatingReplicas ?? 0];
    const real = [web.metadata.generation, active.length, serving, serving, asked - serving, pods.filter(leaving).length];
    must(told.join() === real.join(), () => `the status says ${told.join()} of ${real.join()}`);
    const revisions = sets.map(({ metadata }) => metadata.annotations?.[REVISION]);
    must(new Set(revisions).size === revisions.length, () => `revisions ${revisions.join()}`);
    // As upstream, one that is made to recreate and resized in the middle of a rollout stands still: nobody knows whose share is whose.
    const stuck = web.spec.strategy?.type === "Recreate" && sets.filter((set) => size(set) > 0).length > 1;
    if (web.spec.paused === true || serving < active.length || stuck) continue;
    isDone(web, active);
  }
}

/** All pods serve, so the rollout is over. */
function isDone(web: Deployment, pods: readonly Pod[]): void {
  const wanted = web.spec.replicas ?? 1;
  must(pods.length === wanted && (web.status?.updatedReplicas ?? 0) === wanted, () => `${pods.length} pods, ${web.status?.updatedReplicas} of them new, of ${wanted}`);
  must(isTrue(web.status?.conditions, "Available"), () => "all are there, and it says it is not available");
  must(findCondition(web.status?.conditions, "Progressing")?.reason === "NewReplicaSetAvailable", () => "a rollout that is over says it is not");
}

describe("a Deployment promises that", () => {
  it("neverTooManyNorTooFew", () => {
    fc.assert(fc.property(history(steadyContainer, gentle(steadyContainer)), (acts) => void played(NODES, acts, keepsLimits)), settings(25));
  });

  it("whateverHappensItsStatusIsTrueAtRest", () => {
    fc.assert(
      fc.property(history(anyContainer, wild), (acts) => {
        const cluster = played(NODES, acts, endsForGood);
        const settled = atRest(cluster);
        leavesNothing(cluster, settled);
        if (settled) countersAreTrue(cluster);
      }),
      settings(25),
    );
  });
});
