/** An amount in units of 1024, as GNU's tools shorten it. */
export function scaled(value: number, decimals = 1): string {
  const units = ["", "K", "M", "G"];
  let rest = value;
  let unit = 0;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? String(Math.trunc(rest)) : rest.toFixed(rest >= 100 ? 0 : rest >= 10 ? Math.min(1, decimals) : decimals)}${units[unit] ?? ""}`;
}

const LINE = 50;
const KIB = 1024;
/** More rows than this tell nobody anything. */
const MOST_ROWS = 200;

/** The progress of a download nobody watches: a dot for a kibibyte, fifty to a row. */
export function dots(bytes: number, speed: number): string {
  const rows = Math.min(MOST_ROWS, Math.max(1, Math.ceil(bytes / (LINE * KIB))));
  return Array.from({ length: rows }, (_, i) => {
    const done = Math.min(LINE, Math.trunc((bytes - i * LINE * KIB) / KIB));
    const groups = Array.from({ length: 5 }, (__, group) => ".".repeat(Math.max(0, Math.min(10, done - group * 10))).padEnd(10)).join(" ");
    const share = bytes === 0 ? 100 : Math.min(100, Math.trunc((Math.min(bytes, (i + 1) * LINE * KIB) * 100) / bytes));
    return `${String(i * LINE).padStart(6)}K ${groups}${String(share).padStart(3)}% ${scaled(speed, 2).padStart(5)}${i === rows - 1 ? "=0s" : " 0s"}\n`;
  }).join("");
}
