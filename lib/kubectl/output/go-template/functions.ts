/** Functions of Go templates, and how Go prints values. Upstream: text/template/funcs.go, cli-runtime/pkg/printers/template.go. */
import { decodeBase64, utf8Bytes } from "@/lib/engine";
import { TemplateProblem, UnknownFunction, type Operand } from "./parse";

/** A value in a template: JSON, a whole number of the template's own (`bigint`), or nothing at all. */
export type Value = unknown;

/** What Go calls the type of a value. */
export function goType(value: Value): string {
  if (value === undefined || value === null) return "nil";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  return typeof value === "bigint" ? "int" : typeof value === "number" ? (Number.isInteger(value) ? "int64" : "float64") : typeof value === "boolean" ? "bool" : "string";
}

const isMap = (value: Value): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

/** A number as Go prints a float64. */
function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  return String(value).replace(/e([+-])(\d)$/, "e$10$2");
}

/** A value as Go prints it with `%v`. */
export function goText(value: Value): string {
  if (value === undefined) return "<no value>";
  if (value === null) return "<nil>";
  if (typeof value === "number") return numberText(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (isMap(value)) {
    const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return `map[${keys.map((key) => `${key}:${goText(value[key])}`).join(" ")}]`;
  }
  return String(value);
}

/** Is a value anything but empty? */
export function isTrue(value: Value): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === 0n || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : true;
}

const isNumber = (value: Value): value is number | bigint => typeof value === "number" || typeof value === "bigint";
const isWhole = (value: number | bigint): boolean => typeof value === "bigint" || Number.isInteger(value);

function compared(name: string, a: Value, b: Value): number {
  if (isNumber(a) && isNumber(b) && isWhole(a) === isWhole(b)) return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "boolean" && typeof b === "boolean" && (name === "eq" || name === "ne")) return a === b ? 0 : 1;
  if ((a === undefined || a === null) && (b === undefined || b === null)) return 0;
  throw new TemplateProblem(`error calling ${name}: incompatible types for comparison: ${goType(a)} and ${goType(b)}`);
}

