import { clock, dateText } from "./calendar";
import { refuse } from "./refusal";
import { digits, exactOf, float, int, isExact, numberOf, rescaled, ten, textOf, type Dialect, type Exact, type Value } from "./value";

/** What a column holds: `name` as the server calls it, `kind` what it does with a value. */
export interface ColumnType {
  readonly name: string;
  readonly kind: "int" | "decimal" | "float" | "text" | "date" | "datetime" | "time" | "boolean" | "json" | "uuid" | "enum" | "year";
  /** The longest text, or how many digits. */
  readonly length?: number;
  readonly scale?: number;
  readonly min?: string;
  readonly max?: string;
  readonly choices?: readonly string[];
  /** `timestamptz` prints its zone. */
  readonly zone?: true;
}

const BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, integer: 32, bigint: 64, int2: 16, int4: 32, int8: 64, smallserial: 16, serial: 32, bigserial: 64, serial4: 32, serial8: 64, int1: 8, int3: 24 };
const SHOWN: Readonly<Record<string, readonly [string, string]>> = { tinyint: ["tinyint(4)", "tinyint(3) unsigned"], smallint: ["smallint(6)", "smallint(5) unsigned"], mediumint: ["mediumint(9)", "mediumint(8) unsigned"], int: ["int(11)", "int(10) unsigned"], bigint: ["bigint(20)", "bigint(20) unsigned"] };
const TWO = BigInt(2);

function power(bits: number): bigint {
  let value = BigInt(1);
  for (let i = 0; i < bits; i += 1) value *= TWO;
  return value;
}

function integer(word: string, unsigned: boolean, dialect: Dialect, width?: number): ColumnType {
  const bits = BITS[word] ?? 32;
  const [min, max] = unsigned ? [BigInt(0), power(bits) - BigInt(1)] : [-power(bits - 1), power(bits - 1) - BigInt(1)];
  const bare = { 8: "tinyint", 16: "smallint", 24: "mediumint", 32: "int", 64: "bigint" }[bits] ?? "int";
  const shown = SHOWN[bare]?.[unsigned ? 1 : 0] ?? bare;
  const name = dialect === "postgres" ? (bits === 32 ? "integer" : bare) : width === undefined ? shown : shown.replace(/\(\d+\)/, `(${width})`);
  return { name, kind: "int", min: min.toString(), max: max.toString() };
}

const TEXTS: Readonly<Record<string, number>> = { tinytext: 255, text: 65_535, mediumtext: 16_777_215, longtext: 4_294_967_295, tinyblob: 255, blob: 65_535, mediumblob: 16_777_215, longblob: 4_294_967_295 };

