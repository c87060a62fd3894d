/** `xxd`, `od`, `hexdump`: bytes, written out. */
import type { Command, CommandIo, CommandResult } from "../host";
import { fromBytes, toBytes } from "./bytes";
import { failure, filtered, readArguments, readInputs, unknownOption, usesStdin } from "./files";
import { sizeIn } from "./sizes";

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");
const octal = (value: number, width: number): string => value.toString(8).padStart(width, "0");
const visible = (byte: number): string => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".");

/** A number with its unit or in hexadecimal, as `-j`, `-s` and `-N` take it. */
function amountIn(text: string | undefined, other: number): number {
  if (text === undefined) return other;
  return /^0x[0-9a-f]+$/i.test(text) ? parseInt(text, 16) : (sizeIn(text) ?? other);
}

/** Rows of bytes; of rows that are all the same only the first is shown, and a star. */
function rows(bytes: readonly number[], width: number, showsAll: boolean, draw: (row: readonly number[], at: number) => string): string {
  let out = "";
  let before = "";
  let isStarred = false;
  for (let at = 0; at < bytes.length; at += width) {
    const row = bytes.slice(at, at + width);
    const key = row.join(",");
    if (!showsAll && key === before && row.length === width && at + width < bytes.length + width) {
      if (!isStarred) out += "*\n";
      isStarred = true;
      continue;
    }
    before = key;
    isStarred = false;
    out += `${draw(row, at)}\n`;
  }
  return out;
}

interface Given {
  readonly flags: ReadonlyMap<string, string>;
  readonly bytes: readonly number[];
  readonly skipped: number;
  readonly io: CommandIo;
}

/** One `-t` of all that were given, since the last would win; and `xxd -ps` as the `-p` it stands for. */
function tidied(name: string, args: readonly string[]): readonly string[] {
  if (name === "xxd") return args.map((arg) => (arg === "-ps" || arg === "-postscript" || arg === "-plain" ? "-p" : arg));
  if (name !== "od") return args;
  const types: string[] = [];
  const others: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const glued = /^(?:-t|--format=)(.+)$/.exec(arg)?.[1];
    if (glued !== undefined) types.push(glued);
    else if (arg === "-t" || arg === "--format") types.push(args[++i] ?? "");
    else others.push(arg);
  }
  return types.length === 0 ? others : [`-t${types.join("")}`, ...others];
}

function dumper(name: string, plain: string, valued: string, long: Readonly<Record<string, string>>, skip: string, limit: string, draw: (given: Given) => string | CommandResult): Command {
  return {
    name,
    readsStdin: (args) => usesStdin(readArguments(tidied(name, args), plain, valued, long).operands),
    run(args, io) {
      const { flags, operands, unknown } = readArguments(tidied(name, args), plain, valued, long);
      if (unknown !== undefined) return unknownOption(name, unknown);
      const { inputs, errors } = readInputs(name, operands, io);
      if (inputs.length === 0) return { status: 1, stderr: errors };
      const bytes = toBytes(inputs.map(({ text }) => text).join(""));
      const skipped = Math.min(bytes.length, amountIn(flags.get(skip), 0));
      const drawn = draw({ flags, bytes: bytes.slice(skipped, skipped + amountIn(flags.get(limit), bytes.length)), skipped, io });
      return typeof drawn === "string" ? filtered(drawn, errors) : drawn;
    },
  };
}

