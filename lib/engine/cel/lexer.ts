/** Words of a CEL expression. Upstream: cel-go/parser/gen/CEL.g4. */
import type { Issue } from "./ast";
import { utf8 } from "./utf8";

/** A word: an operator stands for itself. */
export interface Token {
  readonly type: "ident" | "int" | "uint" | "float" | "string" | "bytes" | "op" | "end";
  readonly text: string;
  /** What a string says, escapes resolved. */
  readonly value: string;
  readonly at: number;
}

const OPERATORS = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}"];
const SIMPLE: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?" };

function unescape(text: string): string {
  return text.replace(/\\(?:([abfnrtv\\'"`?])|x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/g, (_whole, simple?: string, x?: string, upper?: string, u?: string, long?: string, octal?: string) => {
    if (simple !== undefined) return SIMPLE[simple] ?? simple;
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const code = Number.parseInt(x ?? upper ?? u ?? long ?? "0", 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

const STRING = /^([rR]?[bB]?|[bB][rR])("""(?:[^\\]|\\[^])*?"""|'''(?:[^\\]|\\[^])*?'''|"(?:[^"\\\n\r]|\\[^\n\r])*"|'(?:[^'\\\n\r]|\\[^\n\r])*')/;
const RAW = /^([rR][bB]?|[bB][rR])("""[^]*?"""|'''[^]*?'''|"[^"\n\r]*"|'[^'\n\r]*')/;
const NUMBER = /^(?:0x[0-9a-fA-F]+[uU]?|(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|\d+[uU]?)/;
const IDENT = /^[_a-zA-Z][_a-zA-Z0-9]*/;
const QUOTED_IDENT = /^`[a-zA-Z0-9_.\-/ ]+`/;

function stringToken(rest: string, at: number): Token | undefined {
  const found = RAW.exec(rest) ?? STRING.exec(rest);
  if (!found) return undefined;
  const [whole, prefix = "", quoted = ""] = found;
  const size = /^("""|''')/.test(quoted) ? 3 : 1;
  const inside = quoted.slice(size, -size);
  const bytes = /b/i.test(prefix);
  const written = bytes ? utf8(inside) : inside;
  return { type: bytes ? "bytes" : "string", text: whole, value: /r/i.test(prefix) ? written : unescape(written), at };
}

function numberToken(text: string, at: number): Token {
  const type = /^0x/.test(text) ? (/[uU]$/.test(text) ? "uint" : "int") : /[.eE]/.test(text) ? "float" : /[uU]$/.test(text) ? "uint" : "int";
  return { type, text, value: text.replace(/[uU]$/, ""), at };
}

/** The words of a source, an `end` last; what is no word is told of and left out. */
export function tokensOf(source: string): { readonly tokens: readonly Token[]; readonly issues: readonly Issue[] } {
  const tokens: Token[] = [];
  const issues: Issue[] = [];
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const blank = /^(?:[\s]+|\/\/[^\n]*)/.exec(rest);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const token = stringToken(rest, at) ?? wordToken(rest, at);
    if (token) {
      tokens.push(token);
      at += token.text.length;
      continue;
    }
    const wrong = /^["']/.test(rest) ? (rest.split("\n")[0] ?? rest) : String.fromCodePoint(rest.codePointAt(0) ?? 0);
    issues.push({ at, message: `Syntax error: token recognition error at: '${wrong}'` });
    at += wrong.length;
  }
  return { tokens: [...tokens, { type: "end", text: "<EOF>", value: "", at: source.length }], issues };
}

function wordToken(rest: string, at: number): Token | undefined {
  const number = NUMBER.exec(rest);
  if (number) return numberToken(number[0], at);
  const ident = IDENT.exec(rest);
  if (ident) return { type: "ident", text: ident[0], value: ident[0], at };
  const quoted = QUOTED_IDENT.exec(rest);
  if (quoted) return { type: "ident", text: quoted[0], value: quoted[0].slice(1, -1), at };
  const operator = OPERATORS.find((one) => rest.startsWith(one));
  return operator === undefined ? undefined : { type: "op", text: operator, value: operator, at };
}
