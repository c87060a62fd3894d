/** What decoding and encoding do to a document: nulls and empty optional fields vanish, amounts get their canonical spelling. */
import type { Json, JsonObject, KindId, KubeObject } from "../apimachinery/meta";
import { canonicalQuantity } from "../apimachinery/quantity";
import { vanishes } from "./empty-fields";
import { schemaNameOf, typeSchema, type FieldSchema, type FieldType } from "./schema";

/** Times upstream writes even when they are unset. */
const KEPT_NULL: ReadonlySet<string> = new Set(["PodCondition.lastProbeTime", "PodCondition.lastTransitionTime"]);

/** The document as it would come back from the server, before any default. Shares what did not change with the original. */
export function normalize<T extends KubeObject>(kind: KindId, object: T): T {
  const name = schemaNameOf(kind);
  if (name === undefined) return object;
  const document = object as unknown as JsonObject;
  // In Go a spec is there even when nobody wrote one: whoever reads it need not ask.
  const lacksSpec = typeSchema(name)?.get("spec")?.type.type === "object" && (document["spec"] === undefined || document["spec"] === null);
  return normalizeObject(name, lacksSpec ? { ...document, spec: {} } : document) as unknown as T;
}

function isEmpty(value: Json, field: FieldSchema, owner: string): boolean {
  if (value === null) return !KEPT_NULL.has(`${owner}.${field.name}`);
  if (field.required && field.type.type !== "map") return false;
  switch (field.type.type) {
    case "list":
      return Array.isArray(value) && value.length === 0 && vanishes(owner, field.name, value);
    case "map":
      return typeof value === "object" && Object.keys(value).length === 0;
    case "object":
      return false;
    case "scalar":
      // A number or a text is never empty: `""` is a text that is no percentage.
      if (field.type.scalar === "x" || (value !== "" && value !== false && value !== 0)) return false;
      return vanishes(owner, field.name, value);
  }
}

/** Frozen objects already found to be as they should be. A memory of answers: it changes none. */
const settled = new WeakSet<object>();

function normalizeObject(name: string, value: JsonObject): JsonObject {
  if (settled.has(value)) return value;
  const result = normalizeFields(name, value);
  if (result === value && Object.isFrozen(value)) settled.add(value);
  return result;
}

function normalizeFields(name: string, value: JsonObject): JsonObject {
  const schema = typeSchema(name);
  if (schema === undefined) return value;
  let copy: Record<string, Json | undefined> | undefined;
  for (const key of Object.keys(value)) {
    const inner = value[key];
    const field = schema.get(key);
    if (inner === undefined || field === undefined) continue;
    const next = isEmpty(inner, field, name) ? undefined : normalizeValue(field.type, inner);
    if (next === inner) continue;
    copy ??= { ...value };
    if (next === undefined) delete copy[key];
    else copy[key] = next;
  }
  return copy ?? value;
}

/** What Go reads a null in a list as: the zero of its type. */
function zeroOf(type: FieldType): Json {
  if (type.type === "list") return [];
  if (type.type !== "scalar") return {};
  if (type.scalar === "s") return "";
  return type.scalar === "b" ? false : ["i", "l", "f", "x"].includes(type.scalar) ? 0 : null;
}

function normalizeValue(type: FieldType, value: Json): Json {
  switch (type.type) {
    case "scalar":
      return type.scalar === "q" && (typeof value === "string" || typeof value === "number") ? canonicalQuantity(value) : value;
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value) ? normalizeObject(type.name, value as JsonObject) : value;
    case "list": {
      if (!Array.isArray(value)) return value;
      const items = value as readonly Json[];
      const empty = zeroOf(type.of);
      const next = items.map((item) => (item === null ? empty : normalizeValue(type.of, item)));
      return next.some((item, i) => item !== items[i]) ? next : value;
    }
    case "map": {
      if (typeof value !== "object" || value === null) return value;
      const map = value as JsonObject;
      const plain = type.of.type === "scalar" && type.of.scalar !== "q";
      if (plain && !Object.values(map).includes(null)) return value;
      let copy: Record<string, Json | undefined> | undefined;
      for (const key of Object.keys(map)) {
        const inner = map[key];
        const next = inner === undefined ? undefined : inner === null && plain ? "" : normalizeValue(type.of, inner);
        if (next === inner) continue;
        copy ??= { ...map };
        copy[key] = next;
      }
      return copy ?? value;
    }
  }
}
