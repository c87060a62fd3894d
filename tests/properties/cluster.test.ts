import fc from "fast-check";
import { describe, it } from "vitest";
import { canonicalJson, deepEqual, keyOf, keyText, millis, resourceFor, restoreCluster, kindOf, type Cluster, type JsonObject, type KindId, type KubeObject, type StoreEvent } from "@/lib/engine";
import { catalog } from "@/lib/images";
import { anyDeed, anyObject, newCluster, perform, settings } from "./generators";

const deeds = fc.array(anyDeed, { minLength: 1, maxLength: 8 });
const seed = fc.integer({ min: 0, max: 1_000 });
const played = (from: number, list: readonly Parameters<typeof perform>[1][]): Cluster => {
  const cluster = newCluster(from);
  for (const deed of list) perform(cluster, deed);
  return cluster;
};
const stateOf = (cluster: Cluster): string => canonicalJson(cluster.snapshot());
const say = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

function allObjects(cluster: Cluster): readonly KubeObject[] {
  return (cluster.snapshot().store as unknown as { readonly objects: readonly KubeObject[] }).objects;
}

describe("the engine promises that", () => {
  it("storeNeverReusesARevision", () => {
    fc.assert(
      fc.property(seed, deeds, (from, list) => {
        const revisions = played(from, list).since(1).map((event) => event.revision);
        revisions.forEach((revision, i) => say(i === 0 || revision > (revisions[i - 1] ?? 0), `revision ${revision} after ${revisions[i - 1]}`));
      }),
      settings(20),
    );
  });

  it("watchReplayedOverListEqualsList", () => {
    fc.assert(
      fc.property(seed, deeds, (from, list) => {
        const cluster = newCluster(from);
        const seen = new Map(allObjects(cluster).map((object) => [`${kindOf(object)} ${keyText(keyOf(object))}`, object]));
        const revision = cluster.revision;
        for (const deed of list) perform(cluster, deed);
        const replay = (event: StoreEvent): void => {
          const key = `${event.kind} ${keyText(keyOf(event.object))}`;
          if (event.type === "DELETED") seen.delete(key);
          else seen.set(key, event.object);
        };
        const after = allObjects(cluster);
        cluster.since(revision).forEach(replay);
        const watched = [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
        const listed = [...after].sort((a, b) => (`${kindOf(a)} ${keyText(keyOf(a))}` < `${kindOf(b)} ${keyText(keyOf(b))}` ? -1 : 1));
        say(canonicalJson(watched) === canonicalJson(listed), "a watcher's picture is the store's");
      }),
      settings(20),
    );
  });

  it("applyTwiceChangesNothing", () => {
    fc.assert(
      fc.property(seed, anyObject, (from, object) => {
        const cluster = newCluster(from);
        perform(cluster, { do: "create", object });
        const kind = kindOf(object as unknown as KubeObject);
        const key = keyOf(object as unknown as KubeObject);
        const admin = cluster.as("kubernetes-admin");
        const stored = admin.get(kind, key);
        if (!stored) return;
        const again = admin.patch({ kind, ...key }, { type: "strategic", body: object });
        say(again.metadata.resourceVersion === stored.metadata.resourceVersion, "the same manifest again writes nothing");
      }),
      settings(60),
    );
  });

  it("defaultsAreIdempotent", () => {
    fc.assert(
      fc.property(anyObject, (object) => {
        const definition = resourceFor(kindOf(object as unknown as KubeObject));
        const once = definition?.applyDefaults(object as unknown as KubeObject);
        const twice = once && definition?.applyDefaults(once);
        say(deepEqual(once, twice), "defaults of defaults are defaults");
      }),
      settings(200),
    );
  });

  it("everyClusterSettlesOrSaysWhy", () => {
    fc.assert(
      fc.property(seed, deeds, (from, list) => {
        const cluster = played(from, list);
        const { settled } = cluster.settle({ quietFor: millis(15_000), atMost: millis(3_600_000) });
        const warnings = cluster.as("kubernetes-admin").list("v1/Event" as KindId).filter((event) => (event as unknown as JsonObject)["type"] === "Warning");
        say(settled || warnings.length > 0, "a cluster that never rests has a warning that says why");
      }),
      settings(15),
    );
  });

  it("settlingASettledClusterChangesNothing", () => {
    fc.assert(
      fc.property(seed, deeds, (from, list) => {
        const cluster = played(from, list);
        if (!cluster.settle({ quietFor: millis(15_000), atMost: millis(1_200_000) }).settled) return;
        const before = cluster.revision;
        cluster.settle({ quietFor: millis(15_000) });
        say(cluster.revision === before, `writes after rest: ${cluster.since(before).map((event) => `${event.type} ${event.kind} ${event.object.metadata.name}`).join(", ")}`);
      }),
      settings(15),
    );
  });

  it("restoreOfSnapshotHasTheSameFuture", () => {
    fc.assert(
      fc.property(seed, deeds, deeds, (from, past, future) => {
        const cluster = played(from, past);
        const restored = restoreCluster(JSON.parse(JSON.stringify(cluster.snapshot())) as ReturnType<Cluster["snapshot"]>, catalog);
        const mark = cluster.journal().length;
        for (const side of [cluster, restored]) {
          for (const deed of future) perform(side, deed);
          side.advance(millis(400_000));
        }
        say(JSON.stringify(restored.journal()) === JSON.stringify(cluster.journal().slice(mark)), "the same journal afterwards");
        say(stateOf(restored) === stateOf(cluster), "the same state afterwards");
      }),
      settings(25),
    );
  });

  it("forkNeverTouchesItsParent", () => {
    fc.assert(
      fc.property(seed, deeds, deeds, (from, past, future) => {
        const cluster = played(from, past);
        const before = stateOf(cluster);
        const fork = cluster.fork();
        for (const deed of future) perform(fork, deed);
        fork.advance(millis(60_000));
        say(stateOf(cluster) === before, "what happens in a fork stays there");
        for (const deed of future) perform(cluster, deed);
        cluster.advance(millis(60_000));
        say(stateOf(cluster) === stateOf(fork), "the parent would have gone the same way");
      }),
      settings(20),
    );
  });

  it("deletingAnOwnerLeavesNoOrphans", () => {
    fc.assert(
      fc.property(seed, fc.array(anyObject, { minLength: 1, maxLength: 4 }), fc.nat(60_000), (from, objects, wait) => {
        const cluster = newCluster(from);
        for (const object of objects) perform(cluster, { do: "create", object });
        cluster.advance(millis(wait));
        for (const object of objects) perform(cluster, { do: "delete", kind: kindOf(object as unknown as KubeObject), name: String((object["metadata"] as JsonObject)["name"]) });
        cluster.advance(millis(300_000));
        const uids = new Set(allObjects(cluster).map((object) => object.metadata.uid));
        const orphans = allObjects(cluster).filter((object) => (object.metadata.ownerReferences ?? []).some((owner) => !uids.has(owner.uid)));
        say(orphans.length === 0, `orphans: ${orphans.map((object) => `${object.kind}/${object.metadata.name}`).join(", ")}`);
      }),
      settings(20),
    );
  });
});
