/** What a schema of a custom kind must be like. Upstream: apiextensions/validation, validateCustomResourceDefinitionValidation. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject } from "../../../apimachinery/meta";
import { Findings } from "../../findings";
import { has, isObject, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { flagged, isEmbedded, itemsOf, listKeysOf, listTypeOf, propertyNames, propertyOf, type Schema } from "../structural/schema";
import { mostInside } from "../structural/sizes";
import { goJson, ruleProblems, ruleWords } from "./cel-rules";
import { defaultProblems } from "./default-rules";
import { repeated, RuleCosts } from "./rule-costs";
import { fieldsSaid, goSchema } from "./shown-schema";
import { notStructural, structuralProblems } from "./structural-rules";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];
const META_FIELDS = ["metadata", "kind", "apiVersion"];

/** All a schema may say at its root where the status of objects is apart. */
const AT_ROOT = "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations".split(" ");

/** Where a schema stands in the whole. */
interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** Why there must be no default here, if there must be none. */
  readonly noDefault: string | undefined;
  readonly insideMeta: boolean;
  /** Can what stands here be told apart from what stood here before? The place where that ends, if it does. */
  readonly uncorrelatable: string | undefined;
  /** How often it can occur; undefined where nothing bounds it. */
  readonly cardinality: number | undefined;
  /** Are rules looked at here? */
  readonly ruled: boolean;
}

/** What is found out on the way down: what is wrong with the schema, and with its rules. */
interface Found {
  readonly schema: Findings;
  readonly rules: FieldError[];
  readonly costs: RuleCosts;
}

