/** JSON patch (RFC 6902) as the API server applies it: negative indexes count from the end. */
import { ApiError } from "../api-error";
import { deepEqual } from "../compare";
import type { Json } from "../meta";
import { isObject, own, put, writable } from "./merge";

/** The answer of {@link applyJsonPatch}: the patched document, or what upstream's library says is wrong. */
export type JsonPatchResult = { readonly result: Json } | { readonly error: string };

/** Carries a complaint to the door of this file; never leaves it. */
class Refusal extends Error {}

const MAX_OPERATIONS = 10_000;

function pointer(path: string): readonly string[] {
  return path.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function child(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) {
    if (!/^-?[0-9]+$/.test(key)) return undefined;
    const index = Number(key);
    return (value as readonly Json[])[index < 0 ? index + value.length : index];
  }
  return isObject(value) ? own(value, key) : undefined;
}

function isContainer(value: Json | undefined): boolean {
  return Array.isArray(value) || isObject(value);
}

const isIndex = (key: string): boolean => /^-?[0-9]+$/.test(key);
const noIndex = (label: string, key: string): Refusal => new Refusal(`error in ${label}: strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
const missing = (what: string): Refusal => new Refusal(`${what}: missing value`);

/** What `change` makes of the container that holds the last part of a path, with everything above it copied. */
function within(document: Json, path: readonly string[], absent: () => Refusal, change: (container: Json, key: string) => Json): Json {
  const [key, ...rest] = path;
  // A path without a slash leads nowhere.
  if (key === undefined || !isContainer(document)) throw absent();
  if (rest.length === 0) return change(document, key);
  const inner = child(document, key);
  if (inner === undefined || !isContainer(inner)) throw absent();
  return replaced(document, key, within(inner, rest, absent, change));
}

function replaced(container: Json, key: string, value: Json): Json {
  if (Array.isArray(container)) {
    const copy = [...(container as readonly Json[])];
    copy[Number(key) < 0 ? Number(key) + copy.length : Number(key)] = value;
    return copy;
  }
  const copy = writable(isObject(container) ? container : {});
  put(copy, key, value);
  return copy;
}

function insert(container: Json, key: string, value: Json, label: string): Json {
  if (!Array.isArray(container)) return replaced(container, key, value);
  const items = container as readonly Json[];
  if (key === "-") return [...items, value];
  if (!/^-?[0-9]+$/.test(key)) throw new Refusal(`error in ${label}: value was not a proper array index: '${key}': strconv.Atoi: parsing "${key}": invalid syntax`);
  const asked = Number(key);
  const index = asked < 0 ? asked + items.length + 1 : asked;
  if (index > items.length || index < 0) throw new Refusal(`error in ${label}: Unable to access invalid index: ${key}: invalid index referenced`);
  return [...items.slice(0, index), value, ...items.slice(index)];
}

function without(container: Json, key: string, label: string): Json {
  if (Array.isArray(container)) {
    const items = container as readonly Json[];
    if (!isIndex(key)) throw noIndex(label, key);
    const index = Number(key);
    const at = index < 0 ? index + items.length : index;
    if (!(at >= 0 && at < items.length)) throw new Refusal(`error in ${label}: Unable to access invalid index: ${key}: invalid index referenced`);
    return items.filter((_, i) => i !== at);
  }
  const copy = writable(isObject(container) ? container : {});
  if (!Object.hasOwn(copy, key)) throw missing(`error in ${label}: Unable to remove nonexistent key: ${key}`);
  delete copy[key];
  return copy;
}

function textField(operation: Json, field: string, complaint: string): string {
  const value = isObject(operation) ? own(operation, field) : undefined;
  if (typeof value !== "string") throw missing(`${complaint}: operation, missing ${field} field`);
  return value;
}

function at(document: Json, path: string): Json | undefined {
  return pointer(path).reduce<Json | undefined>(child, document);
}

function add(document: Json, path: string, value: Json, verb: string): Json {
  const absent = (): Refusal => missing(`${verb} operation does not apply: doc is missing ${verb === "add" ? `path: ${JSON.stringify(path)}` : `destination path: ${path}`}`);
  return within(document, pointer(path), absent, (container, key) => insert(container, key, value, `${verb} for path: '${path}'`));
}

function remove(document: Json, path: string, verb: string, label: string): Json {
  const absent = (): Refusal => missing(`${verb} operation does not apply: doc is missing ${verb === "remove" ? `path: ${JSON.stringify(path)}` : `from path: ${path}`}`);
  return within(document, pointer(path), absent, (container, key) => without(container, key, label));
}

function replace(document: Json, path: string, value: Json): Json {
  // Of the whole, only what holds something takes the place.
  if (path === "") return isContainer(value) ? value : document;
  return within(document, pointer(path), () => missing(`replace operation does not apply: doc is missing path: ${path}`), (container, key) => {
    // Only a list knows that something is not in it: a field that was not there is set.
    if (Array.isArray(container) && child(container, key) === undefined) throw missing(`replace operation does not apply: doc is missing key: ${path}`);
    return replaced(container, key, value);
  });
}

function test(document: Json, path: string, value: Json): Json {
  const found = path === "" ? document : undefined;
  if (path !== "") {
    within(document, pointer(path), () => missing(`test operation does not apply: is missing path: ${path}`), (container, key) => {
      const label = `test for path: '${path}'`;
      if (Array.isArray(container) && !isIndex(key)) throw noIndex(label, key);
      if (Array.isArray(container) && child(container, key) === undefined) throw new Refusal(`error in ${label}: Unable to access invalid index: ${key}: invalid index referenced`);
      return container;
    });
  }
  if (!deepEqual(found ?? at(document, path) ?? null, value)) throw new Refusal(`testing value ${path} failed: test failed`);
  return document;
}

function step(document: Json, operation: Json): Json {
  const kind = isObject(operation) ? own(operation, "op") : undefined;
  const value = (isObject(operation) ? own(operation, "value") : undefined) ?? null;
  const path = textField(operation, "path", "path operation does not apply");
  switch (kind) {
    case "add":
      return add(document, path, value, "add");
    case "remove":
      return remove(document, path, "remove", `remove for path: '${path}'`);
    case "replace":
      return replace(document, path, value);
    case "test":
      return test(document, path, value);
    case "move": {
      const from = textField(operation, "from", `${kind} operation failed to decode from`);
      const moved = at(document, from) ?? null;
      return add(remove(document, from, "move", `move for path: '${pointer(from).at(-1) ?? ""}'`), path, moved, "move");
    }
    case "copy": {
      const from = textField(operation, "from", `${kind} operation failed to decode from`);
      const copied = at(document, from);
      if (copied === undefined) throw missing(`copy operation does not apply: doc is missing from path: ${JSON.stringify(from)}`);
      return add(document, path, copied, "copy");
    }
    default:
      throw new Refusal(`Unexpected kind: ${typeof kind === "string" ? kind : "unknown"}`);
  }
}

/** The document after every operation in order, or the first complaint. Nothing is touched. */
export function applyJsonPatch(document: Json, operations: readonly Json[]): JsonPatchResult {
  if (operations.length > MAX_OPERATIONS) {
    return { error: `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}` };
  }
  try {
    return { result: operations.reduce(step, document) };
  } catch (error) {
    if (error instanceof Refusal) return { error: error.message };
    throw error;
  }
}

/**
 * As {@link applyJsonPatch} for the API server's pipeline.
 *
 * @throws {ApiError} 422 with the API server's own, famously unhelpful, message
 */
export function jsonPatch(document: Json, operations: readonly Json[]): Json {
  const answer = applyJsonPatch(document, operations);
  if ("result" in answer) return answer.result;
  throw new ApiError({
    code: 422,
    reason: "Invalid",
    message: "the server rejected our request due to an error in our request",
    causes: [{ code: "invalid", path: "patch", detail: answer.error, origin: "patch.json" }],
  });
}
