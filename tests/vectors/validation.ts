import { ApiError, type FieldError } from "@/lib/engine/apimachinery/api-error";
import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import type { Adapter, Verdict } from "./adapter";
import { bareServer } from "./api-server";

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

const server = bareServer();

/** What the API server says of this body: undefined when the engine does not know the kind, a code when it is refused for another reason than its fields. */
function judge(input: Readonly<Record<string, unknown>>): readonly FieldError[] | number | undefined {
  const object = input.object as JsonObject;
  if (resourceFor(kindOf(object as unknown as KubeObject)) === undefined) return undefined;
  const strict = input.fieldValidation === "Strict";
  try {
    if (input.operation === "create") server.create(object, "default", strict);
    else server.update(object, input.oldObject as KubeObject, strict);
    return [];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status.code === 422 ? error.status.causes : error.status.code;
  }
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
