import { describe, expect, it } from "vitest";
import { kindOf, type KindId, type KubeObject, type ObjectKey } from "../../apimachinery/meta";
import type { Client } from "../../client/client";
import type { Node } from "../../resources/core/node/node";
import type { Pod } from "../../resources/core/pod/pod";
import { ObjectStore, refIn } from "../../store/store";
import { passes, type Cycle, type SchedulerPlugin } from "../framework";
import { nodeInfo } from "../node-info";
import { createInterPodAffinity, interPodAffinity } from "./interpodaffinity/index";
import { createNodeAffinity } from "./nodeaffinity/index";
import { createNodeResourcesBalancedAllocation } from "./noderesourcesbalancedallocation/index";
import { createNodeResourcesFit } from "./noderesourcesfit/index";
import { nodeVolumeLimits } from "./nodevolumelimits/index";
import { podTopologySpread } from "./podtopologyspread/index";
import { volumeBinding } from "./volumebinding/index";
import { volumeRestrictions } from "./volumerestrictions/index";
import { volumeZone } from "./volumezone/index";

const HOST = "kubernetes.io/hostname";
const object = (apiVersion: string, kind: string, name: string, rest: object = {}, metadata: object = {}): KubeObject => ({ apiVersion, kind, metadata: { name, uid: name, creationTimestamp: "", ...metadata }, ...rest }) as unknown as KubeObject;
const nodeOf = (name: string, labels: object = {}, allocatable: object = { cpu: "4", memory: "8Gi", pods: "10" }): Node => object("v1", "Node", name, { status: { allocatable } }, { labels: { [HOST]: name, ...labels } }) as unknown as Node;
const podOf = (name: string, spec: object = {}, metadata: object = {}): Pod => object("v1", "Pod", name, { spec: { containers: [{ name: "c", image: "i" }], ...spec } }, { namespace: "default", labels: { app: "a" }, ...metadata }) as unknown as Pod;
const claimOf = (name: string, spec: object, metadata: object = {}): KubeObject => object("v1", "PersistentVolumeClaim", name, { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } }, ...spec } }, { namespace: "default", ...metadata });
const mounts = (...names: readonly string[]) => ({ volumes: names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) });
const classOf = (name: string, rest: object = {}): KubeObject => object("storage.k8s.io/v1", "StorageClass", name, { provisioner: "disk.example.com", volumeBindingMode: "WaitForFirstConsumer", ...rest });

function cycleOf(pod: Pod, nodes: readonly Node[], pods: readonly Pod[] = [], objects: readonly KubeObject[] = []): Cycle {
  const store = new ObjectStore();
  for (const one of [...nodes, ...pods, ...objects]) store.put(kindOf(one), one, "test");
  const client = { user: "test", get: (kind: KindId, key: ObjectKey) => store.get(refIn(kind, key)), list: (kind: KindId, options: { readonly namespace?: string } = {}) => store.list(kind, options.namespace) } as unknown as Client;
  return { pod, client, nodes: nodes.map((node) => nodeInfo(node, pods.filter(({ spec }) => spec.nodeName === node.metadata.name))), memo: new Map() };
}

/** The words of each node's refusal, or of all of them. */
function refusals(plugin: SchedulerPlugin, cycle: Cycle): readonly string[] | readonly (readonly string[])[] {
  const first = plugin.preFilter?.(cycle) ?? { code: "Success" };
  if (!passes(first)) return first.messages;
  return cycle.nodes.map((node) => {
    const status = plugin.filter?.(cycle, node) ?? { code: "Success" };
    if (plugin.fits) expect(plugin.fits(cycle, node)).toBe(passes(status));
    return passes(status) ? [] : status.messages;
  });
}

function scores(plugin: SchedulerPlugin, cycle: Cycle): readonly number[] | "Skip" {
  return plugin.preScore?.(cycle, cycle.nodes).code === "Skip" ? "Skip" : cycle.nodes.map((node) => plugin.score?.(cycle, node) ?? 0);
}

