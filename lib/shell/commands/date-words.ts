/** Moments as people write them, for `date -d`, `touch -d` and `find -newermt`; all in UTC unless a zone is said. */
import { dateParts, daysUntil } from "./calendar";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const SECONDS: Readonly<Record<string, number>> = { sec: 1, second: 1, min: 60, minute: 60, hour: 3600, day: 86_400, week: 604_800, fortnight: 1_209_600 };
const ORDINALS: Readonly<Record<string, number>> = { last: -1, this: 0, next: 1, a: 1, an: 1, first: 1, third: 3, fourth: 4, fifth: 5, sixth: 6, seventh: 7, eighth: 8, ninth: 9, tenth: 10 };
const DAY = 86_400_000;

interface Moment {
  year: number;
  month: number;
  day: number;
  /** Was a date said? Then the day of the week is only an ornament. */
  hasDate: boolean;
  /** Milliseconds of the day. */
  time: number;
  /** Minutes east of UTC. */
  zone: number;
  /** To add in the end. */
  months: number;
  millis: number;
  weekday: { readonly day: number; readonly steps: number } | undefined;
}

type Rule = readonly [pattern: RegExp, apply: (moment: Moment, match: RegExpExecArray) => boolean | undefined];

const clock = (hour: number, minute: number, second: number, fraction = ""): number => ((hour * 60 + minute) * 60 + second) * 1000 + Math.floor(Number(`0.${fraction || "0"}`) * 1000);

function setDay(moment: Moment, year: number, month: number, day: number): boolean {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (month < 1 || month > 12 || day < 1 || day > (lengths[month - 1] ?? 0)) return false;
  Object.assign(moment, { year, month, day, hasDate: true });
  return true;
}

function setTime(moment: Moment, hour: number, minute: number, second: number, fraction = ""): boolean {
  if (hour > 24 || minute > 59 || second > 60) return false;
  moment.time = clock(hour, minute, second, fraction);
  return true;
}

/** Sets a day without a time: midnight, unless a time was or will be said. */
const atMidnight = (moment: Moment, hasTime: boolean): void => void (hasTime || (moment.time = 0));

const RULES: readonly Rule[] = [
  [/^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]+(?=\d))?/, (moment, [, y, m, d]) => setDay(moment, Number(y), Number(m), Number(d))],
  [/^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?(?!\d)/, (moment, [, m, d, y]) => setDay(moment, y === undefined ? moment.year : Number(y), Number(m), Number(d))],
  [/^(\d{4})\/(\d{1,2})\/(\d{1,2})/, (moment, [, y, m, d]) => setDay(moment, Number(y), Number(m), Number(d))],
  [/^(\d{4})(\d\d)(\d\d)(?!\d)/, (moment, [, y, m, d]) => setDay(moment, Number(y), Number(m), Number(d))],
  [/^(\d{1,2})[ -]([a-z]{3})[a-z]*\.?(?:[ -,]+(\d{4})(?!:))?(?![a-z])/, (moment, [, d, name, y]) => MONTHS.includes(name ?? "") && setDay(moment, y === undefined ? moment.year : Number(y), MONTHS.indexOf(name ?? "") + 1, Number(d))],
  [/^([a-z]{3})[a-z]*\.? +(\d{1,2})(?!\d|:)(?:(?:,? +)(\d{4})(?!\d|:))?/, (moment, [, name, d, y]) => MONTHS.includes(name ?? "") && setDay(moment, y === undefined ? moment.year : Number(y), MONTHS.indexOf(name ?? "") + 1, Number(d))],
  [/^t?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)? *(am|pm)?(?![a-y])/, (moment, [, h, m, s, fraction, half]) => setTime(moment, half === undefined ? Number(h) : (Number(h) % 12) + (half === "pm" ? 12 : 0), Number(m), Number(s ?? 0), fraction)],
  [/^(\d{1,2}) *(am|pm)(?![a-z])/, (moment, [, h, half]) => Number(h) <= 12 && setTime(moment, (Number(h) % 12) + (half === "pm" ? 12 : 0), 0, 0)],
  [/^(?:z|utc|gmt)(?![a-z])/, (moment) => ((moment.zone = 0), true)],
  [/^([-+])(\d\d):?(\d\d)(?!\d)(?! *[a-z])/, (moment, [, sign, h, m]) => ((moment.zone = (sign === "-" ? -1 : 1) * (Number(h) * 60 + Number(m))), true)],
  [/^now(?![a-z])/, () => true],
  [/^today(?![a-z])/, () => true],
  [/^(yesterday|tomorrow)(?![a-z])/, (moment, [, word]) => ((moment.millis += word === "tomorrow" ? DAY : -DAY), true)],
  [/^midnight(?![a-z])/, (moment) => setTime(moment, 0, 0, 0)],
  [/^noon(?![a-z])/, (moment) => setTime(moment, 12, 0, 0)],
  [/^([-+]?) *(\d+|last|this|next|an?|first|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)? *(sec|second|min|minute|hour|day|week|fortnight|month|year)s?(?![a-z])( +ago(?![a-z]))?/, (moment, [, sign, word = "1", unit = "", ago]) => {
    const count = (ORDINALS[word] ?? Number(word)) * (sign === "-" ? -1 : 1) * (ago === undefined ? 1 : -1);
    if (unit === "month" || unit === "year") moment.months += count * (unit === "year" ? 12 : 1);
    else moment.millis += count * (SECONDS[unit] ?? 0) * 1000;
    return true;
  }],
  [/^(?:(last|this|next) +)?([a-z]{3})[a-z]*(?![a-z])/, (moment, [, word = "this", name]) => {
    if (!WEEKDAYS.includes(name ?? "")) return false;
    moment.weekday = { day: WEEKDAYS.indexOf(name ?? ""), steps: ORDINALS[word] ?? 0 };
    return true;
  }],
  [/^(\d{4})$/, (moment, [, y]) => setDay(moment, Number(y), moment.month, moment.day)],
];

