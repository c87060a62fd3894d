import { describe, expect, it } from "vitest";
import { ENDPOINTS, ENDPOINT_SLICE } from "../../apimachinery/kinds";
import { createCluster, type Cluster } from "../../cluster";
import { testImages } from "../../kubelet/testing/images";
import type { Endpoints } from "../../resources/core/endpoints/index";
import type { EndpointSlice } from "../../resources/discovery/endpointslice/endpointslice";
import { seconds } from "../../sim/clock";

const PORTS = [{ port: 80 }];

function cluster(ips: readonly string[]): Cluster {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: testImages });
  c.as("admin").create({ apiVersion: "v1", kind: "Service", metadata: { name: "db", namespace: "default" }, spec: { ports: PORTS } });
  c.as("admin").create({ apiVersion: "v1", kind: "Endpoints", metadata: { name: "db", namespace: "default" }, subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: PORTS }] });
  c.advance(seconds(5));
  return c;
}

function write(c: Cluster, ips: readonly string[]): void {
  const found = c.as("admin").get<Endpoints>(ENDPOINTS, { namespace: "default", name: "db" });
  c.as("admin").update({ ...(found as Endpoints), subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: PORTS }] } as Endpoints);
  c.advance(seconds(5));
}

const slices = (c: Cluster) => c.as("admin").list<EndpointSlice>(ENDPOINT_SLICE, { namespace: "default" }).filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === "db");
const said = (c: Cluster) => slices(c).map(({ addressType, endpoints }) => [addressType, ...(endpoints ?? []).flatMap(({ addresses }) => addresses)]);

describe("mirrored Endpoints", () => {
  it("have a slice for each address family", () => {
    expect(said(cluster(["192.0.2.1", "2001:db8::1", "192.0.2.2"])).sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1))).toEqual([
      ["IPv4", "192.0.2.1", "192.0.2.2"],
      ["IPv6", "2001:db8::1"],
    ]);
  });

  it("keep their slice while the family is the same, and get another one when it is not", () => {
    const c = cluster(["192.0.2.1"]);
    const name = slices(c)[0]?.metadata.name;
    write(c, ["192.0.2.7"]);
    expect(said(c)).toEqual([["IPv4", "192.0.2.7"]]);
    expect(slices(c)[0]?.metadata.name).toBe(name);
    write(c, ["2001:db8::7"]);
    expect(said(c)).toEqual([["IPv6", "2001:db8::7"]]);
    expect(slices(c)[0]?.metadata.name).not.toBe(name);
  });
});
