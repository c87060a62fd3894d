/** What an unquoted word means. */
export type PlainValue =
  | { readonly type: "null" }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "int" | "float"; readonly value: number }
  | { readonly type: "string" }
  | { readonly type: "unsupported"; readonly shown: "+Inf" | "-Inf" | "NaN" };

const FIXED: ReadonlyMap<string, PlainValue> = new Map<string, PlainValue>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, { type: "null" }] as const),
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map(
    (word) => [word, { type: "bool", value: true }] as const,
  ),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map(
    (word) => [word, { type: "bool", value: false }] as const,
  ),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, { type: "unsupported", shown: "NaN" }] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, { type: "unsupported", shown: "+Inf" }] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, { type: "unsupported", shown: "-Inf" }] as const),
]);
const STRING: PlainValue = { type: "string" };
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/**
 * The value of an unquoted scalar, as kubectl's YAML 1.1 reader sees it: `yes`, `on` and `y` are booleans, `0777` is octal,
 * `_` may separate digits; dates and `22:22` stay strings, and infinities have no JSON form.
 *
 * @simplified integers above 2^53 become the nearest double: a learner who writes 9007199254740993 reads back …992.
 */
export function resolvePlain(source: string): PlainValue {
  const fixed = FIXED.get(source);
  if (fixed) return fixed;
  const first = source.charCodeAt(0);
  const isNumeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!isNumeric || source.length > 400) return STRING;
  const digits = first === 46 ? source : source.replaceAll("_", "");
  const integer = INTEGER.exec(digits);
  if (integer) return { type: "int", value: integerValue(integer) };
  if (!FLOAT.test(digits)) return STRING;
  const value = Number(digits);
  return Number.isFinite(value) ? { type: "float", value: value === 0 ? 0 : value } : STRING;
}

function integerValue(match: RegExpExecArray): number {
  const [, sign, hex, binary, octal, decimal] = match;
  const magnitude =
    hex !== undefined
      ? Number(`0x${hex}`)
      : binary !== undefined
        ? Number(`0b${binary}`)
        : octal !== undefined
          ? Number(`0o${octal}`)
          : Number(decimal);
  return sign === "-" && magnitude !== 0 ? -magnitude : magnitude;
}

const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const DATE = /^[0-9]{4}-([0-9]{1,2})-([0-9]{1,2})(?:(?:[tT]| +)([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.[0-9]*)?(?:Z|[-+][0-9]{2}:[0-9]{2})?)?$/;

/** Would kubectl's printer quote this string, lest a reader take it for something else (number, boolean, null, date, base 60)? */
export function looksLikeAnotherType(source: string): boolean {
  return resolvePlain(source).type !== "string" || SEXAGESIMAL.test(source) || isTimestamp(source);
}

function isTimestamp(source: string): boolean {
  const match = source.length < 60 ? DATE.exec(source) : null;
  if (!match) return false;
  const [month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  return inRange(month, 1, 12) && inRange(day, 1, 31) && inRange(hour, 0, 23) && inRange(minute, 0, 59) && inRange(second, 0, 59);
}

function inRange(value: number | undefined, low: number, high: number): boolean {
  return value !== undefined && value >= low && value <= high;
}
