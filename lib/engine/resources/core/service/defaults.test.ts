import { describe, expect, it } from "vitest";
import { SERVICE } from "../../../apimachinery/kinds";
import type { JsonObject } from "../../../apimachinery/meta";
import { scriptedCluster } from "../../../testing/scripted";
import { linkedAddresses } from "./defaults";
import type { Service } from "./service";

/** The spec a Service has after an update; or why it was refused. */
function after(given: JsonObject, ...patches: readonly JsonObject[]): Service["spec"] {
  const admin = scriptedCluster().as("admin");
  const key = { kind: SERVICE, namespace: "default", name: "s" };
  admin.create({ apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "default" }, spec: given });
  for (const spec of patches) admin.patch(key, { type: "merge", body: { spec } });
  return admin.get<Service>(SERVICE, key)?.spec as Service["spec"];
}

const PORTS = [{ port: 80 }];

describe("an update of a Service", () => {
  it("frees the health check's port with the policy that wanted it", () => {
    expect(after({ type: "LoadBalancer", externalTrafficPolicy: "Local", ports: PORTS }, { externalTrafficPolicy: "Cluster" }).healthCheckNodePort).toBeUndefined();
  });
  it("forgets the outer policy when nobody from outside can come any more", () => {
    expect(after({ externalIPs: ["1.2.3.4"], ports: PORTS }, { externalIPs: null }).externalTrafficPolicy).toBeUndefined();
  });
  it("keeps node ports by the ports' names, unless another port has taken them", () => {
    expect(after({ type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] }, { ports: [{ port: 81 }] }).ports?.[0]?.nodePort).toBe(30080);
    const two = [{ name: "a", port: 80, nodePort: 30080 }, { name: "b", port: 81, nodePort: 30081 }];
    const swapped = after({ type: "NodePort", ports: two }, { ports: [{ name: "b", port: 90 }, { name: "a", port: 91, nodePort: 30081 }] }).ports ?? [];
    expect(swapped[1]?.nodePort).toBe(30081);
    expect([30080, 30081]).not.toContain(swapped[0]?.nodePort);
  });
  it("refuses a node port that was changed together with the type", () => {
    expect(() => after({ type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] }, { type: "ClusterIP", ports: [{ port: 80, nodePort: 30099 }] })).toThrow("may not be used when `type` is 'ClusterIP'");
  });
  it("has an address of its balancer taken over, unless that one says otherwise", () => {
    const admin = scriptedCluster().as("admin");
    const made = admin.create<Service>({ apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "default" }, spec: { type: "LoadBalancer", ports: PORTS } });
    const told = admin.updateStatus({ ...made, status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }, { ip: "192.0.2.2", ipMode: "Proxy" }, { hostname: "lb.example.com" }] } } } as Service);
    expect(told.status?.loadBalancer?.ingress).toEqual([{ ip: "192.0.2.1", ipMode: "VIP" }, { ip: "192.0.2.2", ipMode: "Proxy" }, { hostname: "lb.example.com" }]);
  });
  it("keeps the address it leaves out, and refuses another", () => {
    expect(after({ clusterIP: "10.96.7.7", ports: PORTS }, { clusterIP: null }).clusterIPs).toEqual(["10.96.7.7"]);
    expect(() => after({ clusterIP: "None", ports: PORTS }, { clusterIP: "10.96.7.8" })).toThrow("spec.clusterIPs[0]: Invalid value: [\"10.96.7.8\"]: may not change once set");
  });
});

describe("addresses said twice", () => {
  it.each([
    [{ clusterIP: "10.0.0.10" }, { clusterIP: "10.0.0.10", clusterIPs: ["10.0.0.10"] }],
    [{ clusterIP: "None", clusterIPs: ["10.0.0.10"] }, { clusterIP: "None", clusterIPs: ["None"] }],
    [{ clusterIP: "10.0.0.11", clusterIPs: ["10.0.0.11"] }, { clusterIP: "10.0.0.11", clusterIPs: ["10.0.0.11"] }],
    [{ clusterIP: "", clusterIPs: ["10.0.0.11"] }, { clusterIP: "", clusterIPs: ["10.0.0.11"] }],
  ])("%j means %j", (given, meant) => {
    expect(linkedAddresses(given, { clusterIP: "10.0.0.10", clusterIPs: ["10.0.0.10"] })).toEqual(meant);
  });
});
