/** Text. Upstream: cel-go/ext/strings.go, apiserver/pkg/cel/library/regex.go. */
import { codePoints, compilePattern } from "../regex/match";
import { PatternError, textOf } from "../regex/parse";
import { durationText, timestampText } from "../time";
import { Bytes, CelError, Duration, isDictionary, List, Timestamp, TypeValue, Uint, type Value } from "../values";
import { list, noOverload, text, TEXT_COST, whole, type Fn, type FunctionContext, type Functions } from "./function";
import { doubleText } from "./standard";

const chars = (value: string): readonly string[] => [...value];

function pattern(source: string): ReturnType<typeof compilePattern> {
  try {
    return compilePattern(source);
  } catch (error) {
    if (error instanceof PatternError) throw new CelError(error.message);
    throw error;
  }
}

function walked(context: FunctionContext, ...texts: readonly string[]): void {
  context.spend(Math.ceil(texts.reduce((sum, one) => sum + one.length, 0) * TEXT_COST));
}

const matches: Fn = ([subject, source], context) => {
  const [value, expression] = [text(subject), text(source)];
  context.spend(Math.ceil((value.length + 1) * TEXT_COST) * Math.max(1, Math.ceil(expression.length * 0.25)));
  return pattern(expression).find(codePoints(value), 0) !== undefined;
};

function findings(value: string, source: string, most: number): readonly string[] {
  const compiled = pattern(source);
  const points = codePoints(value);
  const found: string[] = [];
  for (let from = 0; from <= points.length && found.length < most; ) {
    const match = compiled.find(points, from);
    if (!match) break;
    const [begin = 0, end = 0] = match;
    found.push(textOf(points.slice(begin, end)));
    from = end > begin ? end : end + 1;
  }
  return found;
}

const find: Fn = ([subject, source], context) => {
  walked(context, text(subject), text(source));
  return findings(text(subject), text(source), 1)[0] ?? "";
};

const findAll: Fn = ([subject, source, most], context) => {
  walked(context, text(subject), text(source));
  const limit = most === undefined ? -1 : whole(most);
  return new List(findings(text(subject), text(source), limit < 0 ? Number.MAX_SAFE_INTEGER : limit));
};

const charAt: Fn = ([subject, index]) => {
  const all = chars(text(subject));
  const place = whole(index);
  if (place < 0 || place > all.length) throw new CelError(`index out of range: ${place}`);
  return all[place] ?? "";
};

function placeOf(all: readonly string[], part: readonly string[], from: number): number {
  for (let i = from; i + part.length <= all.length; i += 1) if (part.every((char, k) => all[i + k] === char)) return i;
  return -1;
}

/** Where a text stands in another, by characters. */
export const indexOfText: Fn = ([subject, part, offset]) => {
  const all = chars(text(subject));
  const from = offset === undefined ? 0 : whole(offset);
  if (from < 0 || from > all.length) throw new CelError(`index out of range: ${from}`);
  return BigInt(placeOf(all, chars(text(part)), from));
};

/** Where a text last stands in another, by characters. */
export const lastIndexOfText: Fn = ([subject, part, offset]) => {
  const all = chars(text(subject));
  const wanted = chars(text(part));
  const latest = offset === undefined ? all.length : whole(offset);
  if (latest < 0 || latest > all.length) throw new CelError(`index out of range: ${latest}`);
  for (let i = Math.min(latest, all.length - wanted.length); i >= 0; i -= 1) if (wanted.every((char, k) => all[i + k] === char)) return BigInt(i);
  return -1n;
};

const replace: Fn = ([subject, old, next, most], context) => {
  const [value, from, to] = [text(subject), text(old), text(next)];
  walked(context, value);
  const parts = from === "" ? ["", ...chars(value), ""] : value.split(from);
  const limit = most === undefined ? -1 : whole(most);
  const times = limit < 0 ? parts.length - 1 : Math.min(limit, parts.length - 1);
  return parts.reduce((out, part, i) => (i === 0 ? part : `${out}${i <= times ? to : from}${part}`));
};

const split: Fn = ([subject, separator, most], context) => {
  const [value, by] = [text(subject), text(separator)];
  walked(context, value);
  const parts = by === "" ? chars(value) : value.split(by);
  const limit = most === undefined ? -1 : whole(most);
  if (limit === 0) return new List([]);
  if (limit < 0 || parts.length <= limit) return new List([...parts]);
  return new List([...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)]);
};

