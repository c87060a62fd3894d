/** `dd`, `truncate`, `fallocate`: files by their size. */
import type { Command, CommandIo, CommandResult, FileError } from "../host";
import { resolvePath } from "../path";
import { failure } from "./files";

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 512, c: 1, k: 1024, K: 1024, KB: 1000, kB: 1000, KiB: 1024, M: 1_048_576, MB: 1_000_000, MiB: 1_048_576, G: 1_073_741_824, GB: 1_000_000_000, GiB: 1_073_741_824 };

/** `10`, `4k`, `100M`, `1GiB` in bytes; undefined when it is no size. */
export function sizeIn(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,12})([a-zA-Z]{0,3})$/.exec(text) ?? [];
  const scale = unit === undefined ? undefined : UNITS[unit];
  return digits === undefined || scale === undefined ? undefined : Number(digits) * scale;
}

const WHY: Readonly<Partial<Record<FileError, string>>> = { ENOSPC: "No space left on device", EROFS: "Read-only file system", EISDIR: "Is a directory", ENOENT: "No such file or directory", EACCES: "Permission denied" };
const why = (error: FileError): string => WHY[error] ?? "Permission denied";
/** Most zeros written out where files cannot be filled. */
const MOST_WRITTEN = 16_777_216;

function fill(io: CommandIo, path: string, bytes: number): FileError | undefined {
  if (io.fs.fill) return io.fs.fill(path, bytes);
  return bytes > MOST_WRITTEN ? "ENOSPC" : io.fs.writeFile(path, "\0".repeat(bytes), false);
}

/**
 * `dd if=FILE of=FILE bs=SIZE count=N`; what `/dev/zero` gives is counted, not kept.
 *
 * @simplified What `/dev/urandom` and `/dev/random` give a file is as long as asked for, and zeros.
 */
export const dd: Command = {
  name: "dd",
  readsStdin: (args) => !args.some((arg) => arg.startsWith("if=")),
  run(args, io) {
    const given = new Map(args.map((arg): [string, string] => [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)]));
    const block = sizeIn(given.get("bs") ?? "512");
    const count = given.get("count") === undefined ? undefined : sizeIn(given.get("count") ?? "");
    if (block === undefined || block === 0) return failure("dd", `invalid number '${given.get("bs") ?? ""}'`);
    const from = given.get("if");
    const to = given.get("of");
    const zeros = from === "/dev/zero" || from === "/dev/urandom" || from === "/dev/random";
    if (zeros && count === undefined && to !== undefined) return copied(io, to, Number.MAX_SAFE_INTEGER, block, fill(io, resolvePath(io.cwd, to), Number.MAX_SAFE_INTEGER));
    const read = from === undefined ? { text: io.stdin } : io.fs.readFile(resolvePath(io.cwd, from));
    const source = zeros && "error" in read ? { text: "" } : read;
    if ("error" in source) return failure("dd", `can't open '${from ?? ""}': ${why(source.error)}`);
    const [skip, seek] = [sizeIn(given.get("skip") ?? "0"), sizeIn(given.get("seek") ?? "0")];
    if (skip === undefined || seek === undefined) return failure("dd", `invalid number '${given.get("skip") ?? given.get("seek") ?? ""}'`);
    const wanted = count === undefined ? undefined : block * count;
    if (zeros && to !== undefined) return copied(io, to, wanted ?? 0, block, fill(io, resolvePath(io.cwd, to), wanted ?? 0));
    const conversions = (given.get("conv") ?? "").split(",");
    const begun = (zeros && source.text === "" ? "\0".repeat(Math.min(wanted ?? 0, MOST_WRITTEN)) : source.text).slice(skip * block);
    const cut = wanted === undefined ? begun : begun.slice(0, wanted);
    const text = conversions.includes("ucase") ? cut.toUpperCase() : conversions.includes("lcase") ? cut.toLowerCase() : cut;
    const isQuiet = given.get("status") === "none";
    const quiet = (result: CommandResult): CommandResult => (isQuiet && result.status === 0 ? { ...result, stderr: "" } : result);
    if (to === undefined) return quiet({ ...records(text.length, block), stdout: text });
    if (to === "/dev/null") return quiet(copied(io, to, text.length, block, undefined));
    const target = resolvePath(io.cwd, to);
    const there = io.fs.readFile(target);
    const before = "text" in there ? there.text : "";
    const kept = before.slice(0, seek * block).padEnd(seek * block, "\0");
    const rest = conversions.includes("notrunc") ? before.slice(seek * block + text.length) : "";
    return quiet(copied(io, to, text.length, block, io.fs.writeFile(target, kept + text + rest, false)));
  },
};

