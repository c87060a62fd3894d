/** What `kubectl explain` and the editor's hover know of a field. */
import type { KindId } from "../apimachinery/meta";
import { describeField, describeType } from "./descriptions";
import { listedEnumOf } from "./enums";
import { fieldsByName, schemaNameOf, typeSchema, typeText, type FieldType } from "./schema";

/** A field beneath the one explained. */
export interface ExplainedField {
  readonly name: string;
  /** As `kubectl explain` prints it between angle brackets: `[]Container`, `map[string]string`. */
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  /** The values it may have, when they are few. */
  readonly values: readonly string[];
}

/** A kind or one of its fields, with what lies directly beneath. */
export interface Explanation {
  /** Empty when the kind itself is explained. */
  readonly field: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  readonly values: readonly string[];
  readonly fields: readonly ExplainedField[];
}

/** The answer of {@link explainField}. */
export type ExplainResult = Explanation | { readonly error: string };

/** The name of the structure inside lists and maps; undefined for scalars. */
function inner(type: FieldType): string | undefined {
  if (type.type === "object") return type.name;
  return type.type === "scalar" ? undefined : inner(type.of);
}

function fieldsOf(type: string): readonly ExplainedField[] {
  return fieldsByName(type).map((field) => ({
    name: field.name,
    type: field.name === "fieldsV1" ? "FieldsV1" : typeText(field.type),
    required: field.required,
    description: describeField(type, field.name),
    values: listedEnumOf(type, field.name),
  }));
}

/** Explains the field a path leads to (`["spec", "containers", "image"]`), or the kind when the path is empty. Indexes are not part of a path. */
export function explainField(kind: KindId, path: readonly string[]): ExplainResult {
  const root = schemaNameOf(kind);
  if (root === undefined) return { error: `couldn't find resource for "${kind}"` };
  let type: string | undefined = root;
  let found: Explanation = { field: "", type: "Object", required: false, description: describeType(root), values: [], fields: fieldsOf(root) };
  for (const name of path) {
    const field = type === undefined ? undefined : typeSchema(type)?.get(name);
    if (type === undefined || field === undefined) return { error: `field "${name}" does not exist` };
    const next = inner(field.type);
    found = {
      field: name,
      type: typeText(field.type),
      required: field.required,
      description: describeField(type, name) || describeType(next ?? ""),
      values: listedEnumOf(type, name),
      fields: next === undefined ? [] : fieldsOf(next),
    };
    type = next;
  }
  return found;
}
