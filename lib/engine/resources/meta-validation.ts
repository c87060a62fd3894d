/** The rules of `metadata`, and of labels and selectors wherever they stand. Upstream: `apimachinery/pkg/api/validation`, `metav1/validation`. */
import { deepEqual } from "../apimachinery/compare";
import type { FieldError } from "../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../apimachinery/meta";
import { dns1123SubdomainErrors, qualifiedNameErrors, validateLabelValue } from "../apimachinery/names";
import { jsonOf } from "./cells";
import { Findings } from "./findings";
import { listAt, objectAt, objectsAt, textAt } from "./json-object";

type NameRule = (name: string) => readonly string[];
const STANDARD_FINALIZERS = ["kubernetes", "orphan", "foregroundDeletion"];
const MAX_ANNOTATIONS = 256 * 1024;

/** Labels: keys and values. */
export function validateLabels(found: Findings, path: string, labels: JsonObject): void {
  for (const key of Object.keys(labels)) {
    found.names(path, key, qualifiedNameErrors(key));
    found.names(path, textAt(labels, key), validateLabelValue(textAt(labels, key)));
  }
}

/** Annotations: keys, and the size of all together. */
export function validateAnnotations(found: Findings, path: string, annotations: JsonObject): void {
  let size = 0;
  for (const key of Object.keys(annotations)) {
    found.names(path, key, qualifiedNameErrors(key.toLowerCase()));
    size += key.length + textAt(annotations, key).length;
  }
  if (size > MAX_ANNOTATIONS) found.tooLong(path, MAX_ANNOTATIONS);
}

/** The metadata of an object whose names follow `rule`. */
export function validateMetadata(found: Findings, object: KubeObject, rule: NameRule = dns1123SubdomainErrors): void {
  const metadata = objectAt(jsonOf(object), "metadata");
  const generated = textAt(metadata, "generateName");
  // What is generated is appended: a trailing dash is as good as a letter there.
  if (generated !== "") found.names("metadata.generateName", generated, rule(generated.length > 1 && generated.endsWith("-") ? `${generated.slice(0, -1)}a` : generated));
  const name = textAt(metadata, "name");
  if (name === "") found.required("metadata.name", "name or generateName is required", "name-required");
  else found.names("metadata.name", name, rule(name));
  validateMetadataUpdate(found, object);
}

/** The metadata of an object that changes: all but its name. Where upstream looks at both, a fault is found twice. */
export function validateMetadataUpdate(found: Findings, object: KubeObject): void {
  const metadata = objectAt(jsonOf(object), "metadata");
  validateLabels(found, "metadata.labels", objectAt(metadata, "labels"));
  validateAnnotations(found, "metadata.annotations", objectAt(metadata, "annotations"));
  listAt(metadata, "finalizers").forEach((finalizer, i) => {
    if (typeof finalizer !== "string") return;
    found.names("metadata.finalizers", finalizer, qualifiedNameErrors(finalizer));
    if (!finalizer.includes("/") && !STANDARD_FINALIZERS.includes(finalizer)) {
      found.invalid(`metadata.finalizers[${i}]`, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
    }
  });
  validateOwners(found, objectsAt(metadata, "ownerReferences"));
}

/** The errors of a kind whose only rules are those of metadata. */
export function metadataErrors(kind: string, object: KubeObject, rule: NameRule = dns1123SubdomainErrors, previous?: KubeObject): readonly FieldError[] {
  const found = new Findings(kind);
  if (previous !== undefined) validateMetadataUpdate(found, object);
  validateMetadata(found, object, rule);
  return found.errors;
}

function validateOwners(found: Findings, owners: readonly JsonObject[]): void {
  const path = "metadata.ownerReferences";
  for (const owner of owners) {
    for (const key of ["kind", "name", "uid"]) if (textAt(owner, key) === "") found.invalid(`${path}.${key}`, "", "must not be empty");
    if (textAt(owner, "apiVersion") === "") found.invalid(`${path}.apiVersion`, "", "version must not be empty");
  }
  const controllers = owners.filter((owner) => owner["controller"] === true);
  if (controllers.length > 1) {
    const [first, second] = controllers.map((owner) => `${textAt(owner, "apiVersion")}/${textAt(owner, "kind")}/${textAt(owner, "name")}`);
    found.invalid(path, owners, `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`);
  }
}

/** A label selector. */
export function validateSelector(found: Findings, path: string, selector: JsonObject): void {
  validateLabels(found, `${path}.matchLabels`, objectAt(selector, "matchLabels"));
  objectsAt(selector, "matchExpressions").forEach((expression, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    const values = listAt(expression, "values").filter((value) => typeof value === "string");
    selectorOperator(found, at, textAt(expression, "operator"), values.length, false);
    found.names(`${at}.key`, textAt(expression, "key"), qualifiedNameErrors(textAt(expression, "key")));
    values.forEach((value, j) => found.names(`${at}.values[${j}]`, value, validateLabelValue(value)));
  });
}

function selectorOperator(found: Findings, at: string, operator: string, values: number, ordered: boolean): void {
  if (operator === "In" || operator === "NotIn") {
    if (values === 0) found.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values > 0) found.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  } else if (ordered && (operator === "Gt" || operator === "Lt")) {
    if (values !== 1) found.required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
  } else found.invalid(`${at}.operator`, operator, "not a valid selector operator");
}

