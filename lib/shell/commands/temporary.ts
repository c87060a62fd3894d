import type { Command, CommandIo, CommandResult } from "../host";
import { joinPath, resolvePath } from "../path";
import { failure, readArguments, reasonOf, unknownOption } from "./files";
import { chance } from "./split";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const TRIES = 100;

function create(template: string, suffix: string, flags: ReadonlyMap<string, string>, io: CommandIo): CommandResult {
  const marks = /X+$/.exec(template)?.[0].length ?? 0;
  const next = chance(io.now + (io.fs.list(resolvePath(io.cwd, joinPath(resolvePath(io.cwd, template), ".."))) ?? []).length * 7919);
  for (let tries = 0; tries < TRIES; tries++) {
    const shown = template.slice(0, template.length - marks) + Array.from({ length: marks }, () => LETTERS[next(LETTERS.length)] ?? "a").join("") + suffix;
    const path = resolvePath(io.cwd, shown);
    if (io.fs.lstat(path)) continue;
    if (flags.has("u")) return { status: 0, stdout: `${shown}\n` };
    const error = flags.has("d") ? io.fs.makeDirectory(path) : io.fs.writeFile(path, "", false);
    if (error) return flags.has("q") ? { status: 1 } : failure("mktemp", `failed to create ${flags.has("d") ? "directory" : "file"} via template '${template}${suffix}': ${reasonOf(error)}`);
    io.fs.setMode(path, flags.has("d") ? 0o700 : 0o600);
    return { status: 0, stdout: `${shown}\n` };
  }
  return failure("mktemp", `failed to create file via template '${template}': File exists`);
}

/** `mktemp [-d] [-u] [-q] [-t] [-p DIR] [--suffix=TEXT] [TEMPLATE]`; names follow from the clock and from what is there. */
export const mktemp: Command = {
  name: "mktemp",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args.map((arg) => (arg === "--tmpdir" ? "-t" : arg)), "duqt", "pS", { directory: "d", "dry-run": "u", quiet: "q", suffix: "S", tmpdir: "p" });
    if (unknown !== undefined) return unknownOption("mktemp", unknown);
    if (operands.length > 1) return failure("mktemp", "too many templates\nTry 'mktemp --help' for more information.");
    const folder = io.env["TMPDIR"] ?? (flags.get("p") || "/tmp");
    const [template] = operands;
    const inFolder = template === undefined || flags.has("p") || flags.has("t");
    const word = template ?? "tmp.XXXXXXXXXX";
    const split = /^(.*X)([^X]*)$/.exec(word);
    if (!split || !/X{3}$/.test(split[1] ?? "") || (flags.has("S") && split[2] !== "")) return failure("mktemp", `too few X's in template '${word}'`);
    return create(inFolder ? joinPath(flags.get("p") || folder, split[1] ?? "") : (split[1] ?? ""), (split[2] ?? "") + (flags.get("S") ?? ""), flags, io);
  },
};
