import { fromBase64, toBase64 } from "../base64";
import { JqError, type JsonValue } from "./tree";

/** An object of values. */
export type JsonMap = { readonly [key: string]: JsonValue };

export const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
export const isMap = (value: JsonValue): value is JsonMap => typeof value === "object" && value !== null && !Array.isArray(value);
export const isTrue = (value: JsonValue): boolean => value !== null && value !== false;

/** jq's name of a kind of value. */
export function typeOf(value: JsonValue): string {
  return value === null ? "null" : isList(value) ? "array" : typeof value;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Names of an object, in order. */
export function keysOf(value: JsonMap): readonly string[] {
  return Object.keys(value).sort(compareText);
}

const RANKS = ["null", "false", "true", "number", "string", "array", "object"];
const rank = (value: JsonValue): number => RANKS.indexOf(typeof value === "boolean" ? String(value) : typeOf(value));

/** jq's order: null, false, true, numbers, texts, lists, objects. */
export function compare(a: JsonValue, b: JsonValue): number {
  const ranks = rank(a) - rank(b);
  if (ranks !== 0) return ranks;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (isList(a) && isList(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
      const order = compare(a[i] ?? null, b[i] ?? null);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (!isMap(a) || !isMap(b)) return 0;
  const names = compare([...keysOf(a)], [...keysOf(b)]);
  if (names !== 0) return names;
  for (const key of keysOf(a)) {
    const order = compare(a[key] ?? null, b[key] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** How values are written. */
export interface Layout {
  /** Spaces a level; 0 is all on one line. */
  readonly indent: number;
  readonly tab?: boolean;
  readonly sorted: boolean;
}

/** A value as JSON. */
export function written(value: JsonValue, layout: Layout, level = 0): string {
  if (typeof value === "number") return Number.isNaN(value) ? "null" : Number.isFinite(value) ? String(value).replace(/e\+?/, "e+").replace("e+-", "e-") : value > 0 ? "1.7976931348623157e+308" : "-1.7976931348623157e+308";
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const items = isList(value) ? value.map((item) => written(item, layout, level + 1)) : (layout.sorted ? keysOf(value as JsonMap) : Object.keys(value)).map((key) => `${JSON.stringify(key)}:${layout.indent > 0 || layout.tab === true ? " " : ""}${written((value as JsonMap)[key] ?? null, layout, level + 1)}`);
  const [open, close] = isList(value) ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return `${open}${close}`;
  if (layout.indent === 0 && layout.tab !== true) return `${open}${items.join(",")}${close}`;
  const step = layout.tab === true ? "\t" : " ".repeat(layout.indent);
  return `${open}\n${items.map((item) => step.repeat(level + 1) + item).join(",\n")}\n${step.repeat(level)}${close}`;
}

/** A value on one line. */
export const compact = (value: JsonValue): string => written(value, { indent: 0, sorted: false });

/** A value as text: texts as they are. */
export const asText = (value: JsonValue): string => (typeof value === "string" ? value : compact(value));

/** A value as an error shows it. */
export function shown(value: JsonValue): string {
  const text = compact(value);
  return `${typeOf(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
}

/** `@base64`, `@csv`, … */
export function formatted(name: string, value: JsonValue): string {
  switch (name) {
    case "@text":
      return asText(value);
    case "@json":
      return compact(value);
    case "@base64":
      return toBase64(asText(value));
    case "@base64d": {
      const decoded = fromBase64(asText(value).replace(/=+$/, "").replace(/^(.*)$/s, (text) => text + "=".repeat((4 - (text.length % 4)) % 4)));
      if (decoded === undefined) throw new JqError(`${shown(value)} is not valid base64 data`);
      return decoded;
    }
    case "@uri":
      return asText(value).replace(/[^A-Za-z0-9_.~-]/gu, (char) => encodeURIComponent(char));
    case "@html":
      return asText(value).replace(/[<>&'"]/g, (char) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&#39;", '"': "&quot;" })[char] ?? char);
    case "@sh":
      return (isList(value) ? value : [value]).map((item) => (typeof item === "string" ? `'${item.replaceAll("'", "'\\''")}'` : compact(item))).join(" ");
    case "@csv":
    case "@tsv":
      if (!isList(value)) throw new JqError(`${shown(value)} cannot be ${name.slice(1)}-formatted, only an array can be`);
      return value.map((item) => (typeof item !== "string" ? (item === null ? "" : asText(item)) : name === "@csv" ? `"${item.replaceAll('"', '""')}"` : item.replaceAll("\t", "\\t").replaceAll("\n", "\\n"))).join(name === "@csv" ? "," : "\t");
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`);
  }
}

function merged(a: JsonMap, b: JsonMap): JsonMap {
  let all: JsonMap = a;
  for (const [key, value] of Object.entries(b)) {
    const old = Object.hasOwn(a, key) ? a[key] : undefined;
    all = { ...all, [key]: old !== undefined && isMap(old) && isMap(value) ? merged(old, value) : value };
  }
  return all;
}

const VERBS: Readonly<Record<string, string>> = { "+": "added", "-": "subtracted", "*": "multiplied", "/": "divided", "%": "divided" };
const LONGEST = 1_000_000;

/** Arithmetic and comparison. */
export function calculate(op: string, a: JsonValue, b: JsonValue): JsonValue {
  const comparisons: Readonly<Record<string, (order: number) => boolean>> = { "==": (o) => o === 0, "!=": (o) => o !== 0, "<": (o) => o < 0, "<=": (o) => o <= 0, ">": (o) => o > 0, ">=": (o) => o >= 0 };
  const holds = comparisons[op];
  if (holds) return holds(compare(a, b));
  if (op === "+" && (a === null || b === null)) return a ?? b;
  if (typeof a === "number" && typeof b === "number") {
    if ((op === "/" || op === "%") && (op === "%" ? Math.trunc(b) : b) === 0) throw new JqError(`${shown(a)} and ${shown(b)} cannot be divided because the divisor is zero`);
    return op === "+" ? a + b : op === "-" ? a - b : op === "*" ? a * b : op === "/" ? a / b : Math.trunc(a) % Math.trunc(b);
  }
  if (op === "+" && typeof a === "string" && typeof b === "string") {
    if (a.length + b.length > LONGEST) throw new JqError("text too long");
    return a + b;
  }
  if (op === "+" && isList(a) && isList(b)) return [...a, ...b];
  if (op === "+" && isMap(a) && isMap(b)) return { ...a, ...b };
  if (op === "-" && isList(a) && isList(b)) return a.filter((item) => !b.some((other) => compare(item, other) === 0));
  if (op === "*" && isMap(a) && isMap(b)) return merged(a, b);
  if (op === "*" && typeof a === "string" && typeof b === "number") return b <= 0 ? null : a.repeat(Math.min(Math.ceil(b), Math.trunc(LONGEST / Math.max(1, a.length))));
  if (op === "/" && typeof a === "string" && typeof b === "string") return split(a, b);
  throw new JqError(`${shown(a)} and ${shown(b)} cannot be ${VERBS[op] ?? op}`);
}

/** A text in pieces; nothing has no pieces. */
export function split(text: string, by: string): readonly string[] {
  return text === "" ? [] : by === "" ? [...text] : text.split(by);
}

/** Does `a` hold all that `b` does? */
export function contains(a: JsonValue, b: JsonValue): boolean {
  if (typeof a === "string" && typeof b === "string") return a.includes(b);
  if (isList(a) && isList(b)) return b.every((wanted) => a.some((item) => contains(item, wanted)));
  if (isMap(a) && isMap(b)) return Object.entries(b).every(([key, wanted]) => Object.hasOwn(a, key) && contains(a[key] ?? null, wanted));
  return compare(a, b) === 0;
}
