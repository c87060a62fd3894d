import { isName } from "../token-reader";
import type { Machine } from "../machine";
import { setVariable } from "../expand";
import type { Process } from "../state";

/** `read [-r] [-p PROMPT] [NAME…]`: one line from standard input. Undefined while there is no whole line yet. */
export function readLine(machine: Machine, process: Process, args: readonly string[]): number | undefined {
  let isRaw = false;
  const names: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (names.length === 0 && /^-[a-z]+$/.test(arg)) {
      if (arg.includes("r")) isRaw = true;
      if (/[ptndu]$/.test(arg)) i += 1;
    } else {
      names.push(arg);
    }
  }
  const bad = names.find((name) => !isName(name));
  if (bad !== undefined) {
    machine.complain(process, `read: '${bad}': bad variable name`);
    return 2;
  }
  const { text, ended } = machine.read(process, 0);
  const end = lineEnd(text, isRaw);
  if (end < 0 && !ended) {
    machine.unread(process, 0, text);
    return undefined;
  }
  machine.unread(process, 0, end < 0 ? "" : text.slice(end + 1));
  assignFields(process, names.length > 0 ? names : ["REPLY"], end < 0 ? text : text.slice(0, end), isRaw);
  return end < 0 ? 1 : 0;
}

function lineEnd(text: string, isRaw: boolean): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\n") return i;
    if (!isRaw && text[i] === "\\") i += 1;
  }
  return -1;
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
