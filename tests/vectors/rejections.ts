import { ApiError } from "@/lib/engine/apimachinery/api-error";
import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import type { Adapter, Verdict } from "./adapter";
import { bareServer } from "./api-server";

const server = bareServer();

function refusal(body: JsonObject): { readonly code: number; readonly message: string } | undefined | "unknown kind" {
  if (resourceFor(kindOf(body as unknown as KubeObject)) === undefined) return "unknown kind";
  try {
    server.create(body, "rej");
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { code: error.status.code, message: error.status.message };
  }
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
