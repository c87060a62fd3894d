/** JSON merge patch (RFC 7386), and the three-way merge `kubectl apply` does with it for kinds that know no strategic merge. */
import { ApiError } from "../api-error";
import { deepEqual } from "../compare";
import type { Json, JsonObject } from "../meta";

/** Is this a JSON object? */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own field of an object; what the prototype chain holds does not exist for us. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets a key as plain data, even one named like JavaScript's own furniture. */
export function put(object: Record<string, Json>, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** A shallow, writable copy without undefined fields. */
export function writable(object: JsonObject): Record<string, Json> {
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value !== undefined) put(copy, key, value);
  }
  return copy;
}

/** 400: the patch is not of the shape its type asks for. */
export function badPatch(message: string): ApiError {
  return new ApiError({ code: 400, reason: "BadRequest", message, causes: [] });
}

/** The document with the patch merged in: null removes, objects merge, everything else replaces. Neither argument is touched. */
export function mergePatch(document: Json, patch: Json): Json {
  if (!isObject(patch)) return withoutNulls(patch);
  const result = isObject(document) ? writable(document) : {};
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else put(result, key, mergePatch(own(result, key) ?? null, value));
  }
  return result;
}

/** A list of a patch as data: null fields of the objects in it are dropped, as the API server's library does. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => (isObject(item) ? mergePatch(null, item) : withoutNulls(item)));
  return value;
}

/** The merge patch that turns one document into the other. */
export function mergeDiff(original: JsonObject, modified: JsonObject): JsonObject {
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(original)) if (own(original, key) !== undefined && own(modified, key) === undefined) put(patch, key, null);
  for (const key of Object.keys(modified)) {
    const to = own(modified, key);
    const from = own(original, key);
    if (to === undefined || deepEqual(from, to)) continue;
    put(patch, key, isObject(from) && isObject(to) ? mergeDiff(from, to) : to);
  }
  return patch;
}

/** A patch reduced to its removals, or to everything else. */
function only(patch: JsonObject, removals: boolean): JsonObject {
  const result: Record<string, Json> = {};
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === undefined) continue;
    if (isObject(value)) {
      const inner = only(value, removals);
      // An empty object that is asked for is an addition; one that is left over is nothing.
      if (Object.keys(inner).length > 0 || (!removals && Object.keys(value).length === 0)) put(result, key, inner);
    } else if ((value === null) === removals) put(result, key, value);
  }
  return result;
}

function combine(a: JsonObject, b: JsonObject): JsonObject {
  const result = writable(a);
  for (const key of Object.keys(b)) {
    const [left, right] = [own(result, key), own(b, key)];
    if (right !== undefined) put(result, key, isObject(left) && isObject(right) ? combine(left, right) : right);
  }
  return result;
}

/** The patch of `kubectl apply`: what the new manifest wants, minus what the last one had and this one has not. */
export function threeWayMergePatch(lastApplied: JsonObject, modified: JsonObject, live: JsonObject): JsonObject {
  return combine(only(mergeDiff(lastApplied, modified), true), only(mergeDiff(live, modified), false));
}