/** A term of node selection. Values of a mere preference may be no label's: no node is then preferred for them. */
export function validateNodeSelectorTerm(found: Findings, path: string, term: JsonObject, isPreference = false): void {
  objectsAt(term, "matchExpressions").forEach((expression, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    const values = listAt(expression, "values").filter((value) => typeof value === "string");
    selectorOperator(found, at, textAt(expression, "operator"), values.length, true);
    found.names(`${at}.key`, textAt(expression, "key"), qualifiedNameErrors(textAt(expression, "key")));
    if (!isPreference) values.forEach((value, j) => found.names(`${at}.values[${j}]`, value, validateLabelValue(value)));
  });
  objectsAt(term, "matchFields").forEach((expression, i) => {
    const at = `${path}.matchFields[${i}]`;
    const operator = textAt(expression, "operator");
    if (operator === "In" || operator === "NotIn") {
      if (listAt(expression, "values").length !== 1) found.required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
    } else found.invalid(`${at}.operator`, operator, "not a valid selector operator");
    if (textAt(expression, "key") !== "metadata.name") found.invalid(`${at}.key`, textAt(expression, "key"), "not a valid field selector key");
    else listAt(expression, "values").forEach((value, j) => (typeof value === "string" ? found.names(`${at}.values[${j}]`, value, dns1123SubdomainErrors(value)) : undefined));
  });
}

/** A node selector: at least one term. */
export function validateNodeSelector(found: Findings, path: string, selector: JsonObject): void {
  const terms = objectsAt(selector, "nodeSelectorTerms");
  if (terms.length === 0) found.required(`${path}.nodeSelectorTerms`, "must have at least one node selector term");
  terms.forEach((term, i) => validateNodeSelectorTerm(found, `${path}.nodeSelectorTerms[${i}]`, term));
}

/** A field that may not change once the object exists. */
export function immutable(found: Findings, path: string, value: JsonObject[string], before: JsonObject[string]): void {
  if (!deepEqual(value ?? null, before ?? null)) found.invalid(path, value ?? null, "field is immutable", "immutable");
}

/**
 * Does this update leave everything alone that validation looks at? Status writes do, and they are most of the writes:
 * what was valid when it was stored need not be looked at again.
 */
export function onlyStatusDiffers(object: KubeObject, previous: KubeObject | undefined): boolean {
  if (previous === undefined) return false;
  const [now, before] = [jsonOf(object), jsonOf(previous)];
  return Object.keys({ ...now, ...before }).every((key) => key === "status" || now[key] === before[key] || deepEqual(now[key], before[key]));
}

/** Does this update change nothing but metadata? */
export function metadataOnlyDiffers(object: KubeObject, previous: KubeObject): boolean {
  const [now, before] = [jsonOf(object), jsonOf(previous)];
  return Object.keys({ ...now, ...before }).every((key) => key === "metadata" || deepEqual(now[key], before[key]));
}