function unhexed(text: string, isPlain: boolean): string {
  const digits = isPlain ? text.replace(/[^0-9a-fA-F]/g, "") : text.split("\n").map((line) => (/^[0-9a-fA-F]+: ?((?:[0-9a-fA-F]{2,}\s?)*)/.exec(line)?.[1] ?? "").replace(/\s/g, "")).join("");
  return fromBytes((digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
}

/** `xxd [-p] [-r] [-u] [-b] [-i] [-l COUNT] [-s SKIP] [-c COLUMNS] [-g BYTES] [FILE]` */
export const xxd = dumper("xxd", "pruibe", "lcsg", {}, "s", "l", ({ flags, bytes, skipped }) => {
  const cased = (text: string): string => (flags.has("u") ? text.toUpperCase() : text);
  if (flags.has("r")) return unhexed(fromBytes(bytes), flags.has("p"));
  if (flags.has("p")) {
    const width = Number(flags.get("c") ?? 30) || 30;
    return bytes.length === 0 ? "" : cased(bytes.map((byte) => hex(byte, 2)).join("")).replace(new RegExp(`.{1,${width * 2}}`, "g"), "$&\n");
  }
  if (flags.has("i")) return `${bytes.map((byte, i) => `${i % 12 === 0 ? "  " : ""}0x${hex(byte, 2)}${i < bytes.length - 1 ? (i % 12 === 11 ? ",\n" : ", ") : "\n"}`).join("")}`;
  const isBinary = flags.has("b");
  const width = Number(flags.get("c") ?? (isBinary ? 6 : 16)) || 16;
  const group = Number(flags.get("g") ?? (isBinary ? 1 : 2)) || width;
  const one = (byte: number): string => (isBinary ? byte.toString(2).padStart(8, "0") : cased(hex(byte, 2)));
  const cell = isBinary ? 8 : 2;
  const whole = width * cell + Math.ceil(width / group) - 1;
  return rows(bytes, width, true, (row, at) => {
    const groups = Array.from({ length: Math.ceil(row.length / group) }, (_, i) => row.slice(i * group, (i + 1) * group).map(one).join(""));
    return `${hex(at + skipped, 8)}: ${groups.join(" ").padEnd(whole)}  ${row.map(visible).join("")}`;
  });
});

const ESCAPES: Readonly<Record<number, string>> = { 0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" };
const charOf = (byte: number): string => ESCAPES[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : octal(byte, 3));
const word = (row: readonly number[], at: number, size: number): number => Array.from({ length: size }, (_, i) => row[at + i] ?? 0).reduceRight((value, byte) => value * 256 + byte, 0);

/** `hexdump [-C] [-c] [-b] [-d] [-o] [-v] [-n COUNT] [-s SKIP] [FILE]` */
export const hexdump = dumper("hexdump", "Ccbdoxv", "nse", {}, "s", "n", ({ flags, bytes, skipped }) => {
  if (bytes.length === 0) return "";
  const end = bytes.length + skipped;
  const part = (row: readonly number[]): string => row.map((byte) => hex(byte, 2)).join(" ").padEnd(23);
  if (flags.has("C")) return `${rows(bytes, 16, flags.has("v"), (row, at) => `${hex(at + skipped, 8)}  ${part(row.slice(0, 8))}  ${part(row.slice(8))}  |${row.map(visible).join("")}|`)}${hex(end, 8)}\n`;
  const cells = (row: readonly number[]): string => {
    if (flags.has("c")) return row.map((byte) => charOf(byte).padStart(4)).join("").padEnd(64);
    if (flags.has("b")) return row.map((byte) => ` ${octal(byte, 3)}`).join("").padEnd(64);
    const words = Array.from({ length: Math.ceil(row.length / 2) }, (_, i) => word(row, i * 2, 2));
    if (flags.has("d")) return words.map((value) => `   ${String(value).padStart(5, "0")}`).join("").padEnd(64);
    if (flags.has("o")) return words.map((value) => `  ${octal(value, 6)}`).join("").padEnd(64);
    return flags.has("x") ? words.map((value) => `    ${hex(value, 4)}`).join("").padEnd(64) : words.map((value) => ` ${hex(value, 4)}`).join("").padEnd(40);
  };
  return `${rows(bytes, 16, flags.has("v"), (row, at) => `${hex(at + skipped, 7)}${cells(row)}`)}${hex(end, 7)}\n`;
});

interface Format {
  readonly kind: string;
  readonly size: number;
  /** With the visible characters beside. */
  readonly shown: boolean;
}

/** Widest number of each kind and size, as `od` aligns them. */
function widthOf({ kind, size }: Format): number {
  if (kind === "c" || kind === "a") return 3;
  if (kind === "x") return size * 2;
  if (kind === "o") return Math.ceil((size * 8) / 3);
  const widths: Readonly<Record<number, number>> = kind === "d" ? { 1: 4, 2: 6, 4: 11, 8: 20 } : { 1: 3, 2: 5, 4: 10, 8: 20 };
  return widths[size] ?? 10;
}

const NAMED = ["nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr", "so", "si", "dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs", "rs", "us", "sp"];

function cell(format: Format, row: readonly number[], at: number): string {
  const { kind, size } = format;
  const byte = row[at] ?? 0;
  if (kind === "c") return charOf(byte);
  if (kind === "a") return NAMED[byte & 127] ?? ((byte & 127) === 127 ? "del" : String.fromCharCode(byte & 127));
  const value = BigInt(0) + Array.from({ length: size }, (_, i) => BigInt(row[at + i] ?? 0)).reduceRight((sum, one) => sum * 256n + one, 0n);
  if (kind === "x") return value.toString(16).padStart(size * 2, "0");
  if (kind === "o") return value.toString(8).padStart(Math.ceil((size * 8) / 3), "0");
  return String(kind === "d" ? BigInt.asIntN(size * 8, value) : value);
}

const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8, "": 4 };

function formatsIn(text: string): Format[] | undefined {
  const all = [...text.matchAll(/([acdoux])([CSIL]|[1248])?(z?)/g)];
  if (all.map(([whole]) => whole).join("") !== text) return undefined;
  return all.map(([, kind = "o", size = "", shown]) => ({ kind, size: kind === "c" || kind === "a" ? 1 : (SIZES[size] ?? Number(size)), shown: shown === "z" }));
}

/** `od [-A d|o|x|n] [-t TYPES] [-a] [-b] [-c] [-d] [-o] [-x] [-v] [-w N] [-j SKIP] [-N COUNT] [FILE]` */
export const od = dumper("od", "abcdoxvs", "tANjw", { "address-radix": "A", format: "t", "skip-bytes": "j", "read-bytes": "N", "output-duplicates": "v", width: "w" }, "j", "N", ({ flags, bytes, skipped }) => {
  const shorts: Readonly<Record<string, string>> = { a: "a", b: "o1", c: "c", d: "u2", o: "o2", x: "x2", s: "d2" };
  const named = [...(flags.has("t") ? [flags.get("t") ?? ""] : []), ...[...flags.keys()].flatMap((letter) => shorts[letter] ?? [])];
  const formats = (named.length === 0 ? ["o2"] : named).flatMap((text) => formatsIn(text) ?? [{ kind: "?", size: 0, shown: false }]);
  if (formats.some(({ kind }) => kind === "?")) return failure("od", `invalid type string '${flags.get("t") ?? ""}'`);
  const radix = flags.get("A") ?? "o";
  const address = (at: number): string => (radix === "n" ? "" : radix === "d" ? String(at).padStart(7, "0") : radix === "x" ? hex(at, 6) : octal(at, 7));
  const width = Number(flags.get("w") || 16) || 16;
  // Types of several sizes stand under one another, each as wide as the widest asks.
  const perByte = Math.max(...formats.map((format) => (widthOf(format) + 1) / format.size));
  const line = (format: Format, row: readonly number[]): string => {
    const wide = Math.ceil(perByte * format.size);
    const cells = Array.from({ length: Math.ceil(row.length / format.size) }, (_, i) => cell(format, row, i * format.size).padStart(wide)).join("");
    return format.shown ? `${cells.padEnd((wide * width) / format.size)}  >${row.map(visible).join("")}<` : cells;
  };
  const text = rows(bytes, width, flags.has("v"), (row, at) => formats.map((format, i) => (i === 0 ? address(at + skipped) : " ".repeat(address(0).length)) + line(format, row)).join("\n"));
  return text + (radix === "n" ? "" : `${address(bytes.length + skipped)}\n`);
});
