/** Dates as texts (`2026-01-31`, `2026-01-31 10:00:00`), by integer arithmetic: the engine knows no calendar of the machine. */
import { dateOf, daysOf } from "@/lib/engine";

const DAY = 86_400;

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

/** How many days a month has. */
export function monthLength(year: number, month: number): number {
  const next = month === 12 ? daysOf(year + 1, 1, 1) : daysOf(year, month + 1, 1);
  return next - daysOf(year, month, 1);
}

/** A date as text; undefined when there is no such day. */
export function dateText(year: number, month: number, day: number): string | undefined {
  if (month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) return undefined;
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
}

/** A time of day as text; undefined when there is none such. */
export function clock(hour: number, minute: number, second: number): string | undefined {
  return hour > 23 || minute > 59 || second > 59 ? undefined : `${pad(hour)}:${pad(minute)}:${pad(second)}`;
}

/** A moment: seconds since 1970 and whether its text had a time of day. */
export interface Moment {
  readonly seconds: number;
  readonly timed: boolean;
}

/** The moment a text tells. */
export function momentOf(text: string): Moment | undefined {
  const read = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?(?:Z|[+-]\d\d)?)?$/.exec(text.trim());
  if (!read || dateText(Number(read[1]), Number(read[2]), Number(read[3])) === undefined) return undefined;
  return { seconds: daysOf(Number(read[1]), Number(read[2]), Number(read[3])) * DAY + Number(read[4] ?? 0) * 3600 + Number(read[5] ?? 0) * 60 + Number(read[6] ?? 0), timed: read[4] !== undefined };
}

/** The parts of a moment. */
export interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly yearday: number;
}

/** Takes seconds since 1970 apart. */
export function partsOf(seconds: number): Parts {
  const days = Math.floor(seconds / DAY);
  const rest = seconds - days * DAY;
  const [year, month, day] = dateOf(days);
  return { year, month, day, hour: Math.floor(rest / 3600), minute: Math.floor(rest / 60) % 60, second: rest % 60, weekday: (((days + 4) % 7) + 7) % 7, yearday: days - daysOf(year, 1, 1) + 1 };
}

/** A moment as text. */
export function momentText({ seconds, timed }: Moment): string {
  const { year, month, day, hour, minute, second } = partsOf(seconds);
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}${timed ? ` ${pad(hour)}:${pad(minute)}:${pad(second)}` : ""}`;
}

const SECONDS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: DAY, week: 7 * DAY };
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

/** A moment so many units later; months keep the day where they can. Undefined for a unit nobody knows. */
export function later(moment: Moment, amount: number, unit: string): Moment | undefined {
  const name = unit.toLowerCase().replace(/s$/, "");
  const step = SECONDS[name];
  if (step !== undefined) return { seconds: moment.seconds + Math.round(amount * step), timed: moment.timed || step < DAY };
  const months = MONTHS[name];
  if (months === undefined) return undefined;
  const parts = partsOf(moment.seconds);
  const total = parts.year * 12 + parts.month - 1 + Math.round(amount) * months;
  const [year, month] = [Math.floor(total / 12), (total % 12) + 1];
  const day = Math.min(parts.day, monthLength(year, month));
  return { ...moment, seconds: daysOf(year, month, day) * DAY + (moment.seconds - Math.floor(moment.seconds / DAY) * DAY) };
}

const MONTH_NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAY_NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** The name of a month (1 to 12) or a weekday (0 to 6). */
export const monthName = (month: number): string => MONTH_NAMES[month - 1] ?? "";
export const dayName = (weekday: number): string => DAY_NAMES[weekday] ?? "";

/** MariaDB's `DATE_FORMAT`. */
export function percentFormat(parts: Parts, format: string): string {
  const { year, month, day, hour, minute, second, weekday, yearday } = parts;
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const half = hour < 12 ? "AM" : "PM";
  const known: Readonly<Record<string, string>> = {
    Y: pad(year, 4), y: pad(year % 100), m: pad(month), c: String(month), d: pad(day), e: String(day), H: pad(hour), k: String(hour), h: pad(twelve), I: pad(twelve), l: String(twelve), i: pad(minute), s: pad(second), S: pad(second),
    p: half, M: monthName(month), b: monthName(month).slice(0, 3), W: dayName(weekday), a: dayName(weekday).slice(0, 3), w: String(weekday), j: pad(yearday, 3), f: "000000", T: `${pad(hour)}:${pad(minute)}:${pad(second)}`, r: `${pad(twelve)}:${pad(minute)}:${pad(second)} ${half}`, "%": "%",
  };
  return format.replace(/%(.)/g, (_, letter: string) => known[letter] ?? letter);
}

/** PostgreSQL's `to_char` of a moment. */
export function patternFormat(parts: Parts, format: string): string {
  const { year, month, day, hour, minute, second, weekday, yearday } = parts;
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const half = hour < 12 ? "AM" : "PM";
  const known: Readonly<Record<string, string>> = {
    YYYY: pad(year, 4), YY: pad(year % 100), MM: pad(month), DDD: pad(yearday, 3), DD: pad(day), HH24: pad(hour), HH12: pad(twelve), HH: pad(twelve), MI: pad(minute), SS: pad(second), MS: "000", US: "000000", AM: half, PM: half, am: half.toLowerCase(), pm: half.toLowerCase(),
    Month: monthName(month).padEnd(9), MONTH: monthName(month).toUpperCase().padEnd(9), month: monthName(month).toLowerCase().padEnd(9), Mon: monthName(month).slice(0, 3), MON: monthName(month).slice(0, 3).toUpperCase(), mon: monthName(month).slice(0, 3).toLowerCase(),
    Day: dayName(weekday).padEnd(9), DAY: dayName(weekday).toUpperCase().padEnd(9), day: dayName(weekday).toLowerCase().padEnd(9), Dy: dayName(weekday).slice(0, 3), DY: dayName(weekday).slice(0, 3).toUpperCase(), D: String(weekday + 1), Q: String(Math.ceil(month / 3)), TZ: "UTC",
  };
  const trimmed = (text: string, fill: boolean): string => (fill ? text.trim().replace(/^0+(?=\d)/, "") : text);
  return format.replace(/"([^"]*)"|(FM)?(YYYY|YY|HH24|HH12|HH|MONTH|Month|month|MON|Mon|mon|MM|MI|MS|DDD|DD|DAY|Day|day|DY|Dy|D|SS|US|AM|PM|am|pm|Q|TZ)/g, (_, quoted: string | undefined, fill: string | undefined, word: string | undefined) => (word === undefined ? (quoted ?? "") : trimmed(known[word] ?? word, fill !== undefined)));
}
