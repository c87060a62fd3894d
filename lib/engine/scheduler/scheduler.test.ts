import { describe, expect, it } from "vitest";
import { EVENT, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD } from "../apimachinery/kinds";
import { restoreCluster, type Cluster } from "../cluster";
import type { JsonObject } from "../apimachinery/meta";
import type { Event } from "../resources/core/event/event";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../resources/core/pod/pod";
import { millis, seconds } from "../sim/clock";
import { deployment, machines, pod } from "../testing/builders";
import { play, podsIn, scriptedCluster } from "../testing/scripted";

const admin = (cluster: Cluster) => cluster.as("admin");
const inDefault = (name: string) => ({ namespace: "default", name });
const get = (cluster: Cluster, name: string): Pod | undefined => admin(cluster).get<Pod>(POD, inDefault(name));
const messages = (cluster: Cluster, reason: string): readonly string[] => admin(cluster).list<Event>(EVENT, { namespace: "default" }).filter((event) => event.reason === reason).map(({ message }) => message);
const asking = (cpu: string, more: JsonObject = {}): JsonObject => ({ containers: [{ name: "c", image: "nginx:1", resources: { requests: { cpu } } }], ...more });
const WITHOUT_HELP = "no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";

describe("the scheduler", () => {
  it("says why no node fits, as upstream counts it", () => {
    const cluster = scriptedCluster([...machines(2), { ...machines(3)[2], name: "node-3", cpu: "4", memory: "8Gi", taints: [{ key: "k", value: "v", effect: "NoSchedule" }] }]);
    admin(cluster).create(pod("big", asking("5")));
    cluster.advance(millis(0));
    expect(messages(cluster, "FailedScheduling")).toEqual([`0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ${WITHOUT_HELP}`]);
    expect(get(cluster, "big")?.status?.conditions).toMatchObject([{ type: "PodScheduled", status: "False", reason: "Unschedulable" }]);
  });

  it("tries again when something happens that can help, and not before", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(pod("picky", asking("1", { nodeSelector: { disk: "ssd" } })));
    cluster.advance(seconds(30));
    expect(messages(cluster, "FailedScheduling")).toHaveLength(1);
    admin(cluster).patch({ kind: NODE, namespace: "", name: "node-2" }, { type: "merge", body: { metadata: { labels: { disk: "ssd" } } } });
    cluster.advance(millis(0));
    expect(get(cluster, "picky")?.spec.nodeName).toBe("node-2");
    expect(messages(cluster, "Scheduled")).toEqual(["Successfully assigned default/picky to node-2"]);
  });

  it("makes room for a more important pod by removing the least important", () => {
    const cluster = scriptedCluster(machines(1));
    admin(cluster).create(pod("low", asking("3")));
    cluster.advance(millis(0));
    admin(cluster).create(pod("high", asking("3", { priorityClassName: "system-cluster-critical" })));
    cluster.advance(millis(0));
    expect(get(cluster, "low")?.metadata.deletionTimestamp).toBeDefined();
    expect(get(cluster, "high")?.status?.nominatedNodeName).toBe("node-1");
    for (const one of podsIn(cluster).filter(({ metadata }) => metadata.deletionTimestamp !== undefined)) play(cluster, one, "gone");
    cluster.advance(millis(0));
    expect(get(cluster, "high")?.spec.nodeName).toBe("node-1");
  });

  it("puts a pod where it made room, though a better node came free meanwhile", () => {
    const cluster = scriptedCluster([...machines(1), { ...machines(2)[1], name: "node-2", cpu: "16", memory: "64Gi" }] as ReturnType<typeof machines>);
    admin(cluster).create(pod("keeper", asking("15", { priorityClassName: "system-node-critical" })));
    cluster.advance(millis(0));
    admin(cluster).create(pod("low", asking("3")));
    cluster.advance(millis(0));
    admin(cluster).create(pod("high", asking("3", { priorityClassName: "system-cluster-critical" })));
    cluster.advance(millis(0));
    expect(get(cluster, "keeper")?.spec.nodeName).toBe("node-2");
    expect(get(cluster, "high")?.status?.nominatedNodeName).toBe("node-1");
    admin(cluster).delete({ kind: POD, namespace: "default", name: "keeper" });
    for (const one of podsIn(cluster).filter(({ metadata }) => metadata.deletionTimestamp !== undefined)) play(cluster, one, "gone");
    cluster.advance(millis(0));
    expect(get(cluster, "high")?.spec.nodeName).toBe("node-1");
  });

  it("gives up the place it waited for when that cannot be had any more", () => {
    const cluster = scriptedCluster(machines(1));
    admin(cluster).create(pod("low", asking("3")));
    cluster.advance(millis(0));
    admin(cluster).create(pod("high", asking("3", { priorityClassName: "system-cluster-critical" })));
    cluster.advance(millis(0));
    expect(get(cluster, "high")?.status?.nominatedNodeName).toBe("node-1");
    admin(cluster).patch({ kind: NODE, namespace: "", name: "node-1" }, { type: "merge", body: { spec: { unschedulable: true } } });
    for (const one of podsIn(cluster).filter(({ metadata }) => metadata.deletionTimestamp !== undefined)) play(cluster, one, "gone");
    cluster.advance(seconds(30));
    expect(messages(cluster, "FailedScheduling")).toContain("0/1 nodes are available: 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.");
    expect(get(cluster, "high")?.status?.nominatedNodeName).toBeUndefined();
    admin(cluster).patch({ kind: NODE, namespace: "", name: "node-1" }, { type: "merge", body: { spec: { unschedulable: null } } });
    cluster.advance(seconds(30));
    expect(get(cluster, "high")?.spec.nodeName).toBe("node-1");
  });

  it("fails over a preference that cannot be read, if there is a choice at all", () => {
    const picky = pod("picky", asking("1", { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [{ key: "disk", operator: "Gt", values: ["many"] }] } }] } } } as unknown as JsonObject));
    const two = scriptedCluster(machines(2));
    admin(two).create(picky);
    two.advance(millis(0));
    const [said] = messages(two, "FailedScheduling");
    expect(said).toBe(`running PreScore plugin "NodeAffinity": [0].matchExpressions[0].values[0]: Invalid value: "many": for 'Gt', 'Lt' operators, the value must be an integer`);
    expect(get(two, "picky")?.status?.conditions).toMatchObject([{ type: "PodScheduled", status: "False", reason: "SchedulerError", message: said }]);
    const one = scriptedCluster(machines(1));
    admin(one).create(picky);
    one.advance(millis(0));
    expect(get(one, "picky")?.spec.nodeName).toBe("node-1");
  });

  it("tries again when a running pod came to hold less", () => {
    const cluster = scriptedCluster(machines(1));
    admin(cluster).create(pod("wide", asking("3")));
    cluster.advance(millis(0));
    admin(cluster).create(pod("waits", asking("2")));
    cluster.advance(seconds(30));
    expect(get(cluster, "waits")?.spec.nodeName).toBeUndefined();
    const wide = get(cluster, "wide") as Pod;
    const [container] = wide.spec.containers;
    const less = { cpu: "1" };
    const status = (requests: object) => ({ status: { containerStatuses: [{ name: "c", image: "nginx:1", resources: { requests } }] } }) as unknown as JsonObject;
    admin(cluster).patch({ kind: POD, namespace: "default", name: "wide" }, { type: "merge", body: status({ cpu: "3" }) }, { subresource: "status" });
    admin(cluster).patch({ kind: POD, namespace: "default", name: "wide" }, { type: "merge", body: { spec: { containers: [{ ...container, resources: { requests: less } }] } } as unknown as JsonObject }, { subresource: "resize" });
    cluster.advance(millis(0));
    expect(get(cluster, "waits")?.spec.nodeName).toBeUndefined();
    admin(cluster).patch({ kind: POD, namespace: "default", name: "wide" }, { type: "merge", body: status(less) }, { subresource: "status" });
    cluster.advance(seconds(30));
    expect(get(cluster, "waits")?.spec.nodeName).toBe("node-1");
  });

  it("takes the room it made for one pod for nobody else's, unless that pod is less important", () => {
    const cluster = scriptedCluster(machines(2));
    const nominated = (name: string) => get(cluster, name)?.status?.nominatedNodeName;
    for (const name of ["low-1", "low-2"]) admin(cluster).create(pod(name, asking("3")));
    cluster.advance(millis(0));
    for (const name of ["high-1", "high-2", "high-3"]) {
      admin(cluster).create(pod(name, asking("3", { priorityClassName: "system-cluster-critical" })));
      cluster.advance(millis(0));
    }
    expect(new Set([nominated("high-1"), nominated("high-2")])).toEqual(new Set(["node-1", "node-2"]));
    expect(nominated("high-3")).toBeUndefined();
    admin(cluster).create(pod("highest", asking("3", { priorityClassName: "system-node-critical" })));
    cluster.advance(millis(0));
    expect(nominated("highest")).toBeDefined();
    expect([nominated("high-1"), nominated("high-2")].filter((node) => node === nominated("highest"))).toEqual([]);
  });

  it("waits for gates, and leaves other schedulers' pods alone", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(pod("gated", asking("1", { schedulingGates: [{ name: "a.io/g" }] })));
    admin(cluster).create(pod("other", asking("1", { schedulerName: "mine" })));
    cluster.advance(seconds(60));
    expect([get(cluster, "gated")?.spec.nodeName, get(cluster, "other")?.spec.nodeName]).toEqual([undefined, undefined]);
    admin(cluster).patch({ kind: POD, ...inDefault("gated") }, { type: "merge", body: { spec: { schedulingGates: [] } } });
    cluster.advance(millis(0));
    expect(get(cluster, "gated")?.spec.nodeName).toBeDefined();
  });

  it("goes on the same way after a snapshot and in a fork", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(deployment("web", 5));
    cluster.advance(millis(0));
    const fork = cluster.fork();
    const restored = restoreCluster(cluster.snapshot(), cluster.options.images);
    for (const one of [cluster, fork, restored]) {
      admin(one).patch({ kind: "apps/v1/Deployment" as typeof POD, ...inDefault("web") }, { type: "merge", body: { spec: { replicas: 9 } } });
      one.advance(seconds(5));
    }
    const places = (one: Cluster): unknown => podsIn(one).map(({ metadata, spec }) => [metadata.name, spec.nodeName]);
    expect(places(fork)).toEqual(places(cluster));
    expect(places(restored)).toEqual(places(cluster));
    expect(podsIn(cluster)).toHaveLength(9);
  });
});

