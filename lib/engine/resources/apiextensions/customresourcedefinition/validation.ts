/** The rules of CustomResourceDefinitions. Upstream: `apiextensions/validation`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1035LabelErrors, dns1123SubdomainErrors } from "../../../apimachinery/names";
import { specOf, statusOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata, validateMetadataUpdate } from "../../meta-validation";
import { validateWebhookService, validateWebhookUrl } from "../../webhook-client";
import { fieldPathProblem, goJson } from "./cel-rules";
import { schemaOf, schemaRules } from "./schema-rules";
import { goSchema } from "./shown-schema";

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];
const MOST_SELECTABLE = 8;
const LONGEST_WARNING = 256;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

function printerColumns(found: Findings, path: string, columns: readonly JsonObject[]): void {
  columns.forEach((column, i) => {
    const at = `${path}[${i}]`;
    if (textAt(column, "name") === "") found.required(`${at}.name`);
    const type = textAt(column, "type");
    if (type === "") found.required(`${at}.type`, `must be one of ${COLUMN_TYPES.join(",")}`);
    else if (!COLUMN_TYPES.includes(type)) found.invalid(`${at}.type`, type, `must be one of ${COLUMN_TYPES.join(",")}`);
    const format = textAt(column, "format");
    if (format !== "" && !COLUMN_FORMATS.includes(format)) found.invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(",")}`);
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

/** Fields objects can be selected by are plain ones that the schema declares. */
function selectableFields(found: Findings, path: string, fields: readonly JsonObject[], schema: JsonObject): void {
  const seen = new Set<string>();
  fields.forEach((field, i) => {
    const [at, json] = [`${path}[${i}].jsonPath`, textAt(field, "jsonPath")];
    const problem = fieldPathProblem(json, schema);
    if (json === "") found.required(at);
    else if (problem !== undefined) found.invalid(at, json, `is an invalid path: ${problem}`);
    else {
      if (/^\.metadata\b/.test(json)) found.invalid(at, json, "must not point to fields in metadata");
      const selected = json.split(".").slice(1).reduce((inner, name) => objectAt(objectAt(inner, "properties"), name), schema);
      if (!["string", "boolean", "integer"].includes(textAt(selected, "type"))) found.invalid(at, json, "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.");
      if (seen.has(json)) found.duplicate(at, json);
      seen.add(json);
    }
  });
  if (seen.size > MOST_SELECTABLE) found.tooMany(path, seen.size, MOST_SELECTABLE);
}

function deprecationWarning(found: Findings, path: string, version: JsonObject): void {
  const text = textAt(version, "deprecationWarning");
  if (!has(version, "deprecationWarning")) return;
  const wrong = (detail: string): void => found.invalid(path, text, detail);
  if (version["deprecated"] !== true) {
    wrong("can only be set for deprecated versions");
    return;
  }
  if (text.length > LONGEST_WARNING) wrong(`must be <= ${LONGEST_WARNING} characters long`);
  if (text === "") wrong("must not be an empty string");
  const odd = UNPRINTABLE.exec(text);
  if (odd !== null) wrong(`must only contain printable UTF-8 characters; non-printable character found at index ${odd.index}`);
}

/** What all versions say alike is told of as of the whole definition's. */
interface Hoisted {
  readonly schema: boolean;
  readonly subresources: boolean;
  readonly additionalPrinterColumns: boolean;
  readonly selectableFields: boolean;
}

function hoistedIn(list: readonly JsonObject[]): Hoisted {
  const alike = (field: string): boolean => list.every((version) => deepEqual(version[field] ?? null, list[0]?.[field] ?? null));
  return { schema: alike("schema"), subresources: alike("subresources"), additionalPrinterColumns: alike("additionalPrinterColumns"), selectableFields: alike("selectableFields") };
}

