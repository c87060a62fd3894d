/** Makes strategic merge patches: the difference of two objects, and the three-way patch of `kubectl apply`. */
import { compareStrings, deepEqual } from "../compare";
import type { Json, JsonObject, KindId } from "../meta";
import { isObject, own, put, writable } from "./merge";
import { patchField, patchTypeBeneath, patchTypeOfKind, type PatchField, type PatchType } from "./merge-keys";
import { itemsByOrder, keyValue } from "./order";
import { DIRECTIVE } from "./strategic";

type List = readonly Json[];
const isList = (value: Json | undefined): value is List => Array.isArray(value);

/** Which half of the difference is wanted. */
interface Wanted {
  readonly changes: boolean;
  readonly deletions: boolean;
}

/** The strategic merge patch that turns `original` into `modified`. */
export function strategicDiff(original: JsonObject, modified: JsonObject, kind: KindId): JsonObject {
  return diffMaps(original, modified, patchTypeOfKind(kind), { changes: true, deletions: true }, false);
}

/** The patch of `kubectl apply`: what the new manifest wants of the live object, minus what the last one had and this one has not. */
export function threeWayStrategicPatch(lastApplied: JsonObject, modified: JsonObject, live: JsonObject, kind: KindId): JsonObject {
  const type = patchTypeOfKind(kind);
  const changes = diffMaps(live, modified, type, { changes: true, deletions: false }, false);
  const deletions = diffMaps(lastApplied, modified, type, { changes: false, deletions: true }, false);
  return joinPatches(deletions, changes, type);
}

function diffMaps(original: JsonObject, modified: JsonObject, type: PatchType, wanted: Wanted, retainKeys: boolean): JsonObject {
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(original)) {
    const from = own(original, key);
    const to = own(modified, key);
    if (from === undefined) continue;
    if (to === undefined) {
      if (wanted.deletions) put(patch, key, null);
    } else diffField(patch, key, from, to, patchField(type, key), wanted);
  }
  let added = false;
  for (const key of Object.keys(modified)) {
    const to = own(modified, key);
    if (to === undefined || own(original, key) !== undefined) continue;
    added = true;
    if (wanted.changes) put(patch, key, to);
  }
  if (retainKeys && (Object.keys(patch).length > 0 || added)) {
    put(patch, DIRECTIVE.retainKeys, Object.keys(modified).filter((key) => own(modified, key) !== undefined).sort(compareStrings));
  }
  return patch;
}

function diffField(patch: Record<string, Json>, key: string, from: Json, to: Json, field: PatchField | undefined, wanted: Wanted): void {
  if (isObject(from) && isObject(to) && field?.replace !== true) {
    const inner = diffMaps(from, to, patchTypeBeneath(field), wanted, field?.retainKeys === true);
    if (Object.keys(inner).length > 0) put(patch, key, inner);
  } else if (isList(from) && isList(to) && field?.mergeKey !== undefined) diffLists(patch, key, from, to, field, wanted);
  else if (wanted.changes && !deepEqual(from, to)) put(patch, key, to);
}

function diffLists(patch: Record<string, Json>, key: string, from: List, to: List, field: PatchField, wanted: Wanted): void {
  const mergeKey = field.mergeKey ?? "";
  const has = (list: List, item: Json): boolean => list.some((other) => keyValue(other, mergeKey) === keyValue(item, mergeKey));
  const gone = wanted.deletions ? from.filter((item) => !has(to, item)) : [];
  const items = mergeKey === "" ? (wanted.changes ? to.filter((item) => !from.includes(item)) : []) : changedItems(from, to, field, wanted);
  if (mergeKey === "" && gone.length > 0) put(patch, DIRECTIVE.remove + key, gone);
  const deleted = mergeKey === "" ? [] : gone.map((item): Json => ({ [mergeKey]: keyValue(item, mergeKey) ?? null, [DIRECTIVE.patch]: "delete" }));
  const elements = [...itemsByOrder(items, to, mergeKey), ...deleted];
  if (elements.length > 0) put(patch, key, elements);
  if (to.length === 0) {
    // Nothing is left to set in order; an emptied list would otherwise be told from an absent one by nobody.
    return;
  }
  const kept = to.filter((item) => has(from, item)).map((item) => keyValue(item, mergeKey));
  const before = from.filter((item) => has(to, item)).map((item) => keyValue(item, mergeKey));
  if (elements.length > 0 || !deepEqual(kept, before)) put(patch, DIRECTIVE.order + key, to.map((item): Json => (mergeKey === "" ? item : { [mergeKey]: keyValue(item, mergeKey) ?? null })));
}

function changedItems(from: List, to: List, field: PatchField, wanted: Wanted): List {
  const mergeKey = field.mergeKey ?? "";
  return to.flatMap((item): Json[] => {
    const key = keyValue(item, mergeKey);
    const before = from.find((other) => keyValue(other, mergeKey) === key);
    if (before === undefined) return wanted.changes ? [item] : [];
    if (!isObject(before) || !isObject(item)) return [];
    const inner = writable(diffMaps(before, item, patchTypeBeneath(field), wanted, field.retainKeys === true));
    if (Object.keys(inner).length === 0) return [];
    put(inner, mergeKey, key ?? null);
    return [inner];
  });
}

/** Two halves of one patch in one: where both speak of a field, the changes have the last word. */
function joinPatches(deletions: JsonObject, changes: JsonObject, type: PatchType): JsonObject {
  const result = writable(deletions);
  for (const key of Object.keys(changes)) {
    const [left, right] = [own(result, key), own(changes, key)];
    if (right === undefined) continue;
    const field = patchField(type, key);
    if (isObject(left) && isObject(right)) put(result, key, joinPatches(left, right, patchTypeBeneath(field)));
    else if (isList(left) && isList(right) && field?.mergeKey !== undefined) put(result, key, joinLists(left, right, field));
    else put(result, key, right);
  }
  return result;
}

function joinLists(deletions: List, changes: List, field: PatchField): List {
  const mergeKey = field.mergeKey ?? "";
  const result = [...changes];
  for (const item of deletions) {
    const at = result.findIndex((other) => keyValue(other, mergeKey) === keyValue(item, mergeKey));
    const other = result[at];
    if (at < 0) result.push(item);
    else if (isObject(item) && isObject(other)) result[at] = joinPatches(item, other, patchTypeBeneath(field));
  }
  return result;
}
