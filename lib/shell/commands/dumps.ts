/** `xxd`, `od`, `hexdump`, `stat`, `expr`: bytes, facts about files, and sums of old. */
import type { Command, CommandIo } from "../host";
import { resolvePath } from "../path";
import { formatDate } from "./calendar";
import { toBytes } from "./digests";
import { failure, filtered, readArguments, readInputs, reasonOf, usesStdin } from "./files";
import { modeText } from "./listing";
import { compileRegex, RegexError } from "./regex";

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");
const octal = (value: number, width: number): string => value.toString(8).padStart(width, "0");
const visible = (byte: number): string => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".");

function rows(bytes: readonly number[], draw: (row: readonly number[], at: number) => string): string {
  let out = "";
  for (let at = 0; at < bytes.length; at += 16) out += `${draw(bytes.slice(at, at + 16), at)}\n`;
  return out;
}

function dumper(name: string, plain: string, valued: string, draw: (bytes: readonly number[], flags: ReadonlyMap<string, string>) => string): Command {
  return {
    name,
    readsStdin: (args) => usesStdin(readArguments(args, plain, valued).operands),
    run(args, io) {
      const { flags, operands } = readArguments(args, plain, valued);
      const { inputs, errors } = readInputs(name, operands, io);
      const bytes = toBytes(inputs.map(({ text }) => text).join(""));
      const limit = Number(flags.get("l") ?? flags.get("N") ?? flags.get("n") ?? bytes.length);
      return filtered(draw(bytes.slice(0, limit), flags), errors);
    },
  };
}

/** `xxd [-p] [-l COUNT] [FILE]` */
export const xxd = dumper("xxd", "p", "lcs", (bytes, flags) => {
  if (flags.has("p")) return bytes.length === 0 ? "" : bytes.map((byte) => hex(byte, 2)).join("").replace(/.{1,60}/g, "$&\n");
  return rows(bytes, (row, at) => `${hex(at, 8)}: ${Array.from({ length: 8 }, (_, i) => row.slice(i * 2, i * 2 + 2).map((byte) => hex(byte, 2)).join("").padEnd(4)).join(" ")}  ${row.map(visible).join("")}`);
});

/** `hexdump -C [FILE]` */
export const hexdump = dumper("hexdump", "C", "ns", (bytes) => (bytes.length === 0 ? "" : `${rows(bytes, (row, at) => `${hex(at, 8)}  ${row.slice(0, 8).map((byte) => hex(byte, 2)).join(" ").padEnd(23)}  ${row.slice(8).map((byte) => hex(byte, 2)).join(" ").padEnd(23)}  |${row.map(visible).join("")}|`)}${hex(bytes.length, 8)}\n`));

const ESCAPES: Readonly<Record<number, string>> = { 0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" };

/** `od [-c] [-x] [-b] [-t x1] [-An] [FILE]` */
export const od = dumper("od", "cxbdov", "tANj", (bytes, flags) => {
  const wide = flags.has("x") || (!flags.has("c") && !flags.has("b") && !flags.has("t"));
  const one = (byte: number): string => (flags.has("c") ? (ESCAPES[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : octal(byte, 3))).padStart(4) : flags.get("t")?.startsWith("x") === true ? ` ${hex(byte, 2)}` : ` ${octal(byte, 3)}`);
  const pairs = (row: readonly number[]): string => Array.from({ length: Math.ceil(row.length / 2) }, (_, i) => {
    const value = (row[i * 2] ?? 0) + (row[i * 2 + 1] ?? 0) * 256;
    return ` ${flags.has("x") ? hex(value, 4) : octal(value, 6)}`;
  }).join("");
  const address = (at: number): string => (flags.get("A") === "n" ? "" : octal(at, 7));
  const end = flags.get("A") === "n" ? "" : `${address(bytes.length)}\n`;
  return `${rows(bytes, (row, at) => `${address(at)}${wide ? pairs(row) : row.map(one).join("")}`)}${end}`;
});

function formatOf(format: string, path: string, shown: string, io: CommandIo): string | undefined {
  const found = io.fs.stat(path);
  if (!found) return undefined;
  const kind = { file: found.size === 0 ? "regular empty file" : "regular file", directory: "directory", symlink: "symbolic link", device: "character special file" }[found.type];
  const number = (name: string): string => (name === "root" ? "0" : String(io.identity.uid));
  const values: Readonly<Record<string, string>> = { n: shown, s: String(found.size), a: found.mode.toString(8), A: modeText(found), F: kind, U: found.owner, G: found.group, u: number(found.owner), g: number(found.group), Y: String(Math.trunc(found.mtime / 1000)), y: formatDate(found.mtime, "%Y-%m-%d %H:%M:%S.000000000 +0000"), "%": "%" };
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => values[letter] ?? whole);
}

