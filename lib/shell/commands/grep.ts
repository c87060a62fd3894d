import type { Command, CommandIo, CommandResult } from "../host";
import { joinPath, resolvePath } from "../path";
import { failure, linesOf, readArguments, readInputs, reasonOf, usesStdin } from "./files";
import { compileRegex, type Regex, RegexError } from "./regex";

const PLAIN = "invncqolLEFGhHrRswxPz";
const VALUED = "emABC";
const LONG = { "ignore-case": "i", "invert-match": "v", count: "c", quiet: "q", silent: "q", "line-number": "n", "only-matching": "o", "extended-regexp": "E", "fixed-strings": "F", recursive: "r", "files-with-matches": "l", color: "", "no-messages": "s", "word-regexp": "w", "line-regexp": "x", context: "C", "after-context": "A", "before-context": "B", "max-count": "m", regexp: "e" };

function readCommand(args: readonly string[]): { readonly flags: ReadonlyMap<string, string>; readonly patterns: readonly string[]; readonly paths: readonly string[] } {
  const patterns: string[] = [];
  const others: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "-e") patterns.push(args[++i] ?? "");
    else others.push(args[i] as string);
  }
  const { flags, operands } = readArguments(others, PLAIN, VALUED, LONG);
  const given = flags.get("e");
  if (given !== undefined) patterns.push(given);
  if (patterns.length > 0) return { flags, patterns: patterns.flatMap((text) => text.split("\n")), paths: operands };
  return { flags, patterns: (operands[0] ?? "").split("\n"), paths: operands.slice(1) };
}

function compile(patterns: readonly string[], flags: ReadonlyMap<string, string>, isExtended: boolean): readonly Regex[] {
  const extended = isExtended || flags.has("E") || flags.has("P");
  const fixed = flags.has("F");
  return patterns.map((pattern) => {
    const open = extended ? "(" : "\\(";
    const close = extended ? ")" : "\\)";
    const bounded = fixed ? pattern : flags.has("x") ? `^${open}${pattern}${close}$` : flags.has("w") ? `\\b${open}${pattern}${close}\\b` : pattern;
    return compileRegex(bounded, { extended, fixed, ignoreCase: flags.has("i") });
  });
}

/** Files below a directory, for `-r`. */
function expandPaths(paths: readonly string[], io: CommandIo): string[] {
  const found: string[] = [];
  const visit = (path: string, depth: number): void => {
    const absolute = resolvePath(io.cwd, path);
    const names = io.fs.stat(absolute)?.type === "directory" && depth < 40 ? io.fs.list(absolute) : undefined;
    if (!names) found.push(path);
    else for (const name of [...names].sort((a, b) => (a < b ? -1 : 1))) visit(joinPath(path, name), depth + 1);
  };
  for (const path of paths.length > 0 ? paths : ["."]) visit(path, 0);
  return found;
}

interface Selection {
  readonly lines: readonly string[];
  readonly count: number;
}

function select(text: string, prefix: string, regexes: readonly Regex[], flags: ReadonlyMap<string, string>): Selection {
  const all = linesOf(text);
  const limit = flags.has("m") ? Number(flags.get("m")) || 0 : Infinity;
  const after = Number(flags.get("A") ?? flags.get("C") ?? 0) || 0;
  const before = Number(flags.get("B") ?? flags.get("C") ?? 0) || 0;
  const lines: string[] = [];
  let count = 0;
  let shown = -1;
  let until = -1;
  const label = (i: number, mark: string): string => `${prefix === "" ? "" : prefix + mark}${flags.has("n") ? `${i + 1}${mark}` : ""}`;
  for (const [i, line] of all.entries()) {
    const isSelected = count < limit && regexes.some((regex) => regex.test(line)) !== flags.has("v");
    if (isSelected) {
      count += 1;
      if (flags.has("o") && !flags.has("v")) {
        for (const part of matchesIn(line, regexes)) lines.push(label(i, ":") + part);
        continue;
      }
      const from = Math.max(shown + 1, i - before);
      if ((after > 0 || before > 0) && shown >= 0 && from > shown + 1) lines.push("--");
      for (let j = from; j < i; j++) lines.push(label(j, "-") + (all[j] ?? ""));
      lines.push(label(i, ":") + line);
      shown = i;
      until = i + after;
    } else if (i <= until) {
      lines.push(label(i, "-") + line);
      shown = i;
    }
  }
  return { lines, count };
}

