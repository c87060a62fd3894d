import { describe, expect, it } from "vitest";
import { ENDPOINT_SLICE, POD } from "../../apimachinery/kinds";
import type { KubeObject } from "../../apimachinery/meta";
import type { Pod } from "../../resources/core/pod/pod";
import type { Service } from "../../resources/core/service/service";
import { seconds } from "../../sim/clock";
import { play, podsIn, scriptedCluster } from "../../testing/scripted";
import { TRIGGER_TIME, triggerTime, withTriggerTime } from "./trigger-time";

const service = { metadata: { name: "s", creationTimestamp: "2026-01-01T00:00:00Z" }, spec: {} } as unknown as Service;
const pod = (uid: string, ready: boolean, time: string): Pod => ({ metadata: { name: uid, uid }, spec: { containers: [] }, status: { conditions: [{ type: "Ready", status: ready ? "True" : "False", lastTransitionTime: time }] } }) as unknown as Pod;

describe("the moment that explains a write of endpoints", () => {
  it("is the Service's creation at first, then the earliest of the changes not yet written", () => {
    const pods = [pod("a", true, "2026-01-01T00:00:09Z"), pod("b", true, "2026-01-01T00:00:07Z"), pod("c", true, "2026-01-01T00:00:02Z")];
    expect(triggerTime(service, pods, undefined)).toBe("2026-01-01T00:00:00Z");
    expect(triggerTime(service, pods, new Map([["b", false], ["c", true]]))).toBe("2026-01-01T00:00:07Z");
    expect(triggerTime(service, pods, new Map(pods.map(({ metadata }) => [metadata.uid, true])))).toBeUndefined();
  });
  it("leaves no stale annotation behind", () => {
    expect(withTriggerTime({ [TRIGGER_TIME]: "x", own: "y" }, undefined)).toEqual({ own: "y" });
  });
});

describe("slices of a cluster", () => {
  it("tell when the Service came, when a pod turned ready, and nothing when one went", () => {
    const cluster = scriptedCluster([{ name: "node1", cpu: "4", memory: "8Gi" }]);
    const admin = cluster.as("admin");
    const told = (): string | undefined => (admin.list<KubeObject>(ENDPOINT_SLICE, { namespace: "default" }).find(({ metadata }) => metadata.name.startsWith("s-"))?.metadata.annotations ?? {})[TRIGGER_TIME];
    const made = admin.create({ apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "default" }, spec: { selector: { app: "a" }, ports: [{ port: 80 }] } });
    cluster.advance(seconds(3));
    expect(told()).toBe(made.metadata.creationTimestamp);
    admin.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default", labels: { app: "a" } }, spec: { containers: [{ name: "c", image: "nginx:1" }] } });
    cluster.advance(seconds(3));
    const [one] = podsIn(cluster, "default");
    if (one) play(cluster, one, "ready", "10.244.0.1");
    cluster.advance(seconds(3));
    expect(told()).toBe(admin.get<Pod>(POD, { namespace: "default", name: "p" })?.status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime);
    admin.delete({ kind: POD, namespace: "default", name: "p" });
    cluster.advance(seconds(1));
    expect(told()).toBeUndefined();
  });
  it("do not believe a Service's own label that it has no address", () => {
    const cluster = scriptedCluster();
    const admin = cluster.as("admin");
    admin.create({ apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "default", labels: { x: "y", "service.kubernetes.io/headless": "" } }, spec: { selector: { app: "a" }, ports: [{ port: 80 }] } });
    cluster.advance(seconds(1));
    const slice = admin.list<KubeObject>(ENDPOINT_SLICE, { namespace: "default" }).find(({ metadata }) => metadata.name.startsWith("s-"));
    expect(slice?.metadata.labels).toEqual({ x: "y", "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io", "kubernetes.io/service-name": "s" });
  });
});