const substring: Fn = ([subject, start, end]) => {
  const all = chars(text(subject));
  const from = whole(start);
  const to = end === undefined ? all.length : whole(end);
  if (from < 0 || from > all.length) throw new CelError(`index out of range: ${from}`);
  if (to < 0 || to > all.length) throw new CelError(`index out of range: ${to}`);
  if (from > to) throw new CelError(`invalid substring range. start: ${from}, end: ${to}`);
  return all.slice(from, to).join("");
};

const join: Fn = ([items, separator]) => {
  const all = list(items).items().map((item) => text(item));
  return all.join(separator === undefined ? "" : text(separator));
};

function quoted(value: string): string {
  const escapes: Readonly<Record<string, string>> = { "\x07": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\", '"': '\\"' };
  return `"${chars(value).map((char) => escapes[char] ?? char).join("")}"`;
}

function shown(value: Value): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return doubleText(value);
    case "bigint":
    case "boolean":
      return String(value);
  }
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Bytes) return value.text;
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof List) return `[${value.items().map(shown).join(", ")}]`;
  if (isDictionary(value)) return `{${value.keys().map((key) => `${shown(key)}: ${shown(value.get(key) ?? null)}`).join(", ")}}`;
  throw new CelError("error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps");
}

/** Most digits behind the point. */
const MOST_DIGITS = 100;

/** @simplified Upstream writes as many digits as it is asked for; more than a hundred are refused here. */
function fixed(value: Value, digits: number, scientific: boolean): string {
  if (digits > MOST_DIGITS) throw new CelError(`could not parse formatting clause: error while parsing precision: precision ${digits} exceeds maximum allowed precision ${MOST_DIGITS}`);
  const number = typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : value instanceof Uint ? Number(value.value) : noOverload();
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
  return scientific ? number.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2") : number.toFixed(digits);
}

function inBase(value: Value, base: 2 | 8 | 16): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "bigint") return value.toString(base);
  if (value instanceof Uint) return value.value.toString(base);
  const bytes = typeof value === "string" ? value : value instanceof Bytes ? value.text : noOverload();
  return [...bytes].map((char) => char.charCodeAt(0).toString(base).padStart(2, "0")).join("");
}

const formatText: Fn = ([template, args]) => {
  const values = list(args).items();
  let next = 0;
  const out = text(template).replace(/%(?:%|(?:\.(\d+))?([sdfeboxX]?))/g, (clause, precision: string | undefined, letter: string | undefined) => {
    if (clause === "%%") return "%";
    const value = values[next];
    next += 1;
    if (value === undefined) throw new CelError(`index ${next - 1} out of range`);
    switch (letter) {
      case "s":
        return shown(value);
      case "d":
        return typeof value === "bigint" || value instanceof Uint || typeof value === "number" ? shown(value) : noOverload();
      case "f":
        return fixed(value, Number(precision ?? "6"), false);
      case "e":
        return fixed(value, Number(precision ?? "6"), true);
      case "b":
        return inBase(value, 2);
      case "o":
        return inBase(value, 8);
      case "x":
        return inBase(value, 16);
      case "X":
        return inBase(value, 16).toUpperCase();
      default:
        throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${clause}"`);
    }
  });
  return out;
};

const contains: Fn = ([subject, part], context) => {
  walked(context, text(subject), text(part));
  return text(subject).includes(text(part));
};

/** Functions over text. */
export const strings: Functions = {
  contains,
  startsWith: ([subject, part]) => text(subject).startsWith(text(part)),
  endsWith: ([subject, part]) => text(subject).endsWith(text(part)),
  matches,
  find,
  findAll,
  charAt,
  lowerAscii: ([subject]) => text(subject).replace(/[A-Z]/g, (char) => char.toLowerCase()),
  upperAscii: ([subject]) => text(subject).replace(/[a-z]/g, (char) => char.toUpperCase()),
  replace,
  split,
  substring,
  trim: ([subject]) => text(subject).trim(),
  join,
  format: formatText,
  "strings.quote": ([subject]) => quoted(text(subject)),
};
