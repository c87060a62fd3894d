/** Reading and completing plain JSON objects, the way defaults and validation need it. */
import type { Json, JsonObject } from "../apimachinery/meta";

const NOTHING: JsonObject = {};
const NO_LIST: readonly Json[] = [];

/** Is this a JSON object? */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object under a key; an empty one when there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isObject(value) ? value : NOTHING;
}

/** The list under a key; an empty one when there is none. */
export function listAt(object: JsonObject, key: string): readonly Json[] {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return Array.isArray(value) ? (value as readonly Json[]) : NO_LIST;
}

/** The objects in the list under a key. */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  return listAt(object, key).map((item) => (isObject(item) ? item : NOTHING));
}

/** The text under a key; `""` when there is none. */
export function textAt(object: JsonObject, key: string): string {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === "string" ? value : "";
}

/** The number under a key, if there is one. */
export function numberAt(object: JsonObject, key: string): number | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === "number" ? value : undefined;
}

/** Is the key present with a value? */
export function has(object: JsonObject, key: string): boolean {
  return Object.hasOwn(object, key) && object[key] !== undefined && object[key] !== null;
}

/** The object completed with what it lacks. The same object when it lacks nothing. */
export function filled(object: JsonObject, defaults: JsonObject): JsonObject {
  for (const key of Object.keys(defaults)) if (!has(object, key) && defaults[key] !== undefined) return { ...defaults, ...defined(object) };
  return object;
}

function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}

/** The object with one field changed by a function, if it has that field as an object. */
export function changed(object: JsonObject, key: string, change: (inner: JsonObject) => JsonObject): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (!isObject(value)) return object;
  const next = change(value);
  return next === value ? object : { ...object, [key]: next };
}

/** Frozen objects that a completion left as they were, by completion. A memory of answers: it changes none. */
const complete = new WeakMap<object, WeakSet<object>>();

/**
 * As {@link changed}, for completing a part that is mostly complete already. `change` must be a constant function
 * that leaves complete parts alone: what it once left alone while frozen it is not shown again.
 */
export function completed(object: JsonObject, key: string, change: (inner: JsonObject) => JsonObject): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (!isObject(value)) return object;
  const known = complete.get(change) ?? new WeakSet<object>();
  if (known.has(value)) return object;
  const next = change(value);
  if (next !== value) return { ...object, [key]: next };
  if (Object.isFrozen(value)) complete.set(change, known.add(value));
  return object;
}

/** As {@link changed} for every object of a list. */
export function changedEach(object: JsonObject, key: string, change: (item: JsonObject) => JsonObject): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (!Array.isArray(value)) return object;
  const items = value as readonly Json[];
  const next = items.map((item) => (isObject(item) ? change(item) : item));
  return next.some((item, i) => item !== items[i]) ? { ...object, [key]: next } : object;
}
