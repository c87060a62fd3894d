/** What `kubectl explain` knows of a custom kind's fields. */
import type { ExplainedField, ExplainResult, Explanation } from "../../../openapi/explain";
import { describeField, describeType } from "../../../openapi/descriptions";
import { explainField } from "../../../openapi/explain";
import { NAMESPACE } from "../../../apimachinery/kinds";
import { listAt, textAt } from "../../json-object";
import { additionalOf, isIntOrString, itemsOf, preserves, propertyNames, propertyOf, type Schema } from "./schema";

function typeText(schema: Schema): string {
  if (isIntOrString(schema)) return "IntOrString";
  const type = textAt(schema, "type");
  const items = itemsOf(schema);
  if (type === "array") return items === undefined ? "[]Object" : `[]${typeText(items)}`;
  if (type === "object") {
    const others = additionalOf(schema);
    return others === undefined || Object.keys(others).length === 0 ? "Object" : `map[string]${typeText(others)}`;
  }
  return type === "" && preserves(schema) ? "Object" : type === "" ? "<unknown>" : type;
}

/** What lies inside lists and maps. */
function inner(schema: Schema): Schema {
  const next = textAt(schema, "type") === "array" ? itemsOf(schema) : additionalOf(schema);
  return next === undefined ? schema : inner(next);
}

function values(schema: Schema): readonly string[] {
  return listAt(inner(schema), "enum").map(String);
}

/** A declared field, or one every object has. */
function fieldSchema(schema: Schema, name: string, root: boolean): Schema | undefined {
  if (root && name === "metadata") return { type: "object", description: describeType("ObjectMeta") };
  const known = propertyOf(schema, name);
  if (known !== undefined) return known;
  return root && (name === "apiVersion" || name === "kind") ? { type: "string", description: describeField("ObjectMeta", name) } : undefined;
}

function fieldsOf(schema: Schema, root: boolean): readonly ExplainedField[] {
  const names = root ? [...new Set([...propertyNames(schema), "apiVersion", "kind", "metadata"])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) : propertyNames(schema);
  const required = listAt(schema, "required");
  return names.map((name) => {
    const field = fieldSchema(schema, name, root) ?? {};
    return { name, type: root && name === "metadata" ? "ObjectMeta" : typeText(field), required: required.includes(name), description: textAt(field, "description"), values: values(field) };
  });
}

/** Explains the field of a custom kind a path leads to, or the kind when the path is empty. */
export function explainSchema(schema: Schema, path: readonly string[]): ExplainResult {
  if (path[0] === "metadata") return explainField(NAMESPACE, path);
  let at = schema;
  let found: Explanation = { field: "", type: "Object", required: false, description: textAt(schema, "description"), values: [], fields: fieldsOf(schema, true) };
  for (const [level, name] of path.entries()) {
    const field = fieldSchema(at, name, level === 0);
    if (field === undefined) return { error: `field "${name}" does not exist` };
    const inside = inner(field);
    found = { field: name, type: typeText(field), required: listAt(at, "required").includes(name), description: textAt(field, "description") || textAt(inside, "description"), values: values(field), fields: fieldsOf(inside, false) };
    at = inside;
  }
  return found;
}
