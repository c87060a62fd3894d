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

const UNIT_MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads Go's duration text (`1h30m`, `500ms`, `1.5s`) as milliseconds, whole ones; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  const whole = /^([+-]?)((?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+)$/.exec(text);
  if (whole === null) return undefined;
  let total = 0;
  for (const part of (whole[2] ?? "").matchAll(/([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)/g)) {
    total += Math.trunc(Number(part[1]) * (UNIT_MILLIS[part[2] ?? ""] ?? 0));
  }
  return whole[1] === "-" ? -total : total;
}

/** Milliseconds as Go prints a duration: `1m30s`, `2s`, `0s`, `500ms`, `1h0m0s`. Upstream: `time.Duration.String`. */
export function goDuration(millis: number): string {
  if (millis === 0) return "0s";
  const sign = millis < 0 ? "-" : "";
  const total = Math.abs(millis);
  if (total < 1000) return `${sign}${total}ms`;
  const fraction = total % 1000;
  const seconds = Math.floor(total / 1000);
  const tail = `${seconds % 60}${fraction === 0 ? "" : `.${String(fraction).padStart(3, "0").replace(/0+$/, "")}`}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return sign + tail;
  return minutes < 60 ? `${sign}${minutes}m${tail}` : `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${tail}`;
}
