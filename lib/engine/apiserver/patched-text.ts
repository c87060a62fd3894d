/** An object with a patch in it, letter for letter as upstream quotes it. Upstream: github.com/evanphx/json-patch, which takes apart only what a patch touches, and writes that with its keys in order. */
import { compareStrings } from "../apimachinery/compare";
import type { Json, JsonObject } from "../apimachinery/meta";
import { applyJsonPatch } from "../apimachinery/patch/json";
import { inGoOrder } from "../openapi/go-order";
import type { ResourceDefinition } from "../resources/define";
import type { Patch } from "./request";

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(object: JsonObject, of: (value: Json, key: string) => Json = (value) => value): JsonObject {
  const keys = Object.keys(object).sort(compareStrings);
  return Object.fromEntries(keys.map((key) => [key, of(object[key] ?? null, key)]));
}

/** What a patch brings, without its nulls. */
function brought(value: Json): Json {
  if (Array.isArray(value)) return value.filter((item: Json) => item !== null).map((item: Json) => brought(item));
  return isObject(value) ? sorted(Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null)), brought) : value;
}

function merged(target: Json | undefined, patch: Json): Json {
  if (!isObject(target)) return brought(patch);
  if (!isObject(patch)) return patch;
  const kept = Object.entries(target).filter(([key]) => patch[key] !== null);
  const all = { ...Object.fromEntries(kept), ...Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null)) };
  return sorted(all, (value, key) => (patch[key] === undefined ? value : merged(target[key], patch[key])));
}

/** The value with the objects along these paths in order. */
function touched(value: Json, paths: readonly (readonly string[])[]): Json {
  if (paths.length === 0) return value;
  const beneath = (key: string): readonly (readonly string[])[] => paths.filter((path) => path.length > 1 && path[0] === key).map((path) => path.slice(1));
  if (Array.isArray(value)) return value.map((item: Json, i) => touched(item, beneath(String(i))));
  return isObject(value) ? sorted(value, (inner, key) => touched(inner, beneath(key))) : value;
}

function everySorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => everySorted(item));
  return isObject(value) ? sorted(value, everySorted) : value;
}

const stepsOf = (pointer: Json | undefined): readonly string[] =>
  String(pointer ?? "")
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/** The text of an object that a patch was put into; undefined where it cannot be. */
export function patchedJson({ kind, custom }: ResourceDefinition, object: JsonObject, patch: Exclude<Patch, { readonly type: "apply" }>): string | undefined {
  const written = custom ? everySorted(object) : inGoOrder(kind, object);
  if (patch.type !== "json") return JSON.stringify(merged(written, patch.body as Json));
  const result = applyJsonPatch(written, patch.ops);
  return "error" in result ? undefined : JSON.stringify(touched(result.result, patch.ops.flatMap((op) => (isObject(op) ? [stepsOf(op["path"]), stepsOf(op["from"])] : []))));
}

/** What unstructured data of a wrong type is told, from what JSON of that type would be told. Upstream: runtime.DefaultUnstructuredConverter. */
export function unstructuredProblem(problem: string): string {
  const [, found = "", type = ""] = /^json: cannot unmarshal (\w+) into Go struct field \S+ of type (.+)$/.exec(problem) ?? [];
  if (type === "") return problem;
  const from = found === "number" ? "int64" : found === "object" ? "map[string]interface {}" : found === "array" ? "[]interface {}" : found;
  if (type.startsWith("map[")) return `cannot restore map from ${from}`;
  if (type.startsWith("[]")) return `cannot restore slice from ${from}`;
  return type.includes(".") ? `cannot restore struct from: ${from}` : `cannot convert ${from} to ${type}`;
}
