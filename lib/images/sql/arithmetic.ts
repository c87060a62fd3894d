import { later, momentOf, momentText } from "./calendar";
import { refuse } from "./refusal";
import { exactOf, float, int, isExact, numberOf, rescaled, ten, textOf, whole, type Dialect, type Exact, type Value } from "./value";

type Present = Exclude<Value, null>;

const MOST_DIGITS = 60;

/** A number out of a value; PostgreSQL refuses what is none. */
function operand(value: Present, dialect: Dialect, sign: string, at: number): Exact | number {
  if (dialect === "mariadb") return numberOf(value);
  if (typeof value === "boolean") throw refuse("bad-operator", [sign, "boolean", "integer"], at);
  if (typeof value !== "string") return value;
  const read = exactOf(value) ?? (/^-?\d+(\.\d+)?e[+-]?\d+$/i.test(value) ? Number(value) : undefined);
  if (read === undefined) throw refuse("bad-value", ["integer", value, ""], at);
  return read;
}

/** How many digits after the point PostgreSQL gives a quotient. Upstream: select_div_scale. */
function quotientScale(a: Exact, b: Exact): number {
  const weigh = ({ n, s }: Exact): readonly [number, number] => {
    const text = (n < BigInt(0) ? -n : n).toString();
    if (text === "0") return [0, 0];
    const exponent = text.length - s - 1;
    const weight = Math.floor(exponent / 4);
    return [weight, Number(text.slice(0, exponent - weight * 4 + 1).padEnd(exponent - weight * 4 + 1, "0"))];
  };
  const [[weightA, firstA], [weightB, firstB]] = [weigh(a), weigh(b)];
  const weight = weightA - weightB - (firstA <= firstB ? 1 : 0);
  return Math.min(MOST_DIGITS, Math.max(16 - weight * 4, a.s, b.s, 0));
}

/** One exact number by another, to so many digits. */
export function quotient(a: Exact, b: Exact, dialect: Dialect): Exact {
  const scale = dialect === "mariadb" ? Math.min(MOST_DIGITS, a.s + 4) : quotientScale(a, b);
  const raised = { n: (a.n * ten(scale + 1 + b.s)) / (b.n * ten(a.s)), s: scale + 1 };
  return rescaled(raised, scale);
}

function exactly(sign: string, a: Exact, b: Exact, dialect: Dialect, at: number): Value {
  const scale = Math.max(a.s, b.s);
  const [x, y] = [rescaled(a, scale), rescaled(b, scale)];
  if ((sign === "/" || sign === "%" || sign === "DIV") && b.n === BigInt(0)) {
    if (dialect === "postgres") throw refuse("division", "", at);
    return null;
  }
  switch (sign) {
    case "+": return { n: x.n + y.n, s: scale };
    case "-": return { n: x.n - y.n, s: scale };
    case "*": return a.s + b.s > MOST_DIGITS ? rescaled({ n: a.n * b.n, s: a.s + b.s }, MOST_DIGITS) : { n: a.n * b.n, s: a.s + b.s };
    case "%": return { n: x.n % y.n, s: scale };
    case "DIV": return { n: x.n / y.n, s: 0 };
    case "^": return dialect === "mariadb" ? int(Number(a.n) ^ Number(b.n)) : raised(float(a), b);
    case "&": return int(a.n & b.n);
    case "|": return int(a.n | b.n);
    default: return dialect === "postgres" && a.s === 0 && b.s === 0 ? { n: a.n / b.n, s: 0 } : quotient(a, b, dialect);
  }
}

/** A number to a whole power. */
export function raised(base: number, power: Exact): number {
  let value = 1;
  const times = Math.min(2000, Math.abs(Number(whole(power, -1).n)));
  for (let i = 0; i < times; i += 1) value *= base;
  return power.n < BigInt(0) ? 1 / value : value;
}

/** A moment and some days, or two moments. Undefined when neither is one. */
function dates(sign: string, left: Present, right: Present): Value | undefined {
  if (typeof left !== "string" || (sign !== "+" && sign !== "-")) return undefined;
  const moment = momentOf(left);
  if (!moment) return undefined;
  if (isExact(right)) {
    const moved = later(moment, sign === "+" ? Number(right.n) : -Number(right.n), "day");
    return moved ? momentText(moved) : null;
  }
  const other = typeof right === "string" ? momentOf(right) : undefined;
  if (!other || sign === "+") return undefined;
  const days = Math.trunc((moment.seconds - other.seconds) / 86_400);
  if (!moment.timed && !other.timed) return int(days);
  const rest = Math.abs(moment.seconds - other.seconds) % 86_400;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${days === 0 ? "" : `${days} day${days === 1 ? "" : "s"} `}${two(rest / 3600)}:${two((rest / 60) % 60)}:${two(rest % 60)}`;
}

/** `left sign right` for numbers (and moments, in PostgreSQL). NULL with anything is NULL. */
export function arithmetic(sign: string, left: Value, right: Value, dialect: Dialect, at: number): Value {
  if (left === null || right === null) return null;
  if (dialect === "postgres") {
    const moved = dates(sign, left, right);
    if (moved !== undefined) return moved;
  }
  const [a, b] = [operand(left, dialect, sign, at), operand(right, dialect, sign, at)];
  if (typeof a === "object" && typeof b === "object") return exactly(sign, a, b, dialect, at);
  const [x, y] = [typeof a === "object" ? float(a) : a, typeof b === "object" ? float(b) : b];
  switch (sign) {
    case "+": return x + y;
    case "-": return x - y;
    case "*": return x * y;
    case "DIV": return y === 0 ? null : int(x / y);
    case "^": return raised(x, exactOf(y.toFixed(0)) ?? int(1));
    default:
      if (y === 0 && dialect === "postgres") throw refuse("division", "", at);
      return y === 0 ? null : sign === "%" ? x % y : x / y;
  }
}

/** A value as text for `||` and CONCAT. */
export function spoken(value: Present, dialect: Dialect): string {
  return typeof value === "boolean" && dialect === "postgres" ? (value ? "true" : "false") : textOf(value, dialect);
}
