/** A moment in UTC, taken apart. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millis: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** From 1. */
  readonly yearDay: number;
}

const DAY = 86_400_000;

/** Takes milliseconds since 1970 apart, in the proleptic Gregorian calendar. */
export function dateParts(now: number): DateParts {
  const days = Math.floor(now / DAY);
  const rest = now - days * DAY;
  // Years counted from March put the leap day last.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return {
    year,
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1000) % 60,
    millis: Math.floor(rest % 1000),
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: month <= 2 ? dayOfYear - 305 : dayOfYear + (isLeap ? 61 : 60),
  };
}

/** Days from 1970 to a date; a day too many for its month runs over into the next. */
export function daysUntil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** The ISO 8601 week a day lies in, and the year that week belongs to. */
function isoWeek({ year, weekday, yearDay }: DateParts): { readonly year: number; readonly week: number } {
  const monday = weekday === 0 ? 7 : weekday;
  const week = Math.floor((yearDay - monday + 10) / 7);
  const weeksIn = (one: number): number => {
    const first = (((daysUntil(one, 1, 1) + 4) % 7) + 7) % 7;
    const isLeap = (one % 4 === 0 && one % 100 !== 0) || one % 400 === 0;
    return first === 4 || (isLeap && first === 3) ? 53 : 52;
  };
  if (week < 1) return { year: year - 1, week: weeksIn(year - 1) };
  return week > weeksIn(year) ? { year: year + 1, week: 1 } : { year, week };
}

const two = (value: number): string => String(value).padStart(2, "0");
const blank = (value: number): string => String(value).padStart(2);
/** Directives that stand for others. */
const COMPOUND: Readonly<Record<string, string>> = { F: "%Y-%m-%d", T: "%H:%M:%S", R: "%H:%M", D: "%m/%d/%y", r: "%I:%M:%S %p", c: "%a %b %e %H:%M:%S %Y", x: "%m/%d/%y", X: "%H:%M:%S", "+": "%Y-%m-%d" };

function directive(letter: string, now: number, parts: DateParts): string | undefined {
  switch (letter) {
    case "Y": return String(parts.year);
    case "C": return two(Math.floor(parts.year / 100));
    case "y": return two(parts.year % 100);
    case "m": return two(parts.month);
    case "d": return two(parts.day);
    case "e": return blank(parts.day);
    case "H": return two(parts.hour);
    case "k": return blank(parts.hour);
    case "I": return two(parts.hour % 12 === 0 ? 12 : parts.hour % 12);
    case "l": return blank(parts.hour % 12 === 0 ? 12 : parts.hour % 12);
    case "M": return two(parts.minute);
    case "S": return two(parts.second);
    case "N": return String(parts.millis * 1_000_000).padStart(9, "0");
    case "s": return String(Math.floor(now / 1000));
    case "j": return String(parts.yearDay).padStart(3, "0");
    case "q": return String(Math.ceil(parts.month / 3));
    case "u": return String(parts.weekday === 0 ? 7 : parts.weekday);
    case "w": return String(parts.weekday);
    case "U": return two(Math.floor((parts.yearDay + 6 - parts.weekday) / 7));
    case "W": return two(Math.floor((parts.yearDay + 6 - ((parts.weekday + 6) % 7)) / 7));
    case "V": return two(isoWeek(parts).week);
    case "G": return String(isoWeek(parts).year);
    case "g": return two(isoWeek(parts).year % 100);
    case "a": return (WEEKDAYS[parts.weekday] ?? "").slice(0, 3);
    case "A": return WEEKDAYS[parts.weekday] ?? "";
    case "b": case "h": return (MONTHS[parts.month - 1] ?? "").slice(0, 3);
    case "B": return MONTHS[parts.month - 1] ?? "";
    case "p": return parts.hour < 12 ? "AM" : "PM";
    case "P": return parts.hour < 12 ? "am" : "pm";
    case "Z": return "UTC";
    case "z": return "+0000";
    case "n": return "\n";
    case "t": return "\t";
    case "%": return "%";
    default: return Object.hasOwn(COMPOUND, letter) ? formatDate(now, COMPOUND[letter] ?? "") : undefined;
  }
}

/** Formats a moment as `date +FORMAT` does, in UTC: `%-d` without zeros, `%_d` with blanks, `%^a` in capitals, `%5Y` wide, `%3N` short. */
export function formatDate(now: number, format: string): string {
  const parts = dateParts(now);
  return format.replace(/%([-_0^#]*)(\d{0,3})(:{0,3})[EO]?([^])/g, (whole, flags: string, width: string, colons: string, letter: string) => {
    if (letter === "z" && colons !== "") return ["+00:00", "+00:00:00", "+00"][colons.length - 1] ?? whole;
    let text = directive(letter, now, parts);
    if (text === undefined) return whole;
    if (letter === "N" && width !== "") return text.slice(0, Number(width));
    const isNumber = "YCymdeHkIlMSjqsuwUWVGg".includes(letter);
    if (flags.includes("-") && isNumber) text = text.replace(/^[0 ]+(?=\d)/, "");
    if (flags.includes("_") && isNumber) text = text.replace(/^0+(?=\d)/, (zeros) => " ".repeat(zeros.length));
    if (flags.includes("0") && isNumber) text = text.replace(/^ +/, (blanks) => "0".repeat(blanks.length));
    if (flags.includes("^")) text = text.toUpperCase();
    if (flags.includes("#")) text = letter === "p" ? text.toLowerCase() : text.toUpperCase();
    return text.padStart(Math.min(Number(width || 0), 200), isNumber && !flags.includes("_") ? "0" : " ");
  });
}
