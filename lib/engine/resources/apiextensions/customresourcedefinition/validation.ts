/** The rules of CustomResourceDefinitions. Upstream: `apiextensions/validation`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1035LabelErrors, dns1123SubdomainErrors } from "../../../apimachinery/names";
import { specOf, statusOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata } from "../../meta-validation";
import { goJson } from "./cel-rules";
import { schemaOf, schemaRules } from "./schema-rules";

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];

function printerColumns(found: Findings, path: string, columns: readonly JsonObject[]): void {
  columns.forEach((column, i) => {
    const at = `${path}[${i}]`;
    if (textAt(column, "name") === "") found.required(`${at}.name`);
    const type = textAt(column, "type");
    if (type === "") found.required(`${at}.type`, `must be one of ${COLUMN_TYPES.join(",")}`);
    else if (!COLUMN_TYPES.includes(type)) found.invalid(`${at}.type`, type, `must be one of ${COLUMN_TYPES.join(",")}`);
    const json = textAt(column, "jsonPath");
    if (json === "") found.required(`${at}.JSONPath`);
    else if (!json.startsWith(".")) found.invalid(`${at}.JSONPath`, json, "must be a simple json path starting with .");
  });
}

function scalePath(found: Findings, path: string, value: string, root: string): void {
  if (value === "") found.required(path);
  else if (!value.startsWith(".")) found.invalid(path, value, "must be a simple json path starting with .");
  else if (!value.startsWith(`.${root}.`)) found.invalid(path, value, `should be a json path under .${root}`);
}

function subresources(found: Findings, path: string, given: JsonObject): void {
  if (!has(given, "scale")) return;
  const scale = objectAt(given, "scale");
  scalePath(found, `${path}.scale.specReplicasPath`, textAt(scale, "specReplicasPath"), "spec");
  scalePath(found, `${path}.scale.statusReplicasPath`, textAt(scale, "statusReplicasPath"), "status");
  const selector = textAt(scale, "labelSelectorPath");
  if (selector !== "" && !selector.startsWith(".status.") && !selector.startsWith(".spec.")) found.invalid(`${path}.scale.labelSelectorPath`, selector, selector.startsWith(".") ? "should be a json path under either .spec or .status" : "must be a simple json path starting with .");
}

/** What all versions say alike is told of as of the whole definition's. */
interface Hoisted {
  readonly schema: boolean;
  readonly subresources: boolean;
  readonly additionalPrinterColumns: boolean;
}

function hoistedIn(list: readonly JsonObject[]): Hoisted {
  const alike = (field: string): boolean => list.every((version) => deepEqual(version[field] ?? null, list[0]?.[field] ?? null));
  return { schema: alike("schema"), subresources: alike("subresources"), additionalPrinterColumns: alike("additionalPrinterColumns") };
}

/** A version as errors show it: the Go structure behind it, parts told of elsewhere left out. */
function shownVersion(version: JsonObject, hoisted: Hoisted): JsonObject {
  return {
    Name: textAt(version, "name"),
    Served: version["served"] === true,
    Storage: version["storage"] === true,
    Deprecated: version["deprecated"] === true,
    DeprecationWarning: version["deprecationWarning"] ?? null,
    Schema: hoisted.schema ? null : (version["schema"] ?? null),
    Subresources: hoisted.subresources ? null : (version["subresources"] ?? null),
    AdditionalPrinterColumns: hoisted.additionalPrinterColumns ? null : (version["additionalPrinterColumns"] ?? null),
    SelectableFields: null,
  };
}

/** Did a version have the same schema before? */
function isUnchanged(version: JsonObject, before: readonly JsonObject[]): boolean {
  const known = before.find((one) => textAt(one, "name") === textAt(version, "name"));
  return known !== undefined && deepEqual(known["schema"] ?? null, version["schema"] ?? null);
}

function versions(found: Findings, list: readonly JsonObject[], hoisted: Hoisted, before: readonly JsonObject[]): void {
  list.forEach((version, i) => {
    if (!has(objectAt(version, "schema"), "openAPIV3Schema")) found.required(`spec.versions[${i}].schema.openAPIV3Schema`);
  });
  const names = list.map((version) => textAt(version, "name"));
  list.forEach((version, i) => {
    const path = `spec.versions[${i}]`;
    const problems = dns1035LabelErrors(names[i] ?? "");
    if (problems.length > 0) found.invalid(`${path}.name`, names[i] ?? "", problems.join(","));
    if (has(version, "deprecationWarning") && version["deprecated"] !== true) found.invalid(`${path}.deprecationWarning`, version["deprecationWarning"], "can only be set for deprecated versions");
    if (!hoisted.schema && has(objectAt(version, "schema"), "openAPIV3Schema")) schemaRules(found, `${path}.schema.openAPIV3Schema`, schemaOf(version), isUnchanged(version, before));
    if (!hoisted.subresources) subresources(found, `${path}.subresources`, objectAt(version, "subresources"));
    if (!hoisted.additionalPrinterColumns) printerColumns(found, `${path}.additionalPrinterColumns`, objectsAt(version, "additionalPrinterColumns"));
  });
  const all = (detail: string): void => void found.errors.push({ code: "invalid", path: "spec.versions", shown: goJson(list.length === 0 ? null : list.map((version) => shownVersion(version, hoisted))), detail, origin: "customresourcedefinition.versions" });
  if (new Set(names).size < names.length) all("must contain unique version names");
  if (list.filter((version) => version["storage"] === true).length !== 1) all("must have exactly one version marked as storage version");
}

