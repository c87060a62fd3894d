/** What CEL expressions compute with. Upstream: cel-go/common/types. */
import type { Quantity } from "../apimachinery/quantity";
import type { Type } from "./expression-types";

/** A whole number without sign. */
export class Uint {
  constructor(readonly value: bigint) {}
}

/** Bytes, one code unit each. */
export class Bytes {
  constructor(readonly text: string) {}
}

/** A list; items made of JSON become values when they are asked for. */
export class List {
  private readonly made: (Value | undefined)[];
  constructor(
    private readonly source: readonly unknown[],
    private readonly convert?: (item: unknown) => Value,
  ) {
    this.made = convert ? [] : (source as Value[]);
  }

  get length(): number {
    return this.source.length;
  }

  at(index: number): Value {
    if (!this.convert) return this.made[index] as Value;
    let known = this.made[index];
    if (known === undefined) {
      known = this.convert(this.source[index]);
      this.made[index] = known;
    }
    return known;
  }

  items(): readonly Value[] {
    return Array.from({ length: this.length }, (_item, i) => this.at(i));
  }
}

/** A map, or an object with declared fields. Keys are told apart by type and value. */
export interface Dictionary {
  readonly dictionary: true;
  /** Declared fields: read by name, not by index. */
  readonly struct: boolean;
  readonly size: number;
  keys(): readonly Value[];
  get(key: Value): Value | undefined;
}

/** A moment, in nanoseconds since 1970. */
export class Timestamp {
  constructor(readonly nanos: bigint) {}
}

/** A span, in nanoseconds. */
export class Duration {
  constructor(readonly nanos: bigint) {}
}

/** A value that may be absent. */
export class Optional {
  constructor(readonly value: Value | undefined) {}
}

/** The type of a value, as a value. */
export class TypeValue {
  constructor(readonly name: string) {}
}

/** A quantity such as `500m`. */
export class QuantityValue {
  constructor(readonly quantity: Quantity) {}
}

/** A value only functions know the inside of: addresses, networks, versions, addresses of the web, formats, authorisation. */
export class Opaque {
  constructor(
    readonly name: string,
    readonly inside: unknown,
    /** How it prints and compares. */
    readonly text: string,
  ) {}
}

/** Anything an expression can compute with: `bigint` is int, `number` is double. */
export type Value = null | boolean | bigint | number | string | Uint | Bytes | List | Dictionary | Timestamp | Duration | Optional | TypeValue | QuantityValue | Opaque;

/** Evaluation went wrong; the message is upstream's. */
export class CelError extends Error {
  override readonly name = "CelError";
}

/** Is this a map or an object? */
export function isDictionary(value: Value): value is Dictionary {
  return typeof value === "object" && value !== null && "dictionary" in value;
}

/** Tells keys of a map apart. Equal numbers are one key, whatever their type. */
export function keyText(key: Value): string {
  if (typeof key === "string") return `s${key}`;
  if (typeof key === "boolean") return `b${String(key)}`;
  if (typeof key === "bigint") return `n${String(key)}`;
  if (key instanceof Uint) return `n${String(key.value)}`;
  if (typeof key === "number") return `n${String(key)}`;
  throw new CelError("unsupported key type");
}

/** A map made by an expression. */
export function dictionaryOf(entries: readonly (readonly [Value, Value])[]): Dictionary {
  const map = new Map(entries.map(([key, value]) => [keyText(key), [key, value] as const]));
  return { dictionary: true, struct: false, size: map.size, keys: () => [...map.values()].map(([key]) => key), get: (key) => map.get(keyText(key))?.[1] };
}

const ESCAPES: readonly (readonly [string, string])[] = [["__dot__", "."], ["__dash__", "-"], ["__slash__", "/"], ["__underscores__", "__"]];
const KEYWORDS = new Set(["true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while"]);

/** A field's own name, from the one expressions use. */
export function unescapeField(name: string): string {
  if (!name.includes("__")) return name;
  const keyword = /^__(.+)__$/.exec(name)?.[1];
  if (keyword !== undefined && KEYWORDS.has(keyword)) return keyword;
  return name.replace(/__(dot|dash|slash|underscores)__/g, (whole) => ESCAPES.find(([code]) => code === whole)?.[1] ?? whole);
}

/** The name expressions use for a field; undefined for fields they cannot name. Upstream: cel.Escape. */
export function escapeField(name: string): string | undefined {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  if (KEYWORDS.has(name)) return `__${name}__`;
  return name.replaceAll("__", "__underscores__").replaceAll(".", "__dot__").replaceAll("-", "__dash__").replaceAll("/", "__slash__");
}

function wholeOrNot(value: number): Value {
  return Number.isInteger(value) ? BigInt(value) : value;
}

/** A function that reads special texts (moments, spans, bytes) of JSON. */
export type TextReader = (type: Type, text: string) => Value;

/** JSON as a value, read by its type; without one by what it looks like. */
export function valueOf(json: unknown, type: Type | undefined, read: TextReader): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === "string") return type !== undefined && (type.type === "timestamp" || type.type === "duration" || type.type === "bytes") ? read(type, json) : json;
  if (typeof json === "boolean") return json;
  if (typeof json === "number") return type?.type === "double" ? json : wholeOrNot(json);
  if (Array.isArray(json)) return new List(json, (item) => valueOf(item, type?.type === "list" ? type.of : undefined, read));
  return dictionaryOfJson(json as Readonly<Record<string, unknown>>, type, read);
}

function dictionaryOfJson(json: Readonly<Record<string, unknown>>, type: Type | undefined, read: TextReader): Dictionary {
  const struct = type?.type === "object";
  const names = Object.keys(json).filter((name) => json[name] !== undefined);
  const made = new Map<string, Value>();
  const innerType = (name: string): Type | undefined => (type?.type === "map" ? type.of : type?.type === "object" ? type.fields.get(escapeField(name) ?? name) : undefined);
  return {
    dictionary: true,
    struct,
    size: names.length,
    keys: () => [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    get(key) {
      if (typeof key !== "string") return undefined;
      const name = struct ? unescapeField(key) : key;
      if (!Object.hasOwn(json, name) || json[name] === undefined) return undefined;
      const known = made.get(name);
      if (known !== undefined) return known;
      const value = valueOf(json[name], innerType(name), read);
      made.set(name, value);
      return value;
    },
  };
}
