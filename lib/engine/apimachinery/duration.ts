/** Elapsed time as kubectl prints it. */

/** A length of time in its two most telling units, as in the AGE column: `2m59s`, `23h`, `3y364d`. Takes seconds; fractions are cut. Upstream: `duration.HumanDuration`. */
export function humanDuration(elapsedSeconds: number): string {
  const seconds = Math.trunc(elapsedSeconds);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return two(days, "d", hours % 24, "h");
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? two(years, "y", days % 365, "d") : `${years}y`;
}

/** A length of time in one unit. Takes seconds. Upstream: `duration.ShortHumanDuration`. */
export function shortHumanDuration(elapsedSeconds: number): string {
  const seconds = Math.trunc(elapsedSeconds);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h`;
  return hours < 24 * 365 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24 / 365)}y`;
}

function two(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}

const UNIT_MILLIS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, "µs": 1e-3, "μs": 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads Go's duration text (`1h30m`, `500ms`, `1.5s`) as milliseconds, whole ones; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const read = readDuration(text);
  return "error" in read ? undefined : read.millis;
}

/** The same, with Go's words for what is wrong. Upstream: `time.ParseDuration`. */
export function readDuration(text: string): { readonly millis: number } | { readonly error: string } {
  const quoted = JSON.stringify(text);
  const invalid = { error: `time: invalid duration ${quoted}` };
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return { millis: 0 };
  if (rest === "") return invalid;
  let total = 0;
  while (rest !== "") {
    const [, number = "", unit = ""] = /^((?:[0-9]+\.?[0-9]*|\.[0-9]+))([^0-9.]*)/.exec(rest) ?? [];
    if (number === "") return invalid;
    if (unit === "") return { error: `time: missing unit in duration ${quoted}` };
    if (!Object.hasOwn(UNIT_MILLIS, unit)) return { error: `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}` };
    total += Number(number) * (UNIT_MILLIS[unit] ?? 0);
    rest = rest.slice(number.length + unit.length);
  }
  if (total > LONGEST) return invalid;
  return { millis: text.startsWith("-") ? 0 - Math.trunc(total) : Math.trunc(total) };
}

/** The longest time Go can tell, in milliseconds. */
const LONGEST = 9_223_372_036_854;

/** Milliseconds as Go prints a duration: `1m30s`, `2s`, `0s`, `500ms`, `1h0m0s`. Upstream: `time.Duration.String`. */
export function goDuration(millis: number): string {
  if (millis === 0) return "0s";
  const sign = millis < 0 ? "-" : "";
  const total = Math.abs(millis);
  if (total > LONGEST) return `${sign}2562047h47m16.854775807s`;
  if (total < 1000) return `${sign}${total}ms`;
  const fraction = total % 1000;
  const seconds = Math.floor(total / 1000);
  const tail = `${seconds % 60}${fraction === 0 ? "" : `.${String(fraction).padStart(3, "0").replace(/0+$/, "")}`}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return sign + tail;
  return minutes < 60 ? `${sign}${minutes}m${tail}` : `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${tail}`;
}
