import { formatDate } from "../calendar";
import { compileRegex, RegexError, type RegexMatch } from "../regex";
import { parseJq } from "./parse";
import { withAt, type Item } from "./paths";
import { JqError, type Filter, type JsonValue } from "./tree";
import { asText, compact, compare, contains, isList, isMap, isTrue, keysOf, shown, split, typeOf } from "./values";

/** An argument: a filter that may be asked for any value. */
export type Closure = (item: Item) => readonly Item[];

interface Native {
  readonly run: (input: Item, args: readonly Closure[], variables: Readonly<Record<string, JsonValue>>) => readonly Item[];
}

interface Written {
  readonly parameters: readonly string[];
  readonly body: Filter;
}

/** What jq itself writes in jq. */
const SOURCE = `
def map(f): [.[] | f]; def select(f): if f then . else empty end; def recurse(f): ., (f | recurse(f)); def recurse: recurse(.[]?);
def values: select(. != null); def nulls: select(. == null); def strings: select(type == "string"); def numbers: select(type == "number"); def booleans: select(type == "boolean"); def arrays: select(type == "array"); def objects: select(type == "object"); def scalars: select(type != "array" and type != "object"); def iterables: select(type == "array" or type == "object");
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}]; def with_entries(f): to_entries | map(f) | from_entries; def map_values(f): .[] |= f;
def add: reduce .[] as $x (null; . + $x); def add(f): reduce f as $x (null; . + $x); def any: reduce .[] as $x (false; . or $x); def all: reduce .[] as $x (true; . and $x); def any(f): [.[] | f] | any; def all(f): [.[] | f] | all; def any(g; f): [g | f] | any; def all(g; f): [g | f] | all;
def first: .[0]; def last: .[-1]; def nth($n): .[$n]; def last(f): reduce f as $x (null; $x); def in($o): . as $k | $o | has($k); def inside($b): . as $a | $b | contains($a); def isvalid(f): try (f | true) catch false;
def until(c; u): if c then . else (u | until(c; u)) end; def while(c; u): if c then ., (u | while(c; u)) else empty end;
def paths: path(..) | select(length > 0); def paths(f): . as $in | paths | select(. as $p | $in | getpath($p) | f); def leaf_paths: paths(scalars); def del(f): delpaths([path(f)]); def to_array: if type == "array" then . else [.] end;
def join($s): reduce .[] as $x (null; (if . == null then "" else . + $s end) + (if $x == null then "" elif ($x | type) == "string" then $x else ($x | tojson) end)) // "";
def walk(f): if type == "object" then map_values(walk(f)) elif type == "array" then map(walk(f)) else . end | f; def env: $ENV; def todate: todateiso; def fromdate: fromdateiso; def ascii: [.] | implode; def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def unique_by(f): [group_by(f)[] | .[0]]; def unique: unique_by(.); def sort: sort_by(.); def min: min_by(.); def max: max_by(.); def index($s): indices($s) | .[0]; def rindex($s): indices($s) | .[-1]; def finites: select(. < infinite); def abs: if . < 0 then -. else . end; def toarray: if type == "array" then . else [.] end; def splits($r): split($r; null) | .[]; def capture($r): capture($r; null); def scan($r): scan($r; null); def test($r): test($r; null); def match($r): match($r; null); def sub($r; f): sub($r; f; ""); def gsub($r; f): sub($r; f; "g"); def flatten: flatten(100); def halt_error: error; def transpose: . as $in | (map(length) | max // 0) as $n | [range(0; $n) as $i | [$in[][$i]]];
`;

function definitions(filter: Filter, found: Map<string, Written>): Map<string, Written> {
  if (filter.k !== "define") return found;
  found.set(`${filter.name}/${filter.parameters.length}`, { parameters: filter.parameters, body: filter.body });
  return definitions(filter.rest, found);
}

const written = new Map<string, Written>(SOURCE.split("\n").flatMap((line) => [...definitions(parseJq(line), new Map<string, Written>())]));

const one = (value: JsonValue): readonly Item[] => [{ value, path: null }];
const first = (closure: Closure | undefined, item: Item): JsonValue => closure?.(item)[0]?.value ?? null;
const simple = (work: (value: JsonValue) => JsonValue): Native => ({ run: ({ value }) => one(work(value)) });
/** A function of the input and one argument, for each of its values. */
const binary = (work: (value: JsonValue, arg: JsonValue) => JsonValue): Native => ({ run: (input, [arg]) => (arg?.(input) ?? []).flatMap((given) => one(work(input.value, given.value))) });
const textOf = (value: JsonValue, what: string): string => {
  if (typeof value !== "string") throw new JqError(`${shown(value)} ${what}`);
  return value;
};
const numberOf = (value: JsonValue): number => {
  if (typeof value !== "number") throw new JqError(`${shown(value)} number required`);
  return value;
};
const listOf = (value: JsonValue, what: string): readonly JsonValue[] => {
  if (!isList(value)) throw new JqError(`${shown(value)} cannot be ${what}, as it is not an array`);
  return value;
};

