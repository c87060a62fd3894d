/** Which objects a list or a watch means. */
import { matchesFields, parseFieldSelector, parseSelector, selectorMatches, type KubeObject, type ResourceDefinition } from "@/lib/engine";
import type { Query } from "./query";
import { bad } from "./status";

/** The filter of a list or watch. `plain` when nothing but the namespace narrows it. */
export interface Selection {
  readonly plain: boolean;
  /** The one object meant, when `metadata.name=` names it. */
  readonly name: string | undefined;
  readonly labelSelector: string | undefined;
  matches(object: KubeObject): boolean;
}

/** Fields besides name and namespace that may be selected. Upstream: the field label conversion of each kind. */
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

/** Kinds that refuse an unknown field with the old wording. */
const OLD_WORDING = new Set(["v1/Pod", "v1/Node", "v1/Namespace", "v1/Secret", "v1/Service", "v1/ReplicationController", "v1/Event", "events.k8s.io/v1/Event", "batch/v1/Job"]);

function valueAt(object: KubeObject, path: string): string {
  if (path === "source") return valueAt(object, "source.component");
  let value: unknown = object;
  for (const part of path.split(".")) {
    if (typeof value !== "object" || value === null) return path === "spec.unschedulable" || path === "spec.hostNetwork" ? "false" : "";
    value = (value as Record<string, unknown>)[part];
  }
  if (value === undefined || value === null) return path === "spec.unschedulable" || path === "spec.hostNetwork" ? "false" : "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** @throws {Refusal} 400 for a field this kind cannot be selected by. */
function checkField(definition: ResourceDefinition, field: string): void {
  if (field === "metadata.name" || field === "metadata.namespace" || (FIELDS[definition.kind] ?? definition.custom?.selectable ?? []).includes(field)) return;
  if (OLD_WORDING.has(definition.kind)) throw bad(`field label not supported: ${field}`);
  if (definition.custom) throw bad(`field label not supported: ${field}`);
  throw bad(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
}

/** The filter a query asks for. @throws {Refusal} 400 when a selector cannot be read. */
export function selectionOf(definition: ResourceDefinition, query: Query): Selection {
  const labelText = query.get("labelSelector") ?? "";
  const fieldText = query.get("fieldSelector") ?? "";
  const labels = labelText === "" ? undefined : parseSelector(labelText);
  if (labels && "error" in labels) throw bad(labels.error);
  const fields = fieldText === "" ? undefined : parseFieldSelector(fieldText);
  if (fields && "error" in fields) throw bad(fields.error);
  const terms = fields?.selector.terms ?? [];
  for (const { field } of terms) checkField(definition, field);
  const named = terms.find(({ field, equal }) => field === "metadata.name" && equal)?.value;
  return {
    plain: labels === undefined && terms.length === 0,
    name: named,
    labelSelector: labelText === "" ? undefined : labelText,
    matches: (object) =>
      (labels === undefined || selectorMatches(labels.selector, object.metadata.labels ?? {})) &&
      (fields === undefined || matchesFields(fields.selector, Object.fromEntries(terms.map(({ field }) => [field, valueAt(object, field)])))),
  };
}

/** A whole number of a query. @throws {Refusal} 400 in Go's words when it is none. */
export function numberOf(query: Query, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === "") return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw bad(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
