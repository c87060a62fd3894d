/** Fields besides name and namespace that lists of a kind can be narrowed by. Upstream: the field label conversion of each kind. */
import type { ResourceDefinition } from "./define";

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "v1/Pod": ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName"],
  "v1/Node": ["spec.unschedulable"],
  "v1/Namespace": ["status.phase"],
  "v1/Secret": ["type"],
  "v1/Service": ["spec.clusterIP", "spec.type"],
  "v1/ReplicationController": ["status.replicas"],
  "batch/v1/Job": ["status.successful"],
  "events.k8s.io/v1/Event": ["reason", "type", "reportingController", ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map((field) => `regarding.${field}`)],
  "v1/Event": [
    "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
    "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
  ],
};

/** Why a kind cannot be selected by a field, in upstream's words; undefined when it can. */
export function fieldRefusal(definition: ResourceDefinition, field: string): string | undefined {
  if (field === "metadata.name" || field === "metadata.namespace" || (FIELDS[definition.kind] ?? definition.custom?.selectable ?? []).includes(field)) return undefined;
  return Object.hasOwn(FIELDS, definition.kind) || definition.custom ? `field label not supported: ${field}` : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}