/** A version as errors show it: the Go structure behind it, parts told of elsewhere left out. */
function shownVersion(version: JsonObject, hoisted: Hoisted): JsonObject {
  return {
    Name: textAt(version, "name"),
    Served: version["served"] === true,
    Storage: version["storage"] === true,
    Deprecated: version["deprecated"] === true,
    DeprecationWarning: version["deprecationWarning"] ?? null,
    Schema: hoisted.schema || !has(version, "schema") ? null : { OpenAPIV3Schema: goSchema(schemaOf(version)) },
    Subresources: hoisted.subresources ? null : (version["subresources"] ?? null),
    AdditionalPrinterColumns: hoisted.additionalPrinterColumns ? null : (version["additionalPrinterColumns"] ?? null),
    SelectableFields: hoisted.selectableFields || !has(version, "selectableFields") ? null : objectsAt(version, "selectableFields").map((field) => ({ JSONPath: textAt(field, "jsonPath") })),
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
    deprecationWarning(found, `${path}.deprecationWarning`, version);
    if (!hoisted.schema && has(objectAt(version, "schema"), "openAPIV3Schema")) schemaRules(found, `${path}.schema.openAPIV3Schema`, schemaOf(version), { unchanged: isUnchanged(version, before), hasStatus: hasStatus(version) });
    if (!hoisted.subresources) subresources(found, `${path}.subresources`, objectAt(version, "subresources"));
    if (!hoisted.additionalPrinterColumns) printerColumns(found, `${path}.additionalPrinterColumns`, objectsAt(version, "additionalPrinterColumns"));
    if (!hoisted.selectableFields) selectableFields(found, `${path}.selectableFields`, objectsAt(version, "selectableFields"), schemaOf(version));
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

const hasStatus = (version: JsonObject): boolean => has(objectAt(version, "subresources"), "status");

function hoistedRules(found: Findings, list: readonly JsonObject[], hoisted: Hoisted, before: readonly JsonObject[]): void {
  const [first] = list;
  if (first === undefined) return;
  if (hoisted.schema && has(objectAt(first, "schema"), "openAPIV3Schema")) schemaRules(found, "spec.validation.openAPIV3Schema", schemaOf(first), { unchanged: isUnchanged(first, before), hasStatus: list.some(hasStatus) });
  if (hoisted.subresources) subresources(found, "spec.subresources", objectAt(first, "subresources"));
  if (hoisted.additionalPrinterColumns) printerColumns(found, "spec.additionalPrinterColumns", objectsAt(first, "additionalPrinterColumns"));
  if (hoisted.selectableFields) selectableFields(found, "spec.selectableFields", objectsAt(first, "selectableFields"), schemaOf(first));
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

const REVIEW_VERSIONS = ["v1", "v1beta1"];

function reviewVersions(found: Findings, path: string, versions: readonly string[]): void {
  if (versions.length === 0) {
    found.required(path);
    return;
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) found.invalid(`${path}[${i}]`, version, "duplicate version");
    else found.names(`${path}[${i}]`, version, dns1035LabelErrors(version));
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) found.invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(", ")}`);
}

function conversion(found: Findings, spec: JsonObject): void {
  if (!has(spec, "conversion")) return;
  const given = objectAt(spec, "conversion");
  const [strategy, webhook] = [textAt(given, "strategy"), objectAt(given, "webhook")];
  const [at, config, versions] = ["spec.conversion.webhookClientConfig", objectAt(webhook, "clientConfig"), listAt(webhook, "conversionReviewVersions").map(String)];
  found.oneOf("spec.conversion.strategy", strategy, ["None", "Webhook"]);
  const unwanted = "should not be set when strategy is not set to Webhook";
  if (strategy !== "Webhook") {
    if (has(webhook, "clientConfig")) found.forbidden(at, unwanted);
    if (versions.length > 0) found.forbidden("spec.conversion.conversionReviewVersions", unwanted);
    return;
  }
  if (!has(webhook, "clientConfig")) found.required(at, "required when strategy is set to Webhook");
  else if (has(config, "url") === has(config, "service")) found.required(at, "exactly one of url or service is required");
  else if (has(config, "url")) validateWebhookUrl(found, `${at}.url`, textAt(config, "url"));
  else validateWebhookService(found, `${at}.service`, objectAt(config, "service"));
  reviewVersions(found, "spec.conversion.conversionReviewVersions", versions);
}

function storedVersions(found: Findings, stored: readonly string[], list: readonly JsonObject[]): void {
  if (stored.length === 0) {
    found.invalid("status.storedVersions", null, "must have at least one stored version");
    return;
  }
  const known = list.map((version) => textAt(version, "name"));
  for (const version of list) if (version["storage"] === true && !stored.includes(textAt(version, "name"))) found.invalid("status.storedVersions", stored, `must have the storage version ${textAt(version, "name")}`);
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

const isEstablished = (object: KubeObject): boolean => objectsAt(statusOf(object), "conditions").some((condition) => textAt(condition, "type") === "Established" && textAt(condition, "status") === "True");

/** What may not change: the names of what there is in storage, and of the resource itself. */
function validateKept(found: Findings, object: KubeObject, previous: KubeObject): void {
  const [spec, before] = [specOf(object), specOf(previous)];
  const name = (field: string): void => immutable(found, `spec.names.${field}`, objectAt(spec, "names")[field], objectAt(before, "names")[field]);
  if (isEstablished(previous)) {
    immutable(found, "spec.scope", spec["scope"], before["scope"]);
    name("kind");
  }
  immutable(found, "spec.group", spec["group"], before["group"]);
  name("plural");
}

/** Everything wrong with a CustomResourceDefinition. */
export function validateCustomResourceDefinition(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("customresourcedefinition");
  const spec = specOf(object);
  const group = textAt(spec, "group");
  const full = `${textAt(objectAt(spec, "names"), "plural")}.${group}`;
  if (previous === undefined) validateMetadata(found, object, (name) => [...dns1123SubdomainErrors(name), ...(name === full ? [] : ['must be spec.names.plural+"."+spec.group'])]);
  else validateMetadataUpdate(found, object);
  groupRules(found, group);
  found.oneOf("spec.scope", textAt(spec, "scope"), ["Cluster", "Namespaced"]);
  const list = objectsAt(spec, "versions");
  const hoisted = hoistedIn(list);
  const before = previous === undefined ? [] : objectsAt(specOf(previous), "versions");
  versions(found, list, hoisted, before);
  names(found, spec);
  hoistedRules(found, list, hoisted, before);
  conversion(found, spec);
  if (previous !== undefined) validateKept(found, object, previous);
  storedVersions(found, listAt(statusOf(object), "storedVersions").map(String), list);
  approval(found, object, group);
  if (spec["preserveUnknownFields"] === true) found.invalid("spec.preserveUnknownFields", true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
  return found.errors;
}