function label(found: Findings, path: string, name: string): void {
  const problems = name === "" ? [] : dns1035LabelErrors(name);
  if (problems.length > 0) found.invalid(path, name, problems.join(","));
}

function mixedLabel(found: Findings, path: string, name: string): void {
  const problems = name === "" ? [] : dns1035LabelErrors(name.toLowerCase());
  if (problems.length > 0) found.invalid(path, name, `may have mixed case, but should otherwise match: ${problems.join(",")}`);
}

function names(found: Findings, spec: JsonObject): void {
  const given = objectAt(spec, "names");
  for (const field of ["plural", "singular", "kind", "listKind"]) if (textAt(given, field) === "") found.required(`spec.names.${field}`);
  label(found, "spec.names.plural", textAt(given, "plural"));
  label(found, "spec.names.singular", textAt(given, "singular"));
  mixedLabel(found, "spec.names.kind", textAt(given, "kind"));
  mixedLabel(found, "spec.names.listKind", textAt(given, "listKind"));
  for (const field of ["shortNames", "categories"]) {
    listAt(given, field).forEach((name, i) => {
      if (typeof name === "string") label(found, `spec.names.${field}[${i}]`, name);
    });
  }
  const kind = textAt(given, "kind");
  if (kind !== "" && kind === textAt(given, "listKind")) found.invalid("spec.names.listKind", kind, "kind and listKind may not be the same");
}

function hoistedRules(found: Findings, [first]: readonly JsonObject[], hoisted: Hoisted, before: readonly JsonObject[]): void {
  if (first === undefined) return;
  if (hoisted.schema && has(objectAt(first, "schema"), "openAPIV3Schema")) schemaRules(found, "spec.validation.openAPIV3Schema", schemaOf(first), isUnchanged(first, before));
  if (hoisted.subresources) subresources(found, "spec.subresources", objectAt(first, "subresources"));
  if (hoisted.additionalPrinterColumns) printerColumns(found, "spec.additionalPrinterColumns", objectsAt(first, "additionalPrinterColumns"));
}

const APPROVED = "api-approved.kubernetes.io";

/** Groups of the community's own are approved, or say that they are not. Upstream: apihelpers.GetAPIApprovalState. */
function approval(found: Findings, object: KubeObject, group: string): void {
  if (!/(^|\.)(k8s\.io|kubernetes\.io)$/.test(group)) return;
  const value = object.metadata.annotations?.[APPROVED] ?? "";
  const at = `metadata.annotations[${APPROVED}]`;
  if (value === "") found.required(at, 'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111');
  else if (!value.startsWith("unapproved") && !/^https?:\/\/[^/\s]+/.test(value)) found.invalid(at, value, 'protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111');
}

function conversion(found: Findings, spec: JsonObject): void {
  const given = objectAt(spec, "conversion");
  const strategy = textAt(given, "strategy");
  if (strategy !== "" && strategy !== "None" && strategy !== "Webhook") found.notSupported("spec.conversion.strategy", strategy, ["None", "Webhook"]);
  if (strategy === "None" && has(given, "webhook")) found.forbidden("spec.conversion.webhookClientConfig", "should not be set when strategy is not set to Webhook");
  if (strategy === "Webhook" && !has(objectAt(given, "webhook"), "clientConfig")) found.required("spec.conversion.webhookClientConfig", "required when strategy is set to Webhook");
}

function storedVersions(found: Findings, stored: readonly string[], list: readonly JsonObject[]): void {
  if (stored.length === 0) {
    found.invalid("status.storedVersions", [], "must have at least one stored version");
    return;
  }
  const known = list.map((version) => textAt(version, "name"));
  stored.forEach((name, i) => {
    if (!known.includes(name)) found.invalid(`status.storedVersions[${i}]`, name, `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`);
  });
}

function groupRules(found: Findings, group: string): void {
  const problems = group === "" ? [] : dns1123SubdomainErrors(group);
  if (group === "") found.required("spec.group");
  else if (problems.length > 0) found.invalid("spec.group", group, problems.join(","));
  else if (!group.includes(".")) found.invalid("spec.group", group, "should be a domain with at least one dot");
}

/** Everything wrong with a CustomResourceDefinition. */
export function validateCustomResourceDefinition(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("customresourcedefinition");
  const spec = specOf(object);
  const group = textAt(spec, "group");
  const full = `${textAt(objectAt(spec, "names"), "plural")}.${group}`;
  validateMetadata(found, object, (name) => (name === full ? [] : ['must be spec.names.plural+"."+spec.group']));
  groupRules(found, group);
  found.oneOf("spec.scope", textAt(spec, "scope"), ["Cluster", "Namespaced"]);
  if (spec["preserveUnknownFields"] === true) found.invalid("spec.preserveUnknownFields", true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
  const list = objectsAt(spec, "versions");
  const hoisted = hoistedIn(list);
  const before = previous === undefined ? [] : objectsAt(specOf(previous), "versions");
  versions(found, list, hoisted, before);
  names(found, spec);
  hoistedRules(found, list, hoisted, before);
  conversion(found, spec);
  storedVersions(found, listAt(statusOf(object), "storedVersions").map(String), list);
  approval(found, object, group);
  if (previous !== undefined) {
    for (const field of ["group", "scope"]) immutable(found, `spec.${field}`, spec[field], specOf(previous)[field]);
    for (const field of ["plural", "kind"]) immutable(found, `spec.names.${field}`, objectAt(spec, "names")[field], objectAt(specOf(previous), "names")[field]);
  }
  return found.errors;
}
