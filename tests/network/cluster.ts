import { createCluster, millis, type Cluster, type ClusterOptions, type JsonObject, type PacketTrace } from "@/lib/engine";
import { catalog } from "@/lib/images";
import { parseManifests } from "@/lib/manifest";
import { origin, requestTo } from "@/lib/workbench";

/** The objects of a manifest. */
export const objects = (yaml: string): readonly JsonObject[] => parseManifests(yaml).documents.map((document): JsonObject => document.value);

/** Creates what a manifest says and waits. */
export function apply(cluster: Cluster, yaml: string): void {
  for (const object of objects(yaml)) {
    const namespaced = object["kind"] !== "Namespace" && object["kind"] !== "IngressClass" && object["kind"] !== "GatewayClass";
    const metadata = object["metadata"] as JsonObject;
    cluster.as("kubernetes-admin").create(namespaced ? { ...object, metadata: { namespace: "default", ...metadata } } : object);
  }
  cluster.settle({ quietFor: millis(5000), atMost: millis(120_000) });
}

/** Two machines, a laptop and the company's DNS. */
export function smallCluster(network: ClusterOptions["network"] = {}, yaml = "", more: Partial<ClusterOptions> = {}): Cluster {
  const cluster = createCluster({
    seed: 5,
    kubernetesVersion: "1.36.2",
    images: catalog,
    nodes: [1, 2].map((n) => ({ name: `node-${n}`, cpu: "4", memory: "8Gi", ip: `192.168.1.${10 + n}`, labels: { "topology.kubernetes.io/zone": `zone-${n}` } })),
    network,
    world: { subnets: [{ name: "nodos", cidr: "192.168.1.0/24" }], hosts: [{ name: "laptop", ip: "192.168.1.50" }, { name: "dns", ip: "192.168.1.3" }], dns: { "db.empresa.es": "192.168.1.50", "a.empresa.es": "b.empresa.es", "b.empresa.es": "a.empresa.es" } },
    ...more,
  });
  cluster.settle({ quietFor: millis(2000), atMost: millis(60_000) });
  if (yaml !== "") apply(cluster, yaml);
  return cluster;
}

/** A request from `pod:name`, `node:name` or a host. */
export const ask = (cluster: Cluster, from: string, url: string, more = {}): PacketTrace => cluster.send(origin(from), requestTo(url, more));

/** Why each hop did what it did. */
export const codes = (trace: PacketTrace): readonly string[] => trace.hops.map((hop) => hop.because.code);

/** A pod that answers what it was asked, on a machine. */
export const pod = (name: string, more = "", image = "traefik/whoami:v1.11"): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {containers: [{name: c, image: "${image}", ports: [{name: http, containerPort: 80}]}]${more}}
---
`;

/** A Service in front of pods of one label. */
export const service = (name: string, more = "", port = "{port: 80, targetPort: 80}"): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [${port}]${more}}
---
`;
