/** Types of CEL expressions: enough to refuse what upstream's checker refuses. Upstream: cel-go/checker, apiserver/pkg/cel. */

/** A type. `param` stands for any one type inside a signature; an `object` has declared fields. */
export type Type =
  | { readonly type: "dyn" | "null" | "bool" | "int" | "uint" | "double" | "string" | "bytes" | "timestamp" | "duration" | "type" }
  | { readonly type: "list" | "optional"; readonly of: Type }
  | { readonly type: "map"; readonly key: Type; readonly of: Type }
  | { readonly type: "object"; readonly name: string; readonly fields: ReadonlyMap<string, Type> }
  | { readonly type: "opaque"; readonly name: string }
  | { readonly type: "param"; readonly name: string };

const plain = <T extends "dyn" | "null" | "bool" | "int" | "uint" | "double" | "string" | "bytes" | "timestamp" | "duration" | "type">(type: T): { readonly type: T } => ({ type });

/** Anything: checked when it runs. */
export const DYN: Type = plain("dyn");
export const NULL: Type = plain("null");
export const BOOL: Type = plain("bool");
export const INT: Type = plain("int");
export const UINT: Type = plain("uint");
export const DOUBLE: Type = plain("double");
export const STRING: Type = plain("string");
export const BYTES: Type = plain("bytes");
export const TIMESTAMP: Type = plain("timestamp");
export const DURATION: Type = plain("duration");
export const TYPE: Type = plain("type");

/** A list. */
export const listOf = (of: Type): Type => ({ type: "list", of });
/** A map. */
export const mapOf = (key: Type, of: Type): Type => ({ type: "map", key, of });
/** A value that may be absent. */
export const optionalOf = (of: Type): Type => ({ type: "optional", of });
/** An object with declared fields, by the names expressions use. */
export const objectType = (name: string, fields: ReadonlyMap<string, Type>): Type => ({ type: "object", name, fields });
/** A type only functions know. */
export const opaque = (name: string): Type => ({ type: "opaque", name });

/** A type as messages print it. */
export function typeText(type: Type): string {
  switch (type.type) {
    case "timestamp":
      return "google.protobuf.Timestamp";
    case "duration":
      return "google.protobuf.Duration";
    case "list":
      return `list(${typeText(type.of)})`;
    case "optional":
      return `optional_type(${typeText(type.of)})`;
    case "map":
      return `map(${typeText(type.key)}, ${typeText(type.of)})`;
    case "object":
    case "opaque":
    case "param":
      return type.name;
    default:
      return type.type;
  }
}

/** What type parameters stand for in one call. */
export type Bindings = Map<string, Type>;

/** Can a value of type `given` go where `wanted` is asked for? Binds the parameters of `wanted`. */
export function assignable(wanted: Type, given: Type, bindings: Bindings): boolean {
  if (wanted.type === "param") {
    const bound = bindings.get(wanted.name);
    if (bound === undefined || bound.type === "dyn") {
      bindings.set(wanted.name, given);
      return true;
    }
    return assignable(bound, given, bindings) || widened(wanted.name, bound, given, bindings);
  }
  if (wanted.type === "dyn" || given.type === "dyn" || given.type === "param") return true;
  if (given.type === "null" && (wanted.type === "object" || wanted.type === "timestamp" || wanted.type === "duration" || wanted.type === "null")) return true;
  switch (wanted.type) {
    case "list":
    case "optional":
      return given.type === wanted.type && assignable(wanted.of, given.of, bindings);
    case "map":
      return given.type === "map" && assignable(wanted.key, given.key, bindings) && assignable(wanted.of, given.of, bindings);
    case "object":
    case "opaque":
      return given.type === wanted.type && given.name === wanted.name;
    default:
      return given.type === wanted.type;
  }
}

/** What was null first may turn out to be something. */
function widened(name: string, bound: Type, given: Type, bindings: Bindings): boolean {
  if (!assignable(given, bound, bindings)) return false;
  bindings.set(name, given);
  return true;
}

/** A signature's type with its parameters filled in. */
export function substituted(type: Type, bindings: Bindings): Type {
  switch (type.type) {
    case "param":
      return bindings.get(type.name) ?? DYN;
    case "list":
    case "optional":
      return { type: type.type, of: substituted(type.of, bindings) };
    case "map":
      return mapOf(substituted(type.key, bindings), substituted(type.of, bindings));
    default:
      return type;
  }
}

const NAMED: Readonly<Record<string, Type>> = { dyn: DYN, null: NULL, bool: BOOL, int: INT, uint: UINT, double: DOUBLE, string: STRING, bytes: BYTES, timestamp: TIMESTAMP, duration: DURATION, type: TYPE };

/** Reads a type as the tables of signatures write it: `list(A)`, `map(string, B)`, `string`, `kubernetes.URL`. */
export function readType(text: string): Type {
  const open = text.indexOf("(");
  if (open < 0) {
    const known = Object.hasOwn(NAMED, text) ? NAMED[text] : undefined;
    return known ?? (/^[A-Z]$/.test(text) ? { type: "param", name: text } : opaque(text));
  }
  const head = text.slice(0, open);
  const inside = text.slice(open + 1, -1);
  if (head === "list") return listOf(readType(inside));
  if (head === "optional") return optionalOf(readType(inside));
  const comma = splitAtComma(inside);
  return mapOf(readType(inside.slice(0, comma).trim()), readType(inside.slice(comma + 1).trim()));
}

function splitAtComma(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === "(") depth += 1;
    else if (text[i] === ")") depth -= 1;
    else if (text[i] === "," && depth === 0) return i;
  }
  return text.length;
}

/** The parts of a list of types. */
export function readTypes(text: string): readonly Type[] {
  const found: Type[] = [];
  for (let rest = text.trim(); rest !== ""; ) {
    const end = splitAtComma(rest);
    found.push(readType(rest.slice(0, end).trim()));
    rest = rest.slice(end + 1).trim();
  }
  return found;
}
