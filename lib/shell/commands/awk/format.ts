import { toNumber, type Value } from "./values";

/** A number as awk writes it: whole ones in full, others by `format`. */
export function numberText(value: number, format: string): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e18) return String(value);
  return Number.isFinite(value) ? sprintf(format, [value], String) : Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

const DIRECTIVE = /%(?:%|([-+ 0#]*)(\*|\d{1,5})?(?:\.(\*|\d{0,5}))?[hlLqjzt]*([a-zA-Z]))/g;
/** Longest field anybody may ask for. */
const WIDEST = 10_000;

/** `sprintf` of awk: what there is too little of counts as empty, what there is too much of is left out. */
export function sprintf(format: string, values: readonly Value[], textOf: (value: Value) => string): string {
  let next = 0;
  const take = (): Value => values[next++] ?? "";
  return format.replace(DIRECTIVE, (whole: string, flags: string | undefined, width: string | undefined, precision: string | undefined, kind: string | undefined) => {
    if (kind === undefined) return "%";
    const asked = width === "*" ? Math.trunc(toNumber(take())) : Number(width ?? 0);
    const places = precision === undefined ? undefined : precision === "*" ? Math.trunc(toNumber(take())) : Number(precision || 0);
    const style = `${flags ?? ""}${asked < 0 ? "-" : ""}`;
    const text = one(kind, style, places, take, textOf);
    return text === undefined ? whole : padded(text, Math.min(Math.abs(asked), WIDEST), style, kind, places);
  });
}

function padded(text: string, width: number, flags: string, kind: string, places: number | undefined): string {
  if (flags.includes("-")) return text.padEnd(width);
  const zeroes = flags.includes("0") && (/[eEfFgG]/.test(kind) || (/[dioxXu]/.test(kind) && places === undefined));
  if (!zeroes) return text.padStart(width);
  const head = /^[-+ ]?(?:0[xX])?/.exec(text)?.[0] ?? "";
  return head + text.slice(head.length).padStart(width - head.length, "0");
}

function one(kind: string, flags: string, places: number | undefined, take: () => Value, textOf: (value: Value) => string): string | undefined {
  switch (kind) {
    case "s":
      return textOf(take()).slice(0, places);
    case "c": {
      const value = take();
      const code = typeof value === "number" ? Math.trunc(value) : undefined;
      return code === undefined ? ([...textOf(value)][0] ?? "") : code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
    }
    case "d": case "i":
      return integer(Math.trunc(toNumber(take())), flags, places);
    case "o": case "x": case "X": case "u":
      return unsigned(kind, Math.trunc(toNumber(take())), flags, places);
    case "e": case "E": case "f": case "F": case "g": case "G": {
      const text = signed(toNumber(take()), flags, (value) => real(kind.toLowerCase(), value, Math.min(places ?? 6, 100), flags.includes("#")));
      return kind === "E" || kind === "G" ? text.toUpperCase() : text;
    }
    default:
      return undefined;
  }
}

function signed(value: number, flags: string, body: (magnitude: number) => string): string {
  const isNegative = value < 0 || Object.is(value, -0);
  return `${isNegative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : ""}${body(Math.abs(value))}`;
}

function integer(value: number, flags: string, places: number | undefined): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  return signed(value + 0, flags, (magnitude) => wholeText(magnitude).padStart(places ?? 0, "0"));
}

function wholeText(magnitude: number): string {
  return magnitude < 1e21 ? String(magnitude) : BigInt(magnitude).toString();
}

function unsigned(kind: string, value: number, flags: string, places: number | undefined): string {
  if (!Number.isFinite(value)) return "nan";
  const base = kind === "o" ? 8 : kind === "u" ? 10 : 16;
  const text = BigInt.asUintN(64, BigInt(value)).toString(base).padStart(places ?? 0, "0");
  const mark = flags.includes("#") && value !== 0 ? (base === 16 ? "0x" : base === 8 ? "0" : "") : "";
  return kind === "X" ? (mark + text).toUpperCase() : mark + text;
}

function real(kind: string, value: number, places: number, keepZeroes: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
  if (kind === "f") return value < 1e21 ? value.toFixed(places) : `${wholeText(value)}${places > 0 ? `.${"0".repeat(places)}` : ""}`;
  if (kind === "e") return exponential(value, places);
  const significant = Math.max(1, places);
  const exponent = value === 0 ? 0 : Number(/e([-+]\d+)$/.exec(value.toExponential(significant - 1))?.[1] ?? 0);
  const small = exponent >= -4 && exponent < significant;
  const text = small ? value.toFixed(Math.max(0, Math.min(100, significant - 1 - exponent))) : exponential(value, significant - 1);
  return keepZeroes ? text : text.replace(/\.0+(?=e|$)/, "").replace(/(\.\d*?)0+(?=e|$)/, "$1");
}

function exponential(value: number, places: number): string {
  return value.toExponential(places).replace(/e([-+])(\d)$/, "e$10$2");
}
