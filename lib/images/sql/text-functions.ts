import { sha256 } from "@/lib/engine";
import { allCommands, makeFileTree, memoryFileSystem, rootIdentity } from "@/lib/shell";
import { spoken } from "./arithmetic";
import { refuse } from "./refusal";
import { float, int, isExact, numberOf, rescaled, whole, type Dialect, type Exact, type Value } from "./value";

type Present = Exclude<Value, null>;
/** A function of values, none of them NULL; whoever calls it answers NULL for NULL. */
export type Plain = (args: readonly Present[], dialect: Dialect) => Value;

const LONGEST = 1_000_000;

const text = (value: Present | undefined, dialect: Dialect): string => (value === undefined ? "" : spoken(value, dialect));
const number = (value: Present | undefined): number => {
  const found = value === undefined ? 0 : numberOf(value);
  return typeof found === "object" ? float(found) : found;
};
const count = (value: Present | undefined): number => Math.round(number(value));
const exact = (value: Present | undefined): Exact | number => (value === undefined ? int(0) : numberOf(value));

/** A text's UTF-8 bytes. */
export function utf8(source: string): Uint8Array {
  const bytes: number[] = [];
  for (const char of source) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return new Uint8Array(bytes);
}

const hex = (bytes: Iterable<number>): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Pieces put together, as long as that is reasonable. */
function bounded(pieces: readonly string[]): string {
  if (pieces.reduce((sum, piece) => sum + piece.length, 0) > 4 * LONGEST) throw refuse("full-of-steps");
  return pieces.join("");
}

/** MD5 as the shell's `md5sum` knows it. */
function md5(source: string): string {
  const told = allCommands.get("md5sum")?.run([], { fs: memoryFileSystem(makeFileTree()), stdin: source, cwd: "/", env: {}, identity: rootIdentity, now: 0 });
  return told?.stdout?.slice(0, 32) ?? "";
}

function substring([source, from, length]: readonly Present[], dialect: Dialect): string {
  const letters = [...text(source, dialect)];
  const begin = count(from);
  const start = begin < 0 && dialect === "mariadb" ? letters.length + begin : begin - 1;
  if (begin === 0 && dialect === "mariadb") return "";
  const end = length === undefined ? letters.length : start + count(length);
  return letters.slice(Math.max(0, start), Math.max(0, end)).join("");
}

function trimmed(args: readonly Present[], dialect: Dialect, side: string): string {
  const explicit = ["LEADING", "TRAILING", "BOTH"].includes(String(args[0])) && args.length === 3;
  const way = explicit ? String(args[0]) : side;
  const [cut, source] = explicit ? [text(args[1], dialect), text(args[2], dialect)] : args.length === 2 ? (dialect === "postgres" && side !== "BOTH" ? [text(args[1], dialect), text(args[0], dialect)] : [text(args[0], dialect), text(args[1], dialect)]) : [" ", text(args[0], dialect)];
  if (cut === "") return source;
  let [begin, end] = [0, source.length];
  while (way !== "TRAILING" && begin < end && source.startsWith(cut, begin)) begin += cut.length;
  while (way !== "LEADING" && end > begin && source.slice(begin, end).endsWith(cut)) end -= cut.length;
  return source.slice(begin, end);
}

function padded(args: readonly Present[], dialect: Dialect, left: boolean): string {
  const source = text(args[0], dialect);
  const length = Math.min(LONGEST, Math.max(0, count(args[1])));
  const fill = args[2] === undefined ? " " : text(args[2], dialect);
  if (source.length >= length) return source.slice(0, length);
  return left ? source.padStart(length, fill) : source.padEnd(length, fill);
}

function round([value, places]: readonly Present[]): Value {
  const found = exact(value);
  const digits = places === undefined ? 0 : count(places);
  if (typeof found === "number") {
    const scale = Number(`1e${Math.max(-15, Math.min(15, digits))}`);
    return Math.round(found * scale) / scale;
  }
  if (digits >= 0) return found.s <= digits && places === undefined ? found : rescaled(found, Math.min(digits, 38));
  const unit = BigInt(`1${"0".repeat(Math.min(60, -digits))}`);
  return { n: rescaled({ n: found.n, s: found.s - digits }, 0).n * unit, s: 0 };
}