describe("volumes", () => {
  const away = object("v1", "PersistentVolume", "far", { spec: { capacity: { storage: "2Gi" }, accessModes: ["ReadWriteOnce"], nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: HOST, operator: "In", values: ["b"] }] }] } } } });
  const bound = claimOf("bound", { volumeName: "far" }, { annotations: { "pv.kubernetes.io/bind-completed": "yes" } });

  it("tell both that a bound one is elsewhere and that none is to be had for another", () => {
    const objects = [away, bound, claimOf("waits", { storageClassName: "local" }), classOf("local", { provisioner: "kubernetes.io/no-provisioner" })];
    expect(refusals(volumeBinding, cycleOf(podOf("p", mounts("bound", "waits")), [nodeOf("a"), nodeOf("b")], [], objects))).toEqual([
      ["node(s) didn't match PersistentVolume's node affinity", "node(s) didn't find available persistent volumes to bind"],
      ["node(s) didn't find available persistent volumes to bind"],
    ]);
  });

  it("are no more on a node than their driver can attach there, each counted once", () => {
    const csi = (name: string): KubeObject => object("v1", "PersistentVolume", name, { spec: { csi: { driver: "disk.example.com", volumeHandle: name } } });
    const limit = (node: string, count: number): KubeObject => object("storage.k8s.io/v1", "CSINode", node, { spec: { drivers: [{ name: "disk.example.com", nodeID: node, allocatable: { count } }] } });
    const attached = object("storage.k8s.io/v1", "VolumeAttachment", "left", { spec: { attacher: "disk.example.com", nodeName: "a", source: { persistentVolumeName: "three" } } });
    const claims = ["one", "two", "three"].map((name) => claimOf(name, { volumeName: name }));
    const objects = [...claims, claimOf("late", { storageClassName: "slow" }), classOf("slow"), ...["one", "two", "three"].map(csi), limit("a", 2), limit("b", 1), attached];
    const running = [podOf("r", { nodeName: "a", ...mounts("one") })];
    const nodes = [nodeOf("a"), nodeOf("b"), nodeOf("c")];
    const full = ["node(s) exceed max volume count"];
    expect(refusals(nodeVolumeLimits, cycleOf(podOf("p", mounts("two")), nodes, running, objects))).toEqual([full, [], []]);
    expect(refusals(nodeVolumeLimits, cycleOf(podOf("p", mounts("one")), nodes, running, objects))).toEqual([[], [], []]);
    expect(refusals(nodeVolumeLimits, cycleOf(podOf("p", mounts("two", "late")), nodes, running, objects))).toEqual([full, full, []]);
    expect(refusals(nodeVolumeLimits, cycleOf(podOf("p", mounts("gone")), nodes, running, objects))).toEqual(nodes.map(() => ['persistentvolumeclaim "gone" not found']));
  });

  it("are made only where their driver says that it has room", () => {
    const driver = object("storage.k8s.io/v1", "CSIDriver", "disk.example.com", { spec: { storageCapacity: true } });
    const room = (name: string, capacity: string, zone: string) => object("storage.k8s.io/v1", "CSIStorageCapacity", name, { storageClassName: "fast", capacity, nodeTopology: { matchLabels: { zone } } }, { namespace: "kube-system" });
    const objects = [driver, room("r1", "1Gi", "z1"), room("r2", "3Gi", "z2"), claimOf("waits", { storageClassName: "fast" }), classOf("fast")];
    expect(refusals(volumeBinding, cycleOf(podOf("p", mounts("waits")), [nodeOf("a", { zone: "z1" }), nodeOf("b", { zone: "z2" })], [], objects))).toEqual([["node(s) did not have enough free storage"], []]);
  });

  it("of one pod alone are waited for, and are its own", () => {
    const pod = podOf("p", { volumes: [{ name: "scratch", ephemeral: { volumeClaimTemplate: {} } }] });
    const waits = ['waiting for ephemeral volume controller to create the persistentvolumeclaim "p-scratch"'];
    expect(refusals(volumeBinding, cycleOf(pod, [nodeOf("a")]))).toEqual(waits);
    for (const plugin of [volumeRestrictions, volumeZone]) expect(plugin.preFilter?.(cycleOf(pod, [nodeOf("a")]))).toEqual({ code: "Skip" });
    const foreign = claimOf("p-scratch", { storageClassName: "fast" });
    expect(refusals(volumeBinding, cycleOf(pod, [nodeOf("a")], [], [foreign, classOf("fast")]))).toEqual(["PVC default/p-scratch was not created for pod default/p (pod is not owner)"]);
  });

  it("with an old name of a zone suit nodes with the new one, not the other way round", () => {
    const OLD = "failure-domain.beta.kubernetes.io/zone";
    const NEW = "topology.kubernetes.io/zone";
    const said = (label: string, value = "z1__z2") => refusals(volumeZone, cycleOf(podOf("p", mounts("c")), [nodeOf("new", { [NEW]: "z2" }), nodeOf("old", { [OLD]: "z1" }), nodeOf("none")], [], [claimOf("c", { volumeName: "v" }), object("v1", "PersistentVolume", "v", { spec: {} }, { labels: { [label]: value } })]));
    const wrong = ["node(s) had no available volume zone"];
    expect(said(OLD)).toEqual([[], [], []]);
    expect(said(NEW)).toEqual([[], wrong, []]);
    expect(said(NEW, "z9__")).toEqual([[], [], []]);
  });

  it("wait for a class that is there and says when it binds", () => {
    const said = (objects: readonly KubeObject[]) => refusals(volumeZone, cycleOf(podOf("p", mounts("c")), [nodeOf("a")], [], [claimOf("c", { storageClassName: "fast" }), ...objects]));
    expect(said([])).toEqual(['storageclass.storage.k8s.io "fast" not found']);
    expect(said([classOf("fast", { volumeBindingMode: undefined })])).toEqual(['VolumeBindingMode not set for StorageClass "fast"']);
  });
});

