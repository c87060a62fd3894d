import type { Command, CommandIo, CommandResult } from "../host";
import { baseOf, joinPath, resolvePath } from "../path";
import { matchPattern } from "../pattern";
import { toBytes } from "./bytes";
import { failure, readInputs, reasonOf, usesStdin } from "./files";
import { type Finder, finderOf, type GrepOptions, readGrepOptions } from "./grep-options";
import { RegexError } from "./regex";

/** Files below a directory, for `-r`. */
function expandPaths(options: GrepOptions, io: CommandIo): string[] {
  const { paths, included, excluded, excludedFolders } = options;
  const found: string[] = [];
  const fits = (patterns: readonly string[], path: string): boolean => patterns.some((pattern) => matchPattern(pattern, baseOf(path)) || matchPattern(pattern, path));
  const visit = (path: string, depth: number): void => {
    const absolute = resolvePath(io.cwd, path);
    const names = io.fs.stat(absolute)?.type === "directory" && depth < 40 ? io.fs.list(absolute) : undefined;
    if (!names) {
      const isChosen = (included.length === 0 || fits(included, path)) && !fits(excluded, path);
      if (isChosen || depth === 0) found.push(path);
      return;
    }
    if (depth > 0 && fits(excludedFolders, path)) return;
    for (const name of [...names].sort((a, b) => (a < b ? -1 : 1))) visit(path === "" ? name : joinPath(path, name), depth + 1);
  };
  for (const path of paths.length > 0 ? paths : [""]) visit(path, 0);
  return found;
}

interface Selection {
  readonly out: string;
  readonly count: number;
}

/** What is shown of one input, and how many lines were chosen. */
class Selector {
  private readonly after: number;
  private readonly before: number;
  private readonly limit: number;
  private readonly mark: string;
  private out = "";

  constructor(
    private readonly find: Finder,
    private readonly flags: ReadonlyMap<string, string>,
  ) {
    const size = (letter: string): number => Number(flags.get(letter) ?? flags.get("C") ?? 0) || 0;
    this.after = size("A");
    this.before = size("B");
    this.limit = flags.has("m") ? Number(flags.get("m")) || 0 : Infinity;
    this.mark = flags.has("z") ? "\0" : "\n";
  }

  select(text: string, prefix: string): Selection {
    const { flags, mark } = this;
    const lines = text === "" ? [] : (text.endsWith(mark) ? text.slice(0, -mark.length) : text).split(mark);
    const hasContext = flags.has("A") || flags.has("B") || flags.has("C");
    const offsets = flags.has("b") ? offsetsOf(lines) : [];
    const separator = flags.get("separator") ?? "--";
    this.out = "";
    let count = 0;
    let shown = -1;
    let until = -1;
    const show = (i: number, sign: string): void => {
      this.out += this.label(prefix, i, sign, offsets[i] ?? 0) + (lines[i] ?? "") + mark;
      shown = i;
    };
    for (const [i, line] of lines.entries()) {
      if (count >= this.limit && i > until) break;
      const isSelected = count < this.limit && (this.find(line, 0) !== undefined) !== flags.has("v");
      if (!isSelected) {
        if (i <= until) show(i, "-");
        continue;
      }
      count += 1;
      if (flags.has("o")) {
        if (!flags.has("v")) this.parts(line, prefix, i, offsets[i] ?? 0);
        continue;
      }
      const from = Math.max(shown + 1, i - this.before);
      if (hasContext && shown >= 0 && from > shown + 1 && !flags.has("no-separator")) this.out += `${separator}\n`;
      for (let j = from; j < i; j++) show(j, "-");
      show(i, ":");
      until = i + this.after;
    }
    return { out: this.out, count };
  }

  private parts(line: string, prefix: string, i: number, offset: number): void {
    for (let at = 0; at <= line.length; ) {
      const found = this.find(line, at);
      if (!found) break;
      const part = line.slice(found.start, found.end);
      if (part !== "") this.out += this.label(prefix, i, ":", offset + toBytes(line.slice(0, found.start)).length) + part + this.mark;
      at = Math.max(found.end, found.start + 1);
    }
  }

  private label(prefix: string, i: number, sign: string, offset: number): string {
    const { flags } = this;
    const name = prefix === "" ? "" : prefix + (flags.has("Z") ? "\0" : sign);
    return `${name}${flags.has("n") ? `${i + 1}${sign}` : ""}${flags.has("b") ? `${offset}${sign}` : ""}${flags.has("T") ? "\t" : ""}`;
  }
}

function offsetsOf(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map((line) => {
    const own = at;
    at += toBytes(line).length + 1;
    return own;
  });
}

function patternsOf(options: GrepOptions, io: CommandIo): readonly string[] | CommandResult {
  const patterns: string[] = [];
  for (const part of options.patterns) {
    if ("text" in part) {
      patterns.push(...part.text.split("\n"));
      continue;
    }
    const content = part.file === "-" ? { text: io.stdin } : io.fs.readFile(resolvePath(io.cwd, part.file));
    if ("error" in content) return failure("grep", `${part.file}: ${reasonOf(content.error)}`, 2);
    if (content.text !== "") patterns.push(...content.text.replace(/\n$/, "").split("\n"));
  }
  return patterns;
}

