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

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** Formats a moment as `date +FORMAT` does, in UTC. */
export function formatDate(now: number, format: string): string {
  const parts = dateParts(now);
  const two = (value: number): string => String(value).padStart(2, "0");
  const one = (letter: string): string => {
    switch (letter) {
      case "Y": return String(parts.year);
      case "y": return two(parts.year % 100);
      case "m": return two(parts.month);
      case "d": return two(parts.day);
      case "e": return String(parts.day).padStart(2);
      case "H": return two(parts.hour);
      case "I": return two(parts.hour % 12 === 0 ? 12 : parts.hour % 12);
      case "M": return two(parts.minute);
      case "S": return two(parts.second);
      case "N": return String(parts.millis * 1_000_000).padStart(9, "0");
      case "s": return String(Math.floor(now / 1000));
      case "F": return formatDate(now, "%Y-%m-%d");
      case "T": return formatDate(now, "%H:%M:%S");
      case "R": return formatDate(now, "%H:%M");
      case "D": return formatDate(now, "%m/%d/%y");
      case "j": return String(parts.yearDay).padStart(3, "0");
      case "u": return String(parts.weekday === 0 ? 7 : parts.weekday);
      case "w": return String(parts.weekday);
      case "a": return (WEEKDAYS[parts.weekday] ?? "").slice(0, 3);
      case "A": return WEEKDAYS[parts.weekday] ?? "";
      case "b": case "h": return (MONTHS[parts.month - 1] ?? "").slice(0, 3);
      case "B": return MONTHS[parts.month - 1] ?? "";
      case "p": return parts.hour < 12 ? "AM" : "PM";
      case "Z": return "UTC";
      case "z": return "+0000";
      case "n": return "\n";
      case "t": return "\t";
      case "%": return "%";
      case "c": return formatDate(now, "%a %b %e %H:%M:%S %Y");
      default: return `%${letter}`;
    }
  };
  return format.replace(/%(?:3N|.)/gs, (whole) => (whole === "%3N" ? String(parts.millis).padStart(3, "0") : one(whole[1] ?? "%")));
}
