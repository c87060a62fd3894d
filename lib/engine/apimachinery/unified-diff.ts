/** The differences of two texts, three lines of context about each. Python's difflib, which upstream's Go library follows. */

/** Where the same lines stand in both. */
interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

/** The lines of the second text by content; of a long text, those that come too often are left out. */
function positions(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  lines.forEach((line, i) => found.set(line, [...(found.get(line) ?? []), i]));
  const often = Math.floor(lines.length / 100) + 1;
  return lines.length < 200 ? found : new Map([...found].filter(([, places]) => places.length <= often));
}

type Range = readonly [aFrom: number, aTo: number, bFrom: number, bTo: number];

function longest(a: readonly string[], b: readonly string[], where: ReadonlyMap<string, readonly number[]>, [aFrom, aTo, bFrom, bTo]: Range): Block {
  let best: Block = { a: aFrom, b: bFrom, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = aFrom; i < aTo; i += 1) {
    const next = new Map<number, number>();
    for (const j of where.get(a[i] ?? "") ?? []) {
      if (j < bFrom || j >= bTo) continue;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  let { a: i, b: j, size } = best;
  for (; i > aFrom && j > bFrom && a[i - 1] === b[j - 1]; i -= 1, j -= 1) size += 1;
  for (; i + size < aTo && j + size < bTo && a[i + size] === b[j + size]; ) size += 1;
  return { a: i, b: j, size };
}

function matching(a: readonly string[], b: readonly string[]): readonly Block[] {
  const where = positions(b);
  const blocks: Block[] = [];
  const look = (range: Range): void => {
    const [aFrom, aTo, bFrom, bTo] = range;
    const block = longest(a, b, where, range);
    if (block.size === 0) return;
    if (aFrom < block.a && bFrom < block.b) look([aFrom, block.a, bFrom, block.b]);
    blocks.push(block);
    if (block.a + block.size < aTo && block.b + block.size < bTo) look([block.a + block.size, aTo, block.b + block.size, bTo]);
  };
  look([0, a.length, 0, b.length]);
  return [...blocks, { a: a.length, b: b.length, size: 0 }];
}

/** What stands between two blocks of the same lines. */
type Change = Range;

function changes(a: readonly string[], b: readonly string[]): readonly Change[] {
  const found: Change[] = [];
  let [i, j] = [0, 0];
  for (const block of matching(a, b)) {
    if (i < block.a || j < block.b) found.push([i, block.a, j, block.b]);
    [i, j] = [block.a + block.size, block.b + block.size];
  }
  return found;
}

const CONTEXT = 3;

function rangeText(from: number, to: number): string {
  const size = to - from;
  return size === 1 ? String(from + 1) : `${size === 0 ? from : from + 1},${size}`;
}

function hunk(a: readonly string[], b: readonly string[], group: readonly Change[]): string {
  const [first, last] = [group[0] ?? [0, 0, 0, 0], group.at(-1) ?? [0, 0, 0, 0]];
  const lead = Math.min(CONTEXT, first[0]);
  const tail = Math.min(CONTEXT, a.length - last[1]);
  const lines: string[] = [`@@ -${rangeText(first[0] - lead, last[1] + tail)} +${rangeText(first[2] - lead, last[3] + tail)} @@`];
  let at = first[0] - lead;
  for (const [aFrom, aTo, bFrom, bTo] of group) {
    lines.push(...a.slice(at, aFrom).map((line) => ` ${line}`), ...a.slice(aFrom, aTo).map((line) => `-${line}`), ...b.slice(bFrom, bTo).map((line) => `+${line}`));
    at = aTo;
  }
  lines.push(...a.slice(at, at + tail).map((line) => ` ${line}`));
  return `${lines.join("\n")}\n`;
}

/** The hunks of a unified diff, without the names of files; nothing when the texts are the same. */
export function unifiedDiff(a: readonly string[], b: readonly string[]): string {
  const groups: Change[][] = [];
  for (const change of changes(a, b)) {
    const previous = groups.at(-1)?.at(-1);
    if (previous !== undefined && change[0] - previous[1] <= 2 * CONTEXT) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups.map((group) => hunk(a, b, group)).join("");
}
