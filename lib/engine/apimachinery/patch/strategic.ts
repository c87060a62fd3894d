/** Strategic merge patch: lists merge by key, and directives (`$patch`, `$retainKeys`, …) say what plain JSON cannot. Upstream: `apimachinery/pkg/util/strategicpatch`. */
import type { Json, JsonObject, KindId } from "../meta";
import { badPatch, isObject, own, put, writable } from "./merge";
import { patchField, patchTypeBeneath, patchTypeOfKind, type PatchField, type PatchType } from "./merge-keys";
import { itemsByOrder, keyValue, mergeInServerOrder } from "./order";

/** Directives of a strategic merge patch, as upstream spells them. */
export const DIRECTIVE = { patch: "$patch", retainKeys: "$retainKeys", order: "$setElementOrder/", remove: "$deleteFromPrimitiveList/" } as const;

type List = readonly Json[];
const isList = (value: Json | undefined): value is List => Array.isArray(value);

/** The document with the patch merged in by the rules of its kind. Neither argument is touched. @throws {ApiError} 400 for a patch that makes no sense */
export function strategicMergePatch(document: Json, patch: Json, kind: KindId): Json {
  if (!isObject(patch)) throw badPatch("the strategic merge patch must be an object");
  return mergeMaps(isObject(document) ? document : {}, patch, patchTypeOfKind(kind));
}

function mergeMaps(original: JsonObject, patch: JsonObject, type: PatchType): JsonObject {
  const how = own(patch, DIRECTIVE.patch);
  if (how === "replace") return plain(patch) as JsonObject;
  if (how === "delete") return {};
  if (how !== undefined && how !== "merge") throw badPatch(`unknown patch type found: ${JSON.stringify(how)} in map`);
  const result = retained(original, own(patch, DIRECTIVE.retainKeys));
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === undefined || key === DIRECTIVE.patch || key === DIRECTIVE.retainKeys) continue;
    if (key.startsWith(DIRECTIVE.order)) reorder(result, patch, key.slice(DIRECTIVE.order.length), value, type);
    else if (key.startsWith(DIRECTIVE.remove)) removeValues(result, key.slice(DIRECTIVE.remove.length), value);
    else if (value === null) delete result[key];
    else if (own(patch, DIRECTIVE.order + key) === undefined) put(result, key, mergeField(own(result, key), value, patchField(type, key), key));
  }
  return result;
}

function retained(original: JsonObject, keys: Json | undefined): Record<string, Json> {
  const result = writable(original);
  if (keys === undefined) return result;
  if (!isList(keys)) throw badPatch("$retainKeys must be a list");
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key];
  return result;
}

function removeValues(result: Record<string, Json>, key: string, values: Json): void {
  const present = own(result, key);
  if (!isList(values)) throw badPatch(`${DIRECTIVE.remove}${key} must be a list`);
  if (isList(present)) put(result, key, present.filter((item) => !values.includes(item)));
}

function mergeField(original: Json | undefined, patch: Json, field: PatchField | undefined, name: string): Json {
  if (isObject(patch)) {
    if (field?.replace === true) return plain(patch);
    return mergeMaps(isObject(original) ? original : {}, patch, patchTypeBeneath(field));
  }
  if (!isList(patch)) return patch;
  if (field?.mergeKey === undefined || !isList(original)) return plain(patch);
  return ordered(mergeLists(original, patch, field, name), patch, original, field.mergeKey);
}

/** `$setElementOrder/<key>`: merges the list if it is patched too, then puts it in the asked order. */
function reorder(result: Record<string, Json>, patch: JsonObject, key: string, order: Json, type: PatchType): void {
  const field = patchField(type, key);
  const original = own(result, key);
  const patched = own(patch, key);
  if (!isList(order) || field?.mergeKey === undefined) {
    if (patched !== undefined && patched !== null) put(result, key, mergeField(original, patched, field, key));
    return;
  }
  if (!isList(original) && !isList(patched)) return;
  const base = isList(original) ? original : [];
  const merged = isList(patched) ? mergeLists(base, patched, field, key) : base;
  put(result, key, ordered(merged, order, base, field.mergeKey));
}

function ordered(merged: List, order: List, server: List, mergeKey: string): List {
  const asked = new Set(order.map((item) => keyValue(item, mergeKey)));
  const patchItems = merged.filter((item) => asked.has(keyValue(item, mergeKey)));
  const serverOnly = merged.filter((item) => !asked.has(keyValue(item, mergeKey)));
  return mergeInServerOrder(itemsByOrder(serverOnly, server, mergeKey), itemsByOrder(patchItems, order, mergeKey), server, mergeKey);
}

function mergeLists(original: List, patch: List, field: PatchField, name: string): List {
  const mergeKey = field.mergeKey ?? "";
  if (mergeKey === "") return [...original, ...patch.filter((item) => !original.includes(item))];
  let result: Json[] = [...original];
  let replace = false;
  const additions: JsonObject[] = [];
  for (const item of patch) {
    if (!isObject(item)) throw badPatch(`expected objects in the list ${name}`);
    const how = own(item, DIRECTIVE.patch);
    if (how === "replace") replace = true;
    else if (how === "delete") result = result.filter((present) => keyValue(present, mergeKey) !== keyValue(item, mergeKey) || keyValue(item, mergeKey) === undefined);
    else if (how === undefined || how === "merge") additions.push(how === undefined ? item : withoutKey(item, DIRECTIVE.patch));
    else throw badPatch(`unknown patch type found: ${JSON.stringify(how)} in list`);
  }
  if (replace) return additions.map(plain);
  for (const item of additions) {
    const key = keyValue(item, mergeKey);
    if (key === undefined) throw badPatch(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    const at = result.findIndex((present) => keyValue(present, mergeKey) === key);
    const present = result[at];
    if (at < 0 || !isObject(present)) result.push(plain(item));
    else result[at] = mergeMaps(present, item, patchTypeBeneath(field));
  }
  return result;
}

function withoutKey(object: JsonObject, key: string): JsonObject {
  const copy = writable(object);
  delete copy[key];
  return copy;
}

/** A part of a patch as data of its own: directives and nulls dropped, elements to delete left out. */
function plain(value: Json): Json {
  if (isList(value)) return value.filter((item) => !isObject(item) || own(item, DIRECTIVE.patch) !== "delete").map(plain);
  if (!isObject(value)) return value;
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const inner = value[key];
    const directive = key === DIRECTIVE.patch || key === DIRECTIVE.retainKeys || key.startsWith(DIRECTIVE.order) || key.startsWith(DIRECTIVE.remove);
    if (!directive && inner !== undefined && inner !== null) put(copy, key, plain(inner));
  }
  return copy;
}
