/** Schemas as errors show them: the Go structures behind them. Upstream: apiextensions.JSONSchemaProps. */
import type { Json, JsonObject } from "../../../apimachinery/meta";
import { isObject, listAt, objectsAt, textAt } from "../../json-object";
import type { Schema } from "../structural/schema";

type Shape = "text" | "flag" | "value" | "schema" | "schemas" | "map" | "items" | "or-bool" | "dependencies" | "rules";

/** Every field of a schema: what Go calls it, what JSON calls it, and what it is. In Go's order. */
const FIELDS: readonly (readonly [go: string, json: string, shape: Shape])[] = [
  ["ID", "id", "text"],
  ["Schema", "$schema", "text"],
  ["Ref", "$ref", "value"],
  ["Description", "description", "text"],
  ["Type", "type", "text"],
  ["Nullable", "nullable", "flag"],
  ["Format", "format", "text"],
  ["Title", "title", "text"],
  ["Default", "default", "value"],
  ["Maximum", "maximum", "value"],
  ["ExclusiveMaximum", "exclusiveMaximum", "flag"],
  ["Minimum", "minimum", "value"],
  ["ExclusiveMinimum", "exclusiveMinimum", "flag"],
  ["MaxLength", "maxLength", "value"],
  ["MinLength", "minLength", "value"],
  ["Pattern", "pattern", "text"],
  ["MaxItems", "maxItems", "value"],
  ["MinItems", "minItems", "value"],
  ["UniqueItems", "uniqueItems", "flag"],
  ["MultipleOf", "multipleOf", "value"],
  ["Enum", "enum", "value"],
  ["MaxProperties", "maxProperties", "value"],
  ["MinProperties", "minProperties", "value"],
  ["Required", "required", "value"],
  ["Items", "items", "items"],
  ["AllOf", "allOf", "schemas"],
  ["OneOf", "oneOf", "schemas"],
  ["AnyOf", "anyOf", "schemas"],
  ["Not", "not", "schema"],
  ["Properties", "properties", "map"],
  ["AdditionalProperties", "additionalProperties", "or-bool"],
  ["PatternProperties", "patternProperties", "map"],
  ["Dependencies", "dependencies", "dependencies"],
  ["AdditionalItems", "additionalItems", "or-bool"],
  ["Definitions", "definitions", "map"],
  ["ExternalDocs", "externalDocs", "value"],
  ["Example", "example", "value"],
  ["XPreserveUnknownFields", "x-kubernetes-preserve-unknown-fields", "value"],
  ["XEmbeddedResource", "x-kubernetes-embedded-resource", "flag"],
  ["XIntOrString", "x-kubernetes-int-or-string", "flag"],
  ["XListMapKeys", "x-kubernetes-list-map-keys", "value"],
  ["XListType", "x-kubernetes-list-type", "value"],
  ["XMapType", "x-kubernetes-map-type", "value"],
  ["XValidations", "x-kubernetes-validations", "rules"],
];

/** Go's names of the fields a schema says anything in. */
export function fieldsSaid(schema: Schema): readonly string[] {
  return FIELDS.filter(([, json, shape]) => {
    const value = schema[json] ?? null;
    return value !== null && !(shape === "flag" && value === false) && !(shape === "text" && value === "");
  }).map(([go]) => go);
}

function mapped(value: Json | undefined, change: (inner: Json) => Json): Json {
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner ?? null)])) : null;
}

const inner = (value: Json | undefined): Json => (isObject(value) ? goSchema(value) : null);
const all = (values: readonly Json[]): Json => values.map((value) => inner(value));

/** A rule as errors show it. */
export function goRule(rule: Schema): JsonObject {
  return {
    Rule: textAt(rule, "rule"),
    Message: textAt(rule, "message"),
    MessageExpression: textAt(rule, "messageExpression"),
    Reason: textAt(rule, "reason") === "" ? null : textAt(rule, "reason"),
    FieldPath: textAt(rule, "fieldPath"),
    OptionalOldSelf: typeof rule["optionalOldSelf"] === "boolean" ? rule["optionalOldSelf"] : null,
  };
}

function shown(schema: Schema, json: string, shape: Shape): Json {
  const value = schema[json] ?? null;
  if (shape === "text") return textAt(schema, json);
  if (shape === "flag") return value === true;
  if (value === null || shape === "value") return value;
  if (shape === "schema") return inner(value);
  if (shape === "schemas") return all(listAt(schema, json));
  if (shape === "map") return mapped(value, inner);
  if (shape === "items") return Array.isArray(value) ? { Schema: null, JSONSchemas: all(listAt(schema, json)) } : { Schema: inner(value), JSONSchemas: null };
  if (shape === "or-bool") return typeof value === "boolean" ? { Allows: value, Schema: null } : { Allows: true, Schema: inner(value) };
  if (shape === "dependencies") return mapped(value, (one) => (Array.isArray(one) ? { Schema: null, Property: one } : { Schema: inner(one), Property: null }));
  return objectsAt(schema, json).map(goRule);
}

/** The structure behind a schema. */
export function goSchema(schema: Schema): JsonObject {
  return Object.fromEntries(FIELDS.map(([go, json, shape]) => [go, shown(schema, json, shape)]));
}
