import type { Command, CommandIo, CommandResult } from "../host";
import { resolvePath } from "../path";
import { failure, reasonOf } from "./files";
import { RegexError } from "./regex";
import { SedEndless, SedRun } from "./sed-run";
import { type SedCommand, SedError, SedReader } from "./sed-script";
import type { SedLine, SedOutcome, SedWorld } from "./sed-world";

interface Options {
  readonly quiet: boolean;
  readonly extended: boolean;
  /** What is added to the name of a copy kept by `-i`; undefined without `-i`. */
  readonly inPlace: string | undefined;
  readonly separate: boolean;
  readonly mark: string;
  readonly width: number;
  readonly scripts: readonly ({ readonly text: string } | { readonly file: string })[];
  readonly paths: readonly string[];
  readonly unknown: string | undefined;
}

const LONG: Readonly<Record<string, string>> = { quiet: "n", silent: "n", expression: "e", file: "f", "in-place": "i", "regexp-extended": "E", separate: "s", "null-data": "z", "line-length": "l", unbuffered: "u", posix: "u", debug: "u", sandbox: "u", "follow-symlinks": "u" };

function readOptions(args: readonly string[]): Options {
  const given = new Map<string, string>();
  const scripts: ({ text: string } | { file: string })[] = [];
  const paths: string[] = [];
  let unknown: string | undefined;
  const take = (letter: string, value: string): void => {
    if (letter === "e") scripts.push({ text: value });
    else if (letter === "f") scripts.push({ file: value });
    else given.set(letter === "r" ? "E" : letter, value);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") {
      paths.push(...args.slice(i + 1));
      break;
    }
    const long = /^--([a-z-]+)(?:=([^]*))?$/.exec(arg);
    if (long) {
      const letter = LONG[long[1] ?? ""];
      if (letter === undefined) unknown ??= arg;
      else take(letter, long[2] ?? ("efl".includes(letter) ? (args[++i] ?? "") : ""));
    } else if (/^-[^]/.test(arg)) {
      for (let j = 1; j < arg.length; j++) {
        const letter = arg[j] as string;
        if ("efl".includes(letter)) {
          take(letter, j + 1 < arg.length ? arg.slice(j + 1) : (args[++i] ?? ""));
          break;
        }
        if (letter === "i") {
          take(letter, arg.slice(j + 1));
          break;
        }
        if ("nErszu".includes(letter)) take(letter, "");
        else unknown ??= letter;
      }
    } else paths.push(arg);
  }
  if (scripts.length === 0 && paths.length > 0) scripts.push({ text: paths.shift() ?? "" });
  return { quiet: given.has("n"), extended: given.has("E"), inPlace: given.get("i"), separate: given.has("s") || given.has("i"), mark: given.has("z") ? "\0" : "\n", width: Number(given.get("l") ?? "70"), scripts, paths, unknown };
}

interface Program {
  readonly script: readonly SedCommand[];
  readonly quiet: boolean;
}

