import { badRequest } from "../apimachinery/api-error";
import type { KubeObject } from "../apimachinery/meta";
import { matchesFields, parseFieldSelector, type FieldSelector } from "../apimachinery/fields";
import { compileLabelSelector, matches, parseSelector, type LabelSelector, type Selector } from "../apimachinery/labels";
import type { KindId } from "../apimachinery/meta";
import { controllerOf } from "../apimachinery/owner";
import type { ObjectStore } from "../store/store";
import type { ListRequest } from "./request";

/** The objects a list request asks for, in key order. @throws {ApiError} 400 for a selector that does not parse. */
export function matching(store: ObjectStore, request: ListRequest): readonly KubeObject[] {
  return chosen(store.list(request.kind, request.namespace), request);
}

/** Those of some objects that a request's selectors let through. @throws {ApiError} 400 for a selector that does not parse. */
export function chosen(all: readonly KubeObject[], request: ListRequest): readonly KubeObject[] {
  const labels = request.labelSelector ? parseSelector(request.labelSelector) : undefined;
  const fields = request.fieldSelector ? parseFieldSelector(request.fieldSelector) : undefined;
  if (labels && "error" in labels) throw badRequest(`unable to parse requirement: ${labels.error}`);
  if (fields && "error" in fields) throw badRequest(fields.error);
  if (!labels && !fields) return all;
  return all.filter(
    (object) =>
      (!labels || matches(labels.selector, object.metadata.labels ?? {})) &&
      (!fields || matchesFields(fields.selector, fieldsOf(object, fields.selector))),
  );
}

/** The objects of a namespace that an object's selector selects, by the label index where the selector names an exact label. */
export function selectedBy(store: ObjectStore, kind: KindId, namespace: string, selector: LabelSelector | undefined): readonly KubeObject[] {
  const compiled = compileLabelSelector(selector);
  if ("error" in compiled || compiled.selector.nothing === true) return [];
  const label = labelTerm(compiled.selector);
  const candidates = label === undefined ? store.list(kind, namespace) : store.lookup(kind, label);
  return candidates.filter((object) => object.metadata.namespace === namespace && matches(compiled.selector, object.metadata.labels));
}

/** The same, of those that nobody controls: sought among them or among those with the label, whichever are fewer. */
export function orphansOf(store: ObjectStore, kind: KindId, namespace: string, selector: LabelSelector | undefined): readonly KubeObject[] {
  const compiled = compileLabelSelector(selector);
  if ("error" in compiled || compiled.selector.nothing === true) return [];
  const label = labelTerm(compiled.selector);
  const term = label !== undefined && store.sizeOf(kind, label) < store.sizeOf(kind, "orphan") ? label : "orphan";
  return store.lookup(kind, term).filter((object) => object.metadata.namespace === namespace && controllerOf(object) === undefined && matches(compiled.selector, object.metadata.labels));
}

/** The index term of an exact label a selector names, if it names one. */
function labelTerm({ requirements }: Selector): string | undefined {
  const exact = requirements.find(({ operator }) => operator === "=");
  return exact && `label:${exact.key}=${exact.values[0] ?? ""}`;
}

/** The values of the fields a selector names, `""` when unset, as upstream's field label conversion gives them. */
function fieldsOf(object: KubeObject, selector: FieldSelector): Record<string, string> {
  return Object.fromEntries(selector.terms.map(({ field }) => [field, valueAt(object, field)]));
}

function valueAt(object: unknown, path: string): string {
  let value: unknown = object;
  for (const part of path.split(".")) {
    if (typeof value !== "object" || value === null) return "";
    value = (value as Record<string, unknown>)[part];
  }
  return value === undefined || value === null ? "" : String(value);
}
