import { describe, expect, it } from "vitest";
import { POD, RESOURCE_QUOTA } from "../../apimachinery/kinds";
import type { JsonObject } from "../../apimachinery/meta";
import { createCluster } from "../../cluster";
import { testImages } from "../../kubelet/testing/images";
import type { ResourceQuota } from "../../resources/core/resourcequota/index";
import { seconds } from "../../sim/clock";
import { play, podsIn, scriptedCluster } from "../../testing/scripted";

describe("a quota", () => {
  it("counts whatever kind it limits, from the moment there is one", () => {
    const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: testImages });
    c.as("admin").create({ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "few", namespace: "default" }, spec: { hard: { "count/ingresses.networking.k8s.io": "2", "count/daemonsets.apps": "1" } } });
    c.advance(seconds(1));
    const used = () => c.as("admin").get<ResourceQuota>(RESOURCE_QUOTA, { namespace: "default", name: "few" })?.status?.used;
    expect(used()).toEqual({ "count/ingresses.networking.k8s.io": "0", "count/daemonsets.apps": "0" });
    c.as("admin").create({ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "web", namespace: "default" }, spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } } } });
    c.as("admin").create({ apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "agent", namespace: "default" }, spec: { selector: { matchLabels: { app: "a" } }, template: { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "a", image: "web:1" }] } } } });
    c.advance(seconds(1));
    expect(used()).toEqual({ "count/ingresses.networking.k8s.io": "1", "count/daemonsets.apps": "1" });
  });

  const made = (hard: JsonObject, more: JsonObject = {}) => {
    const cluster = scriptedCluster();
    const admin = cluster.as("admin");
    admin.create({ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "few", namespace: "default" }, spec: { hard, ...more } });
    return { cluster, admin, used: () => admin.get<ResourceQuota>(RESOURCE_QUOTA, { namespace: "default", name: "few" })?.status?.used };
  };
  const pod = (name: string, resources: JsonObject, more: JsonObject = {}): JsonObject => ({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { containers: [{ name: "c", image: "web:1", resources }], ...more } });

  it("is asked when a pod is resized, and counts what the pod still holds", () => {
    const { cluster, admin, used } = made({ "requests.cpu": "1" });
    admin.create(pod("a", { requests: { cpu: "500m" } }));
    const resize = (cpu: string) => admin.patch({ kind: POD, namespace: "default", name: "a" }, { type: "strategic", body: { spec: { containers: [{ name: "c", resources: { requests: { cpu } } }] } } }, { subresource: "resize" });
    expect(() => resize("1100m")).toThrow('pods "a" is forbidden: exceeded quota: few, requested: requests.cpu=600m, used: requests.cpu=500m, limited: requests.cpu=1');
    resize("900m");
    cluster.advance(seconds(1));
    expect(used()).toEqual({ "requests.cpu": "900m" });
  });

  it("is asked when a pod's deadline brings it under another quota, and charges it in full", () => {
    const { admin } = made({ pods: "0" }, { scopes: ["Terminating"] });
    admin.create(pod("a", {}));
    const end = () => admin.patch({ kind: POD, namespace: "default", name: "a" }, { type: "merge", body: { spec: { activeDeadlineSeconds: 60 } } });
    expect(end).toThrow('pods "a" is forbidden: exceeded quota: few, requested: pods=1, used: pods=0, limited: pods=0');
  });

  it("asks no container of a pod that asks as a whole", () => {
    const { admin } = made({ "requests.cpu": "1" });
    expect(() => admin.create(pod("a", {}))).toThrow("must specify requests.cpu for: c");
    expect(() => admin.create(pod("b", {}, { resources: { requests: { cpu: "1" } } }))).not.toThrow();
  });

  it("forgets a pod that nobody ends, as long again after its grace", () => {
    const { cluster, admin, used } = made({ pods: "1" });
    admin.create(pod("a", {}, { terminationGracePeriodSeconds: 30 }));
    cluster.advance(seconds(1));
    for (const one of podsIn(cluster)) play(cluster, one, "ready");
    admin.delete({ kind: POD, namespace: "default", name: "a" });
    cluster.advance(seconds(50));
    expect(used()).toEqual({ pods: "1" });
    cluster.advance(seconds(15));
    expect(podsIn(cluster)).toHaveLength(1);
    expect(used()).toEqual({ pods: "0" });
    expect(() => admin.create(pod("b", {}))).not.toThrow();
  });
});
