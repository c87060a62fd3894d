/** Reaching webhooks. Upstream: apiserver/pkg/util/webhook. */
import type { Json, JsonObject } from "../apimachinery/meta";
import { has, numberAt, objectAt, textAt } from "../resources/json-object";
import type { ApiServerSettings } from "./request";

/** A JSON document, or why there is none, in Go's words. */
export type Posted = { readonly document: Json } | { readonly error: string };

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * Posts a document to where a `clientConfig` says. `quiet` calls leave whoever answers as it was: reading must change nothing.
 *
 * @simplified Addresses outside of the cluster are never found; certificates are not looked at.
 */
export function postTo(config: JsonObject, timeoutSeconds: number, document: JsonObject, { callWebhook }: ApiServerSettings, quiet = false): Posted {
  const failed = (url: string, why: string): Posted => ({ error: `Post ${JSON.stringify(`${url}?timeout=${timeoutSeconds}s`)}: ${why}` });
  if (!has(config, "service")) {
    const url = textAt(config, "url");
    return failed(url, `dial tcp: lookup ${/^https?:\/\/([^/:?]+)/.exec(url)?.[1] ?? ""}: no such host`);
  }
  const service = objectAt(config, "service");
  const [namespace, name, port, path] = [textAt(service, "namespace"), textAt(service, "name"), numberAt(service, "port") ?? 443, textAt(service, "path") || "/"];
  const url = `https://${name}.${namespace}.svc:${port}${path}`;
  if (!callWebhook) return failed(url, `no endpoints available for service ${JSON.stringify(name)}`);
  const answer = callWebhook({ service: { namespace, name, port }, path, body: JSON.stringify(document), ...(quiet ? { quiet: true as const } : {}) });
  if ("error" in answer) return failed(url, answer.error);
  if (answer.status !== 200) return { error: answer.status === 404 ? "the server could not find the requested resource" : `the server responded with the status code ${answer.status} but did not return more information` };
  const found = parsed(answer.body);
  return found === undefined ? { error: "couldn't get version/kind; json parse error: invalid character in the answer" } : { document: found };
}