/** `stat [-c FORMAT] FILE…` */
export const stat: Command = {
  name: "stat",
  run(args, io) {
    const { flags, operands } = readArguments(args, "Lt", "c", { format: "c" });
    if (operands.length === 0) return failure("stat", "missing operand");
    const format = flags.get("c") ?? "  File: %n\n  Size: %s\t\tBlocks: 8          IO Block: 4096   %F\nAccess: (0%a/%A)  Uid: (    %u/    %U)   Gid: (    %g/    %G)\nModify: %y";
    const errors: string[] = [];
    const stdout = operands.map((operand) => {
      const text = formatOf(format, resolvePath(io.cwd, operand), operand, io);
      if (text === undefined) errors.push(`stat: can't stat '${operand}': ${reasonOf("ENOENT")}\n`);
      return text === undefined ? "" : `${text}\n`;
    }).join("");
    return filtered(stdout, errors.join(""));
  },
};

type Sum = (words: string[]) => string;

const isNumber = (text: string): boolean => /^-?\d+$/.test(text);

class NotSum extends Error {}

function primary(words: string[]): string {
  const word = words.shift();
  if (word === undefined) throw new NotSum("syntax error");
  if (word === "length") return String([...(words.shift() ?? "")].length);
  if (word === "substr") {
    const [text = "", from = "1", count = "0"] = words.splice(0, 3);
    return text.slice(Math.max(0, Number(from) - 1), Math.max(0, Number(from) - 1 + Number(count)));
  }
  if (word === "index") {
    const [text = "", chars = ""] = words.splice(0, 2);
    return String([...text].findIndex((char) => chars.includes(char)) + 1);
  }
  if (word !== "(") return word;
  const inside = either(words);
  if (words.shift() !== ")") throw new NotSum("syntax error");
  return inside;
}

function matched(words: string[]): string {
  let left = primary(words);
  while (words[0] === ":") {
    words.shift();
    const found = compileRegex(`^${primary(words).replace(/^\^/, "")}`, { extended: false }).exec(left);
    const group = found?.groups[1];
    left = found && found.groups.length > 1 ? (group ?? "") : String(found ? found.end : 0);
  }
  return left;
}

/** A level of operators of the same strength, from the left. */
function level(inner: Sum, ops: readonly string[], work: (op: string, a: string, b: string) => string): Sum {
  return (words) => {
    let left = inner(words);
    while (ops.includes(words[0] ?? "")) {
      const op = words.shift() ?? "";
      left = work(op, left, inner(words));
    }
    return left;
  };
}

function arithmetic(op: string, a: string, b: string): string {
  if (!isNumber(a) || !isNumber(b)) throw new NotSum("non-integer argument");
  const [x, y] = [BigInt(a), BigInt(b)];
  if ((op === "/" || op === "%") && y === 0n) throw new NotSum("division by zero");
  return String(op === "+" ? x + y : op === "-" ? x - y : op === "*" ? x * y : op === "/" ? x / y : x % y);
}

function ordered(op: string, a: string, b: string): string {
  const order = isNumber(a) && isNumber(b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
  return { "=": order === 0, "==": order === 0, "!=": order !== 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[op] === true ? "1" : "0";
}

const empty = (text: string): boolean => text === "" || text === "0";
const products = level(matched, ["*", "/", "%"], arithmetic);
const sums = level(products, ["+", "-"], arithmetic);
const comparisons = level(sums, ["=", "==", "!=", "<", "<=", ">", ">="], ordered);
const both = level(comparisons, ["&"], (_, a, b) => (empty(a) || empty(b) ? "0" : a));
const either: Sum = level(both, ["|"], (_, a, b) => (empty(a) ? b : a));

/** `expr EXPRESSION`; ends with 1 when it comes to nothing or 0. */
export const expr: Command = {
  name: "expr",
  run(args) {
    const words = [...args].slice(0, 1_000);
    try {
      const value = either(words);
      if (words.length > 0) return failure("expr", "syntax error", 2);
      return { status: empty(value) ? 1 : 0, stdout: `${value}\n` };
    } catch (error) {
      if (!(error instanceof NotSum) && !(error instanceof RegexError)) throw error;
      return failure("expr", error.message, 2);
    }
  },
};
