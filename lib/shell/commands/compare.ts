import type { Command } from "../host";
import { toBytes } from "./bytes";
import { failure, readArguments, readInputs, unknownOption, usesStdin } from "./files";

/** `cmp [-s] [-l] [-n N] FILE1 [FILE2]`: 0 when equal, 1 when not, 2 for trouble. */
export const cmp: Command = {
  name: "cmp",
  readsStdin: (args) => {
    const { operands } = readArguments(args, "slb", "ni");
    return operands.length < 2 || usesStdin(operands);
  },
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "slb", "ni", { silent: "s", quiet: "s", verbose: "l", bytes: "n" });
    if (unknown !== undefined) return unknownOption("cmp", unknown, 2);
    if (operands.length === 0) return failure("cmp", "missing operand after 'cmp'\ncmp: Try 'cmp --help' for more information.", 2);
    const { inputs, errors } = readInputs("cmp", operands.length === 1 ? [...operands, "-"] : operands.slice(0, 2), io);
    const [left, right] = inputs;
    if (!left || !right) return { status: 2, stderr: flags.has("s") ? "" : errors };
    const limit = Number(flags.get("n") ?? Infinity);
    const [a, b] = [toBytes(left.text), toBytes(right.text)];
    const end = Math.min(a.length, b.length, limit);
    let [line, count, stdout] = [1, 0, ""];
    const width = String(Math.max(a.length, b.length)).length;
    for (let i = 0; i < end; i++) {
      if (a[i] !== b[i]) {
        count += 1;
        if (flags.has("s")) return { status: 1 };
        if (!flags.has("l")) return { status: 1, stdout: `${left.path} ${right.path} differ: char ${i + 1}, line ${line}\n` };
        stdout += `${String(i + 1).padStart(width)} ${(a[i] ?? 0).toString(8).padStart(3)} ${(b[i] ?? 0).toString(8).padStart(3)}\n`;
      }
      if (a[i] === 10) line += 1;
    }
    if (end === limit || a.length === b.length) return { status: count > 0 ? 1 : 0, stdout };
    const short = a.length < b.length ? left : right;
    const note = end === 0 ? `cmp: EOF on ${short.path} which is empty\n` : flags.has("l") ? `cmp: EOF on ${short.path} after byte ${end}\n` : short.text.endsWith("\n") ? `cmp: EOF on ${short.path} after byte ${end}, line ${line - 1}\n` : `cmp: EOF on ${short.path} after byte ${end}, in line ${line}\n`;
    return { status: 1, stdout, stderr: flags.has("s") ? "" : note };
  },
};
