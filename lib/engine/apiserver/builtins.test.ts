import { expect, it } from "vitest";
import { API_SERVICE, CLUSTER_ROLE, FLOW_SCHEMA, PRIORITY_LEVEL } from "../apimachinery/kinds";
import type { Client } from "../client/client";
import { createCluster, type Cluster } from "../cluster";
import { millis } from "../sim/clock";
import type { KubeObject } from "../apimachinery/meta";

interface Told extends KubeObject {
  readonly spec?: { readonly priorityLevelConfiguration?: { readonly name: string }; readonly service?: object };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[] };
}

const newCluster = (): Cluster => createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: { pull: () => ({ error: { code: "image.not-found", params: {}, about: [] }, message: "" }) as never } });
const names = (client: Client, selector = ""): readonly string[] => client.list(API_SERVICE, { labelSelector: selector }).map(({ metadata }) => metadata.name);
const condition = (client: Client, kind: typeof API_SERVICE, name: string) => client.get<Told>(kind, { namespace: "", name })?.status?.conditions?.[0];

const crd = (versions: readonly string[]) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "backups.example.com" },
  spec: { group: "example.com", scope: "Namespaced", names: { plural: "backups", kind: "Backup" }, versions: versions.map((name, i) => ({ name, served: name !== "v0", storage: i === 0, schema: { openAPIV3Schema: { type: "object" } } })) },
});

it("has an APIService for every version served, and those of definitions come and go with them", () => {
  const cluster = newCluster();
  const admin = cluster.as("system:admin");
  expect(names(admin)).toContain("v1.");
  expect(names(admin, "kube-aggregator.kubernetes.io/automanaged=true")).toEqual(["v1beta1.metallb.io"]);
  admin.create(crd(["v1", "v2", "v0"]));
  expect(names(admin, "kube-aggregator.kubernetes.io/automanaged=true")).toEqual(["v1.example.com", "v1beta1.metallb.io", "v2.example.com"]);
  expect(condition(admin, API_SERVICE, "v2.example.com")).toMatchObject({ type: "Available", status: "True", reason: "Local" });
  admin.delete({ kind: "apiextensions.k8s.io/v1/CustomResourceDefinition" as never, namespace: "", name: "backups.example.com" });
  cluster.settle();
  expect(names(admin).filter((name) => name.endsWith("example.com"))).toEqual([]);
});

it("has priority levels, and flow schemas that lead to them", () => {
  const admin = newCluster().as("system:admin");
  const levels = admin.list(PRIORITY_LEVEL).map(({ metadata }) => metadata.name);
  const schemas = admin.list<Told>(FLOW_SCHEMA);
  expect(schemas).toHaveLength(13);
  for (const { spec, status } of schemas) {
    expect(levels).toContain(spec?.priorityLevelConfiguration?.name);
    expect(status?.conditions?.[0]?.status).toBe("False");
  }
});

it("says of a flow schema whether its priority level is there", () => {
  const cluster = newCluster();
  const admin = cluster.as("system:admin");
  admin.create({ apiVersion: "flowcontrol.apiserver.k8s.io/v1", kind: "FlowSchema", metadata: { name: "mine" }, spec: { priorityLevelConfiguration: { name: "mine" } } });
  cluster.settle();
  expect(condition(admin, FLOW_SCHEMA, "mine")).toMatchObject({ status: "True", reason: "NotFound", message: 'This FlowSchema references the PriorityLevelConfiguration object named "mine" but there is no such object' });
  admin.create({ apiVersion: "flowcontrol.apiserver.k8s.io/v1", kind: "PriorityLevelConfiguration", metadata: { name: "mine" }, spec: { type: "Limited" } });
  cluster.settle();
  expect(condition(admin, FLOW_SCHEMA, "mine")).toMatchObject({ status: "False", reason: "Found" });
});

it("says of an APIService why it cannot be used", () => {
  const cluster = newCluster();
  const admin = cluster.as("system:admin");
  const name = "v1beta1.metrics.k8s.io";
  admin.create({ apiVersion: "apiregistration.k8s.io/v1", kind: "APIService", metadata: { name }, spec: { group: "metrics.k8s.io", version: "v1beta1", groupPriorityMinimum: 100, versionPriority: 100, service: { namespace: "kube-system", name: "metrics-server" } } });
  cluster.settle();
  expect(condition(admin, API_SERVICE, name)).toMatchObject({ status: "False", reason: "ServiceNotFound", message: 'service/metrics-server in "kube-system" is not present' });
  admin.create({ apiVersion: "v1", kind: "Service", metadata: { name: "metrics-server", namespace: "kube-system" }, spec: { ports: [{ name: "https", port: 443 }] } });
  cluster.settle();
  expect(condition(admin, API_SERVICE, name)).toMatchObject({ reason: "EndpointsNotFound" });
  const slice = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { name: "ms", namespace: "kube-system", labels: { "kubernetes.io/service-name": "metrics-server" } }, addressType: "IPv4", ports: [{ name: "https", port: 10250 }], endpoints: [] };
  const made = admin.create<KubeObject>(slice);
  cluster.settle();
  expect(condition(admin, API_SERVICE, name)).toMatchObject({ reason: "MissingEndpoints", message: 'endpointslices for service/metrics-server in "kube-system" have no addresses with port name "https"' });
  admin.update({ ...made, endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true } }] } as KubeObject);
  cluster.settle();
  expect(condition(admin, API_SERVICE, name)).toMatchObject({ status: "True", reason: "Passed", message: "all checks passed" });
});

it("makes what was deleted anew, as another object", () => {
  const cluster = newCluster();
  const admin = cluster.as("system:admin");
  const key = { namespace: "", name: "view" };
  const before = admin.get(CLUSTER_ROLE, key);
  cluster.advance(millis(5000));
  admin.delete({ kind: CLUSTER_ROLE, ...key });
  expect(admin.get(CLUSTER_ROLE, key)?.metadata.uid).not.toBe(before?.metadata.uid);
});
