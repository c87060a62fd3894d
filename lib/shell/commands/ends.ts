/** `head` and `tail`: the two ends of a file. */
import type { Command, CommandIo, CommandResult } from "../host";
import { fromBytes, toBytes } from "./bytes";
import { failure, filtered, readArguments, readInputs, unknownOption, usesStdin } from "./files";

const LONG = { lines: "n", bytes: "c", follow: "f", quiet: "q", silent: "q", verbose: "v", "zero-terminated": "z", retry: "F", pid: "p", "sleep-interval": "s" };
const UNITS: Readonly<Record<string, number>> = { "": 1, b: 512, k: 1024, K: 1024, kB: 1000, KB: 1000, KiB: 1024, m: 1_048_576, M: 1_048_576, MB: 1_000_000, MiB: 1_048_576, G: 1_073_741_824 };

/** Rewrites `-5` as `-n 5`, and for `tail` a `+5` at the beginning as `-n +5`. */
function withCount(args: readonly string[], isTail: boolean): string[] {
  return args.flatMap((arg, i) => {
    if (/^-[nc]$/.test(args[i - 1] ?? "")) return [arg];
    if (isTail && i === 0 && /^\+\d+$/.test(arg)) return ["-n", arg];
    const short = /^-(\d+)([a-zA-Z]*)$/.exec(arg);
    return short ? [short[2]?.includes("c") ? "-c" : "-n", short[1] ?? "", ...(/[fqv]/.test(short[2] ?? "") ? [`-${(short[2] ?? "").replace(/[^fqv]/g, "")}`] : [])] : [arg];
  });
}

const parse = (args: readonly string[], isTail: boolean) => readArguments(withCount(args, isTail), isTail ? "qvfFz" : "qvz", isTail ? "ncsp" : "nc", LONG);

interface Amount {
  /** `-` counts from the other end, `+` (of `tail`) from the beginning. */
  readonly sign: string;
  readonly count: number;
}

function amountIn(text: string): Amount | undefined {
  const match = /^([-+]?)(\d{1,12})([a-zA-Z]{0,3})$/.exec(text);
  const unit = match && Object.hasOwn(UNITS, match[3] ?? "") ? UNITS[match[3] ?? ""] : undefined;
  return match && unit !== undefined ? { sign: match[1] ?? "", count: Number(match[2]) * unit } : undefined;
}

/** A text in the units counted: lines with their ends, or bytes. */
function cutter(text: string, isBytes: boolean, end: string): { readonly size: number; slice(from: number, to?: number): string } {
  if (!isBytes) {
    const parts = text.split(end);
    const last = parts.pop() ?? "";
    const lines = [...parts.map((part) => part + end), ...(last === "" ? [] : [last])];
    return { size: lines.length, slice: (from, to) => lines.slice(from, to).join("") };
  }
  if (/^[\0-\x7f]*$/.test(text)) return { size: text.length, slice: (from, to) => text.slice(from, to) };
  const bytes = toBytes(text);
  return { size: bytes.length, slice: (from, to) => fromBytes(bytes.slice(from, to)) };
}

function run(name: "head" | "tail", args: readonly string[], io: CommandIo): CommandResult {
  const { flags, operands, unknown } = parse(args, name === "tail");
  if (unknown !== undefined) return unknownOption(name, unknown);
  const isBytes = flags.has("c");
  const given = flags.get("c") ?? flags.get("n") ?? "10";
  const amount = amountIn(given);
  if (!amount) return failure(name, `invalid number of ${isBytes ? "bytes" : "lines"}: '${given}'`);
  const { inputs, errors } = readInputs(name, operands, io);
  const hasTitles = flags.has("v") || (operands.length > 1 && !flags.has("q"));
  const parts = inputs.map(({ path, text }, i) => {
    const title = hasTitles ? `${i > 0 ? "\n" : ""}==> ${path === "-" ? "standard input" : path} <==\n` : "";
    const { size, slice } = cutter(text, isBytes, flags.has("z") ? "\0" : "\n");
    const { sign, count } = amount;
    if (name === "head") return title + slice(0, sign === "-" ? Math.max(0, size - count) : count);
    return title + slice(sign === "+" ? Math.max(0, count - 1) : Math.max(0, size - count));
  });
  return filtered(parts.join(""), errors);
}

/** `head [-n N | -c N] [-q] [-v] [FILE…]` */
export const head: Command = {
  name: "head",
  readsStdin: (args) => usesStdin(parse(args, false).operands),
  hasEnough(args, stdin) {
    const { flags } = parse(args, false);
    const amount = amountIn(flags.get("c") ?? flags.get("n") ?? "10");
    if (!amount) return true;
    if (amount.sign === "-") return false;
    return flags.has("c") ? stdin.length >= amount.count : stdin.split("\n").length > amount.count;
  },
  run: (args, io) => run("head", args, io),
};

/** `tail [-n N | -n +N | -c N] [-q] [-v] [FILE…]`; following a file that grows is the host's business. */
export const tail: Command = {
  name: "tail",
  isEndless: (args) => args.some((arg) => /^-\w*[fF]/.test(arg) || arg.startsWith("--follow") || arg === "--retry"),
  readsStdin: (args) => usesStdin(parse(args, true).operands),
  run: (args, io) => run("tail", args, io),
};
