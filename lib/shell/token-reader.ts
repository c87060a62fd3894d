import { type Code, type NodeId, type ShellNode, ShellSyntaxError, type Word } from "./syntax-tree";
import { WordReader } from "./word-reader";

/** Deepest nesting of commands, and most of them. */
const MAX_NESTING = 60;
const MAX_NODES = 50_000;

/** Words that mean something where a command may begin. */
export const RESERVED = new Set(["if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "case", "esac", "{", "}", "!"]);
/** Those that end a list. */
export const CLOSERS = new Set(["then", "elif", "else", "fi", "do", "done", "esac", "}"]);

/** A piece of a script. */
export interface Token {
  readonly type: "word" | "op" | "newline" | "end";
  readonly text: string;
  readonly word: Word;
  /** Is the word free of quotes and expansions, so that it may be a reserved word? */
  readonly bare: boolean;
}

/** Reads a script piece by piece, one ahead. */
export abstract class TokenReader {
  protected readonly reader: WordReader;
  private token: Token | undefined;

  constructor(
    protected readonly code: Code,
    source: string,
    position: number,
    protected nesting: number,
    protected readonly isBash: boolean,
    protected readonly aliases: Readonly<Record<string, string>> = {},
  ) {
    const substitutions = {
      substitution: (text: string, at: number) => this.parseSubstitution(text, at),
      backquoted: (text: string) => this.parseBackquoted(text),
    };
    this.reader = new WordReader(source, position, substitutions, isBash);
  }

  /** `$( … )` in the middle of a word: the same text goes on being read, up to the closing parenthesis. */
  protected abstract parseSubstitution(text: string, at: number): { readonly n: NodeId; readonly end: number };

  protected abstract parseBackquoted(text: string): NodeId;

  protected deeper(): number {
    if (this.nesting + 1 > MAX_NESTING) throw new ShellSyntaxError("syntax error: too deeply nested", this.reader.line());
    return this.nesting + 1;
  }

  protected add(node: ShellNode): NodeId {
    if (this.code.nodes.length >= MAX_NODES) throw new ShellSyntaxError("script too long", this.reader.line());
    return this.code.nodes.push(node) - 1;
  }

  protected peek(): Token {
    return (this.token ??= this.readToken());
  }

  /** Other text in the place of the word just looked at. */
  protected replaceToken(token: Token, text: string): void {
    this.token = undefined;
    this.reader.replaceBefore(token.text.length, text);
  }

  protected next(): Token {
    const token = this.peek();
    this.token = undefined;
    return token;
  }

  protected readToken(): Token {
    const op = this.reader.readOperator();
    if (op === "\n") return { type: "newline", text: op, word: [], bare: false };
    if (op === "") return { type: "end", text: "", word: [], bare: false };
    if (op !== undefined) return { type: "op", text: op, word: [], bare: false };
    const { word, raw } = this.reader.readWord();
    const bare = word.length === 1 && word[0]?.t === "lit" && !word[0].q && word[0].s === raw;
    return { type: "word", text: raw, word, bare };
  }

  protected unexpected(token: Token, expecting?: string): ShellSyntaxError {
    const what = token.type === "end" ? "end of file" : token.type === "newline" ? "newline" : token.type === "op" ? `"${token.text}"` : token.bare && RESERVED.has(token.text) ? `"${token.text}"` : "word";
    const tail = expecting === undefined ? "" : ` (expecting "${expecting}")`;
    return new ShellSyntaxError(`syntax error: unexpected ${what}${tail}`, this.reader.line());
  }

  protected isReserved(token: Token, text: string): boolean {
    return token.type === "word" && token.bare && token.text === text;
  }

  protected isOp(text: string): boolean {
    const token = this.peek();
    return token.type === "op" && token.text === text;
  }

  protected expect(text: string): void {
    const token = this.next();
    if (!this.isReserved(token, text) && !(token.type === "op" && token.text === text)) throw this.unexpected(token, text);
  }

  protected skipNewlines(): void {
    while (this.peek().type === "newline") this.next();
  }
}

/** May this be the name of a variable? */
export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && text !== "__proto__";
}
