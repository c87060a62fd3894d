/** Moments and spans. Upstream: cel-go/common/types, timestamp.go and duration.go. */
import { CelError, Duration, Timestamp } from "./values";

const SECOND = 1_000_000_000n;
const DAY = 86_400n;
const UNITS: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, "µs": 1000n, "μs": 1000n, ms: 1_000_000n, s: SECOND, m: 60n * SECOND, h: 3600n * SECOND };

function floorDiv(a: bigint, b: bigint): bigint {
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

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?(Z|z|[+-]\d{2}:\d{2})$/;

/** Reads a moment. @throws {CelError} */
export function readTimestamp(text: string): Timestamp {
  const found = RFC3339.exec(text) ?? (/^\d{4}-\d{2}-\d{2}$/.test(text) ? RFC3339.exec(`${text}T00:00:00Z`) : null);
  if (!found) throw new CelError(`invalid timestamp ${JSON.stringify(text)}`);
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => BigInt(part)) as [bigint, bigint, bigint, bigint, bigint, bigint];
  const seconds = daysOf(year, month, day) * DAY + hour * 3600n + minute * 60n + second - offsetOf(found[8] ?? "Z");
  return new Timestamp(seconds * SECOND + BigInt((found[7] ?? "").padEnd(9, "0")));
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

/** Reads a span such as `1h30m`. @throws {CelError} */
export function readDuration(text: string): Duration {
  const found = /^([+-]?)((?:\d+(?:\.\d*)?(?:ns|us|µs|μs|ms|s|m|h)|\.\d+(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (text === "0" || text === "+0" || text === "-0") return new Duration(0n);
  if (!found) throw new CelError(`time: invalid duration ${JSON.stringify(text)}`);
  let nanos = 0n;
  for (const [, whole = "", fraction = "", unit = "s"] of (found[2] ?? "").matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const size = UNITS[unit] ?? SECOND;
    nanos += BigInt(whole === "" ? "0" : whole) * size;
    if (fraction !== "") nanos += (BigInt(fraction.slice(0, 9).padEnd(9, "0")) * size) / SECOND;
  }
  return new Duration(found[1] === "-" ? -nanos : nanos);
}

/** A span in seconds, as CEL prints it: `90s`, `0.5s`. */
export function durationText({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  const rest = size % SECOND;
  return `${nanos < 0n ? "-" : ""}${String(size / SECOND)}${rest === 0n ? "" : `.${pad(rest, 9).replace(/0+$/, "")}`}s`;
}
