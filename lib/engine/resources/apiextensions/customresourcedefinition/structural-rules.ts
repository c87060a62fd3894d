/** What makes a schema structural. Upstream: apiextensions-apiserver/pkg/apiserver/schema, ValidateStructural. */
import { fieldErrorText, type FieldError } from "../../../apimachinery/api-error";
import { compareStrings, deepEqual } from "../../../apimachinery/compare";
import type { JsonObject } from "../../../apimachinery/meta";
import { compilePattern, PatternError } from "../../../cel/index";
import { Findings } from "../../findings";
import { has, isObject, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { flagged, isEmbedded, isIntOrString, itemsOf, preserves, propertyNames, propertyOf, type Schema } from "../structural/schema";

const UNTYPED = { root: "must not be empty at the root", field: "must not be empty for specified object fields", item: "must not be empty for specified array items" } as const;
type Level = keyof typeof UNTYPED;

/** What no structural schema has, though JSON schemas do. */
const UNSUPPORTED = ["id", "$schema", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions"];

/** Why a schema cannot be read as a structural one at all, if it cannot. Upstream: NewStructural. */
export function notStructural(schema: Schema): string | undefined {
  const unsupported = UNSUPPORTED.find((field) => has(schema, field) && schema[field] !== "" && !(isObject(schema[field]) && field !== "additionalItems" && Object.keys(schema[field]).length === 0));
  if (unsupported !== undefined) return `OpenAPIV3Schema '${unsupported === "$schema" ? "schema" : unsupported}' is not supported`;
  if (Array.isArray(schema["items"]) && schema["items"].length > 0) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  const parts = [...["not", "items", "additionalProperties"].flatMap((field) => (isObject(schema[field]) ? [schema[field]] : [])), ...["allOf", "anyOf", "oneOf"].flatMap((field) => objectsAt(schema, field)), ...propertyNames(schema).map((name) => propertyOf(schema, name) ?? {})];
  for (const part of parts) {
    const problem = notStructural(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** All that keeps a schema from being structural, in the order of the texts. */
export function structuralProblems(path: string, schema: Schema): readonly FieldError[] {
  const found = new Findings("customresourcedefinition");
  invariants(found, schema, path, "root");
  completeness(found, schema, schema, path, path);
  return [...found.errors].sort((a, b) => compareStrings(fieldErrorText(a), fieldErrorText(b)));
}

function invariants(found: Findings, schema: Schema, path: string, level: Level): void {
  const items = itemsOf(schema);
  if (textAt(schema, "type") === "array" && items === undefined) found.required(`${path}.items`, "must be specified");
  if (items !== undefined) invariants(found, items, `${path}.items`, "item");
  for (const name of propertyNames(schema)) invariants(found, propertyOf(schema, name) ?? {}, `${path}.properties[${name}]`, "field");
  const others = schema["additionalProperties"];
  if (has(schema, "additionalProperties") && level === "root") found.forbidden(`${path}.additionalProperties`, "must not be used at the root");
  if (isObject(others)) invariants(found, others, `${path}.additionalProperties`, "field");
  extensions(found, schema, path);
  values(found, schema, path, isIntOrStringPattern(schema), isIntOrStringPattern(objectsAt(schema, "allOf")[0] ?? {}));
  types(found, schema, path, level);
  ofEveryObject(found, schema, path, level);
  if (isEmbedded(schema) && !preserves(schema) && propertyNames(schema).length === 0) found.required(`${path}.properties`, "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
}

function extensions(found: Findings, schema: Schema, path: string): void {
  for (const extension of ["preserve-unknown-fields", "embedded-resource"]) {
    if (isIntOrString(schema) && flagged(schema, `x-kubernetes-${extension}`)) found.invalid(`${path}.x-kubernetes-${extension}`, true, "must be false if x-kubernetes-int-or-string is true");
  }
}

function types(found: Findings, schema: Schema, path: string, level: Level): void {
  const type = textAt(schema, "type");
  const embedded = "must be object if x-kubernetes-embedded-resource is true";
  if (isEmbedded(schema) && type === "") found.required(`${path}.type`, embedded);
  else if (isEmbedded(schema) && type !== "object") found.invalid(`${path}.type`, type, embedded);
  else if (type === "" && !isIntOrString(schema) && !preserves(schema)) found.required(`${path}.type`, UNTYPED[level]);
  if (isEmbedded(schema) && has(schema, "additionalProperties")) found.forbidden(`${path}.additionalProperties`, "must not be used if x-kubernetes-embedded-resource is set");
  if (level === "root" && type !== "" && type !== "object") found.invalid(`${path}.type`, type, "must be object at the root");
}

/** What a schema of metadata may say: whether there is a name, and what it is like. */
function saysMore(metadata: Schema): boolean {
  const names = propertyNames(metadata);
  const onNames = names.length > 0 && names.every((name) => name === "name" || name === "generateName");
  return Object.keys(metadata).some((field) => !["type", "default", "externalDocs", "example"].includes(field) && !(field === "properties" && onNames) && has(metadata, field) && metadata[field] !== "" && metadata[field] !== false);
}

function ofEveryObject(found: Findings, schema: Schema, path: string, level: Level): void {
  if (level !== "root" && !isEmbedded(schema)) return;
  for (const [name, wanted] of [["kind", "string"], ["apiVersion", "string"], ["metadata", "object"]] as const) {
    const property = propertyOf(schema, name);
    if (property !== undefined && textAt(property, "type") !== wanted) found.invalid(`${path}.properties[${name}].type`, textAt(property, "type"), `must be ${wanted}`);
  }
  const metadata = propertyOf(schema, "metadata");
  if (level === "root" && metadata !== undefined && saysMore(metadata)) found.forbidden(`${path}.properties[metadata]`, "must not specify anything other than name and generateName, but metadata is implicitly specified");
}

/** The one place types may stand in alternatives: what int-or-string may be is said so. */
function isIntOrStringPattern(schema: Schema): boolean {
  return deepEqual(listAt(schema, "anyOf"), [{ type: "integer" }, { type: "string" }]);
}

/** Inside `allOf` and its like values are judged; what they are is told outside. */
function values(found: Findings, schema: Schema, path: string, skipAny: boolean, skipFirst: boolean): void {
  if (!skipAny) objectsAt(schema, "anyOf").forEach((one, i) => nested(found, one, `${path}.anyOf[${i}]`, false));
  objectsAt(schema, "allOf").forEach((one, i) => nested(found, one, `${path}.allOf[${i}]`, skipFirst && i === 0));
  objectsAt(schema, "oneOf").forEach((one, i) => nested(found, one, `${path}.oneOf[${i}]`, false));
  if (isObject(schema["not"])) nested(found, schema["not"], `${path}.not`, false);
  const pattern = textAt(schema, "pattern");
  if (pattern === "") return;
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    found.invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${error.message}`);
  }
}

const NOT_STRUCTURAL: readonly (readonly [field: string, detail: string])[] = [
  ["type", "must be empty to be structural"],
  ["additionalProperties", "must be undefined to be structural"],
  ["default", "must be undefined to be structural"],
  ["title", "must be empty to be structural"],
  ["description", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
  ["x-kubernetes-preserve-unknown-fields", "must be false to be structural"],
  ["x-kubernetes-embedded-resource", "must be false to be structural"],
  ["x-kubernetes-int-or-string", "must be false to be structural"],
  ["x-kubernetes-list-map-keys", "must be empty to be structural"],
  ["x-kubernetes-list-type", "must be undefined to be structural"],
  ["x-kubernetes-map-type", "must be undefined to be structural"],
  ["x-kubernetes-validations", "must be empty to be structural"],
];

const isEmptyList = (schema: Schema, field: string): boolean => Array.isArray(schema[field]) && listAt(schema, field).length === 0;

function nested(found: Findings, schema: Schema, path: string, skipAny: boolean): void {
  values(found, schema, path, skipAny, false);
  const items = itemsOf(schema);
  if (items !== undefined) nested(found, items, `${path}.items`, false);
  for (const name of propertyNames(schema)) nested(found, propertyOf(schema, name) ?? {}, `${path}.properties[${name}]`, false);
  for (const [field, detail] of NOT_STRUCTURAL) {
    if (has(schema, field) && (schema[field] !== false || field === "additionalProperties") && schema[field] !== "" && !isEmptyList(schema, field)) found.forbidden(`${path}.${field}`, detail);
  }
  if (propertyOf(schema, "metadata") !== undefined) found.forbidden(`${path}.properties[metadata]`, "must not be specified in a nested context");
}

/** Whatever is judged is declared: `judging` stands at `at`, what it is about at `path`. */
function completeness(found: Findings, judging: Schema, declared: Schema, path: string, at: string): void {
  const every: readonly (readonly [string, JsonObject])[] = [...(isObject(judging["not"]) ? [["not", judging["not"]] as const] : []), ...["allOf", "anyOf", "oneOf"].flatMap((field) => objectsAt(judging, field).map((one, i) => [`${field}[${i}]`, one] as const))];
  for (const [key, one] of every) nestedCompleteness(found, one, declared, path, `${at}.${key}`);
}

function nestedCompleteness(found: Findings, judging: Schema, declared: Schema | undefined, path: string, at: string): void {
  if (declared === undefined) {
    found.required(path, `because it is defined in ${at}`);
    return;
  }
  completeness(found, judging, declared, path, at);
  const items = itemsOf(judging);
  if (items !== undefined) nestedCompleteness(found, items, itemsOf(declared), `${path}.items`, `${at}.items`);
  for (const name of Object.keys(objectAt(judging, "properties"))) nestedCompleteness(found, propertyOf(judging, name) ?? {}, propertyOf(declared, name), `${path}.properties[${name}]`, `${at}.properties[${name}]`);
}
