/** KYAML: YAML in braces, which indentation cannot break. Upstream: sigs.k8s.io/yaml/kyaml. */
import { compareCodePoints } from "./compare";
import type { Json } from "./json";

const SHORT: Readonly<Record<string, string>> = { "\u0007": "\\a", "\b": "\\b", "\f": "\\f", "\r": "\\r", "\v": "\\v", "\0": "\\0", "\u001b": "\\e", "\u0085": "\\N", "\u00a0": "\\_", "\u2028": "\\L", "\u2029": "\\P" };
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const PLAIN_KEY = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u;
/** Words that a reader of YAML takes for something else than text. */
const OTHER = /^(?:null|~|true|t|y|yes|on|false|f|n|no|off|[+-]?\.inf|\.nan|[+-]?inf(?:inity)?|nan)$/i;
const NUMBER = /^[+-]?(?:0x[0-9a-f]+|0b[01]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;
const SIXTIES = /^[+-]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}.*)?$/;

const margin = (level: number): string => "  ".repeat(level);

function escaped(char: string): string {
  if (char === '"' || char === "\\") return `\\${char}`;
  if (PRINTABLE.test(char)) return char;
  const short = SHORT[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

const onOneLine = (text: string): string => `"${[...text].map((char) => (char === "\n" ? "\\n" : char === "\t" ? "\\t" : escaped(char))).join("")}"`;

/** A text of several lines has a line for each; what a line begins with must not be taken for its margin. */
function quoted(text: string, level: number): string {
  const plain = (line: string): string => [...line].map((char) => (char === "\t" ? char : escaped(char))).join("");
  if (!text.includes("\n")) return `"${plain(text)}"`;
  const lines = text.split("\n");
  const ended = lines.at(-1) === "";
  const written = (ended ? lines.slice(0, -1) : lines).map((line, i, all) => `${margin(level)}${/^\s/.test(line) ? "\\" : " "}${plain(line)}${ended || i < all.length - 1 ? "\\n" : ""}\\\n`);
  return `"\\\n${written.join("")}${margin(level)}"`;
}

function keyText(key: string): string {
  const bare = key.replaceAll("_", "");
  return PLAIN_KEY.test(key) && !OTHER.test(key) && !NUMBER.test(bare) && !SIXTIES.test(key) && !DATE.test(key) ? key : onOneLine(key);
}

function print(value: Json, level: number, keepsOrder: boolean): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const cuddled = value.every((item: Json) => typeof item === "object" && item !== null);
    if (cuddled) return `[${value.map((item: Json) => print(item, level, keepsOrder)).join(", ")}]`;
    return `[\n${value.map((item: Json) => `${margin(level + 1)}${print(item, level + 1, keepsOrder)},\n`).join("")}${margin(level)}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value);
    if (members.length === 0) return "{}";
    const entries = keepsOrder ? members : members.sort((a, b) => compareCodePoints(a[0], b[0]));
    return `{\n${entries.map(([key, inner]) => `${margin(level + 1)}${keyText(key)}: ${print(inner as Json, level + 1, keepsOrder)},\n`).join("")}${margin(level)}}`;
  }
  return typeof value === "string" ? quoted(value, level + 1) : JSON.stringify(value);
}

/** A document as `-o kyaml` prints it: keys sorted unless they are to stay as they are. */
export function toKyaml(value: Json, keepsOrder = false): string {
  return `---\n${print(value, 0, keepsOrder)}\n`;
}
