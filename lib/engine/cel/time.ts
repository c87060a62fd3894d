/** Moments and spans. Upstream: cel-go/common/types, timestamp.go and duration.go. */
import { CelError, Duration, Timestamp } from "./values";

const SECOND = 1_000_000_000n;
const DAY = 86_400n;
const UNITS: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, "µs": 1000n, "μs": 1000n, ms: 1_000_000n, s: SECOND, m: 60n * SECOND, h: 3600n * SECOND };

/** A quotient of whole numbers, rounded down. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** Days since 1970 of a date. */
function daysOf(year: bigint, month: bigint, day: bigint): bigint {
  const y = month <= 2n ? year - 1n : year;
  const era = floorDiv(y, 400n);
  const yearOfEra = y - era * 400n;
  const dayOfYear = (153n * (month + (month > 2n ? -3n : 9n)) + 2n) / 5n + day - 1n;
  return era * 146_097n + yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear - 719_468n;
}

/** A moment taken apart, in the proleptic Gregorian calendar. */
export interface Civil {
  readonly year: bigint;
  /** 1 to 12. */
  readonly month: bigint;
  readonly day: bigint;
  readonly dayOfYear: bigint;
  /** 0 is Sunday. */
  readonly weekday: bigint;
  readonly hour: bigint;
  readonly minute: bigint;
  readonly second: bigint;
  readonly nanos: bigint;
}

/** Takes a moment apart. */
export function civilOf(nanos: bigint): Civil {
  const seconds = floorDiv(nanos, SECOND);
  const days = floorDiv(seconds, DAY);
  const rest = seconds - days * DAY;
  const shifted = days + 719_468n;
  const era = floorDiv(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const shiftedMonth = (5n * dayOfYear + 2n) / 153n;
  const month = shiftedMonth < 10n ? shiftedMonth + 3n : shiftedMonth - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  return {
    year,
    month,
    day: dayOfYear - (153n * shiftedMonth + 2n) / 5n + 1n,
    dayOfYear: days - daysOf(year, 1n, 1n),
    weekday: (((days + 4n) % 7n) + 7n) % 7n,
    hour: rest / 3600n,
    minute: (rest / 60n) % 60n,
    second: rest % 60n,
    nanos: nanos - seconds * SECOND,
  };
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9})\d*)?(Z|[+-](\d{2}):(\d{2}))$/;
/** The first and the last second there are: years 1 to 9999. */
const [EARLIEST, LATEST] = [-62_135_596_800n, 253_402_300_799n];

/** A moment, if there is one of that number. @throws {CelError} */
export function timestamp(nanos: bigint): Timestamp {
  const seconds = floorDiv(nanos, SECOND);
  if (seconds < EARLIEST || seconds > LATEST) throw new CelError("timestamp overflow");
  return new Timestamp(nanos);
}

function daysIn(year: bigint, month: bigint): bigint {
  return month === 12n ? 31n : daysOf(year, month + 1n, 1n) - daysOf(year, month, 1n);
}

/** Reads a moment as RFC 3339 writes it; a day or an hour that does not exist is none. @throws {CelError} */
export function readTimestamp(text: string): Timestamp {
  const found = RFC3339.exec(text);
  const [year = 0n, month = 0n, day = 0n, hour = 0n, minute = 0n, second = 0n] = (found?.slice(1, 7) ?? []).map((part) => BigInt(part));
  const exists = month >= 1n && month <= 12n && day >= 1n && day <= daysIn(year, month) && hour < 24n && minute < 60n && second < 60n;
  if (!found || !exists || Number(found[9] ?? 0) > 24 || Number(found[10] ?? 0) > 60) throw new CelError("type conversion error from 'string' to 'google.protobuf.Timestamp'");
  const seconds = daysOf(year, month, day) * DAY + hour * 3600n + minute * 60n + second - offsetOf(found[8] ?? "Z");
  return timestamp(seconds * SECOND + BigInt((found[7] ?? "").padEnd(9, "0")));
}

/** Reads what a schema lets stand for a moment: a day, too, small letters, and a blank. @throws {CelError} */
export function readMoment(text: string): Timestamp {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return readTimestamp(`${text}T00:00:00Z`);
  return readTimestamp(text.replace(/^(.{10})[Tt ]/, "$1T").replace(/z$/, "Z").replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
}

/** Seconds a zone lies before UTC: `+02:00`, `UTC`. @throws {CelError} */
export function offsetOf(zone: string): bigint {
  if (zone === "" || zone === "Z" || zone === "z" || zone === "UTC" || zone === "GMT") return 0n;
  const found = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (!found) throw new CelError(`unknown time zone ${zone}`);
  const seconds = BigInt(found[2] ?? "0") * 3600n + BigInt(found[3] ?? "0") * 60n;
  return found[1] === "-" ? -seconds : seconds;
}

const pad = (value: bigint, width = 2): string => String(value).padStart(width, "0");

/** A moment as RFC 3339 writes it. */
export function timestampText({ nanos }: Timestamp): string {
  const { year, month, day, hour, minute, second, nanos: rest } = civilOf(nanos);
  const fraction = rest === 0n ? "" : `.${pad(rest, 9).replace(/0+$/, "")}`;
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}${fraction}Z`;
}

/** The longest span, in nanoseconds. */
const LONGEST = 9223372036854775807n;

function notSpan(): CelError {
  return new CelError("type conversion error from 'string' to 'google.protobuf.Duration'");
}

/** Reads a span such as `1h30m`. @throws {CelError} */
export function readDuration(text: string): Duration {
  const found = /^([+-]?)((?:\d+(?:\.\d*)?(?:ns|us|µs|μs|ms|s|m|h)|\.\d+(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (text === "0" || text === "+0" || text === "-0") return new Duration(0n);
  if (!found) throw notSpan();
  let nanos = 0n;
  for (const [, whole = "", fraction = "", unit = "s"] of (found[2] ?? "").matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const size = UNITS[unit] ?? SECOND;
    nanos += BigInt(whole === "" ? "0" : whole) * size;
    if (fraction !== "") nanos += (BigInt(fraction.slice(0, 9).padEnd(9, "0")) * size) / SECOND;
  }
  if (nanos > LONGEST) throw notSpan();
  return new Duration(found[1] === "-" ? -nanos : nanos);
}

/** A span in seconds, as CEL prints it: `90s`, `0.5s`. */
export function durationText({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  const rest = size % SECOND;
  return `${nanos < 0n ? "-" : ""}${String(size / SECOND)}${rest === 0n ? "" : `.${pad(rest, 9).replace(/0+$/, "")}`}s`;
}