const toWhole = (way: -1 | 1): Plain => ([value]) => {
  const found = exact(value);
  return typeof found === "object" ? whole(found, way) : way < 0 ? Math.floor(found) : Math.ceil(found);
};

function grouped(value: Present | undefined, places: number): string {
  const found = exact(value);
  const fixed = typeof found === "object" ? rescaled(found, places) : rescaled({ n: BigInt(Math.round(found * 1e6)), s: 6 }, places);
  const digits = (fixed.n < BigInt(0) ? -fixed.n : fixed.n).toString().padStart(places + 1, "0");
  const head = places === 0 ? digits : digits.slice(0, -places);
  return `${fixed.n < BigInt(0) ? "-" : ""}${head.replace(/\B(?=(\d{3})+$)/g, ",")}${places === 0 ? "" : `.${digits.slice(-places)}`}`;
}

/** Newton's way, by integers: the square root of an exact number to fifteen digits. */
function root(value: number): number {
  if (value <= 0) return value === 0 ? 0 : Number.NaN;
  let guess = value > 1 ? value / 2 : 1;
  for (let i = 0; i < 200; i += 1) {
    const better = (guess + value / guess) / 2;
    if (better === guess) break;
    guess = better;
  }
  return Math.round(guess) * Math.round(guess) === value ? Math.round(guess) : guess;
}

const at = (args: readonly Present[], dialect: Dialect, needle: number, hay: number): Value => int([...text(args[hay], dialect).toLowerCase().split(text(args[needle], dialect).toLowerCase())[0] ?? ""].length * (text(args[hay], dialect).toLowerCase().includes(text(args[needle], dialect).toLowerCase()) ? 1 : 0) + (text(args[hay], dialect).toLowerCase().includes(text(args[needle], dialect).toLowerCase()) ? 1 : 0));

