import { describe, expect, it } from "vitest";
import { POD } from "../../apimachinery/kinds";
import type { JsonObject } from "../../apimachinery/meta";
import type { Pod } from "../../resources/core/pod/pod";
import { scriptedCluster } from "../../testing/scripted";

const range = (name: string, limit: JsonObject): JsonObject => ({ apiVersion: "v1", kind: "LimitRange", metadata: { name, namespace: "default" }, spec: { limits: [{ type: "Container", ...limit }] } });
const pod = (resources: JsonObject): JsonObject => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "default" }, spec: { containers: [{ name: "c", image: "web:1", resources }] } });

describe("limit ranges", () => {
  it("hold for a pod that is resized as for one that is made", () => {
    const admin = scriptedCluster().as("admin");
    admin.create(range("small", { max: { cpu: "1" } }));
    admin.create(pod({ requests: { cpu: "500m" }, limits: { cpu: "1" } }));
    const resize = () => admin.patch({ kind: POD, namespace: "default", name: "a" }, { type: "strategic", body: { spec: { containers: [{ name: "c", resources: { limits: { cpu: "2" } } }] } } }, { subresource: "resize" });
    expect(resize).toThrow('pods "a" is forbidden: maximum cpu usage per Container is 1, but limit is 2');
  });

  it("fill in one after the other, and the last tells what it did", () => {
    const admin = scriptedCluster().as("admin");
    admin.create(range("a", { defaultRequest: { cpu: "100m" } }));
    admin.create(range("b", { defaultRequest: { cpu: "200m", memory: "64Mi" } }));
    admin.create(pod({}));
    const made = admin.get<Pod>(POD, { namespace: "default", name: "a" });
    expect(made?.spec.containers[0]?.resources?.requests).toEqual({ cpu: "100m", memory: "64Mi" });
    expect(made?.metadata.annotations?.["kubernetes.io/limit-ranger"]).toBe("LimitRanger plugin set: memory request for container c");
  });
});
