/** Objects with their members in the order Go's encoder writes them: struct fields as declared, maps by key. */
import { compareStrings } from "../apimachinery/compare";
import type { Json, JsonObject, KindId } from "../apimachinery/meta";
import { schemaNameOf, typeSchema, type FieldType } from "./schema";

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function ofType(type: FieldType, value: Json): Json {
  switch (type.type) {
    case "scalar":
      return value;
    case "object":
      return isObject(value) ? ofStruct(type.name, value) : value;
    case "list":
      return Array.isArray(value) ? value.map((item: Json) => ofType(type.of, item)) : value;
    case "map":
      return isObject(value) ? Object.fromEntries(sortedKeys(value).map((key) => [key, ofType(type.of, value[key] ?? null)])) : value;
  }
}

function sortedKeys(object: JsonObject): readonly string[] {
  return Object.keys(object).sort(compareStrings);
}

function ofStruct(name: string, object: JsonObject): JsonObject {
  const ordered: Record<string, Json> = {};
  for (const field of typeSchema(name)?.values() ?? []) {
    const value = object[field.name];
    if (value !== undefined) ordered[field.name] = ofType(field.type, value);
  }
  for (const key of sortedKeys(object)) if (!Object.hasOwn(ordered, key)) ordered[key] = object[key] ?? null;
  return ordered;
}

/** The object as Go writes it; one whose structure is not known stays as it is. */
export function inGoOrder(kind: KindId, object: JsonObject): JsonObject {
  const name = schemaNameOf(kind);
  return name === undefined ? object : ofStruct(name, object);
}