function records(bytes: number, block: number): CommandResult {
  const whole = Math.trunc(bytes / block);
  const rest = bytes % block === 0 ? 0 : 1;
  const human = bytes < 1024 ? `${bytes}B` : bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)}KB` : `${(bytes / 1_048_576).toFixed(1)}MB`;
  return { status: 0, stderr: `${whole}+${rest} records in\n${whole}+${rest} records out\n${bytes} bytes (${human}) copied, 0.000000 seconds, 0B/s\n` };
}

function copied(io: CommandIo, to: string, bytes: number, block: number, error: FileError | undefined): CommandResult {
  if (error === undefined) return records(bytes, block);
  if (error !== "ENOSPC") return failure("dd", `can't open '${to}': ${why(error)}`);
  const size = io.fs.stat(resolvePath(io.cwd, to))?.size ?? 0;
  return { status: 1, stderr: `dd: error writing '${to}': No space left on device\n${records(size, block).stderr ?? ""}` };
}

/** `truncate -s SIZE FILE…`; a size with `+` or `-` is relative. */
export const truncate: Command = {
  name: "truncate",
  run(args, io) {
    const from = /^(?:-r|--reference=)(.+)$/.exec(args.find((arg) => /^(?:-r|--reference=)./.test(arg)) ?? "")?.[1] ?? (args.includes("-r") ? args[args.indexOf("-r") + 1] : undefined);
    if (from !== undefined) {
      const size = io.fs.stat(resolvePath(io.cwd, from))?.size;
      if (size === undefined) return failure("truncate", `cannot stat '${from}': ${why("ENOENT")}`);
      return truncate.run(["-s", String(size), ...args.filter((arg) => arg !== "-r" && arg !== from && !/^(?:-r|--reference=)/.test(arg))], io);
    }
    const at = args.findIndex((arg) => arg.startsWith("-s") || arg.startsWith("--size"));
    const glued = /^(?:-s|--size=)(.+)$/.exec(args[at] ?? "")?.[1];
    const asked = glued ?? args[at + 1];
    const files = args.filter((arg, i) => i !== at && !(glued === undefined && i === at + 1) && !arg.startsWith("-"));
    const size = asked === undefined ? undefined : sizeIn(asked.replace(/^[+-]/, ""));
    const hint = "\nTry 'truncate --help' for more information.";
    if (asked === undefined) return failure("truncate", `you must specify either '--size' or '--reference'${hint}`);
    if (size === undefined) return failure("truncate", `Invalid number: '${asked}'`);
    if (files.length === 0) return failure("truncate", `missing file operand${hint}`);
    for (const file of files) {
      const path = resolvePath(io.cwd, file);
      if ((args.includes("-c") || args.includes("--no-create")) && !io.fs.stat(path)) continue;
      const before = io.fs.stat(path)?.size ?? 0;
      const wanted = asked.startsWith("+") ? before + size : asked.startsWith("-") ? Math.max(0, before - size) : size;
      const problem = resize(io, path, before, wanted);
      if (problem !== undefined) return failure("truncate", `${file}: ${why(problem)}`);
    }
    return { status: 0 };
  },
};

function resize(io: CommandIo, path: string, before: number, wanted: number): FileError | undefined {
  if (wanted === 0) return io.fs.writeFile(path, "", false);
  const content = io.fs.readFile(path);
  const text = "error" in content ? "" : content.text;
  if (wanted <= before && text.length >= wanted) return io.fs.writeFile(path, text.slice(0, wanted), false);
  return fill(io, path, wanted);
}

/** `fallocate -l SIZE FILE` */
export const fallocate: Command = {
  name: "fallocate",
  run(args, io) {
    const size = sizeIn(args[args.indexOf("-l") + 1] ?? "");
    const file = args.at(-1);
    if (!args.includes("-l") || size === undefined || file === undefined) return failure("fallocate", "you must specify a length");
    const problem = fill(io, resolvePath(io.cwd, file), size);
    return problem === undefined ? { status: 0 } : failure("fallocate", `fallocate failed: ${why(problem)}`);
  },
};
