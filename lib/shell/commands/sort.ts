import type { Command, CommandIo, CommandResult } from "../host";
import { resolvePath } from "../path";
import { failure, readInputs, reasonOf, unknownOption, usesStdin } from "./files";
import { orderOf, readSortKey, type SortKey, wholeLineOrder } from "./sort-order";

const PLAIN = "nrufhVbsgcCzmMdiR";
const VALUED = "kotTS";
const LONG: Readonly<Record<string, string>> = {
  "numeric-sort": "n", reverse: "r", unique: "u", "ignore-case": "f", "human-numeric-sort": "h", "version-sort": "V", "ignore-leading-blanks": "b", stable: "s", "general-numeric-sort": "g", check: "c", "zero-terminated": "z", merge: "m", "month-sort": "M", "dictionary-order": "d", "ignore-nonprinting": "i", key: "k", output: "o", "field-separator": "t", "temporary-directory": "T", "buffer-size": "S", parallel: "S",
};

interface Options {
  readonly letters: ReadonlySet<string>;
  readonly keys: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly paths: readonly string[];
  readonly unknown: string | undefined;
}

function readOptions(args: readonly string[]): Options {
  const letters = new Set<string>();
  const keys: string[] = [];
  const values = new Map<string, string>();
  const paths: string[] = [];
  let unknown: string | undefined;
  const take = (letter: string, value: string): void => {
    if (letter === "k") keys.push(value);
    else if (VALUED.includes(letter)) values.set(letter, value);
    else letters.add(letter);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") {
      paths.push(...args.slice(i + 1));
      break;
    }
    const long = /^--([a-z-]+)(?:=([^]*))?$/.exec(arg);
    if (long) {
      const letter = Object.hasOwn(LONG, long[1] ?? "") ? LONG[long[1] ?? ""] : undefined;
      if (letter === undefined) unknown ??= arg;
      else if (letter === "c") take(/^(?:quiet|silent)$/.test(long[2] ?? "") ? "C" : "c", "");
      else take(letter, long[2] ?? (VALUED.includes(letter) ? (args[++i] ?? "") : ""));
    } else if (/^-[^]/.test(arg)) {
      for (let j = 1; j < arg.length; j++) {
        const letter = arg[j] as string;
        if (VALUED.includes(letter)) {
          take(letter, j + 1 < arg.length ? arg.slice(j + 1) : (args[++i] ?? ""));
          break;
        }
        if (PLAIN.includes(letter)) take(letter, "");
        else unknown ??= letter;
      }
    } else paths.push(arg);
  }
  return { letters, keys, values, paths, unknown };
}

/** Lists already in order, put together; of lines that are the same those of the first list come first. */
function merged(lists: readonly (readonly string[])[], compare: (a: string, b: string) => number): string[] {
  const heads = lists.map(() => 0);
  const out: string[] = [];
  for (;;) {
    let best = -1;
    for (const [i, list] of lists.entries()) {
      const line = list[heads[i] as number];
      if (line === undefined) continue;
      if (best < 0 || compare(line, lists[best]?.[heads[best] as number] as string) < 0) best = i;
    }
    if (best < 0) return out;
    out.push(lists[best]?.[heads[best] as number] as string);
    heads[best] = (heads[best] as number) + 1;
  }
}

function run(args: readonly string[], io: CommandIo): CommandResult {
  const { letters, keys: specs, values, paths, unknown } = readOptions(args);
  if (unknown !== undefined) return unknownOption("sort", unknown, 2);
  const mark = values.get("t")?.replace(/^\\0$/, "\0");
  if (mark !== undefined && [...mark].length !== 1) return failure("sort", mark === "" ? "empty tab" : `multi-character tab '${mark}'`, 2);
  const general = [...letters].filter((letter) => "bdfghiMnrV".includes(letter)).join("");
  const keys: SortKey[] = [];
  for (const spec of specs) {
    const key = readSortKey(spec, general);
    if (!key) return failure("sort", /^0|,0/.test(spec) ? `field number is zero: invalid field specification '${spec}'` : /^\d/.test(spec) ? `stray character in field spec: invalid field specification '${spec}'` : `invalid number at field start: invalid count at start of '${spec}'`, 2);
    keys.push(key);
  }
  if (keys.length === 0) keys.push({ from: undefined, to: undefined, letters: general });
  const byKeys = orderOf(keys, mark);
  const hasLastWord = !letters.has("s") && !letters.has("u");
  const compare = (a: string, b: string): number => byKeys(a, b) || (hasLastWord ? (letters.has("r") ? -1 : 1) * wholeLineOrder(a, b) : 0);
  const { inputs, errors } = readInputs("sort", paths, io);
  if (errors !== "") return { status: 2, stderr: errors.split("\n")[0]?.concat("\n") ?? errors };
  const end = letters.has("z") ? "\0" : "\n";
  const lists = inputs.map(({ text }) => (text === "" ? [] : (text.endsWith(end) ? text.slice(0, -1) : text).split(end)));
  if (letters.has("c") || letters.has("C")) return checked(inputs[0]?.path ?? "-", lists.flat(), (a, b) => (letters.has("u") ? byKeys(a, b) || 1 : compare(a, b)), letters.has("C"));
  const lines = letters.has("m") ? merged(lists, compare) : lists.flat().sort(compare);
  const kept = letters.has("u") ? lines.filter((line, i) => i === 0 || byKeys(lines[i - 1] as string, line) !== 0) : lines;
  const stdout = kept.map((line) => line + end).join("");
  const target = values.get("o");
  if (target === undefined) return { status: 0, stdout };
  const error = io.fs.writeFile(resolvePath(io.cwd, target), stdout, false);
  return error ? failure("sort", `open failed: ${target}: ${reasonOf(error)}`, 2) : { status: 0 };
}

function checked(path: string, lines: readonly string[], compare: (a: string, b: string) => number, isQuiet: boolean): CommandResult {
  const at = lines.findIndex((line, i) => i > 0 && compare(lines[i - 1] as string, line) > 0);
  if (at < 0) return { status: 0 };
  return isQuiet ? { status: 1 } : failure("sort", `${path}:${at + 1}: disorder: ${lines[at] ?? ""}`);
}

/** `sort`, in the C locale: keys with letters of their own, checks and merges. */
export const sort: Command = {
  name: "sort",
  readsStdin: (args) => usesStdin(readOptions(args).paths),
  run,
};