function standard(found: Findings, schema: Schema, { path, noDefault, insideMeta }: Place): void {
  const type = textAt(schema, "type");
  if (type !== "" && !TYPES.includes(type)) found.notSupported(`${path}.type`, type, TYPES);
  if (schema["default"] !== undefined && noDefault !== undefined) found.forbidden(`${path}.default`, `must not be set ${noDefault}`);
  for (const field of ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"]) if (has(schema, field) && schema[field] !== "") found.forbidden(`${path}.${field}`, `${field} is not supported`);
  if (type === "null") found.forbidden(`${path}.type`, "type cannot be set to null, use nullable as an alternative");
  if (listAt(schema, "items").length > 0) found.forbidden(`${path}.items`, "items must be a schema object and not an array");
  if (insideMeta && isEmbedded(schema)) found.forbidden(`${path}.x-kubernetes-embedded-resource`, "must not be used inside of resource meta");
  if (flagged(schema, "uniqueItems")) found.forbidden(`${path}.uniqueItems`, "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
}

function mustBe(found: Findings, schema: Schema, path: string, wanted: string, extension: string): void {
  const type = textAt(schema, "type");
  if (type === "") found.required(`${path}.type`, `must be ${wanted} if ${extension} is specified`);
  else found.invalid(`${path}.type`, type, `must be ${wanted} if ${extension} is specified`);
}

function shapeRules(found: Findings, schema: Schema, path: string): void {
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) found.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined");
  const mapType = textAt(schema, "x-kubernetes-map-type");
  if (has(schema, "x-kubernetes-map-type") && textAt(schema, "type") !== "object") mustBe(found, schema, path, "object", "x-kubernetes-map-type");
  if (has(schema, "x-kubernetes-map-type") && !["atomic", "granular"].includes(mapType)) found.notSupported(`${path}.x-kubernetes-map-type`, mapType, ["atomic", "granular"]);
  const [listed, type, keys, items] = [has(schema, "x-kubernetes-list-type"), listTypeOf(schema), listKeysOf(schema), itemsOf(schema)];
  if (listed && textAt(schema, "type") !== "array") mustBe(found, schema, path, "array", "x-kubernetes-list-type");
  else if (type === "set" && items !== undefined) setItems(found, items, `${path}.items`);
  if (listed && !["atomic", "set", "map"].includes(type)) found.notSupported(`${path}.x-kubernetes-list-type`, type, ["atomic", "set", "map"]);
  const keyed = "must be map if x-kubernetes-list-map-keys is non-empty";
  if (keys.length > 0 && !listed) found.required(`${path}.x-kubernetes-list-type`, keyed);
  else if (keys.length > 0 && type !== "map") found.invalid(`${path}.x-kubernetes-list-type`, type, keyed);
  if (type === "map") mapItems(found, schema, path, keys);
  if ((type === "map" || type === "set") && items !== undefined) notNullable(found, items, `${path}.items`, type, keys);
}

/** Items of a set are told apart as wholes. */
function setItems(found: Findings, items: Schema, path: string): void {
  const detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
  const type = items["x-kubernetes-list-type"] ?? null;
  if (textAt(items, "type") === "array" && type !== null && type !== "atomic") found.invalid(`${path}.x-kubernetes-list-type`, type, detail);
  if (textAt(items, "type") === "object" && textAt(items, "x-kubernetes-map-type") !== "atomic") found.invalid(`${path}.x-kubernetes-map-type`, type, detail);
}

function mapItems(found: Findings, schema: Schema, path: string, keys: readonly string[]): void {
  const items = itemsOf(schema);
  if (keys.length === 0) found.required(`${path}.x-kubernetes-list-map-keys`, "must not be empty if x-kubernetes-list-type is map");
  if (!has(schema, "items")) found.required(`${path}.items`, "must have a schema if x-kubernetes-list-type is map");
  if (items === undefined) return;
  if (textAt(items, "type") !== "object") {
    found.invalid(`${path}.items.type`, textAt(items, "type"), "must be object if parent array's x-kubernetes-list-type is map");
    return;
  }
  keys.forEach((key, i) => {
    const property = propertyOf(items, key);
    // Upstream shows the type of the items.
    if (property === undefined) found.invalid(`${path}.x-kubernetes-list-map-keys`, [...keys], "entries must all be names of item properties");
    else if (["array", "object"].includes(textAt(property, "type"))) found.invalid(`${path}.items.properties[${key}].type`, "object", "must be a scalar type if parent array's x-kubernetes-list-type is map");
    if (keys.indexOf(key) < i) found.invalid(`${path}.x-kubernetes-list-map-keys`, [...keys], "must not contain duplicate entries");
  });
}

function notNullable(found: Findings, items: Schema, path: string, type: string, keys: readonly string[]): void {
  if (flagged(items, "nullable")) found.forbidden(`${path}.nullable`, `cannot be nullable when x-kubernetes-list-type is ${type}`);
  for (const key of type === "map" ? keys : []) {
    const property = propertyOf(items, key);
    if (property === undefined) continue;
    const at = `${path}.properties[${key}]`;
    if (property["default"] === undefined && !listAt(items, "required").includes(key)) found.required(`${at}.default`, "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
    if (flagged(property, "nullable")) found.forbidden(`${at}.nullable`, "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
  }
}

function rootRules(found: Findings, path: string, schema: Schema, hasStatus: boolean): void {
  for (const field of hasStatus ? fieldsSaid(schema) : []) {
    if (AT_ROOT.includes(field) && (field !== "Type" || textAt(schema, "type") === "object")) continue;
    if (field === "Type") found.invalid(`${path}.type`, textAt(schema, "type"), 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled');
    else found.errors.push({ code: "invalid", path, shown: goJson(goSchema(schema)), detail: `only [${AT_ROOT.join(" ")}] fields are allowed at the root of the schema if the status subresource is enabled`, origin: "customresourcedefinition.root" });
    break;
  }
  if (flagged(schema, "nullable")) found.forbidden(`${path}.nullable`, "nullable cannot be true at the root");
}

/** What is known of a schema besides what it says. */
export interface SchemaContext {
  /** It was accepted before as it is. */
  readonly unchanged: boolean;
  /** Objects have their status apart. */
  readonly hasStatus: boolean;
}

/** Everything wrong with a schema, from its root down. */
export function schemaRules(into: Findings, path: string, schema: JsonObject, { unchanged, hasStatus }: SchemaContext): void {
  const found = new Findings("customresourcedefinition");
  rootRules(found, path, schema, hasStatus);
  const unreadable = notStructural(schema);
  const structural = unreadable === undefined ? structuralProblems(path, schema) : [];
  const defaults = unreadable === undefined && structural.length === 0 ? defaultProblems(path, schema) : [];
  found.errors.push(...structural, ...defaults);
  // Rules are only looked at where the types they are about are sound.
  const ruled = unreadable === undefined && structural.length === 0 && defaults.length === 0;
  const walked: Found = { schema: new Findings("customresourcedefinition"), rules: [], costs: new RuleCosts(unchanged) };
  walk(walked, schema, { path, isRoot: true, noDefault: undefined, insideMeta: false, uncorrelatable: undefined, cardinality: 1, ruled }, 0);
  found.errors.push(...walked.schema.errors, ...walked.rules);
  if (found.errors.length === 0 && unreadable !== undefined) found.invalid(path, "", unreadable);
  found.errors.push(...walked.costs.problems(path));
  into.errors.push(...found.errors);
}

function walk(found: Found, schema: Schema, place: Place, depth: number): void {
  if (depth > 60) return;
  const { path, uncorrelatable } = place;
  const sound = found.schema.errors.length;
  standard(found.schema, schema, place);
  const inside = mostInside(schema);
  const cardinality = place.cardinality === undefined || inside === undefined ? undefined : repeated(place.cardinality, inside);
  const deeper = (inner: Schema, at: string, more: Partial<Place> = {}): void => walk(found, inner, { ...place, isRoot: false, cardinality, ...more, path: `${path}.${at}` }, depth + 1);
  const others = schema["additionalProperties"];
  if (has(schema, "additionalProperties") && others !== true && propertyNames(schema).length > 0) found.schema.forbidden(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive");
  if (isObject(others)) deeper(others, "additionalProperties", place.insideMeta ? { noDefault: "inside additionalProperties applying to object metadata" } : {});
  const own = textAt(schema, "x-kubernetes-map-type") === "atomic" ? (uncorrelatable ?? path) : uncorrelatable;
  for (const name of propertyNames(schema)) {
    const isMeta = (place.isRoot || isEmbedded(schema)) && META_FIELDS.includes(name);
    deeper(propertyOf(schema, name) ?? {}, `properties[${name}]`, { uncorrelatable: own, ...(isMeta ? { insideMeta: true } : {}), ...(isMeta && place.isRoot ? { noDefault: `in top-level ${name}` } : {}) });
  }
  if (isObject(schema["not"])) deeper(schema["not"], "not", { ruled: false });
  for (const field of ["allOf", "oneOf", "anyOf"]) objectsAt(schema, field).forEach((inner, i) => deeper(inner, `${field}[${i}]`, { ruled: false }));
  const items = itemsOf(schema);
  if (items !== undefined) deeper(items, "items", { uncorrelatable: listTypeOf(schema) === "map" ? uncorrelatable : (uncorrelatable ?? path) });
  shapeRules(found.schema, schema, path);
  found.schema.errors.push(...ruleWords(schema, path));
  if (place.ruled && found.schema.errors.length === sound) found.rules.push(...ruleProblems(schema, { path, isResource: place.isRoot || isEmbedded(schema), uncorrelatable, cardinality: place.cardinality }, found.costs));
}

/** The schema of a version. */
export function schemaOf(version: JsonObject): JsonObject {
  return objectAt(objectAt(version, "schema"), "openAPIV3Schema");
}
