import type { Dialect } from "./value";
import { refuse } from "./refusal";

/** A piece of SQL. `at` is where it begins in the statement's text. */
export interface Token {
  readonly kind: "word" | "quoted" | "text" | "number" | "sign" | "variable" | "end";
  /** What it says: names and texts without their quotes. */
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

const SIGNS = ["<=>", "->>", "::", "<=", ">=", "<>", "!=", ":=", "||", "&&", "->", "!~*", "!~", "~*", "!~~"];
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", b: "\b", Z: "\x1a" };
const WORD = /[\p{L}_\d$]/u;
/** A statement is no longer than this. */
const LONGEST = 1_000_000;

/** The quoted text from `at`: what it says and where it ends; undefined when it never does. */
function quoted(source: string, at: number, escapes: boolean): { readonly text: string; readonly end: number } | undefined {
  const quote = source[at];
  let text = "";
  for (let i = at + 1; i < source.length; i += 1) {
    const char = source[i] ?? "";
    if (char === "\\" && escapes) {
      const next = source[(i += 1)] ?? "";
      // LIKE reads these two itself.
      text += next === "%" || next === "_" ? `\\${next}` : (ESCAPES[next] ?? next);
    } else if (char !== quote) text += char;
    else if (source[i + 1] === quote) text += source[(i += 1)] ?? "";
    else return { text, end: i + 1 };
  }
  return undefined;
}

/** Where a comment that begins at `at` ends; undefined when none begins there. */
function comment(source: string, at: number, dialect: Dialect): number | undefined {
  const line = (): number => (source.indexOf("\n", at) < 0 ? source.length : source.indexOf("\n", at) + 1);
  if (source.startsWith("--", at) && (dialect === "postgres" || /\s|^$/.test(source[at + 2] ?? ""))) return line();
  if (dialect === "mariadb" && source[at] === "#") return line();
  if (!source.startsWith("/*", at)) return undefined;
  // `/*!40101 …*/` is read by the server: only its frame is a comment.
  const kept = dialect === "mariadb" ? /^\/\*M?!\d*/.exec(source.slice(at, at + 12)) : null;
  if (kept) return at + kept[0].length;
  const end = source.indexOf("*/", at + 2);
  return end < 0 ? source.length : end + 2;
}

/** A text in its pieces. The last is always `end`. A quote nobody closes is a refusal. */
export function tokensOf(source: string, dialect: Dialect): readonly Token[] {
  const tokens: Token[] = [];
  if (source.length > LONGEST) throw refuse("too-large");
  let at = 0;
  const push = (kind: Token["kind"], text: string, end: number): void => {
    tokens.push({ kind, text, at, end });
    at = end;
  };
  while (at < source.length) {
    const char = source[at] ?? "";
    const skip = /\s/.test(char) ? at + 1 : dialect === "mariadb" && source.startsWith("*/", at) ? at + 2 : comment(source, at, dialect);
    if (skip !== undefined) at = skip;
    else if (char === "'" || char === '"' || (char === "`" && dialect === "mariadb")) {
      const found = quoted(source, at, dialect === "mariadb" && char !== "`");
      if (!found) throw refuse("unclosed", source.slice(at), at);
      push(char === "`" || (char === '"' && dialect === "postgres") ? "quoted" : "text", found.text, found.end);
    } else if (/[eE]/.test(char) && source[at + 1] === "'" && dialect === "postgres") {
      const found = quoted(source, at + 1, true);
      if (!found) throw refuse("unclosed", source.slice(at), at);
      push("text", found.text, found.end);
    } else if (char === "$" && dialect === "postgres" && /^\$\w*\$/.test(source.slice(at, at + 40))) {
      const fence = /^\$\w*\$/.exec(source.slice(at, at + 40))?.[0] ?? "";
      const close = source.indexOf(fence, at + fence.length);
      if (close < 0) throw refuse("unclosed", source.slice(at), at);
      push("text", source.slice(at + fence.length, close), close + fence.length);
    } else if (/\d/.test(char) || (char === "." && /\d/.test(source[at + 1] ?? ""))) {
      const number = /^(?:0x[0-9a-fA-F]+|\d*\.?\d*(?:[eE][+-]?\d+)?)/.exec(source.slice(at, at + 400))?.[0] ?? char;
      push("number", number, at + number.length);
    } else if (char === "@" && dialect === "mariadb") {
      const name = /^@@?[\w.$]*/.exec(source.slice(at, at + 200))?.[0] ?? "@";
      push("variable", name, at + name.length);
    } else if (WORD.test(char)) {
      let end = at + 1;
      while (end < source.length && WORD.test(source[end] ?? "")) end += 1;
      push("word", source.slice(at, end), end);
    } else {
      const sign = SIGNS.find((one) => source.startsWith(one, at)) ?? char;
      push("sign", sign, at + sign.length);
    }
  }
  tokens.push({ kind: "end", text: "", at: source.length, end: source.length });
  return tokens;
}

/** A statement of a script, and the line of the script it begins on. */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

const linesIn = (text: string): number => text.split("\n").length - 1;

/** The statements of a script, at semicolons outside quotes and comments; what cannot be read stays whole, for the parser to refuse. */
export function statementsOf(script: string, dialect: Dialect): readonly Piece[] {
  const found: Piece[] = [];
  let first: Token | undefined;
  const close = (end: number): void => {
    if (first) found.push({ text: script.slice(first.at, end).trim(), line: 1 + linesIn(script.slice(0, first.at)) });
    first = undefined;
  };
  try {
    for (const token of tokensOf(script, dialect)) {
      if (token.kind === "end" || (token.kind === "sign" && token.text === ";")) close(token.at);
      else first ??= token;
    }
  } catch {
    return script.slice(0, LONGEST).split(";").slice(0, 1000).map((part) => ({ text: part.trim(), line: 1 })).filter(({ text }) => text !== "");
  }
  return found;
}
