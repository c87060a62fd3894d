import type { FieldError } from "@/lib/engine/apimachinery/api-error";
import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import type { Adapter, Verdict } from "./adapter";
import { stored } from "./defaults";

const TYPES: Readonly<Record<FieldError["code"], string>> = {
  required: "FieldValueRequired",
  invalid: "FieldValueInvalid",
  duplicate: "FieldValueDuplicate",
  "not-supported": "FieldValueNotSupported",
  forbidden: "FieldValueForbidden",
  "too-long": "FieldValueTooLong",
  "too-many": "FieldValueTooMany",
  "not-found": "FieldValueNotFound",
  "type-invalid": "FieldValueTypeInvalid",
  internal: "InternalError",
  "unknown-field": "UnknownField",
};

/** What the API server would say of this body: undefined when the engine does not know the kind, a code when it cannot be decoded. */
function judge(input: Readonly<Record<string, unknown>>): readonly FieldError[] | number | undefined {
  const object = input.object as JsonObject;
  const typed = object as unknown as KubeObject;
  const definition = resourceFor(kindOf(typed));
  if (definition === undefined) return undefined;
  const shape = definition.checkShape(object);
  if (shape.some(({ code }) => code !== "unknown-field") || (shape.length > 0 && input.fieldValidation === "Strict")) return 400;
  if (input.operation === "create") return definition.validate(stored(object) as unknown as KubeObject, undefined);
  const previous = input.oldObject as unknown as KubeObject;
  const { status } = previous as unknown as JsonObject;
  const namespace = previous.metadata.namespace;
  const metadata = { ...typed.metadata, uid: previous.metadata.uid, ...(namespace === undefined ? {} : { namespace }) };
  const wanted = definition.applyDefaults({ ...typed, metadata, ...(status === undefined ? {} : { status }) } as KubeObject);
  return definition.validate(definition.prepare(wanted, previous), previous);
}

/** `api/validation-a` and `api/validation-mutations`: errors are compared as a multiset of type and field. */
export const validation: Adapter = ({ input, expected }): Verdict => {
  const got = judge(input);
  if (got === undefined) return { skip: "kind not in the engine yet" };
  if (typeof got === "number") return { pass: expected.code === got, got };
  const wanted = expected.errors as readonly { readonly type: string; readonly field: string }[];
  if (expected.code === 400) return { pass: false, got: "accepted" };
  const left = got.map(({ code, path }) => `${TYPES[code]} ${path}`).sort();
  const right = (wanted ?? []).map(({ type, field }) => `${type} ${field}`).sort();
  return { pass: left.join("\n") === right.join("\n") && (got.length === 0) === expected.valid, got: left };
};
