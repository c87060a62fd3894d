/** The order of merged lists: the author's for what the patch names, the server's for the rest. */
import type { Json } from "../meta";
import { isObject, own } from "./merge";

/** What tells an element from its neighbours: its merge key, or the plain value itself. */
export function keyValue(item: Json, mergeKey: string): Json | undefined {
  if (mergeKey === "") return item;
  return isObject(item) ? own(item, mergeKey) : undefined;
}

function indexIn(order: readonly Json[], item: Json, mergeKey: string): number {
  const key = keyValue(item, mergeKey);
  return order.findIndex((other) => keyValue(other, mergeKey) === key);
}

/** The items in the order of another list; what that list does not know keeps its place at the end. */
export function itemsByOrder(items: readonly Json[], order: readonly Json[], mergeKey: string): readonly Json[] {
  const place = (item: Json): number => {
    const index = indexIn(order, item, mergeKey);
    return index < 0 ? order.length : index;
  };
  return items
    .map((item, i) => ({ item, at: place(item), i }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ item }) => item);
}

/** Weaves the server's own items between the patched ones: before a patched one only if the server already had it so. */
export function mergeInServerOrder(serverOnly: readonly Json[], patched: readonly Json[], server: readonly Json[], mergeKey: string): readonly Json[] {
  const result: Json[] = [];
  let i = 0;
  let j = 0;
  while (i < serverOnly.length || j < patched.length) {
    const left = serverOnly[i];
    const right = patched[j];
    if (left === undefined || (right !== undefined && !comesFirst(left, right, server, mergeKey))) {
      if (right !== undefined) result.push(right);
      j += 1;
    } else {
      result.push(left);
      i += 1;
    }
  }
  return result;
}

function comesFirst(left: Json, right: Json, server: readonly Json[], mergeKey: string): boolean {
  const [l, r] = [indexIn(server, left, mergeKey), indexIn(server, right, mergeKey)];
  return l >= 0 && r >= 0 && l < r;
}
