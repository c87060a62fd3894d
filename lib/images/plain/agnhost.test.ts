import { describe, expect, it } from "vitest";
import { createCluster, POD, seconds, type Pod } from "@/lib/engine";
import { catalog } from "../index";

describe("agnhost grpc-health-checking", () => {
  it("is well until its page says otherwise, and again when the other does", () => {
    const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images: catalog });
    c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: "health", namespace: "default" }, spec: { containers: [{ name: "health", image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: ["grpc-health-checking", "--port=9000"], readinessProbe: { grpc: { port: 9000 }, periodSeconds: 1, failureThreshold: 1 } }] } });
    c.advance(seconds(20));
    const pod = () => c.as("admin").get<Pod>(POD, { namespace: "default", name: "health" })?.status;
    const ask = (path: string): void => {
      c.send({ node: "node-1" }, { protocol: "http", host: pod()?.podIP ?? "", port: 8080, path });
      c.advance(seconds(5));
    };
    expect(pod()?.containerStatuses?.[0]?.ready).toBe(true);
    ask("/make-not-serving");
    expect(pod()?.containerStatuses?.[0]?.ready).toBe(false);
    ask("/make-serving");
    expect(pod()?.containerStatuses?.[0]?.ready).toBe(true);
  });
});
