import type { CommandIo, CommandResult, FileError } from "../host";
import { resolvePath } from "../path";

const REASONS: Readonly<Record<FileError, string>> = {
  ENOENT: "No such file or directory",
  EACCES: "Permission denied",
  EISDIR: "Is a directory",
  ENOTDIR: "Not a directory",
  EEXIST: "File exists",
  ENOTEMPTY: "Directory not empty",
  EROFS: "Read-only file system",
  ENOSPC: "No space left on device",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EPERM: "Operation not permitted",
  ENOTSUP: "Not supported",
  ELOOP: "Too many levels of symbolic links",
};

/** What the C library says of an error. */
export function reasonOf(error: FileError): string {
  return REASONS[error];
}

/** A failure with a message of the form `NAME: …`. */
export function failure(name: string, message: string, status = 1): CommandResult {
  return { status, stderr: `${name}: ${message}\n` };
}

/** What is said to an option nobody knows. */
export function unknownOption(name: string, option: string, status = 1): CommandResult {
  const what = option.startsWith("--") ? `unrecognized option '${option}'` : `invalid option -- '${option}'`;
  return failure(name, `${what}\nTry '${name} --help' for more information.`, status);
}

/** Options and operands of a command line. */
export interface Arguments {
  /** Given flags; those with a value hold it, the others `""`. */
  readonly flags: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  /** The first flag nobody knows. */
  readonly unknown?: string;
}

/** Sorts out a command line. `valued`: letters that take a value; `plain`: letters that do not; `long`: `--name` → letter. */
export function readArguments(args: readonly string[], plain: string, valued = "", long: Readonly<Record<string, string>> = {}): Arguments {
  const flags = new Map<string, string>();
  const operands: string[] = [];
  let unknown: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg.startsWith("--")) {
      const [name = "", value] = arg.slice(2).split(/=(.*)/s);
      const letter = Object.hasOwn(long, name) ? long[name] : undefined;
      if (letter === undefined) unknown ??= arg;
      else flags.set(letter, value ?? (valued.includes(letter) ? (args[++i] ?? "") : ""));
    } else if (arg.startsWith("-") && arg !== "-") {
      for (let j = 1; j < arg.length; j++) {
        const letter = arg[j] as string;
        if (valued.includes(letter)) {
          flags.set(letter, j + 1 < arg.length ? arg.slice(j + 1) : (args[++i] ?? ""));
          break;
        }
        if (plain.includes(letter)) flags.set(letter, "");
        else unknown ??= letter;
      }
    } else {
      operands.push(arg);
    }
  }
  return unknown === undefined ? { flags, operands } : { flags, operands, unknown };
}

/** The texts a filter works on: its files, or standard input (`-` or none). */
export function readInputs(name: string, paths: readonly string[], io: CommandIo): { readonly inputs: readonly { readonly path: string; readonly text: string }[]; readonly errors: string } {
  if (paths.length === 0) return { inputs: [{ path: "-", text: io.stdin }], errors: "" };
  const inputs: { path: string; text: string }[] = [];
  let errors = "";
  for (const path of paths) {
    const content = path === "-" || path === "/dev/stdin" ? { text: io.stdin } : path === "/dev/null" ? { text: "" } : io.fs.readFile(resolvePath(io.cwd, path));
    if ("text" in content) inputs.push({ path, text: content.text });
    else errors += `${name}: ${path}: ${reasonOf(content.error)}\n`;
  }
  return { inputs, errors };
}

/** Does a filter called with these operands read standard input? */
export function usesStdin(operands: readonly string[]): boolean {
  return operands.length === 0 || operands.includes("-") || operands.includes("/dev/stdin");
}

/** Lines of a text, without their ends; a final newline does not make another line. */
export function linesOf(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/** Lines back to a text. */
export function joinLines(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** The result of a filter: its output, and status 1 with the messages if some input was missing. */
export function filtered(stdout: string, errors: string): CommandResult {
  return errors === "" ? { status: 0, stdout } : { status: 1, stdout, stderr: errors };
}