/** The type a declaration names; undefined when there is no such type. `args` are the numbers in its brackets. */
export function typeNamed(words: string, args: readonly number[], choices: readonly string[], unsigned: boolean, dialect: Dialect): ColumnType | undefined {
  const word = words.toLowerCase();
  const [first, second] = args;
  const pg = dialect === "postgres";
  if (Object.hasOwn(BITS, word)) return integer(word, unsigned, dialect, first);
  switch (word) {
    case "bool": case "boolean":
      return pg ? { name: "boolean", kind: "boolean" } : { ...integer("tinyint", false, dialect, 1) };
    case "decimal": case "numeric": case "dec": case "fixed":
      if (pg && first === undefined) return { name: "numeric", kind: "decimal" };
      return { name: `${pg ? "numeric" : "decimal"}(${first ?? 10},${second ?? 0})${unsigned ? " unsigned" : ""}`, kind: "decimal", length: first ?? 10, scale: second ?? 0 };
    case "float": case "float4": case "real": case "double": case "double precision": case "float8":
      return { name: pg ? (/^(float4|real)$/.test(word) ? "real" : "double precision") : word === "float" || word === "float4" ? "float" : "double", kind: "float" };
    case "varchar": case "character varying": case "nvarchar": case "varbinary": case "string":
      return { name: pg ? `character varying${first === undefined ? "" : `(${first})`}` : `${word === "varbinary" ? word : "varchar"}(${first ?? 255})`, kind: "text", ...(first === undefined ? {} : { length: first }) };
    case "char": case "character": case "bpchar": case "binary":
      return { name: pg ? `character(${first ?? 1})` : `${word === "binary" ? word : "char"}(${first ?? 1})`, kind: "text", length: first ?? 1 };
    case "bytea": case "inet": case "cidr": case "macaddr": case "xml": case "tsvector": case "interval": case "name": case "regclass": case "oid": case "citext": case "text[]": case "integer[]":
      return pg ? { name: word === "citext" ? "text" : word, kind: "text" } : undefined;
    case "date":
      return { name: "date", kind: "date" };
    case "datetime":
      return pg ? undefined : { name: `datetime${first === undefined ? "" : `(${first})`}`, kind: "datetime", ...(first === undefined ? {} : { scale: first }) };
    case "timestamp": case "timestamp without time zone":
      return { name: pg ? "timestamp without time zone" : `timestamp${first === undefined ? "" : `(${first})`}`, kind: "datetime", ...(first === undefined ? (pg ? { scale: 6 } : {}) : { scale: first }) };
    case "timestamptz": case "timestamp with time zone":
      return pg ? { name: "timestamp with time zone", kind: "datetime", scale: first ?? 6, zone: true } : undefined;
    case "time": case "time without time zone":
      return { name: pg ? "time without time zone" : "time", kind: "time" };
    case "year":
      return pg ? undefined : { name: "year(4)", kind: "year" };
    case "json": case "jsonb":
      return word === "jsonb" && !pg ? undefined : { name: pg ? word : "longtext", kind: "json" };
    case "uuid":
      return { name: "uuid", kind: "uuid" };
    case "inet6": case "inet4":
      return pg ? undefined : { name: word, kind: "text" };
    case "enum": case "set":
      return pg ? undefined : { name: `${word}(${choices.map((choice) => `'${choice}'`).join(",")})`, kind: "enum", choices };
    case "bit":
      return { name: `bit(${first ?? 1})`, kind: "int", min: "0", max: (power(first ?? 1) - BigInt(1)).toString() };
    case "signed": case "unsigned": case "signed integer": case "unsigned integer":
      return pg ? undefined : integer("bigint", word.startsWith("un"), dialect);
    default:
      return Object.hasOwn(TEXTS, word) ? { name: word, kind: "text", ...(pg ? {} : { length: TEXTS[word] ?? 65_535 }) } : undefined;
  }
}

