import { describe, expect, it } from "vitest";
import { EVENT, POD } from "../apimachinery/kinds";
import { createCluster, type Cluster } from "../cluster";
import type { Event } from "../resources/core/event/event";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";
import { testImages } from "./testing/images";

function run(image: string, grpc: object): Cluster {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images: testImages });
  c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "default" }, spec: { containers: [{ name: "web", image: `${image}:1`, readinessProbe: { grpc, periodSeconds: 2 } }] } });
  c.advance(seconds(10));
  return c;
}

const pod = (c: Cluster): Pod | undefined => c.as("admin").get<Pod>(POD, { namespace: "default", name: "web" });
const isReady = (c: Cluster): boolean | undefined => pod(c)?.status?.containerStatuses?.[0]?.ready;
const complaint = (c: Cluster): string | undefined => c.as("admin").list<Event>(EVENT, {}).find(({ reason }) => reason === "Unhealthy")?.message;

describe("a gRPC probe", () => {
  it("asks a server for its health, and for that of one of its services", () => {
    expect(isReady(run("health", { port: 80 }))).toBe(true);
    expect(isReady(run("health", { port: 80, service: "readiness" }))).toBe(true);
  });

  it("hears when the server is not well any more", () => {
    const c = run("health", { port: 80 });
    c.send({ node: "node-1" }, { protocol: "http", host: pod(c)?.status?.podIP ?? "", port: 80, path: "/sick" });
    c.advance(seconds(10));
    expect(isReady(c)).toBe(false);
    expect(complaint(c)).toBe('Readiness probe failed: service unhealthy (responded with "NOT_SERVING")');
  });

  it("fails for a service the server does not have, for one that speaks no gRPC and for one that is not there", () => {
    expect(complaint(run("health", { port: 80, service: "other" }))).toBe("Readiness probe failed: error: health rpc probe failed: rpc error: code = NotFound desc = unknown service");
    for (const [image, port] of [["web", 80], ["health", 81]] as const) {
      const c = run(image, { port });
      expect(isReady(c)).toBe(false);
      expect(complaint(c)).toBe(`Readiness probe failed: timeout: failed to connect service "${pod(c)?.status?.podIP}:${port}" within 1s: context deadline exceeded`);
    }
  });
});
