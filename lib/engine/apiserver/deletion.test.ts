import { describe, expect, it } from "vitest";
import { CONFIG_MAP } from "../apimachinery/kinds";
import { millis } from "../sim/clock";
import { scriptedCluster } from "../testing/scripted";

describe("a second deletion of an object that is held", () => {
  it("puts its propagation policy in the place of the first one's", () => {
    const cluster = scriptedCluster([]);
    const admin = cluster.as("admin");
    const key = (name: string) => ({ namespace: "default", name });
    const owner = admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata: key("owner") });
    const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: owner.metadata.uid, blockOwnerDeletion: true }];
    admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { ...key("dependent"), ownerReferences, finalizers: ["example.com/hold"] } });
    admin.delete({ kind: CONFIG_MAP, ...key("owner") }, { propagation: "Foreground" });
    cluster.advance(millis(0));
    expect(admin.get(CONFIG_MAP, key("owner"))?.metadata.finalizers).toEqual(["foregroundDeletion"]);
    admin.delete({ kind: CONFIG_MAP, ...key("owner") }, { propagation: "Orphan" });
    cluster.advance(millis(0));
    expect(admin.get(CONFIG_MAP, key("owner"))).toBeUndefined();
    expect(admin.get(CONFIG_MAP, key("dependent"))?.metadata.ownerReferences).toBeUndefined();
  });
});
