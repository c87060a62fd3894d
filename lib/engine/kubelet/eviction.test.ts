import { describe, expect, it } from "vitest";
import { createCluster, type Cluster } from "../cluster";
import { EVENT, NODE, POD } from "../apimachinery/kinds";
import type { Event } from "../resources/core/event/event";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";
import { testImages } from "./testing/images";

function cluster(memory: string, more: { readonly disk?: string; readonly pids?: number } = {}): Cluster {
  return createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory, ...more }], images: testImages });
}

function run(on: Cluster, name: string, spec: object): void {
  on.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { nodeName: "node-1", ...spec } });
}

const pod = (on: Cluster, name: string): Pod | undefined => on.as("admin").get<Pod>(POD, { namespace: "default", name });
const events = (on: Cluster): readonly string[] => on.as("admin").list<Event>(EVENT, {}).map((event) => `${event.involvedObject.name} ${event.reason}: ${event.message}`);
const condition = (on: Cluster, type: string) => on.as("admin").get<Node>(NODE, { namespace: "", name: "node-1" })?.status?.conditions?.find((one) => one.type === type);
const eater = (resources: object = {}) => ({ restartPolicy: "Never", containers: [{ name: "app", image: "eater:1", resources }] });

describe("a machine that runs short", () => {
  it("of memory says so, sends away who uses more than was asked for, and recovers after five minutes", () => {
    const c = cluster("256Mi");
    run(c, "modest", eater({ requests: { memory: "60Mi" }, limits: { memory: "120Mi" } }));
    for (const name of ["a", "b", "d"]) run(c, name, eater());
    c.advance(seconds(30));
    expect(["a", "b", "d"].filter((name) => pod(c, name)?.status?.reason === "Evicted")).toHaveLength(1);
    expect(pod(c, "modest")?.status?.phase).toBe("Running");
    const evicted = ["a", "b", "d"].map((name) => pod(c, name)).find((one) => one?.status?.reason === "Evicted");
    expect(evicted?.status?.phase).toBe("Failed");
    expect(evicted?.status?.message).toBe("The node was low on resource: memory. Threshold quantity: 100Mi, available: 68435456. Container app was using 50000000, request is 0, has larger consumption of memory. ");
    expect(evicted?.status?.conditions?.find(({ type }) => type === "DisruptionTarget")).toMatchObject({ status: "True", reason: "TerminationByKubelet" });
    expect(condition(c, "MemoryPressure")).toMatchObject({ status: "True", reason: "KubeletHasInsufficientMemory", message: "kubelet has insufficient memory available" });
    expect(events(c)).toEqual(expect.arrayContaining(["node-1 EvictionThresholdMet: Attempting to reclaim memory", "node-1 NodeHasInsufficientMemory: Node node-1 status is now: NodeHasInsufficientMemory"]));
    expect(c.as("admin").get<Node>(NODE, { namespace: "", name: "node-1" })?.spec.taints).toEqual([expect.objectContaining({ key: "node.kubernetes.io/memory-pressure", effect: "NoSchedule" })]);
    run(c, "late", { containers: [{ name: "app", image: "web:1" }] });
    c.advance(seconds(1));
    expect(pod(c, "late")?.status).toMatchObject({ phase: "Failed", reason: "Evicted", message: "Pod was rejected: The node had condition: [MemoryPressure]. " });
    c.advance(seconds(400));
    expect(condition(c, "MemoryPressure")).toMatchObject({ status: "False", reason: "KubeletHasSufficientMemory" });
  });

  it("of memory is so no more after its power was cut, and still is of disk", () => {
    const c = cluster("256Mi", { disk: "4Mi" });
    for (const name of ["a", "b", "d", "e"]) run(c, name, eater());
    c.advance(seconds(30));
    expect(condition(c, "MemoryPressure")?.status).toBe("True");
    run(c, "web", { priorityClassName: "system-node-critical", volumes: [{ name: "data", emptyDir: {} }], containers: [{ name: "app", image: "web:1", volumeMounts: [{ name: "data", mountPath: "/data" }] }] });
    c.advance(seconds(5));
    c.files({ namespace: "default", name: "web" }, "app")?.write("/data/big", "x".repeat(3_900_000));
    c.advance(seconds(60));
    c.machines.powerOff("node-1");
    c.advance(seconds(100));
    c.machines.powerOn("node-1");
    c.advance(seconds(11));
    expect(condition(c, "MemoryPressure")?.status).toBe("False");
    c.advance(seconds(15));
    expect(condition(c, "DiskPressure")?.status).toBe("True");
  });

  it("with no memory left at all has a process killed by the kernel", () => {
    const c = cluster("130Mi");
    for (const name of ["a", "b", "d"]) run(c, name, eater());
    c.advance(seconds(4));
    expect(["a", "b", "d"].map((name) => pod(c, name)?.status?.containerStatuses?.[0]?.state.terminated?.reason)).toContain("OOMKilled");
    expect(events(c).some((text) => text.startsWith("node-1 SystemOOM: System OOM encountered, victim process: eater, pid: "))).toBe(true);
  });

  it("sends away pods that write more than they promised", () => {
    const c = cluster("1Gi");
    const mounts = { volumes: [{ name: "cache", emptyDir: { sizeLimit: "1Ki" } }], containers: [{ name: "app", image: "web:1", volumeMounts: [{ name: "cache", mountPath: "/cache" }] }] };
    run(c, "volume", mounts);
    run(c, "layer", { containers: [{ name: "app", image: "web:1", resources: { limits: { "ephemeral-storage": "1Ki" } } }] });
    c.advance(seconds(5));
    expect(c.files({ namespace: "default", name: "volume" }, "app")?.write("/cache/big", "x".repeat(2000))).toBeUndefined();
    c.files({ namespace: "default", name: "layer" }, "app")?.write("/big", "x".repeat(2000));
    c.advance(seconds(20));
    expect(pod(c, "volume")?.status?.message).toBe('Usage of EmptyDir volume "cache" exceeds the limit "1Ki". ');
    expect(pod(c, "layer")?.status?.message).toBe("Pod ephemeral local storage usage exceeds the total limit of containers 1Ki. ");
  });

  it("of disk throws away images nobody uses before it sends pods away", () => {
    const c = cluster("1Gi", { disk: "4Mi" });
    run(c, "once", { restartPolicy: "Never", containers: [{ name: "app", image: "crasher:1", command: ["crasher", "0"] }] });
    run(c, "web", { containers: [{ name: "app", image: "web:1" }] });
    c.advance(seconds(8));
    c.files({ namespace: "default", name: "web" }, "app")?.write("/big", "x".repeat(2_000_000));
    c.advance(seconds(20));
    expect(pod(c, "web")?.status?.phase).toBe("Running");
    c.files({ namespace: "default", name: "web" }, "app")?.write("/more", "x".repeat(1_900_000));
    c.advance(seconds(30));
    expect(pod(c, "web")?.status?.message).toMatch(/^The node was low on resource: ephemeral-storage\. Threshold quantity: .*, available: .*\. Container app was using .*, request is 0, has larger consumption of ephemeral-storage\. $/);
    expect(condition(c, "DiskPressure")?.status).toBe("True");
  });

  it("of process numbers sends away who has most of them, of those that matter least", () => {
    const c = cluster("1Gi", { pids: 100 });
    const forks = (count: number) => ({ restartPolicy: "Never", containers: [{ name: "app", image: "forker:1", command: ["forker", String(count)] }] });
    run(c, "few", forks(20));
    run(c, "many", forks(75));
    c.advance(seconds(15));
    expect(pod(c, "few")?.status?.phase).toBe("Running");
    expect(pod(c, "many")?.status).toMatchObject({ phase: "Failed", reason: "Evicted", message: "The node was low on resource: pids. Threshold quantity: 10, available: 5. " });
    expect(condition(c, "PIDPressure")).toMatchObject({ status: "True", reason: "KubeletHasInsufficientPID", message: "kubelet has insufficient PID available" });
    expect(events(c)).toEqual(expect.arrayContaining(["node-1 EvictionThresholdMet: Attempting to reclaim pids", "node-1 NodeHasInsufficientPID: Node node-1 status is now: NodeHasInsufficientPID"]));
    expect(c.as("admin").get<Node>(NODE, { namespace: "", name: "node-1" })?.spec.taints).toEqual([expect.objectContaining({ key: "node.kubernetes.io/pid-pressure", effect: "NoSchedule" })]);
    run(c, "late", { containers: [{ name: "app", image: "web:1", resources: { requests: { memory: "10Mi" } } }] });
    c.advance(seconds(1));
    expect(pod(c, "late")?.status?.message).toBe("Pod was rejected: The node had condition: [PIDPressure]. ");
    c.advance(seconds(400));
    expect(condition(c, "PIDPressure")).toMatchObject({ status: "False", reason: "KubeletHasSufficientPID" });
  });

  it("refuses a pod nobody measured that it has no room for", () => {
    const c = cluster("1Gi");
    run(c, "lost", { nodeSelector: { disk: "ssd" }, containers: [{ name: "app", image: "web:1" }] });
    run(c, "huge", { containers: [{ name: "app", image: "web:1", resources: { requests: { cpu: "3" } } }] });
    c.advance(seconds(1));
    expect(pod(c, "lost")?.status).toMatchObject({ phase: "Failed", reason: "NodeAffinity", message: "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" });
    run(c, "elsewhere", { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "NotIn", values: ["node-1"] }] }] } } }, containers: [{ name: "app", image: "web:1" }] });
    c.advance(seconds(1));
    expect(pod(c, "elsewhere")?.status?.reason).toBe("NodeAffinity");
    expect(pod(c, "huge")?.status).toMatchObject({ phase: "Failed", reason: "OutOfcpu", message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 0, capacity: 2000" });
    const node = c.as("admin").get<Node>(NODE, { namespace: "", name: "node-1" }) as Node;
    c.as("admin").update<Node>({ ...node, spec: { ...node.spec, taints: [{ key: "gone", effect: "NoExecute" }] } });
    run(c, "tainted", { containers: [{ name: "app", image: "web:1" }] });
    run(c, "patient", { tolerations: [{ key: "gone", operator: "Exists" }], containers: [{ name: "app", image: "web:1" }] });
    c.advance(seconds(1));
    expect(events(c)).toContain("tainted TaintToleration: Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate");
    expect(pod(c, "patient")?.status?.phase).toBe("Pending");
  });

  it("refuses a pod whose port another has, whose other amounts are not to be had, or that is for another system", () => {
    const c = cluster("1Gi");
    const app = (more: object) => ({ containers: [{ name: "app", image: "web:1", ...more }] });
    run(c, "first", app({ ports: [{ containerPort: 80, hostPort: 8080 }] }));
    run(c, "second", app({ ports: [{ containerPort: 81, hostPort: 8080 }] }));
    run(c, "disk", app({ resources: { requests: { "ephemeral-storage": "200Ti" } } }));
    run(c, "strange", app({ resources: { requests: { "example.com/gpu": "1" }, limits: { "example.com/gpu": "1" } } }));
    run(c, "windows", { ...app({}), os: { name: "windows" } });
    c.advance(seconds(1));
    expect(pod(c, "first")?.status?.phase).toBe("Pending");
    expect(pod(c, "second")?.status).toMatchObject({ phase: "Failed", reason: "NodePorts", message: "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports" });
    expect(pod(c, "disk")?.status?.reason).toBe("OutOfephemeral-storage");
    expect(pod(c, "strange")?.status?.phase).toBe("Pending");
    expect(pod(c, "windows")?.status).toMatchObject({ phase: "Failed", reason: "PodOSNotSupported", message: "Pod was rejected: Failed to admit pod as the OS field doesn't match node OS" });
  });
});
