/** The rules of CustomResourceDefinitions that a teaching cluster meets. Upstream: `apiextensions/validation`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1035LabelErrors, dns1123SubdomainErrors } from "../../../apimachinery/names";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, isObject, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata } from "../../meta-validation";

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];
const SCHEMA_TYPES = ["array", "boolean", "integer", "number", "object", "string"];

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

/** Does a default have the type its schema asks for? */
function defaultFits(schema: JsonObject, value: Json): boolean {
  const type = textAt(schema, "type");
  const actual = typeOf(value);
  if (value === null) return schema["nullable"] === true;
  if (schema["x-kubernetes-int-or-string"] === true) return actual === "integer" || actual === "string";
  return type === "" || actual === type || (type === "number" && actual === "integer");
}

function schemaRules(found: Findings, path: string, schema: JsonObject, root: boolean): void {
  const type = textAt(schema, "type");
  const loose = schema["x-kubernetes-preserve-unknown-fields"] === true || schema["x-kubernetes-int-or-string"] === true;
  if (type === "" && (root || !loose)) found.required(`${path}.type`, root ? "must not be empty at the root" : "must not be empty for specified object fields");
  else if (type !== "" && !SCHEMA_TYPES.includes(type)) found.notSupported(`${path}.type`, type, SCHEMA_TYPES);
  else if (root && type !== "object") found.invalid(`${path}.type`, type, "must be object at the root");
  const value = schema["default"];
  if (value !== undefined && !root && !defaultFits(schema, value)) {
    found.invalid(`${path}.default`, typeOf(value), ` in body must be of type ${type}: ${JSON.stringify(typeOf(value))}`);
  }
  if (type === "array" && !has(schema, "items")) found.required(`${path}.items`, "must be specified");
  if (has(schema, "properties") && has(schema, "additionalProperties")) found.forbidden(`${path}.additionalProperties`, "must not be used together with properties");
  for (const [name, inner] of Object.entries(objectAt(schema, "properties"))) if (isObject(inner)) schemaRules(found, `${path}.properties[${name}]`, inner, false);
  for (const field of ["items", "additionalProperties"]) if (has(schema, field) && isObject(schema[field])) schemaRules(found, `${path}.${field}`, objectAt(schema, field), false);
}

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

/** With a single version, upstream tells of its schema and columns as of the whole definition's. */
function versions(found: Findings, spec: JsonObject): void {
  const list = objectsAt(spec, "versions");
  const names = list.map((version) => textAt(version, "name"));
  list.forEach((version, i) => {
    const path = `spec.versions[${i}]`;
    const single = list.length === 1;
    const name = names[i] ?? "";
    found.names(`${path}.name`, name, dns1035LabelErrors(name));
    if (names.indexOf(name) < i) found.invalid(`${path}.name`, name, "must be unique");
    const schema = objectAt(objectAt(version, "schema"), "openAPIV3Schema");
    if (!has(objectAt(version, "schema"), "openAPIV3Schema")) found.required(`${path}.schema.openAPIV3Schema`);
    else schemaRules(found, single ? "spec.validation.openAPIV3Schema" : `${path}.schema.openAPIV3Schema`, schema, true);
    printerColumns(found, single ? "spec.additionalPrinterColumns" : `${path}.additionalPrinterColumns`, objectsAt(version, "additionalPrinterColumns"));
  });
  if (list.length === 0) found.required("spec.versions");
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
  versions(found, spec);
  names(found, spec);
  if (previous !== undefined) {
    for (const field of ["group", "scope"]) immutable(found, `spec.${field}`, spec[field], specOf(previous)[field]);
    for (const field of ["plural", "kind"]) immutable(found, `spec.names.${field}`, objectAt(spec, "names")[field], objectAt(specOf(previous), "names")[field]);
  }
  return found.errors;
}