/** Milliseconds since 1970 of what a text says, seen from `now`; undefined when nobody can tell. */
export function readDate(text: string, now: number): number | undefined {
  const absolute = /^\s*@(-?\d{1,12})(?:\.\d*)?\s*$/.exec(text);
  if (absolute) return Number(absolute[1]) * 1000;
  const today = dateParts(now);
  const ofDay = now - Math.floor(now / DAY) * DAY;
  const moment: Moment = { year: today.year, month: today.month, day: today.day, hasDate: false, time: ofDay, zone: 0, months: 0, millis: 0, weekday: undefined };
  let rest = text.trim().toLowerCase().replace(/\([^)]*\)/g, " ");
  const hasTime = /\d:\d|\d *[ap]m\b|noon|midnight/.test(rest);
  if (rest === "") atMidnight(moment, false);
  while (rest !== "") {
    let isRead = false;
    for (const [pattern, apply] of RULES) {
      const match = pattern.exec(rest);
      if (!match || apply(moment, match) !== true) continue;
      // A date, or a day of the week, without a time begins at midnight; so far and no further ones keep the time of day.
      if (/^(?:\d{4}|\d+[/ -]|[a-z]{3,} *\d)/.test(match[0]) && RULES.findIndex(([other]) => other === pattern) < 6) atMidnight(moment, hasTime);
      if (moment.weekday && !hasTime) moment.time = 0;
      rest = rest.slice(match[0].length).replace(/^[\s,]+/, "");
      isRead = true;
      break;
    }
    if (!isRead) return undefined;
  }
  return momentOf(moment);
}

function momentOf({ year, month, day, hasDate, time, zone, months, millis, weekday }: Moment): number {
  const total = year * 12 + (month - 1) + months;
  let days = daysUntil(Math.floor(total / 12), (((total % 12) + 12) % 12) + 1, day);
  if (weekday && !hasDate) {
    const today = (((days + 4) % 7) + 7) % 7;
    const ahead = (weekday.day - today + 7) % 7;
    days += ahead + (weekday.steps === 0 ? 0 : weekday.steps > 0 ? (ahead === 0 ? 7 : 0) + 7 * (weekday.steps - 1) : -7);
  }
  return days * DAY + time - zone * 60_000 + millis;
}