describe("pods and their neighbours", () => {
  const term = (more: object = {}) => ({ topologyKey: HOST, labelSelector: { matchLabels: { app: "a" } }, ...more });
  const wish = (weight: number) => ({ preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: term() }] });
  const nodes = [nodeOf("a"), nodeOf("b")];

  it("with wishes of their own hear those of others, whatever the scheduler is told to ignore", () => {
    const other = podOf("o", { nodeName: "a", affinity: { podAffinity: wish(3) } });
    const ignoring = createInterPodAffinity(1, true);
    expect(scores(ignoring, cycleOf(podOf("p"), nodes, [other]))).toBe("Skip");
    expect(scores(ignoring, cycleOf(podOf("p", { affinity: { podAffinity: wish(5) } }), nodes, [other]))).toEqual([8, 0]);
  });

  it("are looked for in namespaces that are there, or in any", () => {
    const other = podOf("o", { nodeName: "a" }, { namespace: "gone" });
    const said = (namespaceSelector: object) => refusals(interPodAffinity, cycleOf(podOf("p", { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term({ namespaceSelector })] } } }), nodes, [other]));
    expect(said({ matchExpressions: [{ key: "team", operator: "DoesNotExist" }] })).toEqual([[], []]);
    expect(said({})).toEqual([["node(s) didn't match pod anti-affinity rules"], []]);
  });

  it("whose terms cannot be read name the last list that is wrong", () => {
    const bad = { requiredDuringSchedulingIgnoredDuringExecution: [term({ labelSelector: { matchExpressions: [{ key: "app", operator: "Near" }] } })] };
    expect(refusals(interPodAffinity, cycleOf(podOf("p", { affinity: { podAffinity: bad, podAntiAffinity: bad } }), nodes))).toEqual(['parsing pod: requiredAntiAffinityTerms: "Near" is not a valid label selector operator']);
    const half = { requiredDuringSchedulingIgnoredDuringExecution: [term(), ...bad.requiredDuringSchedulingIgnoredDuringExecution] };
    expect(interPodAffinity.preFilter?.(cycleOf(podOf("p"), nodes, [podOf("o", { nodeName: "a", affinity: { podAntiAffinity: half } })]))).toEqual({ code: "Skip" });
  });

  it("spread by a selector that asks for nothing count nobody", () => {
    const spread = (labelSelector: object) => ({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: HOST, whenUnsatisfiable: "DoNotSchedule", labelSelector }] });
    const others = [podOf("o1", { nodeName: "a" }), podOf("o2", { nodeName: "a" })];
    expect(refusals(podTopologySpread, cycleOf(podOf("p", spread({})), nodes, others))).toEqual([[], []]);
    expect(refusals(podTopologySpread, cycleOf(podOf("p", spread({ matchLabels: { app: "a" } })), nodes, others))).toEqual([["node(s) didn't match pod topology spread constraints"], []]);
  });

  it("of a replication controller spread without being asked to", () => {
    const rc = object("v1", "ReplicationController", "rc", { spec: { selector: { app: "a" } } }, { namespace: "default" });
    const owned = (apiVersion: string) => podOf("p", {}, { ownerReferences: [{ apiVersion, kind: "ReplicationController", name: "rc", uid: "rc", controller: true }] });
    const others = [podOf("o1", { nodeName: "a" }), podOf("o2", { nodeName: "a" })];
    expect(scores(podTopologySpread, cycleOf(owned("v1"), nodes, others, [rc]))).toEqual([5, 2]);
    expect(scores(podTopologySpread, cycleOf(owned("apps/v1"), nodes, others, [rc]))).toBe("Skip");
  });
});

