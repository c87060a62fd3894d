/** What a structural schema does to an object before anybody looks at it: unknown fields go, defaults come. Upstream: schema/{pruning,defaulting,listtype}. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject } from "../../../apimachinery/meta";
import { isObject } from "../../json-object";
import { additionalOf, flagged, isEmbedded, itemsOf, listKeysOf, listTypeOf, preserves, propertyNames, propertyOf, type Schema } from "./schema";

const OF_EVERY_OBJECT: readonly string[] = ["apiVersion", "kind", "metadata"];

/** An object without the fields its schema does not know, and the paths of those. The same object when there are none. */
export function prune(schema: Schema, value: JsonObject): { readonly value: JsonObject; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  return { value: pruneObject(schema, value, "", true, unknown), unknown };
}

function pruneObject(schema: Schema, value: JsonObject, path: string, isResource: boolean, unknown: string[]): JsonObject {
  let copy: Record<string, Json | undefined> | undefined;
  const others = additionalOf(schema);
  for (const key of Object.keys(value)) {
    const inner = value[key];
    const at = path === "" ? key : `${path}.${key}`;
    if (inner === undefined || (isResource && OF_EVERY_OBJECT.includes(key))) continue;
    const known = propertyOf(schema, key) ?? others;
    if (known === undefined) {
      if (preserves(schema)) continue;
      unknown.push(at);
      copy ??= { ...value };
      delete copy[key];
      continue;
    }
    const next = pruneValue(known, inner, at, unknown);
    if (next === inner) continue;
    copy ??= { ...value };
    copy[key] = next;
  }
  return copy ?? value;
}

function pruneValue(schema: Schema, value: Json, path: string, unknown: string[]): Json {
  if (isObject(value)) return pruneObject(schema, value, path, isEmbedded(schema), unknown);
  if (!Array.isArray(value)) return value;
  const items = itemsOf(schema);
  if (items === undefined) return value;
  const list = value as readonly Json[];
  const next = list.map((item, i) => pruneValue(items, item, `${path}[${i}]`, unknown));
  return next.some((item, i) => item !== list[i]) ? next : value;
}

/** A value inside an object without what its schema does not know. The same value when there is nothing of the kind. */
export function withoutUnknown(schema: Schema, value: Json): Json {
  return pruneValue(schema, value, "", []);
}

const isStrayNull = (schema: Schema | undefined, value: Json | undefined): boolean => value === null && schema !== undefined && !flagged(schema, "nullable");

/** The value with what its schema fills in; nulls where none may be count as left out. The same value when it lacks nothing. */
export function withDefaults(schema: Schema, value: Json): Json {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    if (items === undefined) return value;
    const list = value as readonly Json[];
    const next = list.map((item) => withDefaults(items, isStrayNull(items, item) ? (items["default"] ?? item) : item));
    return next.some((item, i) => item !== list[i]) ? next : value;
  }
  return isObject(value) ? objectWithDefaults(schema, value) : value;
}

function objectWithDefaults(schema: Schema, value: JsonObject): JsonObject {
  let copy: Record<string, Json | undefined> | undefined;
  const others = additionalOf(schema);
  const put = (key: string, next: Json | undefined): void => {
    copy ??= { ...value };
    if (next === undefined) delete copy[key];
    else copy[key] = next;
  };
  for (const name of propertyNames(schema)) {
    const fill = propertyOf(schema, name)?.["default"];
    if (fill !== undefined && (!Object.hasOwn(value, name) || value[name] === undefined)) put(name, withDefaults(propertyOf(schema, name) ?? {}, fill));
  }
  for (const key of Object.keys(value)) {
    const inner = value[key];
    const known = propertyOf(schema, key) ?? others;
    if (inner === undefined || known === undefined) continue;
    const start = isStrayNull(known, inner) ? known["default"] : inner;
    const next = start === undefined ? undefined : withDefaults(known, start);
    if (next !== inner) put(key, next);
  }
  return copy ?? value;
}

function duplicate(path: string, badValue: Json): FieldError {
  return { code: "duplicate", path, badValue, detail: "", origin: "schema.list-type" };
}

function duplicatesOf(schema: Schema, list: readonly Json[], path: string): readonly FieldError[] {
  const type = listTypeOf(schema);
  if (type !== "set" && type !== "map") return [];
  const keys = listKeysOf(schema);
  const seen = list.map((item) => {
    if (type === "set" || !isObject(item)) return item;
    return Object.fromEntries(keys.flatMap((key) => (item[key] === undefined ? [] : [[key, item[key]] as const]))) as JsonObject;
  });
  return seen.flatMap((item, i) => (seen.slice(0, i).some((other) => deepEqual(other, item)) ? [duplicate(`${path}[${i}]`, item)] : []));
}

/** Items that occur twice in lists that are sets or maps. */
export function duplicateItems(schema: Schema, value: Json, path = ""): readonly FieldError[] {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const items = itemsOf(schema);
    return [...duplicatesOf(schema, list, path), ...(items === undefined ? [] : list.flatMap((item, i) => duplicateItems(items, item, `${path}[${i}]`)))];
  }
  if (!isObject(value)) return [];
  const others = additionalOf(schema);
  return Object.keys(value)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap((key) => {
      const declared = propertyOf(schema, key);
      const known = declared ?? others;
      const at = declared === undefined ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
      return known === undefined ? [] : duplicateItems(known, value[key] ?? null, at);
    });
}

/** Embedded objects must say what they are. Upstream: schema/objectmeta. */
export function embeddedProblems(schema: Schema, value: Json, path = ""): readonly FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return items === undefined ? [] : (value as readonly Json[]).flatMap((item, i) => embeddedProblems(items, item, `${path}[${i}]`));
  }
  if (!isObject(value)) return [];
  const found: FieldError[] = [];
  if (path !== "" && isEmbedded(schema)) {
    for (const name of ["apiVersion", "kind"]) if (typeof value[name] !== "string" || value[name] === "") found.push({ code: "required", path: `${path}.${name}`, detail: "must not be empty", origin: "schema.embedded" });
  }
  const others = additionalOf(schema);
  for (const key of Object.keys(value)) {
    const known = propertyOf(schema, key) ?? others;
    if (known !== undefined) found.push(...embeddedProblems(known, value[key] ?? null, path === "" ? key : `${path}.${key}`));
  }
  return found;
}
