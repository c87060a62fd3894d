import type { Command } from "../host";
import { failure, linesOf, readArguments, readInputs } from "./files";

const MAX_CELLS = 4_000_000;

interface Change {
  /** Half-open ranges of lines removed from the first and added from the second text. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** The changes that turn `a` into `b`, by the longest common subsequence; undefined when the texts are too long. */
function changesBetween(a: readonly string[], b: readonly string[]): Change[] | undefined {
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

function normal(changes: readonly Change[], a: readonly string[], b: readonly string[]): string {
  const range = ([start, end]: readonly [number, number]): string => (end - start > 1 ? `${start + 1},${end}` : String(start === end ? start : end));
  return changes.map(({ from, to }) => {
    const verb = from[0] === from[1] ? "a" : to[0] === to[1] ? "d" : "c";
    const removed = a.slice(...from).map((line) => `< ${line}\n`).join("");
    const added = b.slice(...to).map((line) => `> ${line}\n`).join("");
    return `${range(from)}${verb}${range(to)}\n${removed}${verb === "c" ? "---\n" : ""}${added}`;
  }).join("");
}

function unified(changes: readonly Change[], a: readonly string[], b: readonly string[], context: number): string {
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
    return `@@ -${size(startA, endA)} +${size(startB, endB)} @@\n${lines.map((line) => `${line}\n`).join("")}`;
  }).join("");
}

/** `diff [-u] [-q] A B`: 0 when equal, 1 when not, 2 for trouble. */
export const diff: Command = {
  name: "diff",
  readsStdin: (args) => args.includes("-"),
  run(args, io) {
    const { flags, operands } = readArguments(args, "uqNwbBr", "U");
    if (operands.length !== 2) return failure("diff", "two files are needed", 2);
    const { inputs, errors } = readInputs("diff", operands, io);
    const [left, right] = inputs;
    if (!left || !right || errors !== "") return { status: 2, stderr: errors };
    if (left.text === right.text) return { status: 0 };
    if (flags.has("q")) return { status: 1, stdout: `Files ${left.path} and ${right.path} differ\n` };
    const a = linesOf(left.text);
    const b = linesOf(right.text);
    const changes = changesBetween(a, b);
    if (!changes) return { status: 1, stdout: `Files ${left.path} and ${right.path} differ\n` };
    if (!flags.has("u") && !flags.has("U")) return { status: 1, stdout: normal(changes, a, b) };
    return { status: 1, stdout: `--- ${left.path}\n+++ ${right.path}\n${unified(changes, a, b, Number(flags.get("U") ?? 3) || 0)}` };
  },
};
