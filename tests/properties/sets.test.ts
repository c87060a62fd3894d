import fc from "fast-check";
import { describe, it } from "vitest";
import { DAEMON_SET, POD, STATEFUL_SET, type Cluster, type DaemonSet, type JsonObject, type KindId, type Pod, type StatefulSet } from "@/lib/engine";
import { settings } from "./generators";
import { anyContainer, bound, PLACE, podTemplate, rough, wait, type Act } from "./histories";
import { alive, atRest, endsForGood, leavesNothing, leaving, must, played, ready, removal, type Witness } from "./replay";

const NODES = 3;
const count = fc.integer({ min: 0, max: 4 });
const claims: JsonObject = { volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } }], persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" } };
const statefulSet = fc.record({ replicas: count, podManagementPolicy: fc.constantFrom("OrderedReady", "Parallel"), minReadySeconds: fc.constantFrom(0, 0, 6), partition: fc.constantFrom(0, 0, 1, 2), start: fc.constantFrom(0, 0, 3), stores: fc.boolean(), container: anyContainer }).map(({ partition, start, stores, container, ...spec }): Act => {
  const whole = { ...spec, serviceName: "db", selector: { matchLabels: { app: "db" } }, ordinals: { start }, updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } }, template: podTemplate("db", container), ...(stores ? claims : {}) };
  return { do: "put", object: { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "db", namespace: PLACE }, spec: whole } };
});
const daemonSet = fc.record({ surge: bound, unavailable: bound, minReadySeconds: fc.constantFrom(0, 0, 6), container: anyContainer }).map(({ surge, unavailable, minReadySeconds, container }): Act => {
  const rollingUpdate = surge === 0 || surge === "0%" ? { maxSurge: 0, maxUnavailable: unavailable } : { maxSurge: surge, maxUnavailable: 0 };
  return { do: "put", object: { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "db", namespace: PLACE }, spec: { minReadySeconds, selector: { matchLabels: { app: "db" } }, updateStrategy: { type: "RollingUpdate", rollingUpdate }, template: podTemplate("db", container) } } };
});
const history = (kind: KindId, put: fc.Arbitrary<Act>): fc.Arbitrary<readonly Act[]> => {
  const change = (spec: JsonObject): Act => ({ do: "patch", kind, name: "db", body: { spec } });
  const deed = fc.oneof(
    { weight: 5, arbitrary: wait },
    { weight: 3, arbitrary: anyContainer.map((one) => change({ template: { spec: { containers: [one] } } })) },
    { weight: kind === STATEFUL_SET ? 2 : 0, arbitrary: count.map((replicas) => change({ replicas })) },
    { weight: 5, arbitrary: rough(NODES) },
    { weight: 1, arbitrary: put },
    { weight: 1, arbitrary: fc.constantFrom("Background" as const, "Foreground" as const, "Orphan" as const).map((propagation): Act => ({ do: "delete", kind, name: "db", propagation })) },
  );
  return fc.tuple(put, fc.array(deed, { minLength: 2, maxLength: 10 })).map(([first, rest]): readonly Act[] => [first, { do: "wait", millis: 60_000 }, ...rest]);
};

const ordinal = ({ metadata }: Pod): number => Number(metadata.name.split("-").at(-1));

/** Pods come from below, once those before them are ready, and go from above, one at a time. */
const inOrder: Witness = (event, world, now) => {
  if (event.kind !== POD || event.by !== "system:statefulset") return;
  const [set] = world.of<StatefulSet>(STATEFUL_SET);
  if (!set) return;
  const pods = world.owned<Pod>(POD, set);
  const start = set.spec.ordinals?.start ?? 0;
  const end = start + (set.spec.replicas ?? 1);
  const one = event.object as Pod;
  const ordered = set.spec.podManagementPolicy !== "Parallel";
  if (event.type === "ADDED") {
    must(ordinal(one) >= start && ordinal(one) < end, () => `${one.metadata.name} is not of ${start} to ${end}`);
    const before = pods.filter((pod) => ordinal(pod) >= start && ordinal(pod) < ordinal(one) && ready(pod) && !leaving(pod));
    must(!ordered || before.length === ordinal(one) - start, () => `${one.metadata.name} does not wait for its turn`);
  }
  const removed = removal(event, now)?.pod;
  if (!removed) return;
  const inside = ordinal(removed) >= start && ordinal(removed) < end;
  must(!ordered || pods.every((pod) => pod.metadata.uid === removed.metadata.uid || !leaving(pod)), () => `${removed.metadata.name} goes while another does`);
  must(!inside || ordinal(removed) >= start + (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0), () => `${removed.metadata.name} is below the partition`);
};

/** The node a daemon's pod is made for. */
function target({ spec }: Pod): string {
  const { nodeAffinity } = spec.affinity ?? {};
  return JSON.stringify(nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution);
}

/** One pod a node; two only where an update surges. */
const oneANode: Witness = ({ kind, type, object }, world) => {
  if (kind !== POD || type !== "ADDED") return;
  const [set] = world.of<DaemonSet>(DAEMON_SET);
  const here = set ? world.owned<Pod>(POD, set).filter((pod) => target(pod) === target(object as Pod)) : [];
  const { maxSurge = 0 } = set?.spec.updateStrategy?.rollingUpdate ?? {};
  const surges = maxSurge !== 0 && maxSurge !== "0%";
  must(surges ? here.filter(alive).length <= 2 : here.length <= 1, () => `${here.length} pods for one node`);
};

function restIsTrue(cluster: Cluster): void {
  const reader = cluster.as("reader");
  for (const set of reader.list<StatefulSet>(STATEFUL_SET, { namespace: PLACE })) {
    const pods = reader.ownedBy<Pod>(POD, set.metadata.uid);
    const of = (revision: string | undefined): number => pods.filter(({ metadata }) => metadata.labels?.["controller-revision-hash"] === revision).length;
    const { replicas, readyReplicas = 0, availableReplicas = 0, updatedReplicas = 0, currentReplicas = 0, updateRevision, currentRevision, observedGeneration } = set.status ?? {};
    const told = [observedGeneration, replicas, readyReplicas, availableReplicas, updatedReplicas, currentReplicas].join();
    const real = [set.metadata.generation, pods.length, pods.filter(ready).length, pods.filter(ready).length, of(updateRevision), of(currentRevision)].join();
    must(told === real, () => `the set says ${told} of ${real}`);
  }
  for (const { metadata, status } of reader.list<DaemonSet>(DAEMON_SET, { namespace: PLACE })) {
    const pods = reader.ownedBy<Pod>(POD, metadata.uid);
    must(status?.desiredNumberScheduled === NODES && status.observedGeneration === metadata.generation, () => `the daemon says ${JSON.stringify(status)}`);
    if (pods.every(ready)) must(pods.length === NODES && status?.numberAvailable === NODES && status.updatedNumberScheduled === NODES, () => `${pods.length} pods, and the daemon says ${JSON.stringify(status)}`);
  }
}

describe("a set promises that", () => {
  for (const [name, kind, put, witness] of [["itsNumbersComeAndGoInOrder", STATEFUL_SET, statefulSet, inOrder], ["noNodeHasTwoOfADaemon", DAEMON_SET, daemonSet, oneANode]] as const) {
    it(name, () => {
      fc.assert(
        fc.property(history(kind, put), (acts) => {
          const cluster = played(NODES, acts, (event, world, now) => [endsForGood, witness].forEach((one) => one(event, world, now)));
          const settled = atRest(cluster, 400_000);
          leavesNothing(cluster, settled);
          if (settled) restIsTrue(cluster);
        }),
        settings(40),
      );
    });
  }
});