function matchesIn(line: string, regexes: readonly Regex[]): string[] {
  const parts: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const found = regexes.flatMap((regex) => regex.exec(line, at) ?? []).sort((a, b) => a.start - b.start || b.end - a.end)[0];
    if (!found) break;
    if (found.end > found.start) parts.push(line.slice(found.start, found.end));
    at = Math.max(found.end, found.start + 1);
  }
  return parts;
}

function runGrep(args: readonly string[], io: CommandIo, isExtended: boolean): CommandResult {
  const { flags, patterns, paths } = readCommand(args);
  if (args.length === 0) return failure("grep", "no pattern given", 2);
  let regexes: readonly Regex[];
  try {
    regexes = compile(patterns, flags, isExtended);
  } catch (error) {
    if (error instanceof RegexError) return failure("grep", error.message, 2);
    throw error;
  }
  const isRecursive = flags.has("r") || flags.has("R");
  const names = isRecursive ? expandPaths(paths, io) : [...paths];
  const directories = names.filter((path) => path !== "-" && io.fs.stat(resolvePath(io.cwd, path))?.type === "directory");
  const { inputs, errors } = readInputs("grep", names.filter((path) => !directories.includes(path)), io);
  const stderr = (flags.has("s") ? "" : errors) + directories.map((path) => `grep: ${path}: ${reasonOf("EISDIR")}\n`).join("");
  const showsNames = flags.has("H") || (!flags.has("h") && (names.length > 1 || isRecursive));
  const out: string[] = [];
  let total = 0;
  for (const { path, text } of directories.length > 0 && directories.length === names.length ? [] : inputs) {
    const shownPath = path === "-" ? "(standard input)" : path;
    const { lines, count } = select(text, showsNames ? shownPath : "", regexes, flags);
    total += count;
    if (flags.has("q")) continue;
    if (flags.has("l")) out.push(...(count > 0 ? [shownPath] : []));
    else if (flags.has("L")) out.push(...(count === 0 ? [shownPath] : []));
    else if (flags.has("c")) out.push(`${showsNames ? `${shownPath}:` : ""}${count}`);
    else out.push(...lines);
  }
  const status = total > 0 && (stderr === "" || flags.has("q")) ? 0 : stderr !== "" ? 2 : 1;
  return { status, stdout: out.map((line) => `${line}\n`).join(""), stderr };
}

function makeGrep(name: string, isExtended: boolean): Command {
  const isSimple = (args: readonly string[]): boolean => {
    const { flags } = readCommand(args);
    return !["n", "c", "l", "L", "m", "A", "B", "C", "q", "o"].some((flag) => flags.has(flag));
  };
  return {
    name,
    readsStdin: (args) => {
      const { flags, paths } = readCommand(args);
      return usesStdin(paths) && !flags.has("r") && !flags.has("R");
    },
    isLinewise: isSimple,
    hasEnough: (args, stdin) => {
      const { flags } = readCommand(args);
      const lines = stdin.slice(0, stdin.lastIndexOf("\n") + 1);
      return flags.has("q") && lines !== "" && runGrep(args, { stdin: lines } as CommandIo, isExtended).status === 0;
    },
    run: (args, io) => runGrep(args, io, isExtended),
  };
}

/** `grep`, with the options lessons use. */
export const grep = makeGrep("grep", false);
/** `grep -E` */
export const egrep = makeGrep("egrep", true);
