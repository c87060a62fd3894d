import { ApiError, fieldErrorText, invalid } from "@/lib/engine/apimachinery/api-error";
import { kindOf, partsOfKind, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import type { Adapter, Verdict } from "./adapter";
import { stored } from "./defaults";

function refusal(body: JsonObject): { readonly code: number; readonly message: string } | undefined | "unknown kind" {
  const typed = body as unknown as KubeObject;
  const definition = resourceFor(kindOf(typed));
  if (definition === undefined) return "unknown kind";
  const { group, version, kind } = partsOfKind(definition.kind);
  const wrong = definition.checkShape(body).filter(({ code }) => code !== "unknown-field");
  if (wrong.length > 0) return { code: 400, message: `${kind} in version "${version}" cannot be handled as a ${kind}: ${wrong.map(({ detail }) => detail).join(", ")}` };
  const made = stored(body, "rej") as unknown as KubeObject;
  const errors = definition.validate(made, undefined);
  if (errors.length === 0) return undefined;
  const error = invalid({ group, plural: definition.plural, kind }, made.metadata.name ?? "", errors);
  if (!(error instanceof ApiError)) throw new Error(errors.map(fieldErrorText).join(", "));
  return { code: error.status.code, message: error.status.message };
}

/** `recorded/rejections`: creations without setup that are refused (or not) by shape and validation; admission and the wire are not the definitions' doing. */
export const rejection: Adapter = ({ request, setup, expected }): Verdict => {
  const body = request?.body;
  const simple = request?.method === "POST" && (setup ?? []).length === 0 && typeof body === "object" && body !== null && !/[?]|\/(status|scale|binding|eviction|token)$/.test(String(request.path));
  if (!simple || request?.user !== undefined) return { skip: "not a plain creation" };
  const answer = expected.body as { readonly message?: string } | undefined;
  if (expected.code === 403 || expected.code === 404 || expected.code === 409) return { skip: "refused by admission" };
  const got = refusal(body as JsonObject);
  if (got === "unknown kind") return { skip: "kind not in the engine yet" };
  if (expected.accepted === true || expected.code === 201) return { pass: got === undefined, got };
  return { pass: got?.code === expected.code && got?.message === answer?.message, got: got ?? "accepted" };
};