describe("plugins set up otherwise", () => {
  it("add the scheduler's own preferences for nodes to the pod's", () => {
    const preference = (weight: number, value: string) => ({ weight, preference: { matchExpressions: [{ key: "disk", operator: "In", values: [value] }] } });
    const plugin = createNodeAffinity(undefined, [preference(4, "ssd")]);
    const nodes = [nodeOf("a", { disk: "ssd" }), nodeOf("b", { disk: "hdd" })];
    expect(scores(plugin, cycleOf(podOf("p"), nodes))).toEqual([4, 0]);
    expect(scores(plugin, cycleOf(podOf("p", { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preference(1, "ssd"), preference(7, "hdd")] } } }), nodes))).toEqual([5, 7]);
  });

  it("balance as many resources as they are told to, of those the pod asks for", () => {
    const node = nodeOf("a", {}, { cpu: "10", memory: "10Gi", "example.com/gpu": "10", pods: "10" });
    const asks = (requests: object) => podOf("p", { containers: [{ name: "c", image: "i", resources: { requests } }] });
    const plugin = createNodeResourcesBalancedAllocation(["cpu", "memory", "example.com/gpu"]);
    expect(scores(plugin, cycleOf(asks({ cpu: "1", memory: "4Gi", "example.com/gpu": "7" }), [node]))).toEqual([75]);
    expect(scores(plugin, cycleOf(asks({ cpu: "1", memory: "4Gi" }), [node]))).toEqual([85]);
    expect(scores(plugin, cycleOf(asks({}), [node]))).toBe("Skip");
  });

  it("overlook resources of others, never Kubernetes' own", () => {
    const pod = podOf("p", { containers: [{ name: "c", image: "i", resources: { requests: { "example.com/gpu": "1", "hugepages-2Mi": "2Mi" } } }] });
    expect(refusals(createNodeResourcesFit({ ignored: () => true }), cycleOf(pod, [nodeOf("a")]))).toEqual([["Insufficient hugepages-2Mi"]]);
  });
});
