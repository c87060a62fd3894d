import { describe, expect, it } from "vitest";
import { scriptedCluster } from "../../testing/scripted";

const service = (name: string, healthCheckNodePort: number) => ({
  apiVersion: "v1", kind: "Service", metadata: { name, namespace: "default" },
  spec: { type: "LoadBalancer", externalTrafficPolicy: "Local", healthCheckNodePort, selector: { app: "web" }, ports: [{ port: 80 }] },
});

describe("health-check ports", () => {
  const admin = scriptedCluster().as("kubernetes-admin");

  it("refuses one outside the range, as the real storage does", () => {
    expect(() => admin.create(service("a", 10256))).toThrow("Internal error occurred: failed to allocate requested HealthCheck NodePort 10256: provided port is not in the valid range. The range of valid ports is 30000-32767");
  });

  it("refuses one that another Service has", () => {
    admin.create(service("b", 31999));
    expect(() => admin.create(service("c", 31999))).toThrow("provided port is already allocated");
  });
});
