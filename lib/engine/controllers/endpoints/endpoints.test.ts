import { describe, expect, it } from "vitest";
import { ENDPOINTS, POD, SERVICE } from "../../apimachinery/kinds";
import type { Cluster } from "../../cluster";
import type { Endpoints } from "../../resources/core/endpoints/index";
import { millis } from "../../sim/clock";
import { pod, service } from "../../testing/builders";
import { play, podsIn, scriptedCluster } from "../../testing/scripted";

const key = { namespace: "default", name: "web" };
const subsets = (cluster: Cluster): Endpoints["subsets"] => cluster.as("admin").get<Endpoints>(ENDPOINTS, key)?.subsets;

describe("the endpoints controller", () => {
  it("tells ready addresses from others, leaves out pods that go, and goes with its service", () => {
    const cluster = scriptedCluster();
    const admin = cluster.as("admin");
    admin.create(service("web", { ports: [{ name: "http", port: 80, targetPort: 8080 }] }));
    admin.create(pod("a", {}, { app: "web" }));
    admin.create(pod("b", {}, { app: "web" }));
    cluster.advance(millis(0));
    const [a, b] = podsIn(cluster);
    if (a) play(cluster, a, "ready", "10.0.0.1");
    if (b) play(cluster, b, "unready", "10.0.0.2");
    cluster.advance(millis(0));
    expect(subsets(cluster)).toMatchObject([{ addresses: [{ ip: "10.0.0.1", targetRef: { kind: "Pod", name: "a" } }], notReadyAddresses: [{ ip: "10.0.0.2" }], ports: [{ name: "http", port: 8080, protocol: "TCP" }] }]);
    admin.delete({ kind: POD, namespace: "default", name: "a" });
    cluster.advance(millis(0));
    expect(subsets(cluster)?.[0]?.addresses).toBeUndefined();
    admin.delete({ kind: SERVICE, ...key });
    cluster.advance(millis(0));
    expect(admin.get(ENDPOINTS, key)).toBeUndefined();
  });
});
