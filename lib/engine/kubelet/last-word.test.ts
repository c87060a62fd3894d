import { describe, expect, it } from "vitest";
import { POD } from "../apimachinery/kinds";
import { createCluster, type Cluster } from "../cluster";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";
import { testImages } from "./testing/images";

const unknown = { exitCode: 137, reason: "ContainerStatusUnknown", message: "The container could not be located when the pod was terminated" };

/** A pod that somebody waits for is deleted after a while; what its kubelet says last. */
function lastStatus(spec: object, after = 3): NonNullable<Pod["status"]> {
  const c: Cluster = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "4", memory: "8Gi" }], images: testImages });
  const admin = c.as("admin");
  admin.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default", finalizers: ["example.com/wait"] }, spec: { nodeName: "node-1", terminationGracePeriodSeconds: 2, ...spec } });
  c.advance(seconds(after));
  admin.delete({ kind: POD, namespace: "default", name: "p" });
  c.advance(seconds(10));
  return admin.get<Pod>(POD, { namespace: "default", name: "p" })?.status ?? {};
}

describe("the last a kubelet says of a deleted pod", () => {
  it("fails a pod whose container never began", () => {
    const status = lastStatus({ containers: [{ name: "c", image: "nobody/has:1" }] });
    expect(status.phase).toBe("Failed");
    expect(status.containerStatuses?.[0]?.state).toEqual({ terminated: unknown });
    expect(status.conditions?.find(({ type }) => type === "Ready")?.reason).toBe("ContainersNotReady");
  });

  it("fails a pod whose turn never came, and its main containers are left waiting", () => {
    const status = lastStatus({ initContainers: [{ name: "first", image: "nobody/has:1" }, { name: "second", image: "web:1" }], containers: [{ name: "c", image: "web:1" }] });
    expect(status.phase).toBe("Failed");
    expect(status.initContainerStatuses?.map(({ state }) => state.terminated?.reason)).toEqual(["ContainerStatusUnknown", undefined]);
    expect(status.containerStatuses?.[0]?.state.waiting).toBeDefined();
  });

  it("keeps how a container ended that waited to begin again", () => {
    const status = lastStatus({ containers: [{ name: "c", image: "crasher:1", args: ["3"] }] }, 20);
    expect(status.phase).toBe("Failed");
    expect(status.containerStatuses?.[0]?.state.terminated?.reason).toBe("Error");
  });
});

describe("a pod with a deadline", () => {
  const bounded = (): { readonly c: Cluster; readonly status: () => Pod["status"] } => {
    const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "4", memory: "8Gi" }], images: testImages });
    c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default" }, spec: { nodeName: "node-1", terminationGracePeriodSeconds: 10, containers: [{ name: "c", image: "sleeper:1" }] } });
    c.advance(seconds(5));
    c.as("admin").patch({ kind: POD, namespace: "default", name: "p" }, { type: "merge", body: { spec: { activeDeadlineSeconds: 20 } } });
    return { c, status: () => c.as("admin").get<Pod>(POD, { namespace: "default", name: "p" })?.status };
  };

  it("keeps one that was set while it ran", () => {
    const { c, status } = bounded();
    c.advance(seconds(60));
    expect(status()).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
  });

  it("has not ended while a container may still run", () => {
    const { c, status } = bounded();
    c.advance(seconds(20));
    expect(status()?.phase).toBe("Running");
    expect(status()?.reason).toBeUndefined();
    expect(status()?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({ status: "False", reason: "PodFailed" });
  });

  it("has not ended while a sidecar of failed beginnings still stops", () => {
    const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "4", memory: "8Gi" }], images: testImages });
    const inits = [{ name: "beside", image: "sleeper:1", restartPolicy: "Always" }, { name: "first", image: "crasher:1", args: ["2"] }];
    c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default" }, spec: { nodeName: "node-1", restartPolicy: "Never", terminationGracePeriodSeconds: 10, initContainers: inits, containers: [{ name: "c", image: "web:1" }] } });
    const phase = (): string | undefined => c.as("admin").get<Pod>(POD, { namespace: "default", name: "p" })?.status?.phase;
    c.advance(seconds(8));
    expect(phase()).toBe("Pending");
    c.advance(seconds(20));
    expect(phase()).toBe("Failed");
  });
});
