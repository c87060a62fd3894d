/** Request bodies as JSON. Upstream: apimachinery/pkg/runtime/serializer. */
import type { Json, JsonObject } from "@/lib/engine";
import { parseYaml } from "@/lib/manifest";
import type { RestRequest } from "./message";
import { bad, Refusal } from "./status";
import { decodeProtobuf, utf8 } from "./protobuf/decode";

/** The media type of a header, without its parameters. */
export function mediaType(header: string | undefined): string {
  return (header ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** Go refuses deeper nesting; so do we, long before a stack could end. */
const DEEPEST = 1000;

/** Is a text of JSON nested deeper than anybody means? */
export function tooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 92) i += 1;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (code === 125 || code === 93) depth -= 1;
  }
  return false;
}

/** What a text of JSON says, or what Go finds wrong with it. */
export function parseJson(text: string): { readonly value: Json } | { readonly error: string } {
  if (text.trim() === "") return { error: "unexpected end of JSON input" };
  if (tooDeep(text)) return { error: "exceeded max depth" };
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return { error: goComplaint(text) };
  }
}

/** Go's words for the commonest mistakes. */
function goComplaint(text: string): string {
  const first = text.trimStart().charAt(0);
  if (first !== "" && !/[[{"\d\-tfn]/.test(first)) return `invalid character '${first}' looking for beginning of value`;
  return "unexpected end of JSON input";
}

/** The first bytes of a body as Go prints them in a refusal. */
function shown(text: string): string {
  return text.length > 1024 ? `${text.slice(0, 1024)} [truncated]` : text;
}

function asText(body: string | Uint8Array): string {
  return typeof body === "string" ? body : utf8(body);
}

function readYaml(text: string): { readonly value: Json } | { readonly error: string } {
  const parsed = parseYaml(text);
  const problem = parsed.problems.find(({ severity }) => severity === "error");
  if (problem) return { error: `error converting YAML to JSON: ${String(problem.params["upstream"] ?? problem.code)}` };
  const value = parsed.documents[0]?.value;
  return value === undefined ? { error: "unexpected end of JSON input" } : { value };
}

const ACCEPTED = "application/json, application/yaml, application/vnd.kubernetes.protobuf, application/cbor";

/** The body of a request that carries an object; `undefined` for an empty one. @throws {Refusal} 400, 415 */
export function objectBody(request: RestRequest, kind: string): JsonObject | undefined {
  if (request.body.length === 0) return undefined;
  const type = mediaType(request.headers["content-type"]);
  if (type === "application/vnd.kubernetes.protobuf") return decodeProtobuf(request.body, kind);
  const yaml = type === "application/yaml";
  if (!yaml && !["", "*/*", "application/json", "application/x-www-form-urlencoded"].includes(type)) {
    throw new Refusal(415, "UnsupportedMediaType", `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`, {});
  }
  const text = asText(request.body);
  const parsed = yaml ? readYaml(text) : parseJson(text);
  if ("error" in parsed) {
    throw bad(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${parsed.error} (${shown(text)})`);
  }
  if (typeof parsed.value !== "object" || parsed.value === null || Array.isArray(parsed.value)) {
    const found = Array.isArray(parsed.value) ? "array" : typeof parsed.value === "boolean" ? "bool" : parsed.value === null ? "null" : typeof parsed.value;
    throw bad(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${shown(text)})`);
  }
  return parsed.value as JsonObject;
}

/** The body of a patch. An apply patch may be YAML, every other is JSON. @throws {Refusal} 400 */
export function patchBody(request: RestRequest, apply: boolean): Json {
  const text = asText(request.body);
  const parsed = apply ? readYaml(text) : parseJson(text);
  if ("error" in parsed) throw bad(apply ? `error decoding YAML: ${parsed.error}` : `error decoding patch: ${parsed.error}`);
  return parsed.value;
}
