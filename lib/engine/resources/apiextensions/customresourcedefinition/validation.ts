/** The rules of CustomResourceDefinitions that a teaching cluster meets. Upstream: `apiextensions/validation`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1035LabelErrors, dns1123SubdomainErrors } from "../../../apimachinery/names";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata } from "../../meta-validation";
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

function scalePath(found: Findings, path: string, value: string, root: string, required: boolean): void {
  if (value === "") {
    if (required) found.required(path);
  } else if (!value.startsWith(".")) found.invalid(path, value, "must be a simple json path starting with .");
  else if (!value.startsWith(`.${root}.`)) found.invalid(path, value, `should be a json path under .${root}`);
}

function subresources(found: Findings, path: string, given: JsonObject): void {
  if (!has(given, "scale")) return;
  const scale = objectAt(given, "scale");
  scalePath(found, `${path}.scale.specReplicasPath`, textAt(scale, "specReplicasPath"), "spec", true);
  scalePath(found, `${path}.scale.statusReplicasPath`, textAt(scale, "statusReplicasPath"), "status", true);
  const selector = textAt(scale, "labelSelectorPath");
  if (selector !== "" && !selector.startsWith(".status.") && !selector.startsWith(".spec.")) found.invalid(`${path}.scale.labelSelectorPath`, selector, selector.startsWith(".") ? "should be a json path under either .spec or .status" : "must be a simple json path starting with .");
}

/** With a single version, upstream tells of its schema and columns as of the whole definition's. */
function versions(found: Findings, spec: JsonObject): void {
  const list = objectsAt(spec, "versions");
  const names = list.map((version) => textAt(version, "name"));
  list.forEach((version, i) => {
    const path = `spec.versions[${i}]`;
    const single = list.length === 1;
    const name = names[i] ?? "";
    found.names(`${path}.name`, name, dns1035LabelErrors(name));
    if (!has(objectAt(version, "schema"), "openAPIV3Schema")) found.required(`${path}.schema.openAPIV3Schema`);
    else schemaRules(found, single ? "spec.validation.openAPIV3Schema" : `${path}.schema.openAPIV3Schema`, schemaOf(version));
    subresources(found, single ? "spec.subresources" : `${path}.subresources`, objectAt(version, "subresources"));
    printerColumns(found, single ? "spec.additionalPrinterColumns" : `${path}.additionalPrinterColumns`, objectsAt(version, "additionalPrinterColumns"));
  });
  if (list.length === 0) found.required("spec.versions");
  if (new Set(names).size < names.length) found.invalid("spec.versions", list, "must contain unique version names");
  if (list.filter((version) => version["storage"] === true).length !== 1) found.invalid("spec.versions", list.map((version) => ({ name: version["name"], storage: version["storage"] ?? false })), "must have exactly one version marked as storage version");
}

function names(found: Findings, spec: JsonObject): void {
  const given = objectAt(spec, "names");
  const plural = textAt(given, "plural");
  found.names("spec.names.plural", plural, dns1035LabelErrors(plural));
  const singular = textAt(given, "singular");
  if (singular !== "") found.names("spec.names.singular", singular, dns1035LabelErrors(singular));
  const kind = textAt(given, "kind");
  if (kind === "") found.required("spec.names.kind");
  else found.names("spec.names.kind", kind, dns1035LabelErrors(kind.toLowerCase()).map((message) => `may have mixed case, but should otherwise match: ${message}`));
  listAt(given, "shortNames").forEach((name, i) => {
    if (typeof name === "string") found.names(`spec.names.shortNames[${i}]`, name, dns1035LabelErrors(name));
  });
  if (kind !== "" && kind === textAt(given, "listKind")) found.invalid("spec.names.listKind", kind, "kind and listKind may not be the same");
}

const APPROVED = "api-approved.kubernetes.io";

/** Groups of the community's own are approved, or say that they are not. Upstream: apihelpers.GetAPIApprovalState. */
function approval(found: Findings, object: KubeObject, group: string): void {
  if (!/(^|\.)(k8s\.io|kubernetes\.io)$/.test(group)) return;
  const value = object.metadata.annotations?.[APPROVED] ?? "";
  const at = `metadata.annotations[${APPROVED}]`;
  if (value === "") found.required(at, "protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111");
  else if (!value.startsWith("unapproved") && !/^https?:\/\/[^/\s]+/.test(value)) found.invalid(at, value, `protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`);
}

function conversion(found: Findings, spec: JsonObject): void {
  const given = objectAt(spec, "conversion");
  const strategy = textAt(given, "strategy");
  if (strategy !== "" && strategy !== "None" && strategy !== "Webhook") found.notSupported("spec.conversion.strategy", strategy, ["None", "Webhook"]);
  if (strategy === "None" && has(given, "webhook")) found.forbidden("spec.conversion.webhookClientConfig", "should not be set when strategy is not set to Webhook");
  if (strategy === "Webhook" && !has(objectAt(given, "webhook"), "clientConfig")) found.required("spec.conversion.webhookClientConfig", "required when strategy is set to Webhook");
}

/** Everything wrong with a CustomResourceDefinition. */
export function validateCustomResourceDefinition(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("customresourcedefinition");
  const spec = specOf(object);
  const group = textAt(spec, "group");
  const full = `${textAt(objectAt(spec, "names"), "plural")}.${group}`;
  validateMetadata(found, object, (name) => (name === full ? [] : ['must be spec.names.plural+"."+spec.group']));
  if (group === "") found.required("spec.group");
  else found.names("spec.group", group, dns1123SubdomainErrors(group));
  if (group !== "" && !group.includes(".")) found.invalid("spec.group", group, "should be a domain with at least one dot");
  found.oneOf("spec.scope", textAt(spec, "scope"), ["Cluster", "Namespaced"]);
  if (spec["preserveUnknownFields"] === true) found.invalid("spec.preserveUnknownFields", true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
  versions(found, spec);
  names(found, spec);
  approval(found, object, group);
  conversion(found, spec);
  if (previous !== undefined) {
    for (const field of ["group", "scope"]) immutable(found, `spec.${field}`, spec[field], specOf(previous)[field]);
    for (const field of ["plural", "kind"]) immutable(found, `spec.names.${field}`, objectAt(spec, "names")[field], objectAt(specOf(previous), "names")[field]);
  }
  return found.errors;
}
