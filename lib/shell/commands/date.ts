import type { Command, CommandIo, CommandResult } from "../host";
import { resolvePath } from "../path";
import { formatDate } from "./calendar";
import { readDate } from "./date-words";
import { failure, readArguments, reasonOf, unknownOption } from "./files";

const ISO: Readonly<Record<string, string>> = { "": "%Y-%m-%d", date: "%Y-%m-%d", hours: "%Y-%m-%dT%H+00:00", minutes: "%Y-%m-%dT%H:%M+00:00", seconds: "%Y-%m-%dT%H:%M:%S+00:00", ns: "%Y-%m-%dT%H:%M:%S,%N+00:00" };
const RFC3339: Readonly<Record<string, string>> = { date: "%Y-%m-%d", seconds: "%Y-%m-%d %H:%M:%S+00:00", ns: "%Y-%m-%d %H:%M:%S.%N+00:00" };

/** `-Iseconds` and `--iso-8601=seconds` as a format; undefined when it is no such word. */
function isoFormat(arg: string): string | undefined {
  const given = /^(?:-I|--iso-8601=?)(.*)$/.exec(arg);
  const name = given && Object.keys(ISO).find((one) => one === given[1] || (given[1] !== "" && one.startsWith(given[1] ?? "")));
  if (name !== undefined && name !== null) return ISO[name];
  return RFC3339[/^--rfc-3339=(.*)$/.exec(arg)?.[1] ?? ""];
}

function show(args: readonly string[], io: CommandIo): CommandResult {
  const formats = args.flatMap((arg) => isoFormat(arg) ?? []);
  const { flags, operands, unknown } = readArguments(args.filter((arg) => isoFormat(arg) === undefined), "uR", "drfsD", { date: "d", utc: "u", universal: "u", "rfc-email": "R", "rfc-2822": "R", reference: "r", set: "s" });
  if (unknown !== undefined) return unknownOption("date", unknown);
  const wanted = operands.filter((word) => word.startsWith("+"));
  const extra = operands.find((word) => !word.startsWith("+"));
  if (extra !== undefined) return failure("date", `invalid date '${extra}'`);
  if (wanted.length + formats.length > 1) return failure("date", "multiple output formats specified");
  let now = io.now;
  const reference = flags.get("r");
  const given = flags.get("d") ?? flags.get("s");
  if (reference !== undefined) {
    const stat = io.fs.stat(resolvePath(io.cwd, reference));
    if (!stat) return failure("date", `${reference}: ${reasonOf("ENOENT")}`);
    now = stat.mtime;
  } else if (given !== undefined) {
    const read = readDate(given, io.now);
    if (read === undefined) return failure("date", `invalid date '${given}'`);
    now = read;
  }
  const format = wanted[0]?.slice(1) ?? formats[0] ?? (flags.has("R") ? "%a, %d %b %Y %H:%M:%S +0000" : "%a %b %e %H:%M:%S UTC %Y");
  const line = `${formatDate(now, format)}\n`;
  return flags.has("s") ? { status: 1, stdout: line, stderr: "date: cannot set date: Operation not permitted\n" } : { status: 0, stdout: line };
}

/** `date [-u] [-d TEXT | -r FILE] [-R | -I[seconds] | +FORMAT]`, by the virtual clock, in UTC; nobody may set it. */
export const date: Command = { name: "date", run: show };
