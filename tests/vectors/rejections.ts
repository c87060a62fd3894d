import { ApiError } from "@/lib/engine/apimachinery/api-error";
import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import type { Adapter, Verdict } from "./adapter";
import { bareServer, type BareServer } from "./api-server";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly user?: string;
}

const known = (body: unknown): body is JsonObject => typeof body === "object" && body !== null && resourceFor(kindOf(body as unknown as KubeObject)) !== undefined;

/** Is this the plain creation of an object of a kind the engine knows, at the address of its kind? The wire has its own tests. */
function isCreation({ method, path, body, user }: Request): boolean {
  if (method !== "POST" || user !== undefined || !known(body)) return false;
  const definition = resourceFor(kindOf(body as unknown as KubeObject));
  const end = path.slice(path.lastIndexOf("/") + 1);
  const inNamespace = /\/namespaces\/([^/]+)\/[^/]+$/.exec(path)?.[1];
  const named = ((body["metadata"] ?? {}) as JsonObject)["namespace"];
  if (definition?.namespaced === true && (inNamespace === undefined || (named !== undefined && named !== "" && named !== inNamespace))) return false;
  return end === definition?.plural;
}

const namespaceOf = ({ path }: Request): string => /\/namespaces\/([^/]+)\//.exec(path)?.[1] ?? "rej";

function refusal(server: BareServer, request: Request): { readonly code: number; readonly message: string } | undefined {
  try {
    server.create(request.body as JsonObject, namespaceOf(request));
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { code: error.status.code, message: error.status.message };
  }
}

/** What differs from run to run, as the recording writes it. */
function anonymous(message: string | undefined): string | undefined {
  return message
    ?.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uid>")
    .replaceAll(/Bad-[a-z0-9]{5}/g, "Bad-<rand>")
    .replaceAll("2006-01-02T15:04:05Z07:00", "<time>07:00");
}

/** `recorded/rejections`: creations that are refused, or not, by shape, validation and admission, with what they need kept beforehand. */
export const rejection: Adapter = ({ request, setup, expected }): Verdict => {
  const asked = request as unknown as Request;
  const needed = (setup ?? []) as readonly Request[];
  if (!isCreation(asked) || !needed.every(isCreation)) return { skip: "not a plain creation" };
  const server = bareServer({ accounts: true });
  for (const one of needed) server.keep(one.body as JsonObject, namespaceOf(one));
  const answer = expected.body as { readonly message?: string } | undefined;
  const got = refusal(server, asked);
  if (expected.accepted === true || expected.code === 201) return { pass: got === undefined, got };
  return { pass: got?.code === expected.code && anonymous(got?.message) === answer?.message, got: got ?? "accepted" };
};
