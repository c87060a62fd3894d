/** What a decoder keeps of a document. Upstream: decoding into Go structs. */
import type { Json, JsonObject, KindId } from "../apimachinery/meta";
import { schemaNameOf, typeSchema, type FieldType } from "./schema";

const isObject = (value: Json): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

function keptOf(type: FieldType, value: Json): Json {
  switch (type.type) {
    case "scalar":
      return value;
    case "list": {
      if (!Array.isArray(value)) return value;
      const list = value as readonly Json[];
      const kept = list.map((item) => keptOf(type.of, item));
      return kept.some((item, i) => item !== list[i]) ? kept : value;
    }
    case "map":
      return isObject(value) ? members(value, () => type.of) : value;
    case "object":
      return isObject(value) ? members(value, (name) => typeSchema(type.name)?.get(name)?.type) : value;
  }
}

function members(value: JsonObject, typeOf: (name: string) => FieldType | undefined): JsonObject {
  const entries = Object.entries(value).flatMap(([name, inner]): (readonly [string, Json | undefined])[] => {
    const type = typeOf(name);
    return type === undefined ? [] : [[name, inner === undefined ? inner : keptOf(type, inner)]];
  });
  const same = entries.length === Object.keys(value).length && entries.every(([name, inner]) => value[name] === inner);
  return same ? value : (Object.fromEntries(entries) as JsonObject);
}

/** The document without the fields its kind does not have; the same document when it has none of those, or nobody knows the kind. */
export function knownFields(kind: KindId, document: JsonObject): JsonObject {
  const name = schemaNameOf(kind);
  return name === undefined ? document : members(document, (field) => (field === "apiVersion" || field === "kind" ? { type: "scalar", scalar: "s" } : typeSchema(name)?.get(field)?.type));
}
