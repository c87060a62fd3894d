import { isName } from "../token-reader";
import type { Machine } from "../machine";
import { setElements, splitElement } from "../arrays";
import { setVariable } from "../expand";
import type { Process } from "../state";

interface Wish {
  readonly isRaw: boolean;
  readonly names: readonly string[];
  /** `-a`: an array takes all fields. */
  readonly array?: string;
  /** `-d`: what ends the line. */
  readonly end: string;
  /** `-n` and `-N`: so many characters are enough; `isExact`: a line's end is one of them. */
  readonly count?: number;
  readonly isExact: boolean;
  readonly fd: number;
  readonly prompt?: string;
}

/** The options, or the one nobody knows. */
function wishOf(args: readonly string[], isBash: boolean, known: string): Wish | { readonly unknown: string } {
  const given = new Map<string, string>();
  let i = 0;
  for (; i < args.length && /^-./.test(args[i] ?? "") && args[i] !== "--"; i++) {
    const letters = (args[i] as string).slice(1);
    for (let at = 0; at < letters.length; at++) {
      const letter = letters[at] as string;
      if (!known.includes(letter)) return { unknown: letter };
      if ("ers".includes(letter)) {
        given.set(letter, "");
        continue;
      }
      const rest = letters.slice(at + 1);
      given.set(letter, rest === "" ? (args[(i += 1)] ?? "") : rest);
      break;
    }
  }
  const count = Number(given.get("n") ?? given.get("N"));
  const names = args.slice(args[i] === "--" ? i + 1 : i);
  const array = isBash ? given.get("a") : undefined;
  return { isRaw: given.has("r"), names, end: given.has("d") ? (given.get("d") ?? "").slice(0, 1) || "\0" : "\n", ...(count > 0 ? { count } : {}), isExact: given.has("N"), fd: Number(given.get("u") ?? "0") || 0, ...(array === undefined ? {} : { array }), ...(given.has("p") ? { prompt: given.get("p") as string } : {}) };
}

/** `read [-rs] [-a ARRAY] [-d END] [-n COUNT] [-p PROMPT] [-t SECONDS] [-u FD] [NAME…]`: one line from standard input. Undefined while there is no whole line yet. */
export function readLine(machine: Machine, process: Process, args: readonly string[], isFirst = false): number | undefined {
  const wish = wishOf(args, process.bash === true, machine.dialect(process) === "dash" ? "rp" : "ersaidnNptu");
  if ("unknown" in wish) {
    machine.complain(process, `read: illegal option -${wish.unknown}`);
    return 2;
  }
  const bad = wish.names.find((name) => !isName(name) && !(process.bash && splitElement(name).key !== undefined));
  if (bad !== undefined) {
    machine.complain(process, `read: '${bad}': bad variable name`);
    return process.bash ? 1 : 2;
  }
  if (isFirst && wish.prompt !== undefined && process.interactive) machine.write(process, 2, wish.prompt);
  const { text, ended } = machine.read(process, wish.fd);
  const { end, rest } = lineEnd(text, wish);
  if (end < 0 && !ended) {
    machine.unread(process, wish.fd, text);
    return undefined;
  }
  machine.unread(process, wish.fd, end < 0 ? "" : text.slice(rest));
  assignLine(process, wish, end < 0 ? text : text.slice(0, end));
  return end < 0 ? 1 : 0;
}

function assignLine(process: Process, { names, array, isRaw }: Wish, line: string): void {
  if (array !== undefined) setElements(process, array, fieldsOf(process, line, isRaw).map((field) => [undefined, field] as const));
  // Without a name nothing is taken off the line.
  else if (names.length === 0 && process.bash) setVariable(process, "REPLY", isRaw ? line : line.replace(/\\([^])/g, "$1"));
  else assignFields(process, names.length > 0 ? names : ["REPLY"], line, isRaw);
}

function fieldsOf(process: Process, line: string, isRaw: boolean): string[] {
  const names = Array.from({ length: line.length + 1 }, (_name, i) => `f${i}`);
  const inner: Process = { ...process, vars: { ...(process.vars["IFS"] ? { IFS: process.vars["IFS"] } : {}) } };
  assignFields(inner, names, line, isRaw);
  const values = names.map((name) => inner.vars[name]?.v ?? "");
  return values.slice(0, values.findLastIndex((value) => value !== "") + 1);
}

/** Where the line ends, and where what follows it begins. */
function lineEnd(text: string, { isRaw, end, count, isExact }: Wish): { readonly end: number; readonly rest: number } {
  let taken = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === end && !isExact) return { end: i, rest: i + 1 };
    if (!isRaw && text[i] === "\\") i += 1;
    taken += 1;
    if (taken === count) return { end: i + 1, rest: i + 1 };
  }
  return { end: -1, rest: text.length };
}

interface Character {
  readonly char: string;
  readonly isEscaped: boolean;
}

function assignFields(process: Process, names: readonly string[], line: string, isRaw: boolean): void {
  const separators = process.vars["IFS"]?.v ?? " \t\n";
  const chars: Character[] = [];
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string;
    if (isRaw || char !== "\\") chars.push({ char, isEscaped: false });
    else {
      i += 1;
      if (line[i] !== undefined && line[i] !== "\n") chars.push({ char: line[i] as string, isEscaped: true });
    }
  }
  const isSeparator = (c: Character | undefined): boolean => c !== undefined && !c.isEscaped && separators.includes(c.char);
  const isSpace = (c: Character | undefined): boolean => isSeparator(c) && c !== undefined && " \t\n".includes(c.char);
  let at = 0;
  while (isSpace(chars[at])) at += 1;
  for (const [position, name] of names.entries()) {
    let value = "";
    if (position === names.length - 1) {
      let end = chars.length;
      while (end > at && isSpace(chars[end - 1])) end -= 1;
      const rest = chars.slice(at, end);
      // A single separator that ends the last field is not part of it.
      const only = rest.filter((c) => isSeparator(c) && !isSpace(c));
      if (only.length === 1 && rest.at(-1) === only[0]) rest.pop();
      value = rest.map(({ char }) => char).join("");
    } else {
      while (at < chars.length && !isSeparator(chars[at])) value += chars[at++]?.char ?? "";
      while (isSpace(chars[at])) at += 1;
      if (isSeparator(chars[at]) && !isSpace(chars[at])) {
        at += 1;
        while (isSpace(chars[at])) at += 1;
      }
    }
    setVariable(process, name, value);
  }
}
