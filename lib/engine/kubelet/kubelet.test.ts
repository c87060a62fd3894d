import { describe, expect, it } from "vitest";
import { createCluster, restoreCluster, type Cluster } from "../cluster";
import { EVENT, NODE, POD } from "../apimachinery/kinds";
import type { Event } from "../resources/core/event/event";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";
import { testImages } from "./testing/images";

function cluster(nodes = 1): Cluster {
  return createCluster({
    seed: 1,
    kubernetesVersion: "v1.36.2",
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `node-${i + 1}`, cpu: "4", memory: "8Gi" })),
    images: testImages,
  });
}

function run(on: Cluster, name: string, spec: object, metadata: object = {}): void {
  on.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default", ...metadata }, spec: { nodeName: "node-1", ...spec } });
}

const pod = (on: Cluster, name: string): Pod | undefined => on.as("admin").get<Pod>(POD, { namespace: "default", name });
const events = (on: Cluster, name: string): readonly string[] =>
  on.as("admin").list<Event>(EVENT, { namespace: "default" }).filter((event) => event.involvedObject.name === name).sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion)).map((event) => `${event.type} ${event.reason} ${event.message}${(event.count ?? 1) > 1 ? ` x${event.count}` : ""}`);

describe("kubelet", () => {
  it("registers its machine as a ready Node", () => {
    const c = cluster();
    c.advance(seconds(1));
    const node = c.as("admin").get<Node>(NODE, { namespace: "", name: "node-1" });
    expect(node?.spec.podCIDR).toBe("10.244.0.0/24");
    expect(node?.status?.addresses?.[0]).toEqual({ type: "InternalIP", address: "172.18.0.2" });
    expect(node?.status?.conditions?.find((condition) => condition.type === "Ready")?.status).toBe("True");
  });

  it("takes a pod from creation to ready, with upstream's events", () => {
    const c = cluster();
    run(c, "web", { containers: [{ name: "web", image: "web:1" }] });
    c.advance(seconds(0));
    expect(pod(c, "web")?.status?.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: "ContainerCreating" } });
    c.advance(seconds(5));
    const status = pod(c, "web")?.status;
    expect(status?.phase).toBe("Running");
    expect(status?.podIP).toBe("10.244.0.2");
    expect(status?.conditions?.map((condition) => `${condition.type}=${condition.status}`)).toEqual(expect.arrayContaining(["Ready=True", "ContainersReady=True", "Initialized=True", "PodReadyToStartContainers=True"]));
    expect(events(c, "web")).toEqual(['Normal Pulling Pulling image "web:1"', 'Normal Pulled Successfully pulled image "web:1" in 1s (1s including waiting). Image size: 1000000 bytes.', "Normal Created Container created", "Normal Started Container started"]);
    run(c, "again", { containers: [{ name: "web", image: "web:1" }] });
    c.advance(seconds(5));
    expect(events(c, "again")[0]).toBe('Normal Pulled Container image "web:1" already present on machine and can be accessed by the pod');
  });

  it("stops a deleted pod with SIGTERM and takes it out of the API", () => {
    const c = cluster();
    run(c, "web", { containers: [{ name: "web", image: "web:1" }] });
    c.advance(seconds(5));
    c.as("admin").delete({ kind: POD, namespace: "default", name: "web" });
    c.advance(seconds(1));
    expect(pod(c, "web")).toBeUndefined();
    expect(events(c, "web")).toContain("Normal Killing Stopping container web");
  });

  it("kills what ignores SIGTERM when its grace is over", () => {
    const c = cluster();
    run(c, "deaf", { terminationGracePeriodSeconds: 7, containers: [{ name: "c", image: "sleeper:1" }] });
    c.advance(seconds(5));
    c.as("admin").delete({ kind: POD, namespace: "default", name: "deaf" });
    c.advance(seconds(6));
    expect(pod(c, "deaf")?.metadata.deletionTimestamp).toBeDefined();
    c.advance(seconds(2));
    expect(pod(c, "deaf")).toBeUndefined();
  });

  it("restarts what crashes, at once and then after 10, 20, 40 seconds", () => {
    const c = cluster();
    run(c, "bad", { containers: [{ name: "c", image: "crasher:1", args: ["1"] }] });
    const restarts: number[] = [];
    for (let second = 0; second < 100; second += 1) {
      c.advance(seconds(1));
      const count = pod(c, "bad")?.status?.containerStatuses?.[0]?.restartCount ?? 0;
      if (count > restarts.length) restarts.push(second);
    }
    expect(restarts.map((at, i) => 10 * Math.trunc((at - (restarts[i - 1] ?? at)) / 10))).toEqual([0, 10, 20, 40]);
    const status = pod(c, "bad")?.status?.containerStatuses?.[0];
    expect(status?.state.waiting?.reason).toBe("CrashLoopBackOff");
    expect(status?.state.waiting?.message).toBe(`back-off 1m20s restarting failed container=c pod=bad_default(${pod(c, "bad")?.metadata.uid})`);
    expect(status?.lastState.terminated).toMatchObject({ exitCode: 1, reason: "Error" });
    expect(events(c, "bad")).toContain(`Warning BackOff Back-off restarting failed container c in pod bad_default(${pod(c, "bad")?.metadata.uid}) x4`);
  });

  it("says ErrImagePull, then ImagePullBackOff, and tries again", () => {
    const c = cluster();
    run(c, "lost", { containers: [{ name: "c", image: "nowhere:1" }] });
    c.advance(seconds(1));
    expect(pod(c, "lost")?.status?.containerStatuses?.[0]?.state.waiting?.reason).toBe("ErrImagePull");
    c.advance(seconds(2));
    expect(pod(c, "lost")?.status?.containerStatuses?.[0]?.state.waiting?.reason).toBe("ImagePullBackOff");
    c.advance(seconds(10));
    expect(events(c, "lost")).toContain('Normal Pulling Pulling image "nowhere:1" x2');
  });

  it("runs init containers in order before the others, and finishes jobs", () => {
    const c = cluster();
    run(c, "job", { restartPolicy: "Never", initContainers: [{ name: "one", image: "crasher:1", args: ["0"] }, { name: "two", image: "crasher:1", args: ["0"] }], containers: [{ name: "main", image: "crasher:1", args: ["0"] }] });
    c.advance(seconds(10));
    const status = pod(c, "job")?.status;
    expect(status?.phase).toBe("Succeeded");
    expect(status?.initContainerStatuses?.map((one) => one.state.terminated?.reason)).toEqual(["Completed", "Completed"]);
    expect(status?.conditions?.find((condition) => condition.type === "Ready")).toMatchObject({ status: "False", reason: "PodCompleted" });
    run(c, "broken", { restartPolicy: "Never", initContainers: [{ name: "one", image: "crasher:1", args: ["3"] }], containers: [{ name: "main", image: "web:1" }] });
    c.advance(seconds(10));
    expect(pod(c, "broken")?.status?.phase).toBe("Failed");
  });

  it("waits for readiness probes and restarts on liveness probes", () => {
    const c = cluster();
    run(c, "slow", { containers: [{ name: "c", image: "slow:1", args: ["20"], readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 5 } }] });
    c.advance(seconds(10));
    expect(pod(c, "slow")?.status?.containerStatuses?.[0]?.ready).toBe(false);
    expect(events(c, "slow").some((text) => text.startsWith('Warning Unhealthy Readiness probe failed: Get "http://10.244.0.2:80/": dial tcp 10.244.0.2:80: connect: connection refused'))).toBe(true);
    c.advance(seconds(20));
    expect(pod(c, "slow")?.status?.containerStatuses?.[0]?.ready).toBe(true);
    run(c, "ill", { containers: [{ name: "c", image: "slow:1", args: ["1000"], livenessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 1 } }] });
    c.advance(seconds(10));
    expect(pod(c, "ill")?.status?.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0);
    expect(events(c, "ill")).toContain("Normal Killing Container c failed liveness probe, will be restarted x2");
  });

  it("keeps processes running through a cut cable and restarts them after a power cut", () => {
    const c = cluster();
    run(c, "web", { containers: [{ name: "web", image: "web:1" }] });
    c.advance(seconds(5));
    c.machines.disconnect("node-1");
    c.advance(seconds(20));
    c.machines.reconnect("node-1");
    c.advance(seconds(5));
    expect(pod(c, "web")?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    c.machines.powerOff("node-1");
    c.advance(seconds(20));
    c.machines.powerOn("node-1");
    c.advance(seconds(20));
    const status = pod(c, "web")?.status;
    expect(status?.phase).toBe("Running");
    expect(status?.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(status?.containerStatuses?.[0]?.lastState.terminated).toMatchObject({ exitCode: 255, reason: "Unknown" });
    expect(events(c, "web")).toContain("Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.");
  });

  it("has the same future after a snapshot in the middle", () => {
    const c = cluster();
    run(c, "bad", { containers: [{ name: "c", image: "crasher:1", args: ["1"] }] });
    c.advance(seconds(13));
    const twin = restoreCluster(JSON.parse(JSON.stringify(c.snapshot())) as ReturnType<Cluster["snapshot"]>, testImages);
    c.advance(seconds(60));
    twin.advance(seconds(60));
    expect(twin.snapshot()).toEqual(c.snapshot());
  });
});
