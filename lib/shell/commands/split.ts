/** `split`, `shuf`: one file into several, lines into another order. */
import type { Command, CommandResult } from "../host";
import { resolvePath } from "../path";
import { fromBytes, toBytes } from "./bytes";
import { failure, joinLines, linesOf, readArguments, readInputs, reasonOf, unknownOption, usesStdin } from "./files";
import { sizeIn } from "./sizes";

const MOST_FILES = 1_000;

/** The name of the piece of this number; undefined when the letters run out. */
function suffixOf(number: number, length: number, isNumeric: boolean): string | undefined {
  if (isNumeric) return String(number).length > length ? undefined : String(number).padStart(length, "0");
  let text = "";
  let rest = number;
  for (let i = 0; i < length; i++) {
    text = String.fromCharCode(97 + (rest % 26)) + text;
    rest = Math.floor(rest / 26);
  }
  return rest > 0 ? undefined : text;
}

function pieces(text: string, flags: ReadonlyMap<string, string>): string[] | string {
  const size = flags.get("b");
  const shares = flags.get("n");
  if (size !== undefined || shares !== undefined) {
    const bytes = toBytes(text);
    const parts = Number(/^(?:l\/)?(\d+)$/.exec(shares ?? "")?.[1] ?? 0);
    const step = size === undefined ? Math.max(1, Math.floor(bytes.length / Math.max(1, parts))) : sizeIn(size);
    if (step === undefined || step === 0 || (shares !== undefined && parts === 0)) return `invalid number of ${size === undefined ? "chunks" : "bytes"}: '${size ?? shares ?? ""}'`;
    if (size === undefined) return Array.from({ length: parts }, (_, i) => fromBytes(bytes.slice(i * step, i === parts - 1 ? undefined : (i + 1) * step)));
    return Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => fromBytes(bytes.slice(i * step, (i + 1) * step)));
  }
  const count = Number(flags.get("l") ?? 1000);
  if (!Number.isInteger(count) || count <= 0) return `invalid number of lines: '${flags.get("l") ?? ""}'`;
  const lines = text.split(/(?<=\n)/).filter((line) => line !== "");
  return Array.from({ length: Math.ceil(lines.length / count) }, (_, i) => lines.slice(i * count, (i + 1) * count).join(""));
}

/** `split [-l N | -b SIZE | -n N] [-a N] [-d] [FILE [PREFIX]]` */
export const split: Command = {
  name: "split",
  readsStdin: (args) => usesStdin(readArguments(args, "d", "lbna").operands.slice(0, 1)),
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args.flatMap((arg) => (/^-\d+$/.test(arg) ? ["-l", arg.slice(1)] : [arg])), "d", "lbnaS", { lines: "l", bytes: "b", number: "n", "suffix-length": "a", "numeric-suffixes": "d", "additional-suffix": "S" });
    if (unknown !== undefined) return unknownOption("split", unknown);
    const [path = "-", prefix = "x"] = operands;
    const content = path === "-" ? { text: io.stdin } : io.fs.readFile(resolvePath(io.cwd, path));
    if ("error" in content) return failure("split", `cannot open '${path}' for reading: ${reasonOf(content.error)}`);
    const parts = pieces(content.text, flags);
    if (typeof parts === "string") return failure("split", parts);
    for (const [i, part] of parts.entries()) {
      const suffix = i < MOST_FILES ? suffixOf(i, Number(flags.get("a") ?? 2) || 2, flags.has("d")) : undefined;
      if (suffix === undefined) return failure("split", "output file suffixes exhausted");
      const name = `${prefix}${suffix}${flags.get("S") ?? ""}`;
      const error = io.fs.writeFile(resolvePath(io.cwd, name), part, false);
      if (error) return failure("split", `${name}: ${reasonOf(error)}`);
    }
    return { status: 0 };
  },
};

/** Numbers that look like chance, the same for the same moment. */
export function chance(seed: number): (below: number) => number {
  let state = (seed ^ Math.floor(seed / 4_294_967_296) ^ 0x2545_f491) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}

/** `shuf [-n N] [-r] [-e WORD… | -i LOW-HIGH | FILE]`, by the clock: the machine has no chance but its seed. */
export const shuf: Command = {
  name: "shuf",
  readsStdin: (args) => {
    const { flags, operands } = readArguments(args, "erz", "nio");
    return !flags.has("e") && !flags.has("i") && usesStdin(operands);
  },
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "erz", "nio", { echo: "e", "head-count": "n", "input-range": "i", repeat: "r", output: "o" });
    if (unknown !== undefined) return unknownOption("shuf", unknown);
    const wanted = flags.get("n");
    if (wanted !== undefined && !/^\d+$/.test(wanted)) return failure("shuf", `invalid line count: '${wanted}'`);
    const range = /^(\d{1,9})-(\d{1,9})$/.exec(flags.get("i") ?? "");
    if (flags.has("i") && (!range || Number(range[2]) < Number(range[1]) - 1)) return failure("shuf", `invalid input range: '${flags.get("i") ?? ""}'`);
    const { inputs, errors } = flags.has("e") || range ? { inputs: [], errors: "" } : readInputs("shuf", operands, io);
    if (errors !== "") return { status: 1, stderr: errors };
    const low = Number(range?.[1] ?? 0);
    const lines = flags.has("e") ? [...operands] : range ? Array.from({ length: Math.min(1_000_000, Number(range[2]) - low + 1) }, (_, i) => String(low + i)) : inputs.flatMap(({ text }) => linesOf(text));
    const next = chance(io.now);
    const finish = (chosen: readonly string[]): CommandResult => {
      const target = flags.get("o");
      if (target === undefined) return { status: 0, stdout: joinLines(chosen) };
      const error = io.fs.writeFile(resolvePath(io.cwd, target), joinLines(chosen), false);
      return error ? failure("shuf", `${target}: ${reasonOf(error)}`) : { status: 0 };
    };
    const limit = wanted === undefined ? Infinity : Number(wanted);
    if (flags.has("r")) return finish(lines.length === 0 ? [] : Array.from({ length: Math.min(limit, 10_000) }, () => lines[next(lines.length)] ?? ""));
    for (let i = lines.length - 1; i > 0; i--) {
      const j = next(i + 1);
      [lines[i], lines[j]] = [lines[j] as string, lines[i] as string];
    }
    return finish(lines.slice(0, limit));
  },
};
