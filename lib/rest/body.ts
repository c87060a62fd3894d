/** Request bodies as JSON. Upstream: apimachinery/pkg/runtime/serializer. */
import { goName, goSyntaxProblem, utf8Text, type Json, type JsonObject } from "@/lib/engine";
import { parseYaml } from "@/lib/manifest";
import { duplicateKeys, type Duplicate } from "./duplicates";
import type { RestAnswer, RestRequest } from "./message";
import { bad, refuse, Refusal } from "./status";
import { decodeProtobuf } from "./protobuf/decode";

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
    return { error: goSyntaxProblem(text) ?? "unexpected end of JSON input" };
  }
}

/** Any value of JSON as a word in a message: a text as it is, everything else as JSON. */
export function printed(value: Json | undefined): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** The first bytes of a body as Go prints them in a refusal. */
function shown(text: string): string {
  if (text === "") return "<empty>";
  return text.length > 1024 ? `${text.slice(0, 1024)} [truncated]` : text;
}

/** A body as text, whatever it came as. */
export function asText(body: string | Uint8Array): string {
  return typeof body === "string" ? body : utf8Text(body);
}

function readYaml(text: string): { readonly value: Json; readonly lines: readonly string[] } | { readonly error: string } {
  const parsed = parseYaml(text);
  const problem = parsed.problems.find(({ severity }) => severity === "error");
  if (problem) return { error: `error converting YAML to JSON: ${String(problem.params["upstream"] ?? problem.code)}` };
  const value = parsed.documents[0]?.value;
  if (value === undefined) return { error: "unexpected end of JSON input" };
  const again = parsed.problems.filter(({ code }) => code === "manifest.duplicate-key");
  return { value, lines: again.map(({ line, params }) => `line ${line}: key ${JSON.stringify(params["key"])} already set in map`) };
}

const ACCEPTED = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/** The body of a request that carries an object, and what it says twice. */
export interface ObjectBody {
  readonly body: JsonObject;
  /** Keys that come again in a body of JSON. */
  readonly duplicates: readonly Duplicate[];
  /** Keys that come again in a body of YAML, in the words of the YAML reader. */
  readonly repeated: readonly string[];
  /** The text; `""` for protobuf. */
  readonly text: string;
}

function isJson(media: string): boolean {
  return ["", "*/*", "application/json", "application/x-www-form-urlencoded"].includes(media);
}

/** The body of a request that carries an object; `undefined` for an empty one. @throws {Refusal} 400, 415 */
export function objectBody(request: RestRequest, kind: string): ObjectBody | undefined {
  const type = mediaType(request.headers["content-type"]);
  const yaml = type === "application/yaml";
  const protobuf = type === "application/vnd.kubernetes.protobuf";
  if (request.body.length === 0) return undefined;
  if (protobuf) return { body: decodeProtobuf(request.body, kind), duplicates: [], repeated: [], text: "" };
  if (!yaml && !isJson(type)) throw new Refusal(415, "UnsupportedMediaType", `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`);
  const text = asText(request.body);
  const parsed = yaml ? readYaml(text) : parseJson(text);
  if ("error" in parsed) {
    throw bad(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${parsed.error} (${shown(text)})`);
  }
  // To Go, null is an object of which nothing is said.
  if (parsed.value === null) return { body: {}, duplicates: [], repeated: [], text };
  if (typeof parsed.value !== "object" || Array.isArray(parsed.value)) {
    const found = goName(parsed.value);
    throw bad(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${shown(text)})`);
  }
  const untyped = ["apiVersion", "kind"].find((name) => !["string", "undefined"].includes(typeof (parsed.value as JsonObject)[name]) && (parsed.value as JsonObject)[name] !== null);
  if (untyped !== undefined) {
    throw bad(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${goName((parsed.value as JsonObject)[untyped] ?? null)} into Go struct field .${untyped} of type string (${shown(text)})`);
  }
  return { body: parsed.value as JsonObject, duplicates: yaml ? [] : duplicateKeys(text), repeated: "lines" in parsed ? (parsed.lines as readonly string[]) : [], text };
}

/** What stands before a complaint about the text of a patch: strategic ones are read elsewhere than the others. Upstream: handlers/patch.go. */
export function complaintOf(type: string): string {
  if (type === "application/apply-patch+yaml") return "error decoding YAML: ";
  return type === "application/strategic-merge-patch+json" ? "" : "error decoding patch: ";
}

/** The body of a patch, and what it says twice. An apply patch may be YAML, every other is JSON. @throws {Refusal} 400 */
export function patchBody(request: RestRequest, type: string): { readonly value: Json; readonly duplicates: readonly Duplicate[] } {
  const apply = type === "application/apply-patch+yaml";
  const text = asText(request.body);
  const parsed = apply ? readYaml(text) : parseJson(text);
  if ("error" in parsed) throw bad(`${complaintOf(type)}${parsed.error}`);
  return { value: parsed.value, duplicates: apply ? [] : duplicateKeys(text) };
}

/** The same request with a body that can be read: one of protobuf becomes JSON. Or the answer to a body that makes no sense. */
export function asJsonBody(request: RestRequest): { readonly request: RestRequest } | { readonly refused: RestAnswer } {
  if (typeof request.body === "string") return { request };
  const protobuf = mediaType(request.headers["content-type"]) === "application/vnd.kubernetes.protobuf";
  if (!protobuf) return { request: { ...request, body: utf8Text(request.body) } };
  try {
    const kind = request.path.split("/").pop() ?? "";
    return { request: { ...request, headers: { ...request.headers, "content-type": "application/json" }, body: JSON.stringify(decodeProtobuf(request.body, kind)) } };
  } catch (error) {
    return { refused: refuse(error) };
  }
}
