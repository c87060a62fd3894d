import { compileRegex, type Regex } from "../regex";

const compiled = new Map<string, Regex>();
/** Most patterns kept compiled. */
const KEPT = 200;

/** The pattern, compiled when first met. A memory that changes nothing. */
export function regexOf(pattern: string): Regex {
  let regex = compiled.get(pattern);
  if (!regex) {
    if (compiled.size >= KEPT) compiled.clear();
    compiled.set(pattern, (regex = compileRegex(pattern, { extended: true })));
  }
  return regex;
}

/** What separates: `" "` blanks, a single character itself, `""` nothing (every character is a field), else a pattern. */
export function cut(text: string, separator: string): string[] {
  if (separator === " ") return text.split(/[ \t\n]+/).filter((field) => field !== "");
  if (text === "") return [];
  if (separator === "") return [...text];
  if (separator.length === 1) return text.split(separator);
  return cutBy(text, regexOf(separator));
}

/** Cuts at what a pattern matches; empty matches separate nothing. */
export function cutBy(text: string, regex: Regex): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at <= text.length; ) {
    const match = regex.exec(text, at);
    if (!match) break;
    if (match.end === match.start) {
      at = match.end + 1;
      continue;
    }
    parts.push(text.slice(from, match.start));
    from = at = match.end;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Reads a text record by record. */
export interface RecordReader {
  /** The next record; undefined at the end. */
  next(separator: string): string | undefined;
}

/** Records of a text by `RS`: one character, `""` for paragraphs, else a pattern. */
export function recordsOf(text: string): RecordReader {
  let at = 0;
  const until = (start: number, end: number, after: number): string => {
    at = after;
    return text.slice(start, end);
  };
  return {
    next(separator) {
      if (separator === "") while (text[at] === "\n") at += 1;
      if (at >= text.length) return undefined;
      const start = at;
      if (separator.length === 1) {
        const end = text.indexOf(separator, at);
        return end < 0 ? until(start, text.length, text.length) : until(start, end, end + 1);
      }
      const match = regexOf(separator === "" ? "\n\n+" : separator).exec(text, at);
      const last = separator === "" && text.endsWith("\n") ? text.length - 1 : text.length;
      if (!match || match.end === match.start) return until(start, last, text.length);
      return until(start, match.start, match.end);
    },
  };
}

/** Replaces what a pattern matches: all of it or the `which`th. `&` and, with `groups`, `\\1` stand for what was found. */
export function replaced(text: string, regex: Regex, replacement: string, which: number | "all", groups: boolean): { readonly text: string; readonly count: number } {
  let out = "";
  let from = 0;
  let lastEnd = -1;
  let seen = 0;
  let count = 0;
  for (let at = 0; at <= text.length ; ) {
    const match = regex.exec(text, at);
    if (!match) break;
    const isEmpty = match.end === match.start;
    at = isEmpty ? match.end + 1 : match.end;
    // Nothing right after a match is part of it.
    if (isEmpty && match.start === lastEnd) continue;
    lastEnd = match.end;
    seen += 1;
    if (which !== "all" && seen !== which) continue;
    out += text.slice(from, match.start) + filled(replacement, match.groups, groups);
    from = match.end;
    count += 1;
    if (which !== "all") break;
  }
  return { text: out + text.slice(from), count };
}

function filled(replacement: string, found: readonly (string | undefined)[], groups: boolean): string {
  return replacement.replace(groups ? /\\(\\|&|\d)|&/g : /\\(\\(?=\\*&)|&)|&/g, (_, escaped?: string) => {
    if (escaped === undefined) return found[0] ?? "";
    if (/\d/.test(escaped)) return found[Number(escaped)] ?? "";
    return escaped;
  });
}