/** Functions of texts and numbers that look at nothing else. */
export const plainFunctions: Readonly<Record<string, Plain>> = {
  CONCAT: (args, dialect) => bounded(args.map((arg) => spoken(arg, dialect))),
  UPPER: ([a], d) => text(a, d).toUpperCase(),
  UCASE: ([a], d) => text(a, d).toUpperCase(),
  LOWER: ([a], d) => text(a, d).toLowerCase(),
  LCASE: ([a], d) => text(a, d).toLowerCase(),
  INITCAP: ([a], d) => text(a, d).toLowerCase().replace(/(^|[^\p{L}\p{N}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
  LENGTH: ([a], d) => int(d === "mariadb" ? utf8(text(a, d)).length : [...text(a, d)].length),
  OCTET_LENGTH: ([a], d) => int(utf8(text(a, d)).length),
  CHAR_LENGTH: ([a], d) => int([...text(a, d)].length),
  CHARACTER_LENGTH: ([a], d) => int([...text(a, d)].length),
  SUBSTRING: substring,
  SUBSTR: substring,
  MID: substring,
  LEFT: ([a, n], d) => [...text(a, d)].slice(0, count(n) < 0 ? count(n) : Math.max(0, count(n))).join(""),
  RIGHT: ([a, n], d) => (count(n) <= 0 ? "" : [...text(a, d)].slice(-count(n)).join("")),
  TRIM: (args, d) => trimmed(args, d, "BOTH"),
  BTRIM: (args, d) => trimmed(args, d, "BOTH"),
  LTRIM: (args, d) => trimmed(args, d, "LEADING"),
  RTRIM: (args, d) => trimmed(args, d, "TRAILING"),
  REPLACE: ([a, b, c], d) => (text(b, d) === "" ? text(a, d) : text(a, d).slice(0, Math.floor(4 * LONGEST / Math.max(1, text(c, d).length))).replaceAll(text(b, d), () => text(c, d)).slice(0, LONGEST)),
  REVERSE: ([a], d) => [...text(a, d)].reverse().join(""),
  REPEAT: ([a, n], d) => text(a, d).repeat(Math.max(0, Math.min(count(n), Math.floor(LONGEST / Math.max(1, text(a, d).length))))),
  SPACE: ([n]) => " ".repeat(Math.max(0, Math.min(count(n), LONGEST))),
  LPAD: (args, d) => padded(args, d, true),
  RPAD: (args, d) => padded(args, d, false),
  INSTR: (args, d) => at(args, d, 1, 0),
  LOCATE: (args, d) => at(args, d, 0, 1),
  POSITION: (args, d) => at(args, d, 0, 1),
  STRPOS: (args, d) => at(args, d, 1, 0),
  SPLIT_PART: ([a, b, n], d) => text(a, d).split(text(b, d)).at(count(n) > 0 ? count(n) - 1 : count(n)) ?? "",
  SUBSTRING_INDEX: ([a, b, n], d) => (count(n) >= 0 ? text(a, d).split(text(b, d)).slice(0, count(n)) : text(a, d).split(text(b, d)).slice(count(n))).join(text(b, d)),
  ASCII: ([a], d) => int(utf8(text(a, d))[0] ?? 0),
  ORD: ([a], d) => int(utf8(text(a, d))[0] ?? 0),
  CHR: ([n]) => String.fromCodePoint(Math.max(1, Math.min(0x10ffff, count(n)))),
  HEX: ([a], d) => (a !== undefined && isExact(a) ? a.n.toString(16).toUpperCase() : hex(utf8(text(a, d))).toUpperCase()),
  QUOTE: ([a], d) => `'${text(a, d).replace(/[\\']/g, "\\$&")}'`,
  QUOTE_IDENT: ([a], d) => (/^[a-z_][a-z0-9_]*$/.test(text(a, d)) ? text(a, d) : `"${text(a, d).replaceAll('"', '""')}"`),
  QUOTE_LITERAL: ([a], d) => `'${text(a, d).replaceAll("'", "''")}'`,
  MD5: ([a], d) => md5(text(a, d)),
  SHA2: ([a, n], d) => ([0, 256].includes(count(n)) ? hex(sha256(utf8(text(a, d)))) : null),
  STRCMP: ([a, b], d) => int(text(a, d) < text(b, d) ? -1 : text(a, d) > text(b, d) ? 1 : 0),
  FORMAT: ([a, n], d) => (d === "postgres" ? text(a, d).replace(/%[sIL]/g, () => text(n, d)) : grouped(a, Math.max(0, Math.min(30, count(n))))),
  ABS: ([a]) => {
    const found = exact(a);
    return typeof found === "number" ? Math.abs(found) : { ...found, n: found.n < BigInt(0) ? -found.n : found.n };
  },
  SIGN: ([a]) => int(number(a) > 0 ? 1 : number(a) < 0 ? -1 : 0),
  ROUND: round,
  TRUNCATE: ([a, n]) => {
    const found = exact(a);
    if (typeof found === "number") return Math.trunc(found);
    const places = Math.max(0, Math.min(found.s, n === undefined ? 0 : count(n)));
    return { n: found.n / BigInt(`1${"0".repeat(found.s - places)}`), s: places };
  },
  FLOOR: toWhole(-1),
  CEIL: toWhole(1),
  CEILING: toWhole(1),
  SQRT: ([a], d) => {
    if (number(a) < 0 && d === "mariadb") return null;
    if (number(a) < 0) throw refuse("no-function", "sqrt(negative)");
    return root(number(a));
  },
  PI: () => 3.141593,
  GREATEST: (args, d) => args.reduce((most, one) => (less(most, one, d) ? one : most)),
  LEAST: (args, d) => args.reduce((least, one) => (less(one, least, d) ? one : least)),
};

function less(a: Present, b: Present, dialect: Dialect): boolean {
  if (typeof a === "string" && typeof b === "string") return a < b;
  return typeof a === "string" || typeof b === "string" ? text(a, dialect) < text(b, dialect) : number(a) < number(b);
}

/** Functions that PostgreSQL, or only MariaDB, does not have. */
export const onlyIn: Readonly<Record<Dialect, ReadonlySet<string>>> = {
  mariadb: new Set(["UCASE", "LCASE", "MID", "INSTR", "LOCATE", "SUBSTRING_INDEX", "SPACE", "ORD", "HEX", "QUOTE", "SHA2", "STRCMP", "TRUNCATE"]),
  postgres: new Set(["INITCAP", "BTRIM", "STRPOS", "SPLIT_PART", "QUOTE_IDENT", "QUOTE_LITERAL"]),
};
