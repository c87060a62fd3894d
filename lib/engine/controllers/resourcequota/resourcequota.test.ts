import { describe, expect, it } from "vitest";
import { RESOURCE_QUOTA } from "../../apimachinery/kinds";
import { createCluster } from "../../cluster";
import { testImages } from "../../kubelet/testing/images";
import type { ResourceQuota } from "../../resources/core/resourcequota/index";
import { seconds } from "../../sim/clock";

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
});
