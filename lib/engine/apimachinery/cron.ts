/** Reading cron schedules. Upstream: robfig/cron v3, `ParseStandard`, with its words. */
import { readDuration } from "./duration";
import { instantAt, isTimeZone, wallTime, type WallTime } from "./time-zones";

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

/** When to fire: by the calendar of a zone, or every so many milliseconds. */
export type CronSchedule = { readonly fields: CronFields; readonly zone?: string } | { readonly every: number };

/** A schedule, or why it is none. */
export type CronResult = CronSchedule | { readonly error: string };

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
  let zone: string | undefined;
  if (/^(CRON_)?TZ=/.test(spec)) {
    const space = spec.indexOf(" ");
    zone = spec.slice(spec.indexOf("=") + 1, space < 0 ? undefined : space);
    // Machines here keep the world's time.
    if (zone === "Local") zone = "UTC";
    if (!isTimeZone(zone)) return { error: `provided bad location ${zone}: unknown time zone ${zone}` };
    spec = space < 0 ? "" : spec.slice(space).trim();
  }
  const result = spec.startsWith("@") ? descriptor(spec) : standard(spec);
  return "fields" in result && zone !== undefined ? { ...result, zone } : result;
}

function standard(spec: string): CronResult {
  const words = spec.split(/\s+/).filter((word) => word !== "");
  if (words.length !== 5) return { error: `expected exactly 5 fields, found ${words.length}: [${words.join(" ")}]` };
  return fieldsOf(words);
}

function descriptor(spec: string): CronResult {
  const words = Object.hasOwn(DESCRIPTORS, spec) ? DESCRIPTORS[spec] : undefined;
  if (words !== undefined) return fieldsOf(words.split(" "));
  if (!spec.startsWith("@every ")) return { error: `unrecognized descriptor: ${spec}` };
  const wait = spec.slice("@every ".length);
  const read = readDuration(wait);
  if ("error" in read) return { error: `failed to parse duration ${spec}: ${read.error}` };
  const every = read.millis;
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

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A schedule that finds no time within so many years has none. */
const YEARS = 5;

/**
 * The first time strictly after `after` at which a schedule fires; undefined when it never does (30 February).
 * `zone` is where the schedule lives unless it names one itself. Upstream: SpecSchedule.Next, with its ways around
 * clock changes: an hour that is skipped is skipped, one that is repeated fires again.
 */
export function nextTime(schedule: CronSchedule, after: number, zone = "UTC"): number | undefined {
  const second = Math.floor(after / 1000) * 1000;
  if ("every" in schedule) return second + schedule.every;
  return nextByCalendar(schedule.fields, schedule.zone ?? zone, second + 1000);
}

/** A field that does not match yet: where to begin, and how to go on. True when a larger unit has changed meanwhile. */
interface Unit {
  readonly matches: (at: number) => boolean;
  readonly floor: (at: number) => number;
  readonly next: (at: number) => number;
  readonly wrapped: (at: number) => boolean;
}

function nextByCalendar(fields: CronFields, zone: string, from: number): number | undefined {
  const wall = clockOnTheWall(zone);
  const limit = wall(from).year + YEARS;
  const units = unitsOf(fields, zone, wall);
  let at = from;
  let floored = false;
  for (let unit = 0; unit < units.length; ) {
    const { matches, floor, next, wrapped } = units[unit] as Unit;
    if (unit === 0 && wall(at).year > limit) return undefined;
    unit += 1;
    while (!matches(at)) {
      if (!floored) at = floor(at);
      floored = true;
      at = next(at);
      if (!wrapped(at)) continue;
      unit = 0;
      break;
    }
  }
  return at;
}

/** A zone's wall time; several units ask for the same moment. */
function clockOnTheWall(zone: string): (at: number) => WallTime {
  let last: { readonly at: number; readonly shown: WallTime } | undefined;
  return (at) => {
    if (last?.at !== at) last = { at, shown: wallTime(zone, at) };
    return last.shown;
  };
}

function unitsOf(fields: CronFields, zone: string, wall: (at: number) => WallTime): readonly Unit[] {
  return [
    {
      matches: (at) => fields.months.includes(wall(at).month),
      floor: (at) => instantAt(zone, wall(at).year, wall(at).month, 1),
      next: (at) => {
        const { year, month, day, hour, minute, second } = wall(at);
        return instantAt(zone, year, month + 1, day, hour, minute, second);
      },
      wrapped: (at) => wall(at).month === 1,
    },
    {
      matches: (at) => dayMatches(fields, wall(at)),
      floor: (at) => instantAt(zone, wall(at).year, wall(at).month, wall(at).day),
      next: (at) => nextDay(zone, at),
      wrapped: (at) => wall(at).day === 1,
    },
    {
      matches: (at) => fields.hours.includes(wall(at).hour),
      floor: (at) => instantAt(zone, wall(at).year, wall(at).month, wall(at).day, wall(at).hour),
      next: (at) => at + HOUR,
      wrapped: (at) => wall(at).hour === 0,
    },
    { matches: (at) => fields.minutes.includes(wall(at).minute), floor: (at) => Math.floor(at / MINUTE) * MINUTE, next: (at) => at + MINUTE, wrapped: (at) => wall(at).minute === 0 },
    { matches: (at) => wall(at).second === 0, floor: (at) => at, next: (at) => at + 1000, wrapped: (at) => wall(at).second === 0 },
  ];
}

/** The next day at midnight, or as near to it as clocks that change at midnight allow. */
function nextDay(zone: string, at: number): number {
  const { year, month, day, hour, minute, second } = wallTime(zone, at);
  const next = instantAt(zone, year, month, day + 1, hour, minute, second);
  const shown = wallTime(zone, next).hour;
  if (shown === 0) return next;
  return shown > 12 ? next + (24 - shown) * HOUR : next - shown * HOUR;
}

/** When both the day of the month and of the week are given, either will do. */
function dayMatches(fields: CronFields, { day, weekday }: WallTime): boolean {
  const [byMonth, byWeek] = [fields.daysOfMonth.includes(day), fields.daysOfWeek.includes(weekday)];
  return fields.anyDayOfMonth || fields.anyDayOfWeek ? byMonth && byWeek : byMonth || byWeek;
}
