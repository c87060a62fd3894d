import type { Json, JsonObject } from "@/lib/engine";
import { same, type Adapter } from "./adapter";
import { bareApi, metaOf } from "./http";

interface Step {
  readonly method: string;
  readonly path: string;
  readonly body?: Json;
  readonly contentType?: string;
}

/** What differs from run to run, hidden as the recordings hide it. */
function hidden(value: Json | undefined, key = ""): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => hidden(item, key));
  if (typeof value === "object" && value !== null) {
    const object = value as JsonObject;
    return Object.fromEntries(Object.keys(object).filter((name) => name !== "managedFields" && object[name] !== undefined).map((name) => [name, hidden(object[name], name)]));
  }
  if (typeof value !== "string") return value ?? null;
  if (key === "uid") return "<UID>";
  if (key === "resourceVersion") return "<RV>";
  if (key === "clusterIP" || key === "clusterIPs") return "<IP>";
  if (/^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(value)) return "<TIME>";
  return value.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<UID>");
}

/** `api/api-http`: requests in order; a case counts when every answer is right. */
export const apiHttp: Adapter = ({ input, expected }) => {
  const { steps } = input as unknown as { readonly steps: readonly Step[] };
  const wanted = (expected as unknown as { readonly steps: readonly { readonly code: number; readonly body: Json }[] }).steps;
  const api = bareApi();
  let version = "";
  for (const [index, { method, path, body, contentType }] of steps.entries()) {
    const sent = body === undefined ? undefined : (JSON.parse(JSON.stringify(body).replaceAll("<RV of the last response>", version)) as Json);
    const answer = api.request(method, path, sent, contentType);
    version = metaOf(answer.body).resourceVersion ?? version;
    const want = wanted[index];
    if (answer.code !== want?.code || !same(hidden(answer.body), hidden(want.body))) return { pass: false, got: { step: index, answer, want } };
  }
  return { pass: true };
};
