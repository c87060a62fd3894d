import { describe, expect, it } from "vitest";
import { CONFIG_MAP, EVENT } from "../../apimachinery/kinds";
import { kindId, type JsonObject, type KubeObject } from "../../apimachinery/meta";
import type { Event } from "../../resources/core/event/event";
import { seconds } from "../../sim/clock";
import { scriptedCluster } from "../../testing/scripted";

const CLASS = kindId("storage.k8s.io/v1", "StorageClass");

function stage() {
  const cluster = scriptedCluster([], [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "other" } }]);
  const admin = cluster.as("admin");
  const owner = admin.create<KubeObject>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "owner", namespace: "other" } });
  const reference: JsonObject = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: owner.metadata.uid };
  const told = (namespace: string): readonly unknown[] => admin.list<Event>(EVENT, { namespace }).filter(({ reason }) => reason === "OwnerRefInvalidNamespace").map(({ message }) => message);
  return { cluster, admin, reference, told, uid: owner.metadata.uid };
}

describe("an owner in another namespace", () => {
  it("is none: what names it goes, and is told why", () => {
    const { cluster, admin, reference, told, uid } = stage();
    admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "child", namespace: "default", ownerReferences: [reference] } });
    cluster.advance(seconds(2));
    expect(admin.get(CONFIG_MAP, { namespace: "default", name: "child" })).toBeUndefined();
    expect(told("default")).toEqual([`ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: ${uid}] does not exist in namespace "default"`]);
  });

  it("cannot be told from one that is there, for an object of no namespace: it stays", () => {
    const { cluster, admin, reference, told, uid } = stage();
    admin.create({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: "child", ownerReferences: [reference] }, provisioner: "p" });
    cluster.advance(seconds(2));
    expect(admin.get(CLASS, { namespace: "", name: "child" })).toBeDefined();
    expect(told("default")).toEqual([`ownerRef [v1/ConfigMap, namespace: , name: owner, uid: ${uid}] does not exist in namespace ""`]);
    admin.delete({ kind: CONFIG_MAP, namespace: "other", name: "owner" });
    cluster.advance(seconds(2));
    expect(admin.get(CLASS, { namespace: "", name: "child" })).toBeDefined();
  });
});