/** A text as PostgreSQL calls its type in sentences. */
export function bareName(type: ColumnType): string {
  return type.name.replace(/\(.*$/, "");
}

function exact(value: Exclude<Value, null>, type: ColumnType, dialect: Dialect, column: string): Exact {
  if (typeof value === "string") {
    const read = exactOf(value) ?? (/^\s*[+-]?\d*\.?\d+e[+-]?\d+\s*$/i.test(value) ? exactOf(Number(value).toFixed(10)) : undefined);
    if (!read) throw refuse("bad-value", [dialect === "mariadb" ? type.kind === "int" ? "integer" : "decimal" : bareName(type), value, column]);
    if (dialect === "postgres" && type.kind === "int" && read.s > 0) throw refuse("bad-value", [bareName(type), value, column]);
    return read;
  }
  const number = numberOf(value);
  if (typeof number === "object") return number;
  if (!Number.isFinite(number)) throw refuse("out-of-range", [column, bareName(type)]);
  return exactOf(number.toFixed(Math.abs(number) < 1e15 ? 12 : 0)) ?? int(0);
}

function dateTime(value: Exclude<Value, null>, type: ColumnType, dialect: Dialect, column: string): string {
  const text = typeof value === "string" ? value.trim() : textOf(value, dialect);
  const read = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?\s*(?:Z|UTC|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(text);
  const day = read ? dateText(Number(read[1]), Number(read[2]), Number(read[3])) : undefined;
  const time = read ? clock(Number(read[4] ?? 0), Number(read[5] ?? 0), Number(read[6] ?? 0)) : undefined;
  if (!read || day === undefined || time === undefined) throw refuse(read && dialect === "postgres" ? "wrong-field" : "bad-value", [dialect === "mariadb" ? (type.kind === "date" ? "date" : "datetime") : bareName(type), text, column]);
  if (type.kind === "date") return day;
  const fraction = (read[7] ?? "").padEnd(6, "0").slice(0, type.scale ?? 0);
  const kept = dialect === "postgres" ? fraction.replace(/0+$/, "") : fraction;
  return `${day} ${time}${kept === "" ? "" : `.${kept}`}${type.zone ? "+00" : ""}`;
}

const TRUTHS: Readonly<Record<string, boolean>> = { t: true, true: true, y: true, yes: true, on: true, "1": true, f: false, false: false, n: false, no: false, off: false, "0": false };

/** A value as a column of this type keeps it. What does not fit is refused in the column's name. */
export function stored(value: Value, type: ColumnType, dialect: Dialect, column: string): Value {
  if (value === null) return null;
  switch (type.kind) {
    case "int": {
      const number = rescaled(exact(typeof value === "boolean" && dialect === "postgres" ? int(value ? 1 : 0) : value, type, dialect, column), 0);
      if (number.n < BigInt(type.min ?? "0") || number.n > BigInt(type.max ?? "0")) throw refuse("out-of-range", [column, bareName(type), digits(number)]);
      return number;
    }
    case "decimal": {
      const number = exact(value, type, dialect, column);
      if (type.scale === undefined) return number;
      const fit = rescaled(number, type.scale);
      const most = ten(type.length ?? 10);
      if (fit.n >= most || fit.n <= -most) throw refuse("out-of-range", [column, "numeric", digits(number), String(type.length), String(type.scale)]);
      return fit;
    }
    case "float": {
      const number = typeof value === "string" ? Number(value.trim() === "" ? "x" : value) : numberOf(value);
      if (typeof number === "number" && Number.isNaN(number)) throw refuse("bad-value", [dialect === "mariadb" ? "double" : bareName(type), textOf(value, dialect), column]);
      return typeof number === "object" ? float(number) : number;
    }
    case "date": case "datetime":
      return dateTime(value, type, dialect, column);
    case "boolean": {
      if (typeof value === "boolean") return value;
      const truth = TRUTHS[textOf(value, dialect).trim().toLowerCase()];
      if (truth === undefined) throw refuse("bad-value", ["boolean", textOf(value, dialect), column]);
      return truth;
    }
    case "enum": {
      const text = textOf(value, dialect);
      const found = type.choices?.find((choice) => choice.toLowerCase() === text.toLowerCase()) ?? (isExact(value) ? type.choices?.[Number(value.n) - 1] : undefined);
      if (found === undefined && !type.name.startsWith("set(")) throw refuse("literal", column);
      return found ?? text;
    }
    case "json": {
      const text = textOf(value, dialect);
      try {
        JSON.parse(text);
      } catch {
        throw dialect === "postgres" ? refuse("bad-value", ["json", text, column]) : refuse("check", column);
      }
      return text;
    }
    case "uuid": {
      const text = textOf(value, dialect).toLowerCase();
      if (!/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/.test(text)) throw refuse("bad-value", ["uuid", textOf(value, dialect), column]);
      return text;
    }
    default: {
      const text = typeof value === "boolean" && dialect === "postgres" ? (value ? "true" : "false") : textOf(value, dialect);
      if (type.length !== undefined && [...text].length > type.length) throw refuse("too-long", [column, type.name]);
      return type.name.startsWith("character(") ? text.padEnd(type.length ?? 1) : text;
    }
  }
}

/** A value as the file keeps it, and back. */
export function frozen(value: Value): string | null {
  return value === null ? null : textOf(value, "postgres");
}

/** A cell of the file as a value of its column. */
export function thawed(cell: string | null | undefined, type: ColumnType): Value {
  if (cell === null || cell === undefined) return null;
  if (type.kind === "int" || type.kind === "decimal") return exactOf(cell) ?? cell;
  if (type.kind === "float") return Number(cell);
  return type.kind === "boolean" ? cell === "t" : cell;
}

/** Is a column of this type set to the right? */
export const isNumeric = (type: ColumnType): boolean => type.kind === "int" || type.kind === "decimal" || type.kind === "float" || type.kind === "year";
