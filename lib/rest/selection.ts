/** Which objects a list or a watch means. */
import { fieldRefusal, matchesFields, parseFieldSelector, parseSelector, selectorMatches, type KubeObject, type ResourceDefinition } from "@/lib/engine";
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
  const refusal = fieldRefusal(definition, field);
  if (refusal !== undefined) throw bad(refusal);
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
