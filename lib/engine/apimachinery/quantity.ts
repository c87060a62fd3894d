/**
 * Amounts as Kubernetes writes them: `500m`, `1536Mi`, `1.5e3`.
 *
 * Exact arithmetic on BigInt; rounding is always up, away from nothing, so that who asks for something gets something.
 * Upstream: `resource.Quantity`.
 */

/** How an amount likes to be written: powers of ten, powers of two, or with an exponent. */
export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

/** An exact amount: `unscaled` × 10^`scale`. `text` is kept only where upstream prints the author's own spelling; `decimal` marks a negative amount that does not fit Go's 64-bit form. */
export interface Quantity {
  readonly unscaled: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  readonly text?: string;
  readonly decimal?: true;
}

/** The answer of {@link parseQuantity}: the amount, or upstream's words of why it is none. */
export type QuantityResult = { readonly quantity: Quantity } | { readonly error: string };

const WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_SUFFIX = "unable to parse quantity's suffix";
const NOT_NUMERIC = "unable to parse numeric part of quantity";
const NANO = -9;
const MAX_INT64 = 9223372036854775807n;
const MIN_INT64 = -9223372036854775808n;
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const BINARY_SUFFIXES: readonly string[] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

function pow10(exponent: number): bigint {
  return BigInt("1" + "0".repeat(exponent));
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Division that rounds away from zero. */
function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (quotient * by === value) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function interpretSuffix(suffix: string): Suffix | undefined {
  if (Object.hasOwn(DECIMAL, suffix)) return { base: 10, exponent: DECIMAL[suffix] ?? 0, format: "DecimalSI" };
  if (Object.hasOwn(BINARY, suffix)) return { base: 2, exponent: BINARY[suffix] ?? 0, format: "BinarySI" };
  if (!/^[eE][-+]?[0-9]{1,3}$/.test(suffix)) return undefined;
  return { base: 10, exponent: Number(suffix.slice(1)), format: "DecimalExponent" };
}

/** Reads an amount. Never throws; the error is letter for letter what the API server says. */
export function parseQuantity(text: string): QuantityResult {
  if (text === "") return { error: WRONG_FORMAT };
  if (text === "0") return { quantity: { unscaled: 0n, scale: 0, format: "DecimalSI", text } };
  const match = /^([+-]?)(0*)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text);
  if (match === null) return { error: WRONG_FORMAT };
  const [, sign = "", zeros = "", stripped = "", denominator = "", suffixText = ""] = match;
  const suffix = interpretSuffix(suffixText);
  if (suffix === undefined) return { error: WRONG_SUFFIX };
  const numerator = stripped === "" ? "0" : stripped;
  if (numerator.length + denominator.length > 1000) return { error: NOT_NUMERIC };
  const negative = sign === "-";
  const fast = fastQuantity(text, numerator, denominator, suffix, negative);
  if (fast !== undefined) return fast;
  // Only here upstream has the digits read, and misses them: `Ei` alone is none, `Gi` alone is nothing.
  if (zeros + stripped + denominator === "") return { error: NOT_NUMERIC };
  return { quantity: slowQuantity(numerator + denominator, denominator.length, suffix, negative) };
}

/** The path of numbers that fit 64 bits; only here upstream may keep the author's spelling. */
function fastQuantity(text: string, numerator: string, denominator: string, suffix: Suffix, negative: boolean): QuantityResult | undefined {
  const { exponent, format } = suffix;
  const binary = format === "BinarySI";
  const precision = binary
    ? denominator === "" ? 14 - numerator.length - Math.trunc((exponent * 3) / 10) : -1
    : 18 - numerator.length - denominator.length;
  const scale = (binary ? 0 : exponent) - denominator.length;
  if (precision < 0 || scale < NANO) return undefined;
  const shifted = numerator + denominator;
  const value = BigInt(shifted);
  const scaled = binary ? value << BigInt(exponent) : value;
  const canonical = binary ? (value & 7n) !== 0n : scale % 3 === 0 && !shifted.endsWith("000") && !shifted.startsWith("0");
  const amount = { unscaled: negative ? -scaled : scaled, scale, format };
  return { quantity: canonical ? { ...amount, text } : amount };
}

/** Everything else: rounded up to nano, and binary amounts capped at 64 bits. */
function slowQuantity(digits: string, decimals: number, suffix: Suffix, negative: boolean): Quantity {
  let unscaled = BigInt(digits);
  let scale = -decimals;
  let format = suffix.format;
  if (suffix.base === 2) unscaled <<= BigInt(suffix.exponent);
  else scale += suffix.exponent;
  if (unscaled !== 0n && scale < NANO) {
    unscaled = divideUp(unscaled, pow10(NANO - scale));
    scale = NANO;
  }
  if (format === "BinarySI") {
    const whole = scale < 0 ? pow10(-scale) : 1n;
    if (unscaled > MAX_INT64 * whole) {
      unscaled = MAX_INT64;
      scale = 0;
    } else if (unscaled > 0n && unscaled < whole) format = "DecimalSI";
  }
  return negative && unscaled !== 0n ? { unscaled: -unscaled, scale, format, decimal: true } : { unscaled, scale, format };
}

const LOW_64 = (1n << 64n) - 1n;

/** Of negative decimals Go keeps the low 64 bits in nano and rounds one too far. Upstream: `scaledValue`. */
function decimalValue(quantity: Quantity, scale: number): bigint {
  const nano = -quantity.unscaled * pow10(quantity.scale - NANO);
  const low = nano & LOW_64;
  const wrapped = -(low > MAX_INT64 ? low - LOW_64 - 1n : low);
  const divisor = pow10(scale - NANO);
  return wrapped % divisor === 0n ? wrapped / divisor : wrapped / divisor + 1n;
}