function lengthOf(value: JsonValue): number {
  if (typeof value === "boolean") throw new JqError(`${shown(value)} has no length`);
  if (typeof value === "number") return Math.abs(value);
  return value === null ? 0 : typeof value === "string" ? [...value].length : isList(value) ? value.length : Object.keys(value).length;
}

function keyed(input: Item, by: Closure | undefined, what: string): readonly { readonly value: JsonValue; readonly key: JsonValue }[] {
  return listOf(input.value, what).map((value) => ({ value, key: (by?.({ value, path: null }) ?? []).map((item) => item.value) })).sort((a, b) => compare(a.key, b.key));
}

function grouped(input: Item, by: Closure | undefined): JsonValue {
  const groups: { key: JsonValue; values: JsonValue[] }[] = [];
  for (const { key, value } of keyed(input, by, "grouped")) {
    const last = groups.at(-1);
    if (last && compare(last.key, key) === 0) last.values.push(value);
    else groups.push({ key, values: [value] });
  }
  return groups.map(({ values }) => values);
}

function fromEntries(value: JsonValue): JsonValue {
  let all: Readonly<Record<string, JsonValue>> = {};
  for (const entry of isList(value) ? value : []) {
    const at = (...names: readonly string[]): JsonValue => (isMap(entry) ? (names.map((name) => (Object.hasOwn(entry, name) ? (entry[name] ?? null) : null)).find((found) => found !== null) ?? null) : null);
    const own = isMap(entry) && Object.hasOwn(entry, "value") ? (entry["value"] ?? null) : at("v", "Value", "V");
    const key = at("key", "k", "name", "Name", "Key", "K");
    all = { ...all, [key === null ? "null" : asText(key)]: own };
  }
  return all;
}

