/** Reading cron schedules. Upstream: robfig/cron v3, `ParseStandard`, with its words. */
import { parseDuration } from "./duration";
import { isTimeZone } from "./time-zones";

/** When a schedule fires. Each field lists the values that match, in order; `any` says the field began with a star. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  readonly daysOfWeek: readonly number[];
  readonly anyDayOfMonth: boolean;
  readonly anyDayOfWeek: boolean;
}

/** A schedule, or why it is none. `every` is in milliseconds. */
export type CronResult = { readonly fields: CronFields } | { readonly every: number } | { readonly error: string };

interface Range {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const RANGES: readonly Range[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** Reads a schedule of five fields or a descriptor, after an optional `TZ=` or `CRON_TZ=`. */
export function parseCron(text: string): CronResult {
  if (text === "") return { error: "empty spec string" };
  let spec = text;
  if (/^(CRON_)?TZ=/.test(spec)) {
    const space = spec.indexOf(" ");
    const zone = spec.slice(spec.indexOf("=") + 1, space < 0 ? undefined : space);
    if (!isTimeZone(zone)) return { error: `provided bad location ${zone}: unknown time zone ${zone}` };
    spec = space < 0 ? "" : spec.slice(space).trim();
  }
  if (spec.startsWith("@")) return descriptor(spec);
  const words = spec.split(/\s+/).filter((word) => word !== "");
  if (words.length !== 5) return { error: `expected exactly 5 fields, found ${words.length}: [${words.join(" ")}]` };
  return fieldsOf(words);
}

function descriptor(spec: string): CronResult {
  const words = Object.hasOwn(DESCRIPTORS, spec) ? DESCRIPTORS[spec] : undefined;
  if (words !== undefined) return fieldsOf(words.split(" "));
  if (!spec.startsWith("@every ")) return { error: `unrecognized descriptor: ${spec}` };
  const wait = spec.slice("@every ".length);
  const every = parseDuration(wait);
  if (every === undefined) return { error: `failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(wait)}` };
  // Upstream knows no shorter wait than a second, and drops what is below it.
  return { every: Math.max(1000, every - (every % 1000)) };
}

function fieldsOf(words: readonly string[]): CronResult {
  const lists: (readonly number[])[] = [];
  const stars: boolean[] = [];
  for (const [i, word] of words.entries()) {
    const range = RANGES[i];
    if (range === undefined) break;
    const values = new Set<number>();
    let star = false;
    // As Go's FieldsFunc: empty parts between commas vanish.
    for (const part of word.split(",").filter((one) => one !== "")) {
      const found = valuesOf(part, range);
      if ("error" in found) return found;
      for (const value of found.values) values.add(value);
      star ||= found.star;
    }
    lists.push([...values].sort((a, b) => a - b));
    stars.push(star);
  }
  const [minutes = [], hours = [], daysOfMonth = [], months = [], daysOfWeek = []] = lists;
  return { fields: { minutes, hours, daysOfMonth, months, daysOfWeek, anyDayOfMonth: stars[2] === true, anyDayOfWeek: stars[4] === true } };
}

type Values = { readonly values: readonly number[]; readonly star: boolean } | { readonly error: string };

function valuesOf(part: string, range: Range): Values {
  const [span = "", stepText, ...slashes] = part.split("/");
  const [low = "", high, ...hyphens] = span.split("-");
  const star = low === "*" || low === "?";
  let [start, end, step] = [range.min, range.max, 1];
  if (!star) {
    const first = numberOrName(low, range);
    if (typeof first === "string") return { error: first };
    if (hyphens.length > 0) return { error: `too many hyphens: ${part}` };
    const last = high === undefined ? first : numberOrName(high, range);
    if (typeof last === "string") return { error: last };
    [start, end] = [first, last];
  }
  if (slashes.length > 0) return { error: `too many slashes: ${part}` };
  if (stepText !== undefined) {
    const given = wholeNumber(stepText);
    if (typeof given === "string") return { error: given };
    step = given;
    if (high === undefined) end = range.max;
  }
  if (start < range.min) return { error: `beginning of range (${start}) below minimum (${range.min}): ${part}` };
  if (end > range.max) return { error: `end of range (${end}) above maximum (${range.max}): ${part}` };
  if (start > end) return { error: `beginning of range (${start}) beyond end of range (${end}): ${part}` };
  if (step === 0) return { error: `step of range should be a positive number: ${part}` };
  const values: number[] = [];
  for (let value = start; value <= end; value += step) values.push(value);
  return { values, star: star && step <= 1 };
}

function numberOrName(text: string, { names = [] }: Range): number | string {
  const named = text === "" ? -1 : names.indexOf(text.toLowerCase());
  return named >= 0 ? named : wholeNumber(text);
}

function wholeNumber(text: string): number | string {
  if (!/^[+-]?[0-9]+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`;
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}
