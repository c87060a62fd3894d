/** An exact number: `n` with `s` digits after the point. Integers have `s` 0. */
export interface Exact {
  readonly n: bigint;
  readonly s: number;
}

/** What a cell or an expression can be: nothing, an exact number, a floating one, a text (dates too) or a truth value of PostgreSQL. */
export type Value = null | Exact | number | string | boolean;

/** Which server is imitated. */
export type Dialect = "mariadb" | "postgres";

/** Ten to so many. */
export function ten(power: number): bigint {
  return BigInt(`1${"0".repeat(Math.max(0, power))}`);
}

/** An integer as a value. */
export function int(value: number | bigint): Exact {
  return { n: typeof value === "bigint" ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : BigInt(0), s: 0 };
}

/** Is it an exact number? */
export function isExact(value: Value): value is Exact {
  return typeof value === "object" && value !== null;
}

const ZERO = BigInt(0);
const ONE = BigInt(1);
const TWO = BigInt(2);

/** The same number with so many digits after the point, rounded half away from zero. */
export function rescaled({ n, s }: Exact, scale: number): Exact {
  if (scale >= s) return { n: n * ten(scale - s), s: scale };
  const unit = ten(s - scale);
  const half = unit / TWO;
  return { n: (n < ZERO ? n - half : n + half) / unit, s: scale };
}

/** Rounded down (`-1`) or up (`1`) to an integer. */
export function whole({ n, s }: Exact, way: -1 | 1): Exact {
  const unit = ten(s);
  const cut = n / unit;
  const rest = n % unit;
  if (rest === ZERO) return { n: cut, s: 0 };
  return { n: way < 0 ? (n < ZERO ? cut - ONE : cut) : n > ZERO ? cut + ONE : cut, s: 0 };
}

/** The digits of an exact number. */
export function digits({ n, s }: Exact): string {
  if (s === 0) return n.toString();
  const text = (n < ZERO ? -n : n).toString().padStart(s + 1, "0");
  return `${n < ZERO ? "-" : ""}${text.slice(0, -s)}.${text.slice(-s)}`;
}

/** A text that is a plain decimal number as an exact one. */
export function exactOf(text: string): Exact | undefined {
  const match = /^\s*([+-]?)(\d{0,200})(?:\.(\d{0,60})\d*)?\s*$/.exec(text);
  if (!match || ((match[2] ?? "") === "" && (match[3] ?? "") === "")) return undefined;
  const fraction = match[3] ?? "";
  const n = BigInt(`${match[2] ?? ""}${fraction}` || "0");
  return { n: match[1] === "-" ? -n : n, s: fraction.length };
}

/** An exact number as a floating one. */
export const float = (value: Exact): number => Number(digits(value));

/** A floating number as its server prints it. */
function floating(value: number, dialect: Dialect): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  const text = String(value);
  return dialect === "postgres" ? text.replace(/e([+-])(\d)$/, "e$10$2") : text.replace("e+", "e");
}

/** A value as a client prints it; NULL is the caller's business. */
export function textOf(value: Exclude<Value, null>, dialect: Dialect): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return floating(value, dialect);
  if (typeof value === "boolean") return dialect === "postgres" ? (value ? "t" : "f") : value ? "1" : "0";
  return digits(value);
}

/** The number a value stands for, as MariaDB reads it: the digits a text begins with. */
export function numberOf(value: Exclude<Value, null>): Exact | number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return int(value ? 1 : 0);
  if (typeof value === "object") return value;
  const head = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/.exec(value)?.[0] ?? "0";
  return Number(head);
}

const SIGN: Readonly<Record<string, number>> = { "<": -1, ">": 1 };

function order(a: string | number | bigint, b: string | number | bigint): number {
  return SIGN[a < b ? "<" : a > b ? ">" : "="] ?? 0;
}

/** MariaDB's usual collation takes capitals and small letters, and accents, for one, and no notice of spaces at the end. */
export function folded(text: string): string {
  return text.replace(/ +$/, "").normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}

/** Which of two values comes first: negative, zero or positive. */
export function compare(a: Exclude<Value, null>, b: Exclude<Value, null>, dialect: Dialect): number {
  if (typeof a === "string" && typeof b === "string") return dialect === "mariadb" ? order(folded(a), folded(b)) : order(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return order(Number(a), Number(b));
  if (dialect === "mariadb" && (typeof a === "string" || typeof b === "string") && [a, b].some((side) => typeof side === "string" && /^\d{4}-\d\d-\d\d/.test(side))) return order(textOf(a, dialect), textOf(b, dialect));
  const [left, right] = [numberOf(a), numberOf(b)];
  if (typeof left === "object" && typeof right === "object") {
    const scale = Math.max(left.s, right.s);
    return order(rescaled(left, scale).n, rescaled(right, scale).n);
  }
  return order(typeof left === "object" ? float(left) : left, typeof right === "object" ? float(right) : right);
}

/** A text under which equal values are one: for grouping, DISTINCT and unique keys. */
export function identity(value: Value, dialect: Dialect): string {
  if (value === null) return "n";
  if (typeof value === "string") return `s${dialect === "mariadb" ? folded(value) : value}`;
  if (typeof value === "boolean") return value ? "i1" : "i0";
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 1e15 ? `i${value}` : `f${value}`;
  const text = digits(value);
  return `i${text.includes(".") ? text.replace(/\.?0+$/, "") : text}`;
}
