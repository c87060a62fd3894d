import { Memory } from "../apimachinery/memory";

/** Containers of one image, started at one instant, print the same. */
const printed = new Memory<readonly string[]>(256);

/** The lines of a text; what stands behind the last line's end is no line. */
export function linesOf(raw: string): readonly string[] {
  return printed.of(raw, splitLines);
}

function splitLines(raw: string): readonly string[] {
  const lines = raw.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}
