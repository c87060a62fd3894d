import { describe, expect, it } from "vitest";
import type { EndpointSlice, Service } from "@/lib/engine";
import { compileRules, usableOn, type ServiceRule } from "./rules";

const meta = (name: string, labels = {}) => ({ name, namespace: "shop", uid: "", resourceVersion: "", creationTimestamp: "", labels });

function service(spec: object, status: object = {}): Service {
  return { apiVersion: "v1", kind: "Service", metadata: meta("web"), spec: { clusterIP: "10.96.0.10", ports: [{ name: "http", port: 80, protocol: "TCP" }], ...spec }, status } as unknown as Service;
}

function slice(endpoints: readonly object[], more: object = {}): EndpointSlice {
  return { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: meta("web-1"), addressType: "IPv4", ports: [{ name: "http", port: 8080, protocol: "TCP" }], endpoints, ...more } as unknown as EndpointSlice;
}

const only = (rules: readonly ServiceRule[]): ServiceRule => rules[0] as ServiceRule;
const ips = (rule: ServiceRule): readonly string[] => rule.backends.map(({ ip }) => ip);

describe("what kube-proxy reads of a Service and its slices", () => {
  it("takes who is ready, even on its way out; who serves and leaves only where nobody is ready", () => {
    const leaving = { addresses: ["10.0.0.3"], conditions: { ready: false, terminating: true } };
    const rule = only(compileRules(service({}), [slice([{ addresses: ["10.0.0.1"], conditions: { ready: true, terminating: true } }, { addresses: ["10.0.0.2"], conditions: { ready: false } }, leaving])]));
    expect(ips(rule)).toEqual(["10.0.0.1"]);
    expect(ips(only(compileRules(service({}), [slice([leaving])])))).toEqual(["10.0.0.3"]);
    expect(usableOn(only(compileRules(service({}), [slice([{ ...leaving, conditions: { ready: false, serving: false, terminating: true } }])])), { node: "n" }).any).toBe(false);
  });
  it("pairs ports by name and protocol, and addresses by family", () => {
    const dns = service({ clusterIP: "fd00::10", clusterIPs: ["fd00::10", "10.96.0.10"], ports: [{ port: 53, protocol: "UDP" }] });
    const slices = [slice([{ addresses: ["10.0.0.1"] }], { ports: [{ port: 53, protocol: "TCP" }] }), slice([{ addresses: ["10.0.0.2"] }], { ports: [{ port: 53, protocol: "UDP" }] }), slice([{ addresses: ["fd00::1"] }], { addressType: "IPv6", ports: [{ port: 53, protocol: "UDP" }] })];
    expect(ips(only(compileRules(dns, slices)))).toEqual(["10.0.0.2"]);
    expect(only(compileRules(dns, slices)).matches).toEqual([{ type: "cluster-ip", ip: "10.96.0.10", port: 53 }]);
  });
  it("keeps nobody out when a range holds every address, and leaves other families and proxies aside", () => {
    const balanced = (loadBalancerSourceRanges: readonly string[]) => only(compileRules(service({ type: "LoadBalancer", externalIPs: ["192.0.2.1", "2001:db8::1"], loadBalancerSourceRanges }, { loadBalancer: { ingress: [{ ip: "1.2.3.4" }, { ip: "2001:db8::2" }, { ip: "5.6.7.8", ipMode: "Proxy" }, { hostname: "h" }] } }), []));
    expect(balanced([" 203.0.113.0/24", "fd00::/8"]).sourceRanges).toEqual(["203.0.113.0/24"]);
    expect(balanced(["203.0.113.0/24", "0.0.0.0/0"]).sourceRanges).toBeUndefined();
    expect(balanced([]).matches.map((match) => ("ip" in match ? match.ip : ""))).toEqual(["10.96.0.10", "192.0.2.1", "1.2.3.4"]);
  });
});
