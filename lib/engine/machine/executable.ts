import type { FileSystem, Image } from "./behaviour";
import { baseName } from "./trees";

/** The program an argument vector starts, and the arguments it gets: scripts are given to their interpreter. */
export type Executable = { readonly program: string; readonly argv: readonly string[] } | { readonly error: string };

/** Finds what to run; files are only opened for a command that names one. The error is the container runtime's text. */
export function programFor(image: Image | undefined, open: () => FileSystem, argv: readonly string[]): Executable {
  const command = argv[0] ?? "";
  const name = baseName(command);
  const programs = image?.programs ?? {};
  if (!command.includes("/")) return Object.hasOwn(programs, name) ? { program: name, argv } : { error: `exec: "${command}": executable file not found in $PATH` };
  const files = open();
  const script = files.read(command);
  if (script !== undefined && script !== "") {
    const [interpreter = "", ...rest] = script.startsWith("#!") ? (script.split("\n")[0] ?? "").slice(2).trim().split(" ") : [];
    const runner = interpreter.endsWith("/env") ? (rest[0] ?? "") : baseName(interpreter);
    if (Object.hasOwn(programs, runner)) return { program: runner, argv: [runner, command, ...argv.slice(1)] };
    if (((files.stat(command)?.mode ?? 0) & 0o111) === 0 && !Object.hasOwn(programs, name)) return { error: `exec: "${command}": permission denied` };
    if (!Object.hasOwn(programs, name)) return { error: "exec format error" };
  }
  if (Object.hasOwn(programs, name)) return { program: name, argv };
  return { error: files.stat(command)?.type === "directory" ? `exec: "${command}": is a directory` : `exec: "${command}": stat ${command}: no such file or directory` };
}