function runGrep(name: string, args: readonly string[], io: CommandIo): CommandResult {
  const options = readGrepOptions(name === "fgrep" ? ["-F", ...args] : args);
  const { flags, unknown } = options;
  const usage = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";
  if (unknown !== undefined) return { status: 2, stderr: `grep: ${unknown.startsWith("--") ? `unrecognized option '${unknown}'` : `invalid option -- '${unknown}'`}\n${usage}` };
  if (options.patterns.length === 0) return { status: 2, stderr: usage };
  for (const letter of ["A", "B", "C"]) if (!/^\d+$/.test(flags.get(letter) ?? "0")) return failure("grep", `${flags.get(letter) ?? ""}: invalid context length argument`, 2);
  if (!/^-?\d+$/.test(flags.get("m") ?? "0")) return failure("grep", "invalid max count", 2);
  const patterns = patternsOf(options, io);
  if ("status" in patterns) return patterns;
  let find: Finder;
  try {
    find = finderOf(patterns, flags, name === "egrep");
  } catch (error) {
    if (error instanceof RegexError) return failure("grep", error.message, 2);
    throw error;
  }
  return search(options, find, io);
}

function search(options: GrepOptions, find: Finder, io: CommandIo): CommandResult {
  const { flags } = options;
  const isRecursive = flags.has("r") || flags.has("R") || flags.get("d") === "recurse";
  const names = isRecursive ? expandPaths(options, io) : [...options.paths];
  const directories = names.filter((path) => path !== "-" && io.fs.stat(resolvePath(io.cwd, path))?.type === "directory");
  const files = names.filter((path) => !directories.includes(path));
  const { inputs, errors } = names.length > 0 && files.length === 0 ? { inputs: [], errors: "" } : isRecursive && files.length === 0 ? { inputs: [], errors: "" } : readInputs("grep", files, io);
  const notes = flags.has("s") || flags.get("d") === "skip" ? "" : directories.map((path) => `grep: ${path}: ${reasonOf("EISDIR")}\n`).join("");
  const hasProblem = errors !== "" || (directories.length > 0 && !isRecursive && flags.get("d") !== "skip");
  const stderr = (flags.has("s") ? "" : errors) + notes;
  const isSingleFile = options.paths.length === 1 && io.fs.stat(resolvePath(io.cwd, options.paths[0] ?? ""))?.type !== "directory";
  const showsNames = flags.has("H") || (!flags.has("h") && (names.length > 1 || (isRecursive && !isSingleFile)));
  const selector = new Selector(find, flags);
  let stdout = "";
  let isFound = false;
  for (const { path, text } of inputs) {
    const shown = path === "-" ? (flags.get("label") ?? "(standard input)") : path;
    const { out, count } = selector.select(text, showsNames ? shown : "");
    isFound ||= count > 0;
    const end = flags.has("Z") ? "\0" : "\n";
    if (flags.has("q")) continue;
    if (flags.has("l")) stdout += count > 0 ? shown + end : "";
    else if (flags.has("L")) stdout += count === 0 ? shown + end : "";
    else if (flags.has("c")) stdout += `${showsNames ? shown + (flags.has("Z") ? "\0" : ":") : ""}${count}\n`;
    else if (out !== "") {
      const follows = stdout !== "" && !flags.has("o") && ["A", "B", "C"].some((letter) => flags.has(letter)) && !flags.has("no-separator");
      stdout += (follows ? `${flags.get("separator") ?? "--"}\n` : "") + out;
    }
  }
  return { status: isFound && (!hasProblem || flags.has("q")) ? 0 : hasProblem ? 2 : 1, stdout, stderr };
}

function makeGrep(name: "grep" | "egrep" | "fgrep"): Command {
  const isRecursive = ({ flags }: GrepOptions): boolean => flags.has("r") || flags.has("R");
  return {
    name,
    readsStdin: (args) => {
      const options = readGrepOptions(args);
      return (usesStdin(options.paths) && !isRecursive(options)) || options.patterns.some((part) => "file" in part && part.file === "-");
    },
    isLinewise: (args) => {
      const { flags, patterns, unknown } = readGrepOptions(args);
      return unknown === undefined && patterns.every((part) => "text" in part) && !["n", "c", "l", "L", "m", "A", "B", "C", "q", "b", "z"].some((flag) => flags.has(flag));
    },
    hasEnough: (args, stdin) => {
      const { flags, patterns } = readGrepOptions(args);
      const wanted = flags.has("q") || flags.has("l") ? "1" : flags.has("A") || flags.has("C") ? undefined : flags.get("m");
      if (wanted === undefined || patterns.some((part) => "file" in part)) return false;
      const lines = stdin.slice(0, stdin.lastIndexOf("\n") + 1);
      if (lines === "") return false;
      try {
        const find = finderOf(patterns.flatMap((part) => ("text" in part ? part.text.split("\n") : [])), name === "fgrep" ? new Map([...flags, ["F", ""]]) : flags, name === "egrep");
        return new Selector(find, new Map([...flags].filter(([flag]) => flag === "v" || flag === "z"))).select(lines, "").count >= Number(wanted);
      } catch (error) {
        if (error instanceof RegexError) return true;
        throw error;
      }
    },
    run: (args, io) => runGrep(name, args, io),
  };
}

/** `grep`: what GNU's and busybox's have in common, and most of the rest. */
export const grep = makeGrep("grep");
/** `grep -E` */
export const egrep = makeGrep("egrep");
/** `grep -F` */
export const fgrep = makeGrep("fgrep");
