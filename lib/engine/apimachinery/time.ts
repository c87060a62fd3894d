/** Virtual time as the API writes it. Pure integer arithmetic: the engine knows no calendar of the machine. */
import { Memory } from "./memory";

/** Days from 1970-01-01 to the day every cluster is born, 2026-01-01. */
export const EPOCH_DAYS = 20454;
const DAY_MILLIS = 86_400_000;

/** Days since 1970-01-01 of a date of the Gregorian calendar. */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** Year, month and day of so many days since 1970-01-01. */
export function dateOf(days: number): readonly [number, number, number] {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return [year, month, dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1];
}

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

function dayAndClock(instant: number): readonly [string, string, number] {
  const days = Math.floor(instant / DAY_MILLIS);
  const rest = instant - days * DAY_MILLIS;
  const [year, month, day] = dateOf(days + EPOCH_DAYS);
  const clock = `${pad(Math.floor(rest / 3_600_000))}:${pad(Math.floor(rest / 60_000) % 60)}:${pad(Math.floor(rest / 1000) % 60)}`;
  return [`${pad(year, 4)}-${pad(month)}-${pad(day)}`, clock, rest % 1000];
}

// Much happens within one second, and every write tells the time.
const written = new Map<number, string>();
const latest = { second: -1, text: "" };

/** An instant (milliseconds since the cluster was born) as the API writes `metav1.Time`: whole seconds, UTC. */
export function timestamp(instant: number): string {
  const second = Math.floor(instant / 1000);
  if (latest.second === second) return latest.text;
  let text = written.get(second);
  if (text === undefined) {
    const [day, clock] = dayAndClock(instant);
    text = `${day}T${clock}Z`;
    if (written.size >= 1000) written.clear();
    written.set(second, text);
  }
  latest.second = second;
  latest.text = text;
  return text;
}

/** An instant as the API writes `metav1.MicroTime` (leases, events): six decimals. */
export function microTimestamp(instant: number): string {
  const [day, clock, millis] = dayAndClock(instant);
  return `${day}T${clock}.${pad(millis, 3)}000Z`;
}

const RFC3339 = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** The instant an RFC 3339 text names, in milliseconds since the cluster was born; undefined when it names none. */
export function instantOf(text: string): number | undefined {
  return readOff.of(text, read);
}

// The same few times are read over and over; longer texts, with endless fractions, are read anew.
const readOff = new Memory<number | undefined>(1000, 40);

function read(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return undefined;
  const millis = Number(`${match[7] ?? ""}000`.slice(0, 3));
  const clock = ((hour * 60 + minute) * 60 + second) * 1000 + millis - offsetMillis(match[8] ?? "Z");
  return (daysOf(year, month, day) - EPOCH_DAYS) * DAY_MILLIS + clock;
}

function offsetMillis(zone: string): number {
  if (zone === "Z") return 0;
  const size = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000;
  return zone.startsWith("-") ? -size : size;
}

function daysInMonth(year: number, month: number): number {
  const next = month === 12 ? daysOf(year + 1, 1, 1) : daysOf(year, month + 1, 1);
  return next - daysOf(year, month, 1);
}

/** Whole seconds between the time an object carries and `now`; undefined when it carries none that can be read. */
export function secondsSince(text: string | undefined, now: number): number | undefined {
  const instant = text === undefined ? undefined : instantOf(text);
  return instant === undefined ? undefined : Math.trunc((now - instant) / 1000);
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTH_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** An instant as Go's RFC1123Z writes it: `Thu, 01 Jan 2026 00:00:00 +0000`. */
export function rfc1123(instant: number): string {
  const days = Math.floor(instant / DAY_MILLIS) + EPOCH_DAYS;
  const [year, month, day] = dateOf(days);
  return `${WEEKDAYS[(days + 4) % 7] ?? ""}, ${pad(day)} ${MONTH_NAMES[month - 1] ?? ""} ${pad(year, 4)} ${dayAndClock(instant)[1]} +0000`;
}
