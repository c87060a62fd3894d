import { describe, expect, it } from "vitest";
import { createCluster, type Cluster } from "../cluster";
import { EVENT, POD } from "../apimachinery/kinds";
import type { Event } from "../resources/core/event/event";
import type { Pod } from "../resources/core/pod/pod";
import { millis, seconds } from "../sim/clock";
import { testImages } from "./testing/images";

function cluster(): Cluster {
  return createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images: testImages });
}

function run(on: Cluster, name: string, spec: object): void {
  on.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { nodeName: "node-1", ...spec } });
}

const ref = (name: string) => ({ kind: POD, namespace: "default", name });
const pod = (on: Cluster, name: string): Pod => on.as("admin").get<Pod>(POD, ref(name)) as Pod;
const events = (on: Cluster, name: string): readonly string[] => on.as("admin").list<Event>(EVENT, { namespace: "default" }).filter((event) => event.involvedObject.name === name).map((event) => `${event.reason}: ${event.message}`);
const resized = (resources: object) => ({ type: "strategic" as const, body: { spec: { containers: [{ name: "app", resources }] } } as never });

describe("what changes in a running pod", () => {
  it("takes an ephemeral container beside the others, which it does not disturb", () => {
    const c = cluster();
    run(c, "web", { containers: [{ name: "web", image: "web:1" }] });
    c.advance(seconds(5));
    const added = { type: "strategic" as const, body: { spec: { ephemeralContainers: [{ name: "debugger", image: "crasher:1", command: ["crasher", "3"], targetContainerName: "web" }] } } as never };
    c.as("admin").patch(ref("web"), added, { subresource: "ephemeralcontainers" });
    c.advance(seconds(60));
    const status = pod(c, "web").status;
    expect(status?.phase).toBe("Running");
    expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, ready: true });
    expect(status?.ephemeralContainerStatuses?.[0]).toMatchObject({ name: "debugger", restartCount: 0, state: { terminated: { exitCode: 3 } } });
    expect(() => c.as("admin").patch(ref("web"), { type: "merge", body: { spec: { ephemeralContainers: [] } } }, { subresource: "ephemeralcontainers" })).toThrow(/existing ephemeral containers "debugger" may not be removed/);
    expect(() => c.as("admin").patch(ref("web"), { type: "strategic", body: { spec: { ephemeralContainers: [{ name: "two", image: "web:1", targetContainerName: "nobody" }] } } as never }, { subresource: "ephemeralcontainers" })).toThrow(/targetContainerName: Not found: "nobody"/);
  });

  it("gives a container more without restarting it, and restarts it where its policy says so", () => {
    const c = cluster();
    run(c, "app", { containers: [{ name: "app", image: "web:1", resources: { requests: { cpu: "100m", memory: "64Mi" } }, resizePolicy: [{ resourceName: "memory", restartPolicy: "RestartContainer" }] }] });
    c.advance(seconds(5));
    c.as("admin").patch(ref("app"), resized({ requests: { cpu: "500m" } }), { subresource: "resize" });
    c.advance(seconds(2));
    expect(pod(c, "app").status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, allocatedResources: { cpu: "500m", memory: "64Mi" } });
    expect(events(c, "app").filter((text) => text.startsWith("Resize")).map((text) => text.split(":")[0])).toEqual(["ResizeStarted", "ResizeCompleted"]);
    c.as("admin").patch(ref("app"), resized({ requests: { memory: "128Mi" } }), { subresource: "resize" });
    c.advance(seconds(60));
    expect(pod(c, "app").status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, allocatedResources: { cpu: "500m", memory: "128Mi" } });
    expect(events(c, "app")).toContain("Killing: Container app resize requires restart");
  });

  it("says when a resize has to wait and when it never can be, and makes it when there is room", () => {
    const c = cluster();
    run(c, "other", { containers: [{ name: "app", image: "web:1", resources: { requests: { cpu: "1500m" } } }] });
    run(c, "app", { containers: [{ name: "app", image: "web:1", resources: { requests: { cpu: "100m" } } }] });
    c.advance(seconds(5));
    const pending = () => pod(c, "app").status?.conditions?.find(({ type }) => type === "PodResizePending");
    c.as("admin").patch(ref("app"), resized({ requests: { cpu: "5" } }), { subresource: "resize" });
    c.advance(seconds(1));
    expect(pending()).toMatchObject({ status: "True", reason: "Infeasible", message: "Node didn't have enough capacity: cpu, requested: 5000, capacity: 2000" });
    c.as("admin").patch(ref("app"), resized({ requests: { cpu: "1" } }), { subresource: "resize" });
    c.advance(seconds(1));
    expect(pending()).toMatchObject({ reason: "Deferred", message: "Node didn't have enough resource: cpu, requested: 1000, used: 1500, capacity: 2000" });
    c.as("admin").delete(ref("other"));
    c.advance(seconds(60));
    expect(pending()).toBeUndefined();
    expect(pod(c, "app").status?.containerStatuses?.[0]?.allocatedResources).toEqual({ cpu: "1" });
    expect(() => c.as("admin").patch(ref("app"), resized({ limits: { cpu: "1", memory: "1Mi" }, requests: { memory: "1Mi" } }), { subresource: "resize" })).toThrow(/Pod QOS Class may not change as a result of resizing/);
    expect(() => c.as("admin").patch(ref("app"), resized({ requests: { cpu: "2" } }))).toThrow(/pod updates may not change fields other than/);
  });

  it("follows a container's own rules about its exit codes", () => {
    const c = cluster();
    const rule = (action: string) => [{ action, exitCodes: { operator: "In", values: [42] } }];
    run(c, "own", { restartPolicy: "Never", containers: [{ name: "app", image: "crasher:1", command: ["crasher", "42"], restartPolicy: "Never", restartPolicyRules: rule("Restart") }] });
    run(c, "all", { restartPolicy: "Never", containers: [{ name: "web", image: "web:1" }, { name: "app", image: "crasher:1", command: ["crasher", "42"], restartPolicy: "Never", restartPolicyRules: rule("RestartAllContainers") }] });
    const restarting = () => pod(c, "all").status?.conditions?.find(({ type }) => type === "AllContainersRestarting");
    for (let i = 0; i < 80 && restarting()?.status !== "True"; i += 1) c.advance(millis(100));
    expect(restarting()).toMatchObject({ reason: "RestartAllContainersStarted", message: "container exited with restart policy rule" });
    c.advance(seconds(8));
    expect(pod(c, "own").status?.containerStatuses?.[0]?.state.waiting?.reason).toBe("CrashLoopBackOff");
    const status = pod(c, "all").status;
    expect(status?.phase).toBe("Running");
    expect(status?.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0);
    expect(status?.containerStatuses?.[0]?.lastState.terminated).toMatchObject({ exitCode: 137, reason: "RestartingAllContainers" });
  });
});