function lengthOf(value: Value): bigint {
  if (typeof value === "string") return BigInt(utf8Bytes(value).length);
  if (Array.isArray(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(Object.keys(value).length);
  throw new TemplateProblem(`error calling len: len of ${value === undefined || value === null ? "nil pointer" : `type ${goType(value)}`}`);
}

function indexed(value: Value, keys: readonly Value[]): Value {
  return keys.reduce<Value>((at, key) => {
    if (Array.isArray(at)) {
      if (!isNumber(key) || !isWhole(key)) throw new TemplateProblem(`error calling index: cannot index slice/array with type ${goType(key)}`);
      if (key < 0 || key >= at.length) throw new TemplateProblem(`error calling index: index out of range: ${key}`);
      return at[Number(key)] as Value;
    }
    if (isMap(at)) return at[String(key)];
    if (at === undefined || at === null) throw new TemplateProblem("error calling index: index of untyped nil");
    throw new TemplateProblem(`error calling index: can't index item of type ${goType(at)}`);
  }, value);
}

/** Can a verb print values of this type? */
function fits(verb: string, value: Value): boolean {
  if (verb === "d") return isNumber(value) && isWhole(value);
  if (verb === "f" || verb === "g" || verb === "e") return typeof value === "number" && !isWhole(value);
  return (verb !== "s" && verb !== "q") || (typeof value !== "bigint" && typeof value !== "number" && typeof value !== "boolean");
}

/** `%s`, `%v`, `%d`, `%q` and their widths. */
function formatted(format: string, values: readonly Value[]): string {
  let next = 0;
  const text = format.replace(/%(-?)(\d*)(?:\.(\d+))?([a-zA-Z%])/g, (_all, left: string, width: string, precision: string | undefined, verb: string) => {
    if (verb === "%") return "%";
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const value = values[next];
    next += 1;
    let shown = verb === "T" ? goType(value) : fits(verb, value) ? (verb === "q" ? JSON.stringify(goText(value)) : verb === "f" && typeof value === "number" ? value.toFixed(Number(precision ?? "6")) : goText(value)) : `%!${verb}(${goType(value)}=${goText(value)})`;
    if (precision !== undefined && (verb === "s" || verb === "v")) shown = shown.slice(0, Number(precision));
    return left === "-" ? shown.padEnd(Number(width || "0")) : shown.padStart(Number(width || "0"));
  });
  const extra = values.slice(next).map((value) => `${goType(value)}=${goText(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(", ")})`;
}

/** `print` puts a blank between two values neither of which is text. */
function printed(values: readonly Value[]): string {
  return values.map((value, i) => `${i > 0 && typeof value !== "string" && typeof values[i - 1] !== "string" ? " " : ""}${goText(value)}`).join("");
}

function exists(value: Value, keys: readonly Value[]): boolean {
  let at = value;
  for (const key of keys) {
    at = Array.isArray(at) ? (at[Number(key)] as Value) : isMap(at) ? at[String(key)] : undefined;
    if (at === undefined) return false;
  }
  return true;
}

function sliced(value: Value, places: readonly Value[]): Value {
  if (typeof value !== "string" && !Array.isArray(value)) throw new TemplateProblem(`error calling slice: can't slice item of type ${goType(value)}`);
  const [from, to] = [0, 1].map((i) => {
    const place = places[i];
    if (place === undefined) return i === 0 ? 0 : value.length;
    if (!isNumber(place) || !isWhole(place)) throw new TemplateProblem(`error calling slice: cannot index slice/array with type ${goType(place)}`);
    if (place < 0 || place > value.length) throw new TemplateProblem(`error calling slice: index out of range: ${place}`);
    return Number(place);
  });
  if ((from ?? 0) > (to ?? 0)) throw new TemplateProblem(`error calling slice: invalid slice index: ${from ?? 0} > ${to ?? 0}`);
  return value.slice(from, to);
}

function decoded(text: string): string {
  const wrong = /[^A-Za-z0-9+/=\r\n]/.exec(text)?.index ?? (text.replace(/[\r\n]/g, "").length % 4 === 0 ? -1 : text.length - (text.length % 4));
  if (wrong >= 0) throw new TemplateProblem(`error calling base64decode: base64 decode failed: illegal base64 data at input byte ${wrong}`);
  return decodeBase64(text);
}

const FUNCTIONS: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  print: printed,
  println: (values) => `${values.map(goText).join(" ")}\n`,
  printf: ([format, ...values]) => formatted(String(format), values),
  len: ([value]) => lengthOf(value),
  index: ([value, ...keys]) => indexed(value, keys),
  not: ([value]) => !isTrue(value),
  and: (values) => values.find((value) => !isTrue(value)) ?? values.at(-1),
  or: (values) => values.find((value) => isTrue(value)) ?? values.at(-1),
  eq: ([first, ...others]) => others.some((other) => compared("eq", first, other) === 0),
  ne: ([a, b]) => compared("ne", a, b) !== 0,
  lt: ([a, b]) => compared("lt", a, b) < 0,
  le: ([a, b]) => compared("le", a, b) <= 0,
  gt: ([a, b]) => compared("gt", a, b) > 0,
  ge: ([a, b]) => compared("ge", a, b) >= 0,
  html: (values) => printed(values).replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0) ?? 0};`),
  js: (values) => JSON.stringify(printed(values)).slice(1, -1),
  urlquery: (values) => encodeURIComponent(printed(values)),
  slice: ([value, ...places]) => sliced(value, places),
  base64decode: ([value]) => decoded(String(value)),
  exists: ([value, ...keys]) => exists(value, keys),
};

/** Calls a function of the template language. @throws {TemplateProblem} when there is none of that name, or it refuses */
export function callFunction({ name, where }: Extract<Operand, { readonly type: "function" }>, values: readonly Value[]): Value {
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (found === undefined) throw new UnknownFunction(`${where}: function ${JSON.stringify(name)} not defined`);
  return found(values);
}
