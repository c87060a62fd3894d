/** What separates two lists of lines, and how it is written. */

const MAX_CELLS = 4_000_000;
/** Stands after a last line that does not end. */
export const UNENDED = "\0unended";

function written(mark: string, line: string): string {
  return line.endsWith(UNENDED) ? `${mark}${line.slice(0, -UNENDED.length)}\n\\ No newline at end of file\n` : `${mark}${line}\n`;
}

/** Some lines in place of others. */
export interface Change {
  /** Half-open ranges of lines removed from the first and added from the second text. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** The changes that turn `a` into `b`, by the longest common subsequence; undefined when the texts are too long. */
export function changesBetween(a: readonly string[], b: readonly string[]): Change[] | undefined {
  if ((a.length + 1) * (b.length + 1) > MAX_CELLS) return undefined;
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] = a[i] === b[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
    }
  }
  const changes: Change[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
      continue;
    }
    const [startA, startB] = [i, j];
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      if (j >= b.length || (i < a.length && (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0))) i += 1;
      else j += 1;
    }
    changes.push({ from: [startA, i], to: [startB, j] });
  }
  return changes;
}

/** Changes in the oldest of forms: `2c2`, `<` and `>`. */
export function normal(changes: readonly Change[], a: readonly string[], b: readonly string[]): string {
  const range = ([start, end]: readonly [number, number]): string => (end - start > 1 ? `${start + 1},${end}` : String(start === end ? start : end));
  return changes.map(({ from, to }) => {
    const verb = from[0] === from[1] ? "a" : to[0] === to[1] ? "d" : "c";
    const removed = a.slice(...from).map((line) => written("< ", line)).join("");
    const added = b.slice(...to).map((line) => written("> ", line)).join("");
    return `${range(from)}${verb}${range(to)}\n${removed}${verb === "c" ? "---\n" : ""}${added}`;
  }).join("");
}

/** Changes with the lines around them, as `-u` shows them. */
export function unified(changes: readonly Change[], a: readonly string[], b: readonly string[], context: number): string {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1)?.at(-1);
    if (last && change.from[0] - last.from[1] <= context * 2) hunks.at(-1)?.push(change);
    else hunks.push([change]);
  }
  return hunks.map((hunk) => {
    const first = hunk[0] as Change;
    const last = hunk.at(-1) as Change;
    const startA = Math.max(0, first.from[0] - context);
    const endA = Math.min(a.length, last.from[1] + context);
    const startB = Math.max(0, first.to[0] - (first.from[0] - startA));
    const endB = last.to[1] + (endA - last.from[1]);
    const lines: string[] = [];
    let at = startA;
    for (const { from, to } of hunk) {
      lines.push(...a.slice(at, from[0]).map((line) => ` ${line}`), ...a.slice(...from).map((line) => `-${line}`), ...b.slice(...to).map((line) => `+${line}`));
      at = from[1];
    }
    lines.push(...a.slice(at, endA).map((line) => ` ${line}`));
    const size = (start: number, end: number): string => (end - start === 1 ? `${start + 1}` : `${end === start ? start : start + 1},${end - start}`);
    return `@@ -${size(startA, endA)} +${size(startB, endB)} @@\n${lines.map((line) => written("", line)).join("")}`;
  }).join("");
}
