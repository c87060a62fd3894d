import { kindOf, type JsonObject, type KubeObject } from "./apimachinery/meta";
import type { Client } from "./client/client";
import type { ClusterOptions } from "./options";
import { gatewayDefinitions } from "./resources/gateway/definitions";
import { snapshotDefinitions } from "./resources/snapshot/definitions";
import { millis, type Millis } from "./sim/clock";
import { storageClassOf } from "./storage/index";
import { nth } from "./world/addresses";

/** Where Services get their addresses when nobody says. */
export const DEFAULT_SERVICE_CIDR = "10.96.0.0/12";
const SYSTEM_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** Where the API server stands, on the machines' network. */
export function apiServerIP(options: ClusterOptions): string {
  return options.network?.apiServerIP ?? "172.18.0.254";
}

/** A cluster that nobody has used yet. */
interface Unused {
  as(user: string): Client;
  advance(duration: Millis): unknown;
}

/** What a cluster holds before anybody has asked it for anything: its namespaces, its own Service, its machines and the objects of its options. */
export function boot(cluster: Unused, options: ClusterOptions): void {
  const admin = cluster.as("kubernetes-admin");
  for (const name of SYSTEM_NAMESPACES) admin.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  createApiService(admin, options);
  for (const storage of options.storage ?? []) admin.create(storageClassOf(storage));
  // Machines make themselves known before anybody asks for pods.
  cluster.advance(millis(0));
  for (const object of [...(options.snapshots === true ? snapshotDefinitions : []), ...(options.network?.gatewayApi === true ? gatewayDefinitions : []), ...(options.objects ?? [])]) {
    createAsAdmin(admin, object);
    // What is defined here may be used by what follows.
    if (object["kind"] === "CustomResourceDefinition") cluster.advance(millis(0));
  }
}

/** The Service through which pods find the API server. Upstream: pkg/controlplane/controller/kubernetesservice. */
function createApiService(admin: Client, options: ClusterOptions): void {
  const clusterIP = options.network?.apiServiceIP ?? nth(options.network?.serviceCIDR ?? DEFAULT_SERVICE_CIDR, 1) ?? "";
  const labels = { component: "apiserver", provider: "kubernetes" };
  admin.create({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kubernetes", namespace: "default", labels },
    spec: { type: "ClusterIP", clusterIP, ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }] },
  });
  admin.create({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "kubernetes", namespace: "default", labels: { "kubernetes.io/service-name": "kubernetes" } },
    addressType: "IPv4",
    endpoints: [{ addresses: [apiServerIP(options)], conditions: { ready: true } }],
    ports: [{ name: "https", port: 6443, protocol: "TCP" }],
  });
}

function createAsAdmin(admin: Client, object: JsonObject): void {
  const definition = admin.definition(kindOf(object as unknown as { apiVersion: string; kind: string }));
  const created = admin.create(object);
  const status = object["status"];
  // Fixtures may say what a component outside the cluster would have reported.
  if (status !== undefined && definition?.subresources.includes("status")) admin.updateStatus({ ...created, status } as unknown as KubeObject);
}
