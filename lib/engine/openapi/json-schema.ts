/** The structure of kinds as JSON Schema, for editors. */
import type { Json, JsonObject, KindId } from "../apimachinery/meta";
import { partsOfKind } from "../apimachinery/meta";
import { describeField, describeType } from "./descriptions";
import { enumOf } from "./enums";
import { fieldsByName, schemaNameOf, type FieldType, type Scalar } from "./schema";

const SCALARS: Readonly<Record<Scalar, JsonObject>> = {
  s: { type: "string" },
  t: { type: "string" },
  y: { type: "string" },
  i: { type: "integer" },
  l: { type: "integer" },
  f: { type: "number" },
  b: { type: "boolean" },
  q: { type: ["string", "number"] },
  x: { type: ["string", "integer"] },
  j: {},
};

function schemaOf(type: FieldType, values: readonly string[], wanted: Set<string>): JsonObject {
  switch (type.type) {
    case "scalar":
      return values.length > 0 && type.scalar === "s" ? { type: "string", enum: values } : SCALARS[type.scalar];
    case "object":
      wanted.add(type.name);
      return { $ref: `#/definitions/${type.name}` };
    case "list":
      return { type: "array", items: schemaOf(type.of, values, wanted) };
    case "map":
      return { type: "object", additionalProperties: schemaOf(type.of, values, wanted) };
  }
}

function definition(name: string, wanted: Set<string>): JsonObject {
  const properties: Record<string, Json> = {};
  const required: string[] = [];
  for (const field of fieldsByName(name)) {
    const description = describeField(name, field.name);
    const schema = schemaOf(field.type, enumOf(name, field.name), wanted);
    // Beside a reference nothing else counts, so a described reference is wrapped.
    properties[field.name] = description === "" ? schema : "$ref" in schema ? { allOf: [schema], description } : { ...schema, description };
    if (field.required) required.push(field.name);
  }
  const about = describeType(name);
  return { type: "object", additionalProperties: false, properties, ...(required.length > 0 ? { required } : {}), ...(about === "" ? {} : { description: about }) };
}

/** One JSON Schema (draft 7) for all these kinds: a document must be one of them. Kinds whose structure is unknown are left out. */
export function jsonSchemaOf(kinds: readonly KindId[]): JsonObject {
  const definitions: Record<string, Json> = {};
  const wanted = new Set<string>();
  const branches: Json[] = [];
  const known = kinds.filter((kind) => schemaNameOf(kind) !== undefined);
  for (const kind of known) {
    const { kind: name, apiVersion } = partsOfKind(kind);
    wanted.add(name);
    const matching = { properties: { kind: { const: name }, apiVersion: { const: apiVersion } }, required: ["kind", "apiVersion"] };
    branches.push({ if: matching, then: { $ref: `#/definitions/${name}` } });
  }
  for (const name of wanted) definitions[name] = definition(name, wanted);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    required: ["apiVersion", "kind"],
    properties: {
      apiVersion: { type: "string", enum: [...new Set(known.map((kind) => partsOfKind(kind).apiVersion))] },
      kind: { type: "string", enum: [...new Set(known.map((kind) => partsOfKind(kind).kind))] },
    },
    allOf: branches,
    definitions,
  };
}
