import { AwkError } from "./values";

/** What a piece of a program is. A `call` is a name with its parenthesis at once behind it. */
export type TokenKind = "number" | "string" | "regex" | "name" | "call" | "keyword" | "builtin" | "op" | "newline" | "end";

/** A piece of a program. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const KEYWORDS: ReadonlySet<string> = new Set(["BEGIN", "END", "function", "func", "if", "else", "while", "for", "do", "break", "continue", "next", "nextfile", "exit", "return", "delete", "in", "getline", "print", "printf"]);
/** Functions every awk has, and those of busybox besides. */
export const BUILTINS: ReadonlySet<string> = new Set(["length", "substr", "index", "split", "sub", "gsub", "gensub", "match", "sprintf", "sin", "cos", "atan2", "exp", "log", "sqrt", "int", "rand", "srand", "tolower", "toupper", "system", "close", "fflush", "systime", "strftime", "mktime", "and", "or", "xor", "compl", "lshift", "rshift"]);
const OPS = ["**=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "**", "==", "<=", ">=", "!=", "!~", ">>", "{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", ">", "<", "|", "?", ":", "~", "$", "="];
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "/": "/", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** What a string in a program, or of `-v`, stands for. What it does not know it leaves as it is. */
export function unescaped(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|\n|([^]))/g, (whole: string, octal?: string, hex?: string, char?: string) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    return char === undefined ? "" : (ESCAPES[char] ?? whole);
  });
}

/** Cuts a program into pieces. A slash begins a regular expression where an operand may stand. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const add = (kind: TokenKind, text: string, length = text.length): void => {
    tokens.push({ kind, text });
    at += length;
  };
  while (at < source.length) {
    const rest = source.slice(at, at + 4000);
    const blank = /^(?:[ \t\r]|\\\r?\n|#[^\n]*)+/.exec(rest)?.[0];
    if (blank !== undefined) at += blank.length;
    else if (rest.startsWith("\n")) add("newline", "\n");
    else if (rest.startsWith('"')) {
      const [whole] = /^"(?:[^"\\\n]|\\[^])*"/.exec(rest) ?? fail("unterminated string");
      add("string", unescaped(whole.slice(1, -1)), whole.length);
    } else if (rest.startsWith("/") && mayBeOperand(tokens.at(-1))) {
      const [whole] = /^\/(?:[^/\\\n[]|\\.|\[\^?\]?(?:\[:\w+:\]|[^\]\n])*\])*\//.exec(rest) ?? fail("unterminated regular expression");
      add("regex", whole.slice(1, -1).replaceAll("\\/", "/"), whole.length);
    } else {
      const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest)?.[0];
      const name = /^[A-Za-z_]\w*/.exec(rest)?.[0];
      if (number !== undefined) add("number", number);
      else if (name !== undefined) add(KEYWORDS.has(name) ? "keyword" : BUILTINS.has(name) ? "builtin" : rest[name.length] === "(" ? "call" : "name", name);
      else add("op", OPS.find((op) => rest.startsWith(op)) ?? fail(`syntax error near ${rest[0] ?? ""}`));
    }
  }
  return tokens;
}

function mayBeOperand(last: Token | undefined): boolean {
  if (!last || last.kind === "newline") return true;
  if (last.kind === "op") return ![")", "]", "$", "++", "--"].includes(last.text);
  return last.kind === "keyword" && last.text !== "getline";
}

function fail(message: string): never {
  throw new AwkError(message);
}
