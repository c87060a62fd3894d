import { describe, expect, it } from "vitest";
import type { JsonObject, KubeObject } from "../apimachinery/meta";
import { kindId } from "../apimachinery/meta";
import { resourceFor } from "./index";

const meta = { name: "x", namespace: "default", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };

/** The faults of a new object, or of a changed one, as `code path`. */
function faults(apiVersion: string, kind: string, rest: JsonObject, before?: JsonObject): readonly string[] {
  const definition = resourceFor(kindId(apiVersion, kind));
  if (definition === undefined) throw new Error(`no ${kind}`);
  const made = (fields: JsonObject): KubeObject => definition.applyDefaults({ apiVersion, kind, metadata: meta, ...fields } as unknown as KubeObject);
  return definition.validate(made(rest), before === undefined ? undefined : made(before)).map(({ code, path }) => `${code} ${path}`);
}

const pod = (spec: JsonObject): JsonObject => ({ spec: { containers: [{ name: "c", image: "i" }], ...spec } });

describe("rules few objects meet", () => {
  it("an EndpointSlice holds only so much, of addresses a backend can have", () => {
    const slice = (endpoint: JsonObject, type = "IPv4"): readonly string[] => faults("discovery.k8s.io/v1", "EndpointSlice", { addressType: type, endpoints: [endpoint], ports: [] });
    expect(slice({ addresses: Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`) })).toEqual(["too-many endpoints[0].addresses"]);
    expect(slice({ addresses: ["127.0.0.1"] })).toEqual(["invalid endpoints[0].addresses[0]"]);
    expect(slice({ addresses: ["a.example."] }, "FQDN")).toEqual([]);
    expect(slice({ addresses: ["example"] }, "FQDN")).toEqual(["invalid endpoints[0].addresses[0]"]);
    expect(slice({ addresses: ["10.0.0.1"], hints: { forZones: [{ name: "a" }, { name: "a" }] } })).toEqual(["duplicate endpoints[0].hints.forZones[1].name"]);
  });

  it("an Ingress stored under laxer rules stays as wrong as it was", () => {
    const ingress = (secretName: string, path: string): JsonObject => ({
      spec: { tls: [{ secretName }], rules: [{ host: "*.foo.com", http: { paths: [{ path, pathType: "Exact", backend: { service: { name: "s", port: { number: 80 } } } }] } }] },
    });
    expect(faults("networking.k8s.io/v1", "Ingress", ingress("a b", "foo"))).toHaveLength(2);
    expect(faults("networking.k8s.io/v1", "Ingress", ingress("c d", "bar"), ingress("a b", "foo"))).toEqual([]);
  });

  it("an empty group is no group, behind a pointer", () => {
    expect(faults("networking.k8s.io/v1", "IngressClass", { spec: { controller: "a.b/c", parameters: { apiGroup: "", kind: "K", name: "n" } } })).toEqual(["invalid spec.parameters.apiGroup"]);
  });

  it("a mirror has a node, and a field of a node selector names one", () => {
    const metadata = { ...meta, annotations: { "kubernetes.io/config.mirror": "x" } };
    expect(faults("v1", "Pod", { metadata, ...pod({}) })).toEqual(["invalid metadata.annotations[kubernetes.io/config.mirror]"]);
    const term = { matchFields: [{ key: "metadata.name", operator: "In", values: ["-a"] }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } };
    expect(faults("v1", "Pod", pod({ affinity }))).toEqual(["invalid spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values[0]"]);
  });

  it("a claim's old annotation may give way to the field of the same meaning", () => {
    const claim = (metadata: JsonObject, spec: JsonObject): JsonObject => ({ metadata: { ...meta, ...metadata }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec } });
    const before = claim({ annotations: { "volume.beta.kubernetes.io/storage-class": "fast" } }, {});
    expect(faults("v1", "PersistentVolumeClaim", claim({}, { storageClassName: "fast" }), before)).toEqual([]);
    expect(faults("v1", "PersistentVolumeClaim", claim({}, { storageClassName: "slow" }), before)).toHaveLength(2);
  });

  it("a topology that says nothing is a duplicate", () => {
    const storage = { provisioner: "a.b/c", allowedTopologies: [{}] };
    expect(faults("storage.k8s.io/v1", "StorageClass", storage)).toEqual(["duplicate allowedTopologies[0].matchLabelExpressions"]);
  });
});

describe("what the API server fills in where little is said", () => {
  const stored = (apiVersion: string, kind: string, rest: JsonObject): JsonObject => {
    const definition = resourceFor(kindId(apiVersion, kind));
    if (definition === undefined) throw new Error(`no ${kind}`);
    const made = { apiVersion, kind, metadata: meta, ...rest } as unknown as KubeObject;
    return definition.prepare(definition.applyDefaults(made), undefined) as unknown as JsonObject;
  };

  it("parts that Go keeps as plain values are there, however empty", () => {
    const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] } };
    expect(stored("v1", "Pod", pod({ affinity }))).toHaveProperty("spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.preference", {});
    expect(stored("discovery.k8s.io/v1", "EndpointSlice", { addressType: "IPv4", endpoints: [{ addresses: ["10.0.0.1"] }] })).toHaveProperty("endpoints.0.conditions", {});
  });

  it("a new DaemonSet may bring its template's generation along", () => {
    const told = (generation: string): JsonObject => stored("apps/v1", "DaemonSet", { metadata: { ...meta, annotations: { "deprecated.daemonset.template.generation": generation } }, spec: { template: {} } });
    expect(told("4")).toHaveProperty(["metadata", "annotations", "deprecated.daemonset.template.generation"], "4");
    expect(told("0")).toHaveProperty(["metadata", "annotations", "deprecated.daemonset.template.generation"], "1");
  });

  it("claims of a StatefulSet are claims, whatever they are called", () => {
    const made = stored("apps/v1", "StatefulSet", { spec: { volumeClaimTemplates: [{ apiVersion: "v7", kind: "Pod", metadata: { name: "d" } }] } });
    expect(made).toMatchObject({ spec: { volumeClaimTemplates: [{ apiVersion: "v1", kind: "PersistentVolumeClaim" }] } });
  });
});