/** Reads the scripts of a command line, or says why they cannot be read. */
function readProgram(options: Options, readFile: (path: string) => string | undefined): Program | CommandResult {
  let source = "";
  for (const [i, part] of options.scripts.entries()) {
    const text = "text" in part ? part.text : readFile(part.file)?.replace(/\n$/, "");
    if (text === undefined) return failure("sed", `couldn't open file ${"file" in part ? part.file : ""}: No such file or directory`);
    source += (i > 0 ? "\n" : "") + text;
  }
  const reader = new SedReader(source, options);
  try {
    return { script: reader.read(), quiet: options.quiet || /^#n(?:\n|$)/.test(source) };
  } catch (error) {
    if (!(error instanceof SedError) && !(error instanceof RegexError)) throw error;
    if (error.message.startsWith("can't find label")) return failure("sed", error.message);
    const place = error.message.startsWith("unmatched `{'") ? 0 : reader.place;
    return failure("sed", `-e expression #1, char ${place}: ${error.message}`);
  }
}

function linesIn(text: string, mark: string, file: string): SedLine[] {
  if (text === "") return [];
  const parts = text.split(mark);
  const isEnded = parts.at(-1) === "";
  if (isEnded) parts.pop();
  return parts.map((part, i) => ({ text: part, ended: isEnded || i < parts.length - 1, file }));
}

function runSed(args: readonly string[], io: CommandIo): CommandResult {
  const options = readOptions(args);
  if (options.unknown !== undefined) return failure("sed", options.unknown.startsWith("--") ? `unrecognized option '${options.unknown}'` : `invalid option -- '${options.unknown}'`);
  if (options.scripts.length === 0) return { status: 1, stderr: "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n" };
  const textOf = (path: string): string | undefined => {
    if (path === "-" || path === "/dev/stdin") return io.stdin;
    const content = io.fs.readFile(resolvePath(io.cwd, path));
    return "text" in content ? content.text : undefined;
  };
  const program = readProgram(options, textOf);
  if ("status" in program) return program;
  const { script, quiet } = program;
  let stderr = "";
  let stdout = "";
  const started = new Set<string>();
  let sink = (text: string): void => void (stdout += text);
  const write = (path: string, text: string): void => {
    if (path === "/dev/stdout") return sink(text);
    if (path === "/dev/stderr") return void (stderr += text);
    const error = io.fs.writeFile(resolvePath(io.cwd, path), text, started.has(path));
    started.add(path);
    if (error) stderr += `sed: couldn't open file ${path}: ${reasonOf(error)}\n`;
  };
  for (const { verb, text } of script) if (/[wWs]/.test(verb) && text !== "" && !text.startsWith("/dev/std")) write(text, "");
  const world: SedWorld = { quiet, mark: options.mark, width: options.width, isOpen: false, read: textOf, write };
  const files: { readonly path: string; readonly lines: SedLine[] }[] = [];
  let hasMissing = false;
  for (const path of options.paths.length > 0 ? options.paths : ["-"]) {
    const isStdin = path === "-" || path === "/dev/stdin";
    const content = isStdin ? { text: io.stdin } : io.fs.readFile(resolvePath(io.cwd, path));
    if ("text" in content) {
      files.push({ path, lines: linesIn(content.text, options.mark, path) });
      continue;
    }
    hasMissing = true;
    stderr += content.error === "EISDIR" ? (options.inPlace === undefined ? `sed: read error on ${path}: Is a directory\n` : `sed: couldn't edit ${path}: not a regular file\n`) : `sed: can't read ${path}: ${reasonOf(content.error)}\n`;
  }
  let hold = "";
  try {
    for (const { path, lines } of options.separate ? files : [{ path: "-", lines: files.flatMap((file) => file.lines) }]) {
      if (options.inPlace === undefined || path === "-") sink = (text) => void (stdout += text);
      const run: SedOutcome = new SedRun(script, lines, world, hold).run();
      hold = run.hold;
      if (options.inPlace === undefined || path === "-") stdout += run.out;
      else {
        const problem = replaceFile(path, options.inPlace, run, io);
        if (problem !== undefined) return { status: 4, stdout, stderr: stderr + problem };
      }
      if (run.quit !== undefined) return { status: run.quit === 0 && hasMissing ? 2 : run.quit, stdout, stderr };
    }
  } catch (error) {
    if (!(error instanceof SedEndless)) throw error;
    return { status: 4, stdout, stderr: `${stderr}sed: ${error.message}\n` };
  }
  return { status: hasMissing ? 2 : 0, stdout, stderr };
}

/** Writes a file anew, keeping a copy when one is asked for. */
function replaceFile(path: string, suffix: string, run: SedOutcome, io: CommandIo): string | undefined {
  const absolute = resolvePath(io.cwd, path);
  const before = io.fs.readFile(absolute);
  if (suffix !== "" && "text" in before) {
    const base = path.slice(path.lastIndexOf("/") + 1);
    const name = suffix.includes("*") ? suffix.replaceAll("*", base) : base + suffix;
    const error = io.fs.writeFile(resolvePath(io.cwd, name.includes("/") ? name : path.slice(0, path.lastIndexOf("/") + 1) + name), before.text, false);
    if (error) return `sed: cannot rename ${path}: ${reasonOf(error)}\n`;
  }
  const error = io.fs.writeFile(absolute, run.out, false);
  return error ? `sed: can't create temp file '${path}XXXXXX': ${reasonOf(error)}\n` : undefined;
}

const noFiles = (): undefined => undefined;

function parsed(args: readonly string[]): { readonly options: Options; readonly script: readonly SedCommand[]; readonly quiet: boolean } | undefined {
  const options = readOptions(args);
  const program = readProgram(options, noFiles);
  return "status" in program ? undefined : { options, ...program };
}

/** `sed`: what GNU's and busybox's have in common, and most of the rest; nothing is executed by `e`. */
export const sed: Command = {
  name: "sed",
  readsStdin: (args) => {
    const { paths } = readOptions(args);
    return paths.length === 0 || paths.includes("-") || paths.includes("/dev/stdin");
  },
  isLinewise: (args) => {
    const program = parsed(args);
    if (!program || program.options.paths.length > 0 || program.options.mark !== "\n") return false;
    return program.script.every(({ verb, from, to, text }) => "sypdl{bz".includes(verb) && (verb !== "s" || text === "") && !to && (!from || "regex" in from));
  },
  hasEnough: (args, stdin) => {
    const program = parsed(args);
    if (!program?.script.some(({ verb }) => /[qQ]/.test(verb)) || program.options.paths.length > 0) return false;
    const lines = linesIn(stdin.slice(0, stdin.lastIndexOf(program.options.mark) + 1), program.options.mark, "-");
    const world: SedWorld = { quiet: program.quiet, mark: program.options.mark, width: 70, isOpen: true, read: noFiles, write: noFiles };
    try {
      return new SedRun(program.script, lines, world).run().quit !== undefined;
    } catch (error) {
      if (error instanceof SedEndless) return true;
      throw error;
    }
  },
  run: runSed,
};
