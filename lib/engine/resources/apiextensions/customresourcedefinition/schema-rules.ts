/** What a schema of a custom kind must be like. Upstream: apiextensions/validation, schema.ValidateStructural. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { Json, JsonObject } from "../../../apimachinery/meta";
import { compilePattern, PatternError } from "../../../cel/index";
import type { Findings } from "../../findings";
import { has, isObject, listAt, objectAt, textAt } from "../../json-object";
import { checkAgainst } from "../structural/check";
import { additionalOf, flagged, isEmbedded, isIntOrString, itemsOf, listKeysOf, listTypeOf, preserves, propertyNames, propertyOf, type Schema } from "../structural/schema";
import { mostInside } from "../structural/sizes";
import { ruleProblems } from "./cel-rules";
import { repeated, RuleCosts } from "./rule-costs";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];
const NAMES = { root: "must not be empty at the root", field: "must not be empty for specified object fields", item: "must not be empty for specified array items" } as const;

/** Where a schema stands in the whole. */
interface Place {
  readonly path: string;
  readonly as: keyof typeof NAMES;
  /** Can what stands here be told apart from what stood here before? The place where that ends, if it does. */
  readonly uncorrelatable: string | undefined;
  /** How often it can occur; undefined where nothing bounds it. */
  readonly cardinality: number | undefined;
}

/** What is found out about rules on the way down. */
interface RulesFound {
  readonly problems: FieldError[];
  readonly costs: RuleCosts;
}

