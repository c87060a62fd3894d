import type { Token } from "./lexer";
import { AwkError } from "./values";

/** Deepest nesting of a program. */
const DEEPEST = 80;

/** A program's pieces, read one after the other. */
export class Cursor {
  protected at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  protected peek(ahead = 0): Token {
    return this.tokens[this.at + ahead] ?? { kind: "end", text: "" };
  }

  protected kind(): Token["kind"] {
    return this.peek().kind;
  }

  protected next(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  protected is(text: string): boolean {
    return this.kind() === "op" && this.peek().text === text;
  }

  protected take(text: string): boolean {
    const found = this.is(text);
    if (found) this.at += 1;
    return found;
  }

  protected takeKeyword(text: string): boolean {
    const found = this.kind() === "keyword" && this.peek().text === text;
    if (found) this.at += 1;
    return found;
  }

  protected expect(text: string): void {
    if (!this.take(text)) throw this.unexpected();
  }

  protected unexpected(): AwkError {
    const { kind, text } = this.peek();
    return new AwkError(kind === "end" ? "syntax error: unexpected end of program" : `syntax error near ${kind === "newline" ? "end of line" : text}`);
  }

  protected newlines(): void {
    while (this.kind() === "newline") this.at += 1;
  }

  protected skip(semicolons: boolean): void {
    while (this.kind() === "newline" || (semicolons && this.is(";"))) this.at += 1;
  }

  protected nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new AwkError("program too deeply nested");
    const result = read();
    this.depth -= 1;
    return result;
  }
}
