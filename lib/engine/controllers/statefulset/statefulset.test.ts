import { describe, expect, it } from "vitest";
import { CONTROLLER_REVISION, POD, STATEFUL_SET } from "../../apimachinery/kinds";
import type { OwnerReference } from "../../apimachinery/meta";
import type { StatefulSet } from "../../resources/apps/statefulset/statefulset";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../../resources/core/pod/pod";
import { millis, seconds } from "../../sim/clock";
import { statefulSet, template } from "../../testing/builders";
import { play, podsIn, scriptedCluster, settleAllReady } from "../../testing/scripted";
import { ownersAreRight, rightOwners } from "./claim-owners";

const names = (cluster: Parameters<typeof podsIn>[0]): readonly string[] => podsIn(cluster).map(({ metadata }) => `${metadata.name}${metadata.deletionTimestamp === undefined ? "" : " ending"}`);

describe("a StatefulSet whose pods are managed in parallel", () => {
  it("does not wait with the others for one that failed", () => {
    const cluster = scriptedCluster();
    cluster.as("admin").create(statefulSet("db", 2, { podManagementPolicy: "Parallel" }));
    settleAllReady(cluster);
    cluster.as("admin").patch({ kind: POD, namespace: "default", name: "db-0" }, { type: "merge", body: { metadata: { finalizers: ["example.com/held"] } } });
    const [first] = podsIn(cluster);
    if (first) play(cluster, first, "failed");
    cluster.as("admin").patch({ kind: STATEFUL_SET, namespace: "default", name: "db" }, { type: "merge", body: { spec: { replicas: 4 } } });
    cluster.advance(millis(0));
    expect(names(cluster)).toEqual(["db-0 ending", "db-1", "db-2", "db-3"]);
  });

  it("updates one after another, each only when the last one is available", () => {
    const cluster = scriptedCluster();
    cluster.as("admin").create(statefulSet("db", 2, { podManagementPolicy: "Parallel", minReadySeconds: 30 }));
    settleAllReady(cluster);
    cluster.advance(seconds(31));
    cluster.as("admin").patch({ kind: STATEFUL_SET, namespace: "default", name: "db" }, { type: "merge", body: { spec: { template: template("db", "nginx:2") } } });
    settleAllReady(cluster);
    const images = (): readonly string[] => podsIn(cluster).map(({ spec }) => spec.containers[0]?.image ?? "");
    expect(images()).toEqual(["nginx:1", "nginx:2"]);
    cluster.advance(seconds(31));
    settleAllReady(cluster);
    expect(images()).toEqual(["nginx:2", "nginx:2"]);
  });
});

describe("a StatefulSet deleted in the foreground", () => {
  it("goes when its pods have gone, and nothing of it is made again meanwhile", () => {
    const cluster = scriptedCluster();
    const admin = cluster.as("admin");
    admin.create(statefulSet("db", 2));
    settleAllReady(cluster);
    admin.delete({ kind: STATEFUL_SET, namespace: "default", name: "db" }, { propagation: "Foreground" });
    cluster.advance(millis(0));
    expect(admin.list(CONTROLLER_REVISION, { namespace: "default" })).toEqual([]);
    expect(names(cluster)).toEqual(["db-0 ending", "db-1 ending"]);
    settleAllReady(cluster);
    expect(names(cluster)).toEqual([]);
    expect(admin.list(STATEFUL_SET, { namespace: "default" })).toEqual([]);
  });
});

describe("the owners of a claim", () => {
  const set = (policy: object): StatefulSet => ({ metadata: { name: "db", namespace: "default", uid: "s2" }, spec: { replicas: 1, persistentVolumeClaimRetentionPolicy: policy } }) as unknown as StatefulSet;
  const pod = { metadata: { name: "db-0", namespace: "default", uid: "p2" } } as Pod;
  const claim = (owner: Partial<OwnerReference>): PersistentVolumeClaim => ({ metadata: { name: "data-db-0", ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: "s2", controller: true, ...owner }] } }) as unknown as PersistentVolumeClaim;
  const keep = { whenDeleted: "Retain", whenScaled: "Retain" };
  const remove = { whenDeleted: "Delete", whenScaled: "Retain" };

  it("are left alone when they are of an earlier set of the same name", () => {
    expect(ownersAreRight(claim({ uid: "s1" }), set(remove), pod)).toBe(true);
    expect(ownersAreRight(claim({ uid: "s1" }), set(keep), pod)).toBe(true);
  });

  it("may be anybody where nothing is deleted", () => {
    expect(ownersAreRight(claim({ kind: "Other", uid: "o" }), set(keep), pod)).toBe(true);
    expect(rightOwners(claim({ kind: "Other", uid: "o" }), set(remove), pod).map(({ uid }) => uid)).toEqual(["o"]);
  });
});
