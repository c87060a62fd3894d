/** How objects of custom kinds merge, by their structural schemas. Upstream: kube-openapi/pkg/schemaconv. */
import type { Json, JsonObject } from "../../apimachinery/meta";
import type { ResourceDefinition } from "../../resources/define";
import { additionalOf, isEmbedded, isIntOrString, itemsOf, listKeysOf, listTypeOf, preserves, propertyNames, propertyOf, type Schema } from "../../resources/apiextensions/structural/schema";
import { shapeOfKind, zeroOf, type Shape } from "../apply/shapes";

const ATOMIC: Shape = { shape: "atomic" };
const SCALAR: Shape = { shape: "scalar" };
const METADATA: Shape = { shape: "struct", type: "ObjectMeta" };
/** What a schema does not describe: maps all the way down, lists owned whole. */
const FREE: Shape = { shape: "map", of: { shape: "deduced" } };

function shapeOf(schema: Schema, isResource: boolean): Shape {
  if (isIntOrString(schema)) return SCALAR;
  switch (schema["type"]) {
    case "object":
      return objectShape(schema, isResource);
    case "array":
      return listShape(schema);
    case undefined:
      return preserves(schema) ? { shape: "deduced" } : SCALAR;
    default:
      return SCALAR;
  }
}

function objectShape(schema: Schema, isResource: boolean): Shape {
  if (schema["x-kubernetes-map-type"] === "atomic") return ATOMIC;
  const others = additionalOf(schema);
  if (others !== undefined) return { shape: "map", of: shapeOf(others, isEmbedded(others)) };
  const fields = new Map<string, Shape>();
  if (isResource) for (const [name, shape] of [["apiVersion", SCALAR], ["kind", SCALAR], ["metadata", METADATA]] as const) fields.set(name, shape);
  for (const name of propertyNames(schema)) {
    const property = propertyOf(schema, name) ?? {};
    if (!fields.has(name)) fields.set(name, shapeOf(property, isEmbedded(property)));
  }
  if (fields.size === 0 && preserves(schema)) return FREE;
  return { shape: "declared", fields, ...(preserves(schema) ? { others: { shape: "deduced" } as const } : {}) };
}

function listShape(schema: Schema): Shape {
  const items = itemsOf(schema);
  switch (listTypeOf(schema)) {
    case "set":
      return { shape: "set" };
    case "map": {
      const defaults: Record<string, JsonObject[string]> = {};
      for (const key of listKeysOf(schema)) {
        const value = items === undefined ? undefined : propertyOf(items, key)?.["default"];
        if (value !== undefined) defaults[key] = value;
      }
      return { shape: "keyed", keys: listKeysOf(schema), of: items === undefined ? ATOMIC : shapeOf(items, isEmbedded(items)), defaults: defaults as JsonObject };
    }
    default:
      return ATOMIC;
  }
}

/** Shapes already made. A memory of answers: it changes none. */
const known = new WeakMap<object, Shape>();

/** How the objects of a kind merge. */
export function shapeOfDefinition(definition: ResourceDefinition): Shape {
  const { custom } = definition;
  if (!custom) return shapeOfKind(definition.kind);
  const found = known.get(custom.schema);
  if (found) return found;
  const made = shapeOf(custom.schema, true);
  known.set(custom.schema, made);
  return made;
}

/** What is there of an object of a kind before anybody adds to it. */
export function zeroOfDefinition({ kind, custom }: ResourceDefinition): JsonObject {
  return custom ? { metadata: {} } : zeroOf(kind);
}

function goValue(value: Json): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "[]interface {}";
  return typeof value === "object" ? "map[string]interface {}" : String(value);
}

function goType(value: Json): string {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (Array.isArray(value)) return "[]interface {}";
  return typeof value === "object" ? "map[string]interface {}" : Number.isInteger(value) ? "int64" : "float64";
}

/** The first value of an applied configuration that is not of its field's type, in the words of structured-merge-diff. */
export function typeProblem(schema: Schema, value: Json, path = ""): string | undefined {
  if (value === null || isIntOrString(schema)) return undefined;
  const isMap = typeof value === "object" && !Array.isArray(value);
  switch (schema["type"]) {
    case "integer":
    case "number":
      return typeof value === "number" ? undefined : `${path}: expected numeric (int or float), got ${goType(value)}`;
    case "string":
      return typeof value === "string" ? undefined : `${path}: expected string, got &value.valueUnstructured{Value:${goValue(value)}}`;
    case "boolean":
      return typeof value === "boolean" ? undefined : `${path}: expected boolean, got &value.valueUnstructured{Value:${goValue(value)}}`;
    case "array": {
      if (!Array.isArray(value)) return `${path}: expected list, got &{${goValue(value)}}`;
      const items = itemsOf(schema);
      return items && (value as readonly Json[]).map((item, i) => typeProblem(items, item, `${path}[${i}]`)).find((problem) => problem !== undefined);
    }
    case "object": {
      if (!isMap) return `${path}: expected map, got &{${goValue(value)}}`;
      const members = Object.entries(value as JsonObject);
      return members.map(([name, member]) => { const inner = propertyOf(schema, name) ?? additionalOf(schema); return inner && member !== undefined ? typeProblem(inner, member, `${path}.${name}`) : undefined; }).find((problem) => problem !== undefined);
    }
    default:
      return undefined;
  }
}
