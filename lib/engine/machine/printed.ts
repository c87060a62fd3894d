/** Texts lately printed, line by line: containers of one image, started at one instant, print the same. */
const printed = new Map<string, readonly string[]>();
/** Most texts remembered. */
const PRINTED = 256;

/** The lines of a text; what stands behind the last line's end is no line. */
export function linesOf(raw: string): readonly string[] {
  const known = printed.get(raw);
  if (known) return known;
  const lines = raw.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  if (printed.size >= PRINTED) printed.clear();
  if (raw.length < 4096) printed.set(raw, lines);
  return lines;
}
