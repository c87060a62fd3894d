import { compareCodePoints } from "./compare";
import type { Json } from "./json";

/** Prints JSON as `kubectl -o json` does: keys sorted unless they are to stay as they are, four spaces, `<`, `>` and `&` escaped; no newline at the end. */
export function toJson(value: Json, keepsOrder = false): string {
  return print(value, "\n", "    ", keepsOrder);
}

/** Prints JSON on one line, keys sorted, as the API server sends it and messages quote it. */
export function toCompactJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => toCompactJson(item)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort((a, b) => compareCodePoints(a[0], b[0]));
    return `{${entries.map(([key, item]) => `${quote(key)}:${toCompactJson(item as Json)}`).join(",")}}`;
  }
  return typeof value === "string" ? quote(value) : JSON.stringify(value);
}

function print(value: Json, newline: string, indent: string, keepsOrder: boolean): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const inner = newline + indent;
    return `[${inner}${value.map((item: Json) => print(item, inner, indent, keepsOrder)).join(`,${inner}`)}${newline}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value);
    const entries = keepsOrder ? members : members.sort((a, b) => compareCodePoints(a[0], b[0]));
    if (entries.length === 0) return "{}";
    const inner = newline + indent;
    return `{${inner}${entries.map(([key, item]) => `${quote(key)}: ${print(item as Json, inner, indent, keepsOrder)}`).join(`,${inner}`)}${newline}}`;
  }
  return typeof value === "string" ? quote(value) : JSON.stringify(value);
}

function quote(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
