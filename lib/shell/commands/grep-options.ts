import { compileRegex, type Regex, RegexError } from "./regex";

/** A command line of `grep`, sorted out. */
export interface GrepOptions {
  /** Given flags; those with a value hold it, the others `""`. */
  readonly flags: ReadonlyMap<string, string>;
  /** Patterns given by `-e`, in order; files of patterns begin with a newline. */
  readonly patterns: readonly ({ readonly text: string } | { readonly file: string })[];
  readonly included: readonly string[];
  readonly excluded: readonly string[];
  readonly excludedFolders: readonly string[];
  readonly paths: readonly string[];
  /** The first option nobody knows. */
  readonly unknown: string | undefined;
}

const PLAIN = "ivncqolLEFGPhHrRswxzabIUyT";
const VALUED = "emABCfdD";
const LONG: Readonly<Record<string, string>> = {
  "ignore-case": "i", "no-ignore-case": "", "invert-match": "v", count: "c", quiet: "q", silent: "q", "line-number": "n", "only-matching": "o", "extended-regexp": "E", "fixed-strings": "F", "basic-regexp": "G", "perl-regexp": "P", recursive: "r", "dereference-recursive": "R",
  "files-with-matches": "l", "files-without-match": "L", "no-messages": "s", "word-regexp": "w", "line-regexp": "x", "no-filename": "h", "with-filename": "H", "byte-offset": "b", text: "a", "null-data": "z", null: "Z", "line-buffered": "", "initial-tab": "T", binary: "U",
  context: "C", "after-context": "A", "before-context": "B", "max-count": "m", regexp: "e", file: "f", color: "", colour: "", label: "label", "group-separator": "separator", "no-group-separator": "separator-none", include: "include", exclude: "exclude", "exclude-dir": "exclude-dir", "binary-files": "", directories: "d",
};
const LONG_VALUED = new Set(["e", "f", "m", "A", "B", "C", "d", "label", "separator", "include", "exclude", "exclude-dir"]);

/** Reads the words after `grep`. */
export function readGrepOptions(args: readonly string[]): GrepOptions {
  const flags = new Map<string, string>();
  const patterns: ({ text: string } | { file: string })[] = [];
  const lists: Readonly<Record<string, string[]>> = { include: [], exclude: [], "exclude-dir": [] };
  const paths: string[] = [];
  let unknown: string | undefined;
  const take = (letter: string, value: string): void => {
    if (letter === "e") patterns.push({ text: value });
    else if (letter === "f") patterns.push({ file: value });
    else if (Object.hasOwn(lists, letter)) lists[letter]?.push(value);
    else if (letter === "separator-none") flags.set("no-separator", "");
    else flags.set(letter === "y" ? "i" : letter, value);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") {
      paths.push(...args.slice(i + 1));
      break;
    }
    const long = /^--([a-z-]+)(?:=([^]*))?$/.exec(arg);
    if (long) {
      const letter = Object.hasOwn(LONG, long[1] ?? "") ? LONG[long[1] ?? ""] : undefined;
      if (letter === undefined) unknown ??= arg;
      else if (letter !== "") take(letter, long[2] ?? (LONG_VALUED.has(letter) ? (args[++i] ?? "") : ""));
    } else if (/^-\d+$/.test(arg)) {
      take("C", arg.slice(1));
    } else if (/^-[^]/.test(arg)) {
      for (let j = 1; j < arg.length; j++) {
        const letter = arg[j] as string;
        if (VALUED.includes(letter)) {
          take(letter, j + 1 < arg.length ? arg.slice(j + 1) : (args[++i] ?? ""));
          break;
        }
        if (PLAIN.includes(letter) || letter === "Z") take(letter, "");
        else unknown ??= letter;
      }
    } else paths.push(arg);
  }
  if (patterns.length === 0 && paths.length > 0) patterns.push({ text: paths.shift() ?? "" });
  return { flags, patterns, included: lists["include"] ?? [], excluded: lists["exclude"] ?? [], excludedFolders: lists["exclude-dir"] ?? [], paths, unknown };
}

/** The next match in a line from a place on, or undefined. */
export type Finder = (line: string, from: number) => { readonly start: number; readonly end: number } | undefined;

/** What finds the patterns' matches: of several the first, and of those the longest. Throws {@link RegexError}. */
export function finderOf(patterns: readonly string[], flags: ReadonlyMap<string, string>, isExtended: boolean): Finder {
  if (patterns.length === 0) return () => undefined;
  const perl = flags.has("P");
  if (perl && patterns.length > 1) throw new RegexError("the -P option only supports a single pattern");
  const options = { extended: (isExtended || flags.has("E") || perl) && !flags.has("G"), fixed: flags.has("F"), ignoreCase: flags.has("i"), perl };
  const regexes = patterns.map((pattern) => compileRegex(pattern, options));
  const next = (line: string, from: number): { start: number; end: number } | undefined => {
    let best: { start: number; end: number } | undefined;
    for (const regex of regexes) {
      const found = bounded(regex, line, from, flags);
      if (found && (!best || found.start < best.start || (found.start === best.start && found.end > best.end))) best = found;
    }
    return best;
  };
  return flags.has("x") ? wholeLines(patterns, options) : next;
}

function bounded(regex: Regex, line: string, from: number, flags: ReadonlyMap<string, string>): { start: number; end: number } | undefined {
  if (!flags.has("w")) return regex.exec(line, from);
  for (let at = from; at <= line.length; ) {
    const found = regex.exec(line, at);
    if (!found) return undefined;
    // A shorter match at the same place may end where a word does.
    for (let end = found.end; end >= found.start; end--) {
      const isWhole = !/\w/.test(line[found.start - 1] ?? "") && !/\w/.test(line[end] ?? "");
      if (!isWhole) continue;
      if (end === found.end) return { start: found.start, end };
      const shorter = regex.exec(line.slice(0, end), found.start);
      if (shorter && shorter.start === found.start && shorter.end === end) return { start: found.start, end };
    }
    at = found.start + 1;
  }
  return undefined;
}

function wholeLines(patterns: readonly string[], options: Parameters<typeof compileRegex>[1]): Finder {
  if (options.fixed) {
    const low = (text: string): string => (options.ignoreCase ? text.toLowerCase() : text);
    const wanted = new Set(patterns.map(low));
    return (line, from) => (from === 0 && wanted.has(low(line)) ? { start: 0, end: line.length } : undefined);
  }
  const [open, close] = options.perl ? ["(?:", ")"] : options.extended ? ["(", ")"] : ["\\(", "\\)"];
  // Another group would shift the numbers of those in the pattern: back references are moved along.
  const shifted = (pattern: string): string => (options.perl ? pattern : pattern.replace(/\\([1-8])|\\[^]/g, (whole, digit?: string) => (digit === undefined ? whole : `\\${Number(digit) + 1}`)));
  const regexes = patterns.map((pattern) => compileRegex(`^${open}${shifted(pattern)}${close}$`, options));
  return (line, from) => (from === 0 && regexes.some((regex) => regex.test(line)) ? { start: 0, end: line.length } : undefined);
}
