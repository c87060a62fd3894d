/** `comm` and `join`: two files in order, side by side. */
import type { Command, CommandIo, CommandResult } from "../host";
import { failure, joinLines, linesOf, readArguments, readInputs, unknownOption, usesStdin } from "./files";

function pairOf(name: string, operands: readonly string[], io: CommandIo): readonly [string[], string[]] | CommandResult {
  const hint = `\nTry '${name} --help' for more information.`;
  if (operands.length === 0) return failure(name, `missing operand${hint}`);
  if (operands.length === 1) return failure(name, `missing operand after '${operands[0] ?? ""}'${hint}`);
  if (operands.length > 2) return failure(name, `extra operand '${operands[2] ?? ""}'${hint}`);
  const { inputs, errors } = readInputs(name, operands, io);
  const [left, right] = inputs;
  if (!left || !right) return { status: 1, stderr: `${errors.split("\n")[0] ?? ""}\n` };
  return [linesOf(left.text), linesOf(right.text)];
}

const isDisordered = (lines: readonly string[]): boolean => lines.some((line, i) => i > 0 && line < (lines[i - 1] as string));

/** `comm [-1] [-2] [-3] FILE1 FILE2` */
export const comm: Command = {
  name: "comm",
  readsStdin: (args) => usesStdin(readArguments(args, "123z", "").operands),
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "123z", "D", { "output-delimiter": "D", "check-order": "c", "nocheck-order": "n", total: "t" });
    if (unknown !== undefined) return unknownOption("comm", unknown);
    const pair = pairOf("comm", operands, io);
    if ("status" in pair) return pair;
    const [left, right] = pair;
    const mark = flags.get("D") ?? "\t";
    const indent = (column: number): string => [1, 2].filter((other) => other < column && !flags.has(String(other))).map(() => mark).join("");
    const out: string[] = [];
    const counts = [0, 0, 0];
    const show = (column: number, line: string): void => {
      counts[column - 1] = (counts[column - 1] ?? 0) + 1;
      if (!flags.has(String(column))) out.push(indent(column) + line);
    };
    for (let i = 0, j = 0; i < left.length || j < right.length; ) {
      const [a, b] = [left[i], right[j]];
      if (b === undefined || (a !== undefined && a < b)) {
        show(1, a ?? "");
        i += 1;
      } else if (a === undefined || b < a) {
        show(2, b);
        j += 1;
      } else {
        show(3, a);
        i += 1;
        j += 1;
      }
    }
    if (flags.has("t")) out.push([...counts, "total"].join(mark));
    const bad = flags.has("n") ? [] : [left, right].flatMap((lines, i) => (isDisordered(lines) ? [`comm: file ${i + 1} is not in sorted order\n`] : []));
    return { status: bad.length > 0 ? 1 : 0, stdout: joinLines(out), stderr: bad.join("") + (bad.length > 0 ? "comm: input is not in sorted order\n" : "") };
  },
};

interface JoinOptions {
  readonly mark: string | undefined;
  readonly keys: readonly [number, number];
  readonly shows: readonly string[] | undefined;
  readonly empty: string;
  readonly ignoreCase: boolean;
}

interface Row {
  readonly key: string;
  readonly fields: readonly string[];
}

function rowsOf(lines: readonly string[], at: number, { mark, ignoreCase }: JoinOptions): Row[] {
  return lines.map((line) => {
    const fields = mark === undefined ? line.trim().split(/[ \t]+/) : line.split(mark);
    const key = fields[at - 1] ?? "";
    return { key: ignoreCase ? key.toLowerCase() : key, fields };
  });
}

function joined(left: Row | undefined, right: Row | undefined, options: JoinOptions): string {
  const { mark = " ", keys, shows, empty } = options;
  const keyText = left ? (left.fields[keys[0] - 1] ?? "") : (right?.fields[keys[1] - 1] ?? "");
  const rest = (row: Row | undefined, at: number): string[] => (row?.fields ?? []).filter((_, i) => i !== at - 1);
  if (!shows) return [keyText, ...rest(left, keys[0]), ...rest(right, keys[1])].join(mark);
  return shows.map((spec) => {
    if (spec === "0") return keyText;
    const [file, field] = spec.split(".");
    return (file === "1" ? left : right)?.fields[Number(field) - 1] || empty;
  }).join(mark);
}

/** `join [-t C] [-1 N] [-2 N] [-j N] [-a 1|2] [-v 1|2] [-o LIST] [-e TEXT] [-i] FILE1 FILE2` */
export const join: Command = {
  name: "join",
  readsStdin: (args) => usesStdin(readArguments(args, "i", "t12javoe").operands),
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "i", "t12javoe", { "ignore-case": "i", "nocheck-order": "i", header: "i" });
    if (unknown !== undefined) return unknownOption("join", unknown);
    const pair = pairOf("join", operands, io);
    if ("status" in pair) return pair;
    const at = (letter: string): number => Number(flags.get(letter) ?? flags.get("j") ?? 1) || 1;
    const options: JoinOptions = { mark: flags.get("t"), keys: [at("1"), at("2")], shows: flags.get("o")?.split(/[, ]+/), empty: flags.get("e") ?? "", ignoreCase: flags.has("i") };
    const unpaired = new Set(args.flatMap((arg, i) => (/^-[av]$/.test(arg) ? [args[i + 1] ?? ""] : /^-[av][12]$/.test(arg) ? [arg.slice(2)] : [])));
    const left = rowsOf(pair[0], options.keys[0], options);
    const right = rowsOf(pair[1], options.keys[1], options);
    const out: string[] = [];
    let [i, j] = [0, 0];
    while (i < left.length || j < right.length) {
      const [a, b] = [left[i], right[j]];
      if (a && (!b || a.key < b.key)) {
        if (unpaired.has("1")) out.push(joined(a, undefined, options));
        i += 1;
      } else if (b && (!a || b.key < a.key)) {
        if (unpaired.has("2")) out.push(joined(undefined, b, options));
        j += 1;
      } else {
        const key = a?.key;
        const [fromI, fromJ] = [i, j];
        while (left[i]?.key === key && i < left.length) i += 1;
        while (right[j]?.key === key && j < right.length) j += 1;
        if (!flags.has("v")) for (const one of left.slice(fromI, i)) for (const other of right.slice(fromJ, j)) out.push(joined(one, other, options));
      }
      if (out.length > 200_000) break;
    }
    const bad = [left, right].flatMap((rows, k) => {
      const wrong = rows.findIndex((row, n) => n > 0 && row.key < (rows[n - 1]?.key ?? ""));
      return wrong < 0 || out.length === left.length ? [] : [`join: ${operands[k] ?? ""}:${wrong + 1}: is not sorted: ${pair[k as 0 | 1][wrong] ?? ""}\n`];
    });
    return { status: bad.length > 0 ? 1 : 0, stdout: joinLines(out), stderr: bad.join("") + (bad.length > 0 ? "join: input is not in sorted order\n" : "") };
  },
};
