import type { Command } from "../host";
import { resolvePath } from "../path";
import { failure, readArguments, readInputs, reasonOf, unknownOption, usesStdin } from "./files";

const LONG = { count: "c", repeated: "d", "all-repeated": "D", unique: "u", "ignore-case": "i", "skip-fields": "f", "skip-chars": "s", "check-chars": "w", "zero-terminated": "z" };

/** `uniq [-c] [-d] [-D] [-u] [-i] [-z] [-f N] [-s N] [-w N] [INPUT [OUTPUT]]` */
export const uniq: Command = {
  name: "uniq",
  readsStdin: (args) => usesStdin(readArguments(args, "cdDuiz", "fsw", LONG).operands.slice(0, 1)),
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "cdDuiz", "fsw", LONG);
    if (unknown !== undefined) return unknownOption("uniq", unknown);
    const bad = ["f", "s", "w"].find((letter) => !/^\d+$/.test(flags.get(letter) ?? "0"));
    if (bad !== undefined) return failure("uniq", `${flags.get(bad) ?? ""}: invalid number of ${bad === "f" ? "fields to skip" : bad === "s" ? "bytes to skip" : "bytes to compare"}`);
    if (operands.length > 2) return failure("uniq", `extra operand '${operands[2] ?? ""}'\nTry 'uniq --help' for more information.`);
    const { inputs, errors } = readInputs("uniq", operands.slice(0, 1), io);
    if (errors !== "") return { status: 1, stderr: errors };
    const end = flags.has("z") ? "\0" : "\n";
    const text = inputs[0]?.text ?? "";
    const runs: { readonly key: string; readonly lines: string[] }[] = [];
    for (const line of text === "" ? [] : (text.endsWith(end) ? text.slice(0, -1) : text).split(end)) {
      const key = keyOf(line, flags);
      const last = runs.at(-1);
      if (last?.key === key) last.lines.push(line);
      else runs.push({ key, lines: [line] });
    }
    const kept = runs.filter(({ lines }) => (!(flags.has("d") || flags.has("D")) || lines.length > 1) && (!flags.has("u") || lines.length === 1));
    const shown = flags.has("D") ? kept.flatMap(({ lines }) => lines) : kept.map(({ lines }) => `${flags.has("c") ? `${String(lines.length).padStart(7)} ` : ""}${lines[0] ?? ""}`);
    const stdout = shown.map((line) => line + end).join("");
    const [, target] = operands;
    if (target === undefined || target === "-") return { status: 0, stdout };
    const error = io.fs.writeFile(resolvePath(io.cwd, target), stdout, false);
    return error ? failure("uniq", `${target}: ${reasonOf(error)}`) : { status: 0 };
  },
};

function keyOf(line: string, flags: ReadonlyMap<string, string>): string {
  let key = line;
  for (let left = Math.min(1000, Number(flags.get("f") ?? 0)); left > 0; left--) key = key.replace(/^[ \t]*[^ \t]*/, "");
  key = key.slice(Number(flags.get("s") ?? 0));
  if (flags.has("w")) key = key.slice(0, Number(flags.get("w")));
  return flags.has("i") ? key.toLowerCase() : key;
}