/** The exact number in units of 10^`scale`, rounded away from zero. */
function scaledValue(quantity: Quantity, scale: number): bigint {
  const shift = quantity.scale - scale;
  if (quantity.unscaled === 0n) return 0n;
  if (quantity.decimal === true && quantity.scale >= NANO) return decimalValue(quantity, scale);
  return shift >= 0 ? quantity.unscaled * pow10(shift) : divideUp(quantity.unscaled, pow10(-shift));
}

/** The amount in whole units, rounded up. Upstream: `Quantity.Value`. */
export function quantityValue(quantity: Quantity): bigint {
  return scaledValue(quantity, 0);
}

/** The amount in thousandths, rounded up. Upstream: `Quantity.MilliValue`. */
export function quantityMilli(quantity: Quantity): bigint {
  return scaledValue(quantity, -3);
}

/** Does this number fit the 64 bits Go keeps it in? */
export function fitsInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value <= MAX_INT64;
}

/** -1, 0 or 1. */
export function quantitySign(quantity: Quantity): -1 | 0 | 1 {
  return quantity.unscaled < 0n ? -1 : quantity.unscaled > 0n ? 1 : 0;
}

function aligned(a: Quantity, b: Quantity): readonly [bigint, bigint, number] {
  const scale = Math.min(a.scale, b.scale);
  return [a.unscaled * pow10(a.scale - scale), b.unscaled * pow10(b.scale - scale), scale];
}

/** -1 when `a` is less than `b`, 0 when they are the same amount however written, 1 when more. */
export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The sum, in the format of `a` (of `b` when `a` is nothing). */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const [x, y, scale] = aligned(a, b);
  return { unscaled: x + y, scale, format: a.unscaled === 0n ? b.format : a.format };
}

/** The difference, in the format of `a` (of `b` when `a` is nothing). */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  const [x, y, scale] = aligned(a, b);
  return { unscaled: x - y, scale, format: a.unscaled === 0n ? b.format : a.format };
}

/** The amount as the API server prints it: largest suffix that loses nothing. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  if (quantity.unscaled === 0n) return "0";
  if (quantity.format === "BinarySI") {
    const value = quantity.scale >= 0 ? quantity.unscaled * pow10(quantity.scale) : divideUp(quantity.unscaled, pow10(-quantity.scale));
    const exact = quantity.scale >= 0 || value * pow10(-quantity.scale) === quantity.unscaled;
    if (exact && abs(value) >= 1024n) return formatBinary(value);
  }
  return formatDecimal(quantity);
}

function formatBinary(value: bigint): string {
  let rest = value;
  let power = 0;
  while (power < 6 && rest % 1024n === 0n) {
    rest /= 1024n;
    power += 1;
  }
  return `${rest}${BINARY_SUFFIXES[power] ?? ""}`;
}

function formatDecimal(quantity: Quantity): string {
  let mantissa = quantity.unscaled;
  let exponent = quantity.scale;
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    exponent += 1;
  }
  while (exponent % 3 !== 0 || (quantity.format !== "DecimalExponent" && exponent > 18)) {
    mantissa *= 10n;
    exponent -= 1;
  }
  if (quantity.format === "DecimalExponent") return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  const suffix = Object.keys(DECIMAL).find((key) => DECIMAL[key] === exponent);
  return `${mantissa}${suffix ?? ""}`;
}

/** An amount made from whole units. */
export function quantityOf(value: bigint | number, format: QuantityFormat = "DecimalSI"): Quantity {
  return { unscaled: BigInt(value), scale: 0, format };
}

/** An amount made from thousandths. */
export function milliQuantity(value: bigint | number, format: QuantityFormat = "DecimalSI"): Quantity {
  return { unscaled: BigInt(value), scale: -3, format };
}

/** Reads what a manifest may hold (text or number); what is no amount counts as none. For values already validated. */
export function quantityFrom(value: unknown): Quantity {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "0";
  const result = parseQuantity(text);
  return "quantity" in result ? result.quantity : quantityOf(0);
}

/** The API server's spelling of an amount; what cannot be read is given back as it came. */
export function canonicalQuantity(value: string | number): string {
  const result = parseQuantity(String(value).trim());
  return "quantity" in result ? formatQuantity(result.quantity) : String(value);
}

/** Thousandths of a CPU as a number, rounded up; 0 for what is absent. Safe for any amount a cluster can hold. */
export function cpuMilli(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === "number" && Number.isInteger(value)) return value * 1000;
  if (typeof value === "string") {
    const fast = /^([0-9]{1,9})(m?)$/.exec(value);
    if (fast !== null) return fast[2] === "m" ? Number(fast[1]) : Number(fast[1]) * 1000;
  }
  return Number(quantityMilli(quantityFrom(value)));
}

/** Whole units (bytes of memory, pods) as a number, rounded up; 0 for what is absent. */
export function bytesOf(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "string") {
    const fast = /^([0-9]{1,6})(|Ki|Mi|Gi)$/.exec(value);
    if (fast !== null) return Number(fast[1]) * (fast[2] === "Gi" ? 1073741824 : fast[2] === "Mi" ? 1048576 : fast[2] === "Ki" ? 1024 : 1);
  }
  return Number(quantityValue(quantityFrom(value)));
}
