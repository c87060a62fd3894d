/**
 * What the clocks on the wall show around the world.
 *
 * @simplified each zone follows the rule it has in 2026 at all times (Morocco's changes for Ramadan are kept day by day):
 * before a change of law the hour of a CronJob can be off by one.
 */
import { moroccanDays, zonesByRule } from "./time-zone-data";
import { dateOf, daysOf, EPOCH_DAYS, instantOf } from "./time";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A day of the year on which clocks change: the `week`-th (5 is the last) such `weekday` of a month, so long after local midnight. */
interface ChangeDay {
  readonly month: number;
  readonly week: number;
  readonly weekday: number;
  readonly after: number;
}

/** Offsets in milliseconds to add to UTC, and when the second one is in force. */
interface Zone {
  readonly standard: number;
  readonly summer?: { readonly offset: number; readonly from: ChangeDay; readonly to: ChangeDay };
  /** Changes told one by one, in order; after an even-numbered one the offset is 0, after an odd-numbered one the standard one. */
  readonly days?: readonly number[];
}

/** The offset in force at an instant, and from when until when it is. */
export interface Offset {
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

// Reading the table costs more than keeping what was read; there are only so many zones.
const ruleByName = new Map<string, string>();
const zones = new Map<string, Zone>();

function rulesOf(): ReadonlyMap<string, string> {
  if (ruleByName.size > 0) return ruleByName;
  for (const [rule, groups] of Object.entries(zonesByRule)) {
    for (const group of groups) {
      const [area = "", list = ""] = group.split(": ");
      for (const name of list.split(" ")) ruleByName.set(area === "-" ? name : `${area}/${name}`, rule);
    }
  }
  return ruleByName;
}

/** Does the database of time zones know this name? As in Go, `UTC` and the empty name count. */
export function isTimeZone(name: string): boolean {
  return name === "" || name === "UTC" || rulesOf().has(name);
}

function zoneOf(name: string): Zone {
  const rule = name === "" || name === "UTC" ? "UTC0" : (rulesOf().get(name) ?? "UTC0");
  const moroccan = name === "Africa/Casablanca" || name === "Africa/El_Aaiun";
  const key = moroccan ? "Morocco" : rule;
  const known = zones.get(key);
  if (known) return known;
  const read = readRule(rule);
  const made = moroccan ? { ...read, days: moroccanDays.split(" ").map((day) => instantOf(`${day}T02:00:00Z`) ?? 0) } : read;
  zones.set(key, made);
  return made;
}

const NAME = "(?:[A-Za-z]+|<[^>]*>)";
const RULE = new RegExp(`^${NAME}([-+0-9:]+)(?:${NAME}([-+0-9:]*)(?:,(.+),(.+))?)?$`);

/** Reads a POSIX `TZ`, whose offsets are what is to be added to local time. */
function readRule(rule: string): Zone {
  const [, west = "0", summerWest = "", from, to] = RULE.exec(rule) ?? [];
  const standard = 0 - clockOf(west);
  if (from === undefined || to === undefined) return { standard };
  const offset = summerWest === "" ? standard + HOUR : 0 - clockOf(summerWest);
  return { standard, summer: { offset, from: changeDay(from), to: changeDay(to) } };
}

function clockOf(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const [hours = 0, minutes = 0] = text.replace(/^[-+]/, "").split(":").map(Number);
  return sign * (hours * HOUR + minutes * MINUTE);
}

function changeDay(text: string): ChangeDay {
  const [day = "", time = "2"] = text.split("/");
  const [month = 1, week = 1, weekday = 0] = day.slice(1).split(".").map(Number);
  return { month, week, weekday, after: clockOf(time) };
}

/** Days since 1970 that fall on `weekday`, Sunday being 0: 1970-01-01 was a Thursday. */
const weekdayOf = (days: number): number => (((days + 4) % 7) + 7) % 7;

/** Local milliseconds (as if UTC) at which clocks change in a year. */
function changeIn(year: number, { month, week, weekday, after }: ChangeDay): number {
  const first = daysOf(year, month, 1);
  const next = month === 12 ? daysOf(year + 1, 1, 1) : daysOf(year, month + 1, 1);
  let day = first + ((weekday - weekdayOf(first) + 7) % 7) + (week - 1) * 7;
  while (day >= next) day -= 7;
  return (day - EPOCH_DAYS) * DAY + after;
}

/** The offset of a zone at an instant. An unknown zone is UTC. */
export function offsetAt(name: string, instant: number): Offset {
  const { standard, summer, days } = zoneOf(name);
  if (days) return offsetByDays(days, standard, instant);
  if (!summer) return { offset: standard, start: -Infinity, end: Infinity };
  const [year] = dateOf(Math.floor((instant + standard) / DAY) + EPOCH_DAYS);
  const changes = [year - 1, year, year + 1].flatMap((one) => [
    { at: changeIn(one, summer.from) - standard, offset: summer.offset },
    { at: changeIn(one, summer.to) - summer.offset, offset: standard },
  ]);
  changes.sort((a, b) => a.at - b.at);
  const next = changes.findIndex(({ at }) => at > instant);
  const now = changes[next - 1];
  return { offset: now?.offset ?? standard, start: now?.at ?? -Infinity, end: changes[next]?.at ?? Infinity };
}

function offsetByDays(days: readonly number[], standard: number, instant: number): Offset {
  const next = days.findIndex((at) => at > instant);
  const count = next < 0 ? days.length : next;
  return { offset: count % 2 === 1 ? 0 : standard, start: days[count - 1] ?? -Infinity, end: days[count] ?? Infinity };
}

/** What a calendar and a clock on the wall show. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Sunday is 0. */
  readonly weekday: number;
}

/** The wall time of an instant in a zone. */
export function wallTime(zone: string, instant: number): WallTime {
  const local = instant + offsetAt(zone, instant).offset;
  const days = Math.floor(local / DAY);
  const [year, month, day] = dateOf(days + EPOCH_DAYS);
  const rest = local - days * DAY;
  return { year, month, day, hour: Math.floor(rest / HOUR), minute: Math.floor(rest / MINUTE) % 60, second: Math.floor(rest / 1000) % 60, weekday: weekdayOf(days + EPOCH_DAYS) };
}

/**
 * The instant at which a zone's clocks show this; months and days beyond their range flow over. Where clocks skip
 * or repeat an hour, the answer is the one Go's `time.Date` gives.
 */
export function instantAt(zone: string, year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const months = year * 12 + month - 1;
  const days = daysOf(Math.floor(months / 12), (((months % 12) + 12) % 12) + 1, 1) + day - 1;
  const local = (days - EPOCH_DAYS) * DAY + hour * HOUR + minute * MINUTE + second * 1000;
  const guess = offsetAt(zone, local);
  const utc = local - guess.offset;
  return utc >= guess.start && utc < guess.end ? utc : local - offsetAt(zone, utc).offset;
}
