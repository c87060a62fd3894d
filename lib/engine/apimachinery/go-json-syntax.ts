/** What Go says of a text that is no JSON. Upstream: the scanner of `encoding/json`, which `sigs.k8s.io/json` shares. */
import type { Json } from "./meta";

const SPACE = " \t\r\n";
/** Go reads ten times as deep; nobody means to. */
const DEEPEST = 1000;
const END = "unexpected end of JSON input";

/** Where the reading of a text has come to; `wrong` once it is known what is wrong. */
interface Reader {
  readonly text: string;
  at: number;
  depth: number;
  wrong: string | undefined;
}

function quoted(char: string): string {
  if (char === "'") return `'\\''`;
  if (char === '"') return `'"'`;
  const inner = JSON.stringify(char).slice(1, -1).replace(/^\\u00([0-9a-f]{2})$/, (_all, hex: string) => `\\x${hex}`);
  return `'${inner}'`;
}

function fail(reader: Reader, context: string): false {
  const char = reader.text.charAt(reader.at);
  reader.wrong ??= char === "" ? END : `invalid character ${quoted(char)} ${context}`;
  return false;
}

function skip(reader: Reader): string {
  while (reader.at < reader.text.length && SPACE.includes(reader.text.charAt(reader.at))) reader.at += 1;
  return reader.text.charAt(reader.at);
}

function digits(reader: Reader, context: string): boolean {
  if (!/[0-9]/.test(reader.text.charAt(reader.at))) return fail(reader, context);
  while (/[0-9]/.test(reader.text.charAt(reader.at))) reader.at += 1;
  return true;
}

function number(reader: Reader): boolean {
  if (reader.text.charAt(reader.at) === "-") reader.at += 1;
  if (reader.text.charAt(reader.at) === "0") reader.at += 1;
  else if (!digits(reader, "in numeric literal")) return false;
  if (reader.text.charAt(reader.at) === ".") {
    reader.at += 1;
    if (!digits(reader, "after decimal point in numeric literal")) return false;
  }
  if (!/[eE]/.test(reader.text.charAt(reader.at))) return true;
  reader.at += 1;
  if (/[+-]/.test(reader.text.charAt(reader.at))) reader.at += 1;
  return digits(reader, "in exponent of numeric literal");
}

function literal(reader: Reader, word: string): boolean {
  for (const char of word) {
    if (reader.text.charAt(reader.at) !== char) return fail(reader, `in literal ${word} (expecting ${quoted(char)})`);
    reader.at += 1;
  }
  return true;
}

function escape(reader: Reader): boolean {
  const char = reader.text.charAt(reader.at);
  if (char === "" || !'bfnrt\\/"u'.includes(char)) return fail(reader, "in string escape code");
  reader.at += 1;
  for (let i = 0; char === "u" && i < 4; i += 1) {
    if (!/[0-9a-fA-F]/.test(reader.text.charAt(reader.at))) return fail(reader, "in \\u hexadecimal character escape");
    reader.at += 1;
  }
  return true;
}

function string(reader: Reader): boolean {
  reader.at += 1;
  for (;;) {
    const char = reader.text.charAt(reader.at);
    if (char === "" || char < " ") return fail(reader, "in string literal");
    reader.at += 1;
    if (char === '"') return true;
    if (char === "\\" && !escape(reader)) return false;
  }
}

function object(reader: Reader): boolean {
  reader.at += 1;
  if (skip(reader) === "}") {
    reader.at += 1;
    return true;
  }
  for (;;) {
    if (skip(reader) !== '"') return fail(reader, "looking for beginning of object key string");
    if (!string(reader)) return false;
    if (skip(reader) !== ":") return fail(reader, "after object key");
    reader.at += 1;
    if (!value(reader)) return false;
    const next = skip(reader);
    if (next !== "," && next !== "}") return fail(reader, "after object key:value pair");
    reader.at += 1;
    if (next === "}") return true;
  }
}

function array(reader: Reader): boolean {
  reader.at += 1;
  if (skip(reader) === "]") {
    reader.at += 1;
    return true;
  }
  for (;;) {
    if (!value(reader)) return false;
    const next = skip(reader);
    if (next !== "," && next !== "]") return fail(reader, "after array element");
    reader.at += 1;
    if (next === "]") return true;
  }
}

const LITERALS: Readonly<Record<string, string>> = { t: "true", f: "false", n: "null" };

function value(reader: Reader): boolean {
  const first = skip(reader);
  if (first === "{" || first === "[") {
    reader.depth += 1;
    if (reader.depth > DEEPEST) reader.wrong ??= "exceeded max depth";
    const fine = reader.wrong === undefined && (first === "{" ? object(reader) : array(reader));
    reader.depth -= 1;
    return fine;
  }
  if (first === '"') return string(reader);
  if (first !== "" && "-0123456789".includes(first)) return number(reader);
  const word = LITERALS[first];
  return word === undefined ? fail(reader, "looking for beginning of value") : literal(reader, word);
}

/** What is wrong with a text that should be JSON; undefined when nothing is. */
export function goSyntaxProblem(text: string): string | undefined {
  const reader: Reader = { text, at: 0, depth: 0, wrong: undefined };
  if (value(reader) && skip(reader) !== "") fail(reader, "after top-level value");
  return reader.wrong;
}

/** What Go calls a value of JSON. */
export function goName(found: Json): string {
  if (found === null) return "null";
  return Array.isArray(found) ? "array" : typeof found === "boolean" ? "bool" : typeof found;
}
