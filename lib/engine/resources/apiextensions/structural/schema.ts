/** Structural schemas of custom kinds, read as the plain JSON they are. Upstream: apiextensions-apiserver/pkg/apiserver/schema. */
import type { Json, JsonObject } from "../../../apimachinery/meta";
import { isObject, objectAt, textAt } from "../../json-object";

/** An OpenAPI v3 schema. */
export type Schema = JsonObject;

const NONE: Schema = {};

/** The schema of a declared property. */
export function propertyOf(schema: Schema, name: string): Schema | undefined {
  const properties = objectAt(schema, "properties");
  const found = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(found) ? found : undefined;
}

/** Names of the declared properties, in order. */
export function propertyNames(schema: Schema): readonly string[] {
  return Object.keys(objectAt(schema, "properties")).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The schema of entries that are not declared, if the schema lets there be any. */
export function additionalOf(schema: Schema): Schema | undefined {
  const found = schema["additionalProperties"];
  if (found === true) return NONE;
  return isObject(found) ? found : undefined;
}

/** The schema of a list's items. */
export function itemsOf(schema: Schema): Schema | undefined {
  const found = schema["items"];
  return isObject(found) ? found : undefined;
}

/** Is a flag of the schema set? */
export function flagged(schema: Schema, name: string): boolean {
  return schema[name] === true;
}

/** Does the schema keep what it does not declare? */
export const preserves = (schema: Schema): boolean => flagged(schema, "x-kubernetes-preserve-unknown-fields");

/** Whole numbers or text. */
export const isIntOrString = (schema: Schema): boolean => flagged(schema, "x-kubernetes-int-or-string");

/** An object of the API inside another. */
export const isEmbedded = (schema: Schema): boolean => flagged(schema, "x-kubernetes-embedded-resource");

/** What a list is: `atomic`, `set` or `map`. */
export const listTypeOf = (schema: Schema): string => textAt(schema, "x-kubernetes-list-type");

/** The keys that tell items of a list of type `map` apart. */
export function listKeysOf(schema: Schema): readonly string[] {
  const keys = schema["x-kubernetes-list-map-keys"];
  return Array.isArray(keys) ? (keys as readonly Json[]).filter((key): key is string => typeof key === "string") : [];
}

/** What JSON calls the type of a value, whole numbers told from others. */
export function typeNameOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

/** Where items of two lists belong together: by their keys where the list is a map, nowhere otherwise. */
export function counterpart(schema: Schema, item: Json, old: Json | undefined): Json | undefined {
  if (!Array.isArray(old) || !isObject(item) || listTypeOf(schema) !== "map") return undefined;
  const items = itemsOf(schema) ?? NONE;
  const key = (one: JsonObject): string => JSON.stringify(listKeysOf(schema).map((name) => one[name] ?? propertyOf(items, name)?.["default"] ?? null));
  const wanted = key(item);
  return (old as readonly Json[]).find((other) => isObject(other) && key(other) === wanted);
}
