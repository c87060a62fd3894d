import { describe, expect, it } from "vitest";
import type { EndpointSlice, Service } from "@/lib/engine";
import { answerKubernetes, type DnsSource } from "./dns-kubernetes";
import { recordText, type DnsType } from "./dns-records";

const meta = (name: string) => ({ name, namespace: "shop", uid: "", resourceVersion: "", creationTimestamp: "" });
const SERVICES = [
  { apiVersion: "v1", kind: "Service", metadata: meta("web"), spec: { clusterIP: "10.96.0.10", ports: [{ name: "http", port: 80 }] } },
  { apiVersion: "v1", kind: "Service", metadata: meta("out"), spec: { type: "ExternalName", externalName: "example.com" } },
  { apiVersion: "v1", kind: "Service", metadata: meta("alias"), spec: { type: "ExternalName", externalName: "web.shop.svc.cluster.local" } },
] as unknown as readonly Service[];
const SLICE = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { ...meta("web-1"), labels: { "kubernetes.io/service-name": "web" } }, addressType: "IPv4", ports: [{ name: "http", port: 80 }], endpoints: [{ addresses: ["10.244.0.5"], targetRef: { name: "web-abc" } }, { addresses: ["10.244.0.6"], hostname: "own" }] } as unknown as EndpointSlice;

const source: DnsSource = {
  service: (_namespace, name) => SERVICES.find(({ metadata }) => metadata.name === name),
  services: () => SERVICES,
  slices: (key) => (key === undefined || key.name === "web" ? [SLICE] : []),
  hasNamespace: (name) => name === "shop",
  hasPod: () => false,
  elsewhere: (name, type) => ({ code: "NOERROR", answer: type === "A" ? [{ name, ttl: 60, type, data: "93.184.216.34" }] : [], authority: [], additional: [] }),
};

function ask(name: string, type: DnsType, endpointPodNames = false): { readonly answer: readonly string[]; readonly additional: readonly string[] } {
  const reply = answerKubernetes({ zones: ["cluster.local.", "in-addr.arpa."], endpointPodNames }, source, name, type);
  return { answer: (reply?.answer ?? []).map(recordText), additional: (reply?.additional ?? []).map(recordText) };
}

describe("CoreDNS's kubernetes plugin", () => {
  it("has a pointer for every endpoint, by its host name or its address", () => {
    expect(ask("5.0.244.10.in-addr.arpa.", "PTR").answer).toEqual(["5.0.244.10.in-addr.arpa. 5 IN PTR 10-244-0-5.web.shop.svc.cluster.local."]);
    expect(ask("6.0.244.10.in-addr.arpa.", "PTR").answer).toEqual(["6.0.244.10.in-addr.arpa. 5 IN PTR own.web.shop.svc.cluster.local."]);
    expect(ask("5.0.244.10.in-addr.arpa.", "PTR", true).answer).toEqual(["5.0.244.10.in-addr.arpa. 5 IN PTR web-abc.web.shop.svc.cluster.local."]);
  });
  it("answers SRV of an ExternalName with the other name and what it stands for", () => {
    expect(ask("out.shop.svc.cluster.local.", "SRV")).toEqual({ answer: ["out.shop.svc.cluster.local. 5 IN SRV 0 100 0 example.com."], additional: ["example.com. 60 IN A 93.184.216.34"] });
    expect(ask("alias.shop.svc.cluster.local.", "SRV")).toEqual({ answer: ["alias.shop.svc.cluster.local. 5 IN SRV 0 100 0 web.shop.svc.cluster.local."], additional: ["web.shop.svc.cluster.local. 5 IN A 10.96.0.10"] });
  });
});