const volume = (name: string, storage: string, spec: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name },
  spec: { capacity: { storage }, accessModes: ["ReadWriteOnce"], storageClassName: "manual", hostPath: { path: `/data/${name}` }, ...spec },
});
const claim = (name: string, storage: string, spec: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } }, storageClassName: "manual", ...spec },
});
const mounting = (name: string): JsonObject => asking("1", { volumes: [{ name: "v", persistentVolumeClaim: { claimName: name } }] });
const phase = (cluster: Cluster, name: string): unknown => admin(cluster).get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name })?.status?.phase;

describe("volumes", () => {
  it("bind to the smallest that is large enough, and are Released, not reused, when their claim goes", () => {
    const cluster = scriptedCluster();
    for (const [name, size] of [["small", "1Gi"], ["middle", "3Gi"], ["large", "9Gi"]] as const) admin(cluster).create(volume(name, size));
    admin(cluster).create(claim("c", "2Gi"));
    cluster.advance(millis(0));
    expect(admin(cluster).get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, inDefault("c"))).toMatchObject({ spec: { volumeName: "middle" }, status: { phase: "Bound", capacity: { storage: "3Gi" } } });
    admin(cluster).delete({ kind: PERSISTENT_VOLUME_CLAIM, ...inDefault("c") });
    cluster.advance(millis(0));
    expect([phase(cluster, "small"), phase(cluster, "middle")]).toEqual(["Available", "Released"]);
  });

  it("keep a claim that is deleted while a pod uses it", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(volume("v", "1Gi"));
    admin(cluster).create(claim("c", "1Gi"));
    admin(cluster).create(pod("user", mounting("c")));
    cluster.advance(millis(0));
    admin(cluster).delete({ kind: PERSISTENT_VOLUME_CLAIM, ...inDefault("c") });
    cluster.advance(seconds(60));
    expect(admin(cluster).get(PERSISTENT_VOLUME_CLAIM, inDefault("c"))?.metadata.deletionTimestamp).toBeDefined();
    admin(cluster).delete({ kind: POD, ...inDefault("user") }, { gracePeriodSeconds: 0 });
    cluster.advance(millis(0));
    expect(admin(cluster).get(PERSISTENT_VOLUME_CLAIM, inDefault("c"))).toBeUndefined();
  });

  it("wait for their first consumer, and the pod goes where its volume is", () => {
    const cluster = scriptedCluster();
    admin(cluster).create({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: "local" }, provisioner: "kubernetes.io/no-provisioner", volumeBindingMode: "WaitForFirstConsumer" });
    const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["node-3"] }] }] } };
    admin(cluster).create(volume("v", "1Gi", { storageClassName: "local", nodeAffinity }));
    admin(cluster).create(claim("c", "1Gi", { storageClassName: "local" }));
    cluster.advance(seconds(5));
    expect(messages(cluster, "WaitForFirstConsumer")).toEqual(["waiting for first consumer to be created before binding"]);
    admin(cluster).create(pod("user", mounting("c")));
    cluster.advance(millis(0));
    expect(get(cluster, "user")?.spec.nodeName).toBe("node-3");
    expect(phase(cluster, "v")).toBe("Bound");
  });

  it("that are not there keep the pod waiting, in upstream's words", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(pod("lost", mounting("nowhere")));
    admin(cluster).create(claim("c", "1Gi", { storageClassName: "" }));
    admin(cluster).create(pod("early", mounting("c")));
    cluster.advance(millis(0));
    expect(messages(cluster, "FailedScheduling")).toEqual([
      "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
      '0/3 nodes are available: persistentvolumeclaim "nowhere" not found. not found',
    ]);
    admin(cluster).create(volume("v", "1Gi", { storageClassName: "" }));
    cluster.advance(millis(0));
    expect(get(cluster, "early")?.spec.nodeName).toBeDefined();
  });
});