function matches(value: JsonValue, pattern: JsonValue, flags: JsonValue): readonly (RegexMatch & { readonly text: string })[] {
  const text = textOf(value, "cannot be matched, as it is not a string");
  const given = isList(pattern) ? (pattern[0] ?? "") : pattern;
  const how = asText(isList(pattern) ? (pattern[1] ?? "") : (flags ?? ""));
  const source = textOf(given, "cannot be matched, as it is not a string").replace(/\(\?<\w+>/g, "(").replace(/\(\?:/g, "(").replace(/\\d/g, "[0-9]");
  try {
    const regex = compileRegex(source, { extended: true, ignoreCase: how.includes("i") });
    const found: (RegexMatch & { readonly text: string })[] = [];
    for (let at = 0; at <= text.length && found.length < 10_000; ) {
      const match = regex.exec(text, at);
      if (!match) break;
      found.push({ ...match, text: text.slice(match.start, match.end) });
      at = match.end > match.start ? match.end : match.end + 1;
      if (!how.includes("g")) break;
    }
    return found;
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new JqError(`${asText(given)} (at offset 0) is not a valid regex: ${error.message}`);
  }
}

/** Names of the groups of a pattern, in order. */
function groupNames(pattern: JsonValue): readonly (string | null)[] {
  return [...asText(isList(pattern) ? (pattern[0] ?? "") : pattern).matchAll(/\\.|\((?!\?[^<])(?:\?<(\w+)>)?/g)].filter(([text]) => text.startsWith("(")).map((match) => match[1] ?? null);
}

function captured(pattern: JsonValue, match: RegexMatch): JsonValue {
  const names = groupNames(pattern);
  return Object.fromEntries(names.flatMap((name, i): [string, JsonValue][] => (name === null ? [] : [[name, match.groups[i + 1] ?? null]])));
}

function substituted(input: Item, [pattern, replacement, flags]: readonly Closure[]): JsonValue {
  const wanted = first(pattern, input);
  const text = textOf(input.value, "cannot be matched, as it is not a string");
  let result = "";
  let at = 0;
  for (const match of matches(text, wanted, first(flags, input))) {
    result += text.slice(at, match.start) + asText(first(replacement, { value: captured(wanted, match), path: null }));
    at = match.end;
  }
  return result + text.slice(at);
}

const regexes: Readonly<Record<string, Native>> = {
  "test/2": { run: (input, [pattern, flags]) => one(matches(input.value, first(pattern, input), first(flags, input)).length > 0) },
  "match/2": { run: (input, [pattern, flags]) => matches(input.value, first(pattern, input), first(flags, input)).map((match) => ({ path: null, value: { offset: match.start, length: match.end - match.start, string: match.text, captures: match.groups.slice(1).map((string, i) => ({ string: string ?? null, name: groupNames(first(pattern, input))[i] ?? null })) } })) },
  "capture/2": { run: (input, [pattern, flags]) => matches(input.value, first(pattern, input), first(flags, input)).map((match) => ({ path: null, value: captured(first(pattern, input), match) })) },
  "scan/2": { run: (input, [pattern]) => matches(input.value, first(pattern, input), "g").map((match) => ({ path: null, value: match.groups.length > 1 ? match.groups.slice(1).map((group) => group ?? null) : match.text })) },
  "split/2": { run(input, [pattern]) {
    const text = textOf(input.value, "cannot be matched, as it is not a string");
    const found = matches(text, first(pattern, input), "g");
    return one([...found.map((match, i) => text.slice(found[i - 1]?.end ?? 0, match.start)), text.slice(found.at(-1)?.end ?? 0)]);
  } },
  "sub/3": { run: (input, args) => one(substituted(input, args)) },
};

const lists: Readonly<Record<string, Native>> = {
  "length/0": simple(lengthOf),
  "keys/0": simple((value) => (isMap(value) ? [...keysOf(value)] : isList(value) ? value.map((_, i) => i) : refuse(`${shown(value)} has no keys`))),
  "keys_unsorted/0": simple((value) => (isMap(value) ? Object.keys(value) : isList(value) ? value.map((_, i) => i) : refuse(`${shown(value)} has no keys`))),
  "has/1": binary((value, key) => (isMap(value) && typeof key === "string" ? Object.hasOwn(value, key) : isList(value) && typeof key === "number" ? key >= 0 && key < value.length : refuse(`Cannot check whether ${typeOf(value)} has a ${typeof key === "string" ? "string" : typeOf(key)} key`))),
  "contains/1": binary(contains),
  "from_entries/0": simple(fromEntries),
  "sort_by/1": { run: (input, [by]) => one(keyed(input, by, "sorted").map(({ value }) => value)) },
  "group_by/1": { run: (input, [by]) => one(grouped(input, by)) },
  "min_by/1": { run: (input, [by]) => one(keyed(input, by, "sorted")[0]?.value ?? null) },
  "max_by/1": { run: (input, [by]) => one(keyed(input, by, "sorted").at(-1)?.value ?? null) },
  "reverse/0": simple((value) => (typeof value === "string" ? [...value].reverse().join("") : value === null ? [] : [...listOf(value, "reversed")].reverse())),
  "flatten/1": binary((value, depth) => flat(listOf(value, "flattened"), numberOf(depth))),
  "indices/1": binary((value, wanted) => (typeof value === "string" ? positions(value, asText(wanted)) : listOf(value, "indexed").flatMap((item, i) => (compare(item, wanted) === 0 ? [i] : [])))),
  "range/1": { run: (input, [to]) => (to?.(input) ?? []).flatMap(({ value }) => range(0, numberOf(value), 1)) },
  "range/2": { run: (input, [from, to]) => (from?.(input) ?? []).flatMap((start) => (to?.(input) ?? []).flatMap((end) => range(numberOf(start.value), numberOf(end.value), 1))) },
  "range/3": { run: (input, [from, to, by]) => range(numberOf(first(from, input)), numberOf(first(to, input)), numberOf(first(by, input))) },
  "first/1": { run: (input, [of]) => (of?.(input) ?? []).slice(0, 1) },
  "limit/2": { run: (input, [count, of]) => (of?.(input) ?? []).slice(0, Math.max(0, numberOf(first(count, input)))) },
  "isempty/1": { run: (input, [of]) => one((of?.(input) ?? []).length === 0) },
  "empty/0": { run: () => [] },
  "not/0": simple((value) => !isTrue(value)),
  "path/1": { run: (input, [of]) => (of?.({ value: input.value, path: [] }) ?? []).flatMap((item) => one(item.path === null ? refuse("Invalid path expression") : [...item.path])) },
  "getpath/1": { run: (input, [at]) => (at?.(input) ?? []).map(({ value: path }): Item => ({ value: valueAt(input.value, isList(path) ? path : []), path: input.path === null ? null : [...input.path, ...(isList(path) ? path : [])] })) },
  "setpath/2": { run: (input, [at, to]) => one(withAt(input.value, listOf(first(at, input), "a path"), first(to, input))) },
  "delpaths/1": binary((value, paths) => [...listOf(paths, "a list of paths")].sort(compare).reverse().reduce((left: JsonValue, path) => withAt(left, isList(path) ? path : [], undefined), value)),
};

const scalars: Readonly<Record<string, Native>> = {
  "type/0": simple(typeOf),
  "tostring/0": simple(asText),
  "tojson/0": simple(compact),
  "fromjson/0": simple((value) => parsed(textOf(value, "cannot be parsed as JSON"))),
  "tonumber/0": simple((value) => (typeof value === "number" ? value : typeof value === "string" && /^\s*-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(value) ? Number(value) : refuse(`Cannot parse '${asText(value)}' as number`))),
  "ascii_downcase/0": simple((value) => textOf(value, "cannot be lowercased").replace(/[A-Z]/g, (char) => char.toLowerCase())),
  "ascii_upcase/0": simple((value) => textOf(value, "cannot be uppercased").replace(/[a-z]/g, (char) => char.toUpperCase())),
  "startswith/1": binary((value, start) => textOf(value, "startswith() requires string inputs").startsWith(asText(start))),
  "endswith/1": binary((value, end) => textOf(value, "endswith() requires string inputs").endsWith(asText(end))),
  "ltrimstr/1": binary((value, start) => (typeof value === "string" && typeof start === "string" && value.startsWith(start) ? value.slice(start.length) : value)),
  "rtrimstr/1": binary((value, end) => (typeof value === "string" && typeof end === "string" && end !== "" && value.endsWith(end) ? value.slice(0, -end.length) : value)),
  "trim/0": simple((value) => textOf(value, "cannot be trimmed").trim()),
  "ltrim/0": simple((value) => textOf(value, "cannot be trimmed").trimStart()),
  "rtrim/0": simple((value) => textOf(value, "cannot be trimmed").trimEnd()),
  "split/1": binary((value, by) => split(textOf(value, "cannot be split"), textOf(by, "cannot be split"))),
  "explode/0": simple((value) => [...textOf(value, "cannot be exploded")].map((char) => char.codePointAt(0) ?? 0)),
  "implode/0": simple((value) => listOf(value, "imploded").map((code) => String.fromCodePoint(Math.min(0x10ffff, Math.max(0, Math.trunc(numberOf(code)) || 0)))).join("")),
  "floor/0": simple((value) => Math.floor(numberOf(value))),
  "ceil/0": simple((value) => Math.ceil(numberOf(value))),
  "round/0": simple((value) => Math.round(numberOf(value))),
  "infinite/0": simple(() => Infinity),
  "nan/0": simple(() => NaN),
  "error/0": { run: ({ value }) => { throw new JqError(typeof value === "string" ? value : `${compact(value)} (not a string)`, value); } },
  "error/1": { run(input, [of]) {
    const value = first(of, input);
    throw new JqError(typeof value === "string" ? value : `${compact(value)} (not a string)`, value);
  } },
  "now/0": { run: (_input, _args, variables) => one(variables["__now"] ?? 0) },
  "todateiso/0": simple((value) => formatDate(Math.trunc(numberOf(value)) * 1000, "+%Y-%m-%dT%H:%M:%SZ".slice(1))),
  "fromdateiso/0": simple((value) => secondsOf(textOf(value, "cannot be parsed as a date"))),
  "input_line_number/0": simple(() => 0),
};

function refuse(message: string): never {
  throw new JqError(message);
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new JqError(`${text} (while parsing '${text}')`);
  }
}

function flat(list: readonly JsonValue[], depth: number): readonly JsonValue[] {
  return list.flatMap((item) => (isList(item) && depth > 0 ? flat(item, depth - 1) : [item]));
}

function positions(text: string, wanted: string): readonly number[] {
  const found: number[] = [];
  if (wanted !== "") for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) found.push(at);
  return found;
}

function range(from: number, to: number, by: number): readonly Item[] {
  const found: Item[] = [];
  for (let at = from; by > 0 ? at < to : by < 0 && at > to; at += by) {
    if (found.length > 100_000) throw new JqError("program takes too long");
    found.push({ value: at, path: null });
  }
  return found;
}

function valueAt(value: JsonValue, path: readonly JsonValue[]): JsonValue {
  return path.reduce((at: JsonValue, key) => (isMap(at) && typeof key === "string" ? (Object.hasOwn(at, key) ? (at[key] ?? null) : null) : isList(at) && typeof key === "number" ? (at[key < 0 ? at.length + key : key] ?? null) : null), value);
}

const DAYS = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

function secondsOf(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  if (!match) throw new JqError(`date "${text}" does not match format "%Y-%m-%dT%H:%M:%SZ"`);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const before = year - 1;
  const leaps = Math.trunc(before / 4) - Math.trunc(before / 100) + Math.trunc(before / 400) - 477;
  const leap = month > 2 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0) ? 1 : 0;
  return (((year - 1970) * 365 + leaps + (DAYS[month - 1] ?? 0) + leap + day - 1) * 24 + hour) * 3600 + minute * 60 + second;
}

const natives: Readonly<Record<string, Native>> = { ...lists, ...scalars, ...regexes };

/** The function of this name and number of arguments: `map/1`. */
export function functionOf(key: string): Native | Written | undefined {
  return Object.hasOwn(natives, key) ? natives[key] : written.get(key);
}
