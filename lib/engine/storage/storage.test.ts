import { describe, expect, it } from "vitest";
import { EVENT, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD } from "../apimachinery/kinds";
import { createCluster, type Cluster } from "../cluster";
import { testImages } from "../kubelet/testing/images";
import type { Event } from "../resources/core/event/event";
import type { Node } from "../resources/core/node/node";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";

function cluster(): Cluster {
  return createCluster({
    seed: 1,
    kubernetesVersion: "v1.36.2",
    nodes: [1, 2, 3].map((i) => ({ name: `node-${i}`, cpu: "4", memory: "8Gi" })),
    images: testImages,
    storage: [
      { name: "disk", provisioner: "block.csi.example.com", kind: "block", default: true },
      { name: "share", provisioner: "file.csi.example.com", kind: "file" },
    ],
  });
}

function claim(c: Cluster, name: string, storageClassName: string, mode: string): void {
  c.as("admin").create({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace: "default" }, spec: { storageClassName, accessModes: [mode], resources: { requests: { storage: "1Gi" } } } });
}

function run(c: Cluster, name: string, node: string, claimName: string): void {
  c.as("admin").create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { nodeName: node, containers: [{ name: "c", image: "web:1", volumeMounts: [{ name: "data", mountPath: "/data" }] }], volumes: [{ name: "data", persistentVolumeClaim: { claimName } }] },
  });
}

/** Binds as the persistentvolume controller does, where it has not yet. */
function settle(c: Cluster, atMost = 5): void {
  c.advance(seconds(1));
  const admin = c.as("binder");
  for (const volume of admin.list<PersistentVolume>(PERSISTENT_VOLUME)) {
    const { namespace = "", name = "" } = volume.spec.claimRef ?? {};
    const bound = admin.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace, name });
    if (!bound || bound.status?.phase === "Bound") continue;
    const named = admin.update<PersistentVolumeClaim>({ ...bound, spec: { ...bound.spec, volumeName: volume.metadata.name } });
    admin.updateStatus<PersistentVolumeClaim>({ ...named, status: { phase: "Bound", accessModes: volume.spec.accessModes ?? [], capacity: volume.spec.capacity ?? {} } });
    admin.updateStatus<PersistentVolume>({ ...volume, status: { phase: "Bound" } });
  }
  c.advance(seconds(atMost));
}

const ready = (c: Cluster, name: string): boolean => c.as("admin").get<Pod>(POD, { namespace: "default", name })?.status?.containerStatuses?.[0]?.ready === true;
const events = (c: Cluster, name: string): readonly string[] => c.as("admin").list<Event>(EVENT, { namespace: "default" }).filter((event) => event.involvedObject.name === name).map((event) => `${event.reason}: ${event.message}`);
const file = (c: Cluster, pod: string) => c.files({ namespace: "default", name: pod }, "c");

describe("storage", () => {
  it("provisions a disk, attaches it to the pod's machine and keeps its files when the pod moves", () => {
    const c = cluster();
    claim(c, "data", "disk", "ReadWriteOnce");
    run(c, "one", "node-1", "data");
    settle(c);
    expect(ready(c, "one")).toBe(true);
    const volume = c.as("admin").list<PersistentVolume>(PERSISTENT_VOLUME)[0]?.metadata.name;
    expect(events(c, "data")).toContain(`ProvisioningSucceeded: Successfully provisioned volume ${volume}`);
    expect(events(c, "one")).toContain(`SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume "${volume}"`);
    expect(file(c, "one")?.write("/data/a.txt", "kept")).toBeUndefined();
    run(c, "two", "node-2", "data");
    c.advance(seconds(10));
    expect(ready(c, "two")).toBe(false);
    expect(events(c, "two")).toContain(`FailedAttachVolume: Multi-Attach error for volume "${volume}" Volume is already used by pod(s) one`);
    run(c, "beside", "node-1", "data");
    c.advance(seconds(10));
    expect(ready(c, "beside")).toBe(true);
    c.as("admin").delete({ kind: POD, namespace: "default", name: "one" });
    c.as("admin").delete({ kind: POD, namespace: "default", name: "beside" });
    c.advance(seconds(10));
    expect(ready(c, "two")).toBe(true);
    expect(file(c, "two")?.read("/data/a.txt")).toBe("kept");
  });

  it("shares files among machines", () => {
    const c = cluster();
    claim(c, "shared", "share", "ReadWriteMany");
    run(c, "one", "node-1", "shared");
    run(c, "two", "node-2", "shared");
    settle(c);
    expect([ready(c, "one"), ready(c, "two")]).toEqual([true, true]);
    file(c, "one")?.write("/data/a.txt", "seen by all");
    expect(file(c, "two")?.read("/data/a.txt")).toBe("seen by all");
  });

  it("does not give one disk to many machines", () => {
    const c = cluster();
    claim(c, "many", "disk", "ReadWriteMany");
    settle(c);
    expect(events(c, "many").some((text) => text.startsWith("ProvisioningFailed: failed to provision volume with StorageClass"))).toBe(true);
  });

  it("takes a disk from a dead machine after six minutes", () => {
    const c = cluster();
    claim(c, "data", "disk", "ReadWriteOnce");
    run(c, "one", "node-1", "data");
    settle(c);
    c.machines.powerOff("node-1");
    const admin = c.as("admin");
    const node = admin.get<Node>(NODE, { namespace: "", name: "node-1" });
    if (node) admin.updateStatus<Node>({ ...node, status: { ...node.status, conditions: [{ type: "Ready", status: "Unknown" }] } });
    c.as("admin").delete({ kind: POD, namespace: "default", name: "one" }, { gracePeriodSeconds: 0 });
    run(c, "two", "node-2", "data");
    c.advance(seconds(300));
    expect(ready(c, "two")).toBe(false);
    c.advance(seconds(80));
    expect(ready(c, "two")).toBe(true);
  });
});