function typeRules(found: Findings, schema: Schema, { path, as }: Place): void {
  const type = textAt(schema, "type");
  if (type === "null") found.forbidden(`${path}.type`, "type cannot be set to null, use nullable as an alternative");
  else if (type !== "" && !TYPES.includes(type)) found.notSupported(`${path}.type`, type, TYPES);
  const free = isIntOrString(schema) || (preserves(schema) && as !== "root");
  if (type === "" && !free) found.required(`${path}.type`, NAMES[as]);
  else if (as === "root" && type !== "" && type !== "object" && TYPES.includes(type)) found.invalid(`${path}.type`, type, "must be object at the root");
  if (isIntOrString(schema) && type !== "") found.forbidden(`${path}.type`, "must be empty if x-kubernetes-int-or-string is true");
  if (isEmbedded(schema)) {
    if (type !== "object") found.invalid(`${path}.type`, type, "must be object if x-kubernetes-embedded-resource is true");
    if (propertyNames(schema).length === 0 && !preserves(schema)) found.required(`${path}.properties`, "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
  }
}

function containerRules(found: Findings, schema: Schema, path: string): void {
  if (textAt(schema, "type") === "array" && !has(schema, "items")) found.required(`${path}.items`, "must be specified");
  if (Array.isArray(schema["items"])) found.forbidden(`${path}.items`, "items must be a schema object and not an array");
  if (schema["additionalProperties"] === false) found.forbidden(`${path}.additionalProperties`, "additionalProperties cannot be set to false");
  else if (has(schema, "additionalProperties") && propertyNames(schema).length > 0) found.forbidden(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive");
  if (flagged(schema, "uniqueItems")) found.forbidden(`${path}.uniqueItems`, "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
  for (const field of ["id", "patternProperties", "definitions", "dependencies", "$ref", "additionalItems"]) if (has(schema, field)) found.forbidden(`${path}.${field}`, `${field} is not supported`);
  const pattern = textAt(schema, "pattern");
  if (pattern !== "") {
    try {
      compilePattern(pattern);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      found.invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${error.message}`);
    }
  }
}

function listRules(found: Findings, schema: Schema, path: string): void {
  const type = listTypeOf(schema);
  const keys = listKeysOf(schema);
  if (type !== "" && textAt(schema, "type") !== "array") found.invalid(`${path}.type`, textAt(schema, "type"), "must be array if x-kubernetes-list-type is specified");
  if (type !== "" && !["atomic", "map", "set"].includes(type)) found.notSupported(`${path}.x-kubernetes-list-type`, type, ["atomic", "map", "set"]);
  if (keys.length > 0 && type !== "map") found.invalid(`${path}.x-kubernetes-list-type`, type === "" ? null : type, 'must be map if x-kubernetes-list-map-keys is non-empty');
  const mapType = textAt(schema, "x-kubernetes-map-type");
  if (mapType !== "" && !["atomic", "granular"].includes(mapType)) found.notSupported(`${path}.x-kubernetes-map-type`, mapType, ["atomic", "granular"]);
  if (type !== "map") return;
  if (keys.length === 0) {
    found.required(`${path}.x-kubernetes-list-map-keys`, "must not be empty if x-kubernetes-list-type is map");
    return;
  }
  const items = itemsOf(schema) ?? {};
  if (textAt(items, "type") !== "object") {
    found.invalid(`${path}.items.type`, textAt(items, "type"), "must be object if parent array's x-kubernetes-list-type is map");
    return;
  }
  keys.forEach((key, i) => {
    const property = propertyOf(items, key);
    if (property === undefined) found.invalid(`${path}.x-kubernetes-list-map-keys`, [...keys], `entries must all be names of item properties`);
    else if (property["default"] === undefined && !listAt(items, "required").includes(key)) found.required(`${path}.items.properties[${key}].default`, "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
    else if (keys.indexOf(key) < i) found.invalid(`${path}.x-kubernetes-list-map-keys`, [...keys], "must not contain duplicate entries");
  });
}

/** A default must satisfy its own schema. */
function defaultRules(found: Findings, schema: Schema, { path, as }: Place): void {
  const value = schema["default"];
  if (value === undefined) return;
  if (as === "root") {
    found.forbidden(`${path}.default`, "must not be set");
    return;
  }
  for (const problem of checkAgainst(schema, value)) {
    const at = problem.path === "<nil>" ? `${path}.default` : `${path}.default.${problem.path}`;
    found.errors.push({ ...problem, path: at, origin: "customresourcedefinition.default" });
  }
}

const NOT_STRUCTURAL: readonly (readonly [field: string, detail: string])[] = [
  ["type", "must be empty to be structural"],
  ["default", "must be undefined to be structural"],
  ["title", "must be empty to be structural"],
  ["description", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
  ["additionalProperties", "must be undefined to be structural"],
];

/** Inside `allOf` and its like values are judged; what they are is told outside. */
function nestedRules(found: Findings, schema: Schema, path: string, depth: number): void {
  const combinations: readonly (readonly [string, Json])[] = ["allOf", "anyOf", "oneOf"].flatMap((key) => listAt(schema, key).map((inner, i) => [`${path}.${key}[${i}]`, inner] as const));
  const all: readonly (readonly [string, Json])[] = [...combinations, ...(isObject(schema["not"]) ? [[`${path}.not`, schema["not"]] as const] : [])];
  if (depth > 20) return;
  for (const [at, inner] of all) if (isObject(inner)) forbidStructure(found, inner, at, isIntOrString(schema), depth + 1);
}

function forbidStructure(found: Findings, schema: Schema, path: string, intOrString: boolean, depth: number): void {
  for (const [field, detail] of NOT_STRUCTURAL) {
    // The one exception: what int-or-string may be is said with types.
    if (field === "type" && intOrString && ["integer", "string"].includes(textAt(schema, "type"))) continue;
    if (has(schema, field) && schema[field] !== false && schema[field] !== "") found.forbidden(`${path}.${field}`, detail);
  }
  for (const name of propertyNames(schema)) forbidStructure(found, propertyOf(schema, name) ?? {}, `${path}.properties[${name}]`, false, depth + 1);
  const items = itemsOf(schema);
  if (items !== undefined) forbidStructure(found, items, `${path}.items`, false, depth + 1);
  nestedRules(found, schema, path, depth);
}

function metadataRules(found: Findings, schema: Schema, path: string): void {
  const metadata = propertyOf(schema, "metadata");
  if (metadata === undefined) return;
  if (textAt(metadata, "type") !== "object") found.invalid(`${path}.properties[metadata].type`, textAt(metadata, "type"), "must be object");
  if (propertyNames(metadata).some((name) => name !== "name" && name !== "generateName")) found.forbidden(`${path}.properties[metadata]`, "must not specify anything other than name and generateName, but metadata is implicitly specified");
}

/** Everything wrong with a schema, from its root down. `unchanged` when it was accepted before as it is. */
export function schemaRules(found: Findings, path: string, schema: JsonObject, unchanged: boolean): void {
  const cel: RulesFound = { problems: [], costs: new RuleCosts(unchanged) };
  walk(found, cel, schema, { path, as: "root", uncorrelatable: undefined, cardinality: 1 }, 0);
  found.errors.push(...cel.problems, ...cel.costs.problems(path));
}

function walk(found: Findings, cel: RulesFound, schema: Schema, place: Place, depth: number): void {
  if (depth > 60) return;
  const { path, uncorrelatable } = place;
  typeRules(found, schema, place);
  if (place.as === "root" || isEmbedded(schema)) metadataRules(found, schema, path);
  containerRules(found, schema, path);
  listRules(found, schema, path);
  nestedRules(found, schema, path, 0);
  defaultRules(found, schema, place);
  cel.problems.push(...ruleProblems(schema, { path, isResource: place.as === "root" || isEmbedded(schema), uncorrelatable, cardinality: place.cardinality }, cel.costs));
  const inside = mostInside(schema);
  const cardinality = place.cardinality === undefined || inside === undefined ? undefined : repeated(place.cardinality, inside);
  const own = textAt(schema, "x-kubernetes-map-type") === "atomic" ? (uncorrelatable ?? path) : uncorrelatable;
  for (const name of propertyNames(schema)) walk(found, cel, propertyOf(schema, name) ?? {}, { path: `${path}.properties[${name}]`, as: "field", uncorrelatable: own, cardinality }, depth + 1);
  const others = additionalOf(schema);
  if (others !== undefined && isObject(schema["additionalProperties"])) walk(found, cel, others, { path: `${path}.additionalProperties`, as: "field", uncorrelatable: own, cardinality }, depth + 1);
  const items = itemsOf(schema);
  if (items !== undefined) walk(found, cel, items, { path: `${path}.items`, as: "item", uncorrelatable: listTypeOf(schema) === "map" ? own : (own ?? path), cardinality }, depth + 1);
}

/** The schema of a version. */
export function schemaOf(version: JsonObject): JsonObject {
  return objectAt(objectAt(version, "schema"), "openAPIV3Schema");
}
