import type { KindId, KubeObject } from "../apimachinery/meta";
import * as kinds from "../apimachinery/kinds";
import { defineResource, type ResourceDefinition } from "./define";

/** Every kind the API server knows, in the order `kubectl api-resources` lists them. */
export const resources: readonly ResourceDefinition[] = [
  defineResource({ kind: kinds.CONFIG_MAP, plural: "configmaps", shortNames: ["cm"] }),
  defineResource({ kind: kinds.EVENT, plural: "events", shortNames: ["ev"] }),
  defineResource({ kind: kinds.NAMESPACE, plural: "namespaces", shortNames: ["ns"], namespaced: false, subresources: ["status"] }),
  defineResource({ kind: kinds.NODE, plural: "nodes", shortNames: ["no"], namespaced: false, subresources: ["status"] }),
  defineResource({ kind: kinds.PERSISTENT_VOLUME_CLAIM, plural: "persistentvolumeclaims", shortNames: ["pvc"], subresources: ["status"] }),
  defineResource({ kind: kinds.PERSISTENT_VOLUME, plural: "persistentvolumes", shortNames: ["pv"], namespaced: false, subresources: ["status"] }),
  defineResource({ kind: kinds.POD, plural: "pods", shortNames: ["po"], categories: ["all"], subresources: ["status", "binding", "log", "exec", "attach", "eviction", "portforward"] }),
  defineResource({ kind: kinds.SECRET, plural: "secrets" }),
  defineResource({ kind: kinds.SERVICE_ACCOUNT, plural: "serviceaccounts", shortNames: ["sa"] }),
  defineResource({ kind: kinds.SERVICE, plural: "services", shortNames: ["svc"], categories: ["all"], subresources: ["status"] }),
  defineResource({ kind: kinds.CONTROLLER_REVISION, plural: "controllerrevisions" }),
  defineResource({ kind: kinds.DAEMON_SET, plural: "daemonsets", shortNames: ["ds"], categories: ["all"], subresources: ["status"] }),
  defineResource({ kind: kinds.DEPLOYMENT, plural: "deployments", shortNames: ["deploy"], categories: ["all"], subresources: ["status", "scale"] }),
  defineResource({ kind: kinds.REPLICA_SET, plural: "replicasets", shortNames: ["rs"], categories: ["all"], subresources: ["status", "scale"] }),
  defineResource({ kind: kinds.STATEFUL_SET, plural: "statefulsets", shortNames: ["sts"], categories: ["all"], subresources: ["status", "scale"] }),
  defineResource({ kind: kinds.LEASE, plural: "leases" }),
  defineResource({ kind: kinds.ENDPOINT_SLICE, plural: "endpointslices" }),
  defineResource({ kind: kinds.IP_ADDRESS_POOL, plural: "ipaddresspools" }),
  defineResource({ kind: kinds.L2_ADVERTISEMENT, plural: "l2advertisements" }),
  defineResource({ kind: kinds.INGRESS_CLASS, plural: "ingressclasses", namespaced: false }),
  defineResource({ kind: kinds.INGRESS, plural: "ingresses", shortNames: ["ing"], subresources: ["status"] }),
  defineResource({ kind: kinds.STORAGE_CLASS, plural: "storageclasses", shortNames: ["sc"], namespaced: false }),
  defineResource({ kind: kinds.VOLUME_ATTACHMENT, plural: "volumeattachments", namespaced: false, subresources: ["status"] }),
];

const byKind: ReadonlyMap<KindId, ResourceDefinition> = new Map(resources.map((resource) => [resource.kind, resource]));

/** The definition of a kind, if the API server knows it. */
export function resourceFor(kind: KindId): ResourceDefinition | undefined {
  return byKind.get(kind);
}

/** Is this object of a namespaced kind? Unknown kinds count as namespaced. */
export function isNamespaced(object: KubeObject | KindId): boolean {
  const kind = typeof object === "string" ? object : (`${object.apiVersion}/${object.kind}` as KindId);
  return byKind.get(kind)?.namespaced ?? true;
}
