import { escapeEcho } from "./builtins/escapes";
import { type NodeId, ShellSyntaxError, type VarOp, type Word, type WordPart } from "./syntax-tree";

/** What the reader asks of the parser for commands inside words. */
export interface Substitutions {
  substitution(text: string, at: number): { readonly n: NodeId; readonly end: number };
  backquoted(text: string): NodeId;
}

interface AwaitedDocument {
  readonly delimiter: string;
  readonly isQuoted: boolean;
  readonly stripTabs: boolean;
  readonly deliver: (word: Word) => void;
}

const OPERATOR = /\d*(?:<<-|<<|<&|<>|<|>>|>&|>\||>)|&>|&&|\|\||;;|[&|;()\n]/y;
const BASH_OPERATOR = /\d*(?:<<<|<<-|<<|<&|<>|<|>>|>&|>\||>)|&>>|&>|&&|\|\||\|&|;;|[&|;()\n]/y;
const METACHARACTERS = " \t\n&|;()<>";
const MAX_PARTS = 20_000;

/** Reads operators and words from a script, character by character. */
export class WordReader {
  private awaited: AwaitedDocument[] = [];
  private parts = 0;
  private depth = 0;
  private counted = { position: 0, line: 1 };

  constructor(
    private source: string,
    public position: number,
    private readonly substitutions: Substitutions,
    /** Does it read what only bash knows? */
    readonly isBash = false,
  ) {}

  /** The line being read, from 1. */
  line(): number {
    const from = this.counted.position <= this.position ? this.counted : { position: 0, line: 1 };
    let { line } = from;
    for (let at = this.source.indexOf("\n", from.position); at >= 0 && at < this.position; at = this.source.indexOf("\n", at + 1)) line += 1;
    this.counted = { position: this.position, line };
    return line;
  }

  /** Other text in the place of the last characters read. */
  replaceBefore(length: number, text: string): void {
    const start = this.position - length;
    this.source = this.source.slice(0, start) + text + this.source.slice(this.position);
    this.position = start;
  }

  /** Skips blanks and comments; answers the operator there, `""` at the end, or undefined before a word. */
  readOperator(): string | undefined {
    this.skipBlanks();
    if (this.position >= this.source.length) {
      this.readAwaitedDocuments();
      return "";
    }
    // `<( … )` is a word.
    if (this.isBash && this.source.startsWith("<(", this.position)) return undefined;
    const operator = this.isBash ? BASH_OPERATOR : OPERATOR;
    operator.lastIndex = this.position;
    const match = operator.exec(this.source);
    if (!match) return undefined;
    this.position += match[0].length;
    if (match[0] === "\n") this.readAwaitedDocuments();
    return match[0];
  }

  private skipBlanks(): void {
    for (;;) {
      const char = this.source[this.position];
      if (char === " " || char === "\t" || char === "\r") this.position += 1;
      else if (char === "\\" && this.source[this.position + 1] === "\n") this.position += 2;
      else if (char === "#") {
        const end = this.source.indexOf("\n", this.position);
        this.position = end < 0 ? this.source.length : end;
      } else return;
    }
  }

  /** Reads the word at the current place. */
  readWord(): { readonly word: Word; readonly raw: string } {
    const start = this.position;
    const parts: WordPart[] = [];
    if (this.isBash && this.source.startsWith("<(", start)) {
      const { n, end } = this.nested(() => this.substitutions.substitution(this.source, start + 2));
      this.position = end;
      this.push(parts, { t: "proc", n });
    }
    if (/^~root(?=[/\s;&|)]|$)/.test(this.source.slice(start, start + 6))) {
      this.push(parts, { t: "lit", s: "/root", q: true });
      this.position += 5;
    } else if (/^~(?=[/\s;&|)]|$)/.test(this.source.slice(start, start + 2))) {
      parts.push({ t: "tilde" });
      this.position += 1;
    }
    this.readParts(parts, METACHARACTERS, false);
    return { word: parts, raw: this.source.slice(start, this.position) };
  }

  /** Is that what comes next, without a blank between? */
  isNext(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  /** The right side of `=~`: parentheses and bars are part of it. */
  readRegex(): Word {
    this.skipBlanks();
    const parts: WordPart[] = [];
    this.readParts(parts, " \t\n", false);
    return parts;
  }

  /** The text up to `))`, from behind the first of `((`; undefined when no such thing closes it. */
  readArithmetic(): string | undefined {
    const end = this.arithmeticEnd(this.position + 1);
    if (end === undefined) return undefined;
    const text = this.source.slice(this.position + 1, end);
    this.position = end + 2;
    return text;
  }

  /** An arithmetic expression as a word: what it holds is expanded before it is worked out. */
  arithmeticWord(text: string): Word {
    const inner = new WordReader(text, 0, this.substitutions, this.isBash);
    inner.depth = this.depth + 1;
    if (inner.depth > 60) throw new ShellSyntaxError("syntax error: too deeply nested", this.line());
    const parts: WordPart[] = [];
    inner.readParts(parts, "", true);
    return parts;
  }

  private readParts(parts: WordPart[], stops: string, isQuoted: boolean): void {
    let literal = "";
    const flush = (): void => {
      if (literal !== "") this.push(parts, { t: "lit", s: literal, q: isQuoted });
      literal = "";
    };
    while (this.position < this.source.length) {
      const char = this.source[this.position] as string;
      if (stops.includes(char)) break;
      if (char === "\\") {
        const next = this.source[this.position + 1];
        this.position += 2;
        if (next === "\n") continue;
        if (next === undefined) literal += "\\";
        else if (isQuoted && !`$\`"\\${stops}`.includes(next)) literal += `\\${next}`;
        else {
          flush();
          this.push(parts, { t: "lit", s: next, q: true });
        }
      } else if (char === "'" && !isQuoted) {
        flush();
        this.push(parts, { t: "lit", s: this.readSingleQuoted(), q: true });
      } else if (char === '"' && !(isQuoted && stops === '"')) {
        flush();
        this.readDoubleQuoted(parts);
      } else if (char === "$" && this.source[this.position + 1] === "'" && !isQuoted) {
        flush();
        this.push(parts, { t: "lit", s: this.readAnsiQuoted(), q: true });
      } else if (char === "$" || char === "`") {
        const part = char === "$" ? this.readDollar(isQuoted) : this.readBackquoted(isQuoted);
        if (part === undefined) {
          literal += "$";
        } else {
          flush();
          this.push(parts, part);
        }
      } else {
        literal += char;
        this.position += 1;
      }
    }
    flush();
  }

  private push(parts: WordPart[], part: WordPart): void {
    this.parts += 1;
    if (this.parts > MAX_PARTS) throw new ShellSyntaxError("script too long", this.line());
    parts.push(part);
  }

  private readSingleQuoted(): string {
    const end = this.source.indexOf("'", this.position + 1);
    if (end < 0) throw new ShellSyntaxError("syntax error: unterminated quoted string", this.line());
    const text = this.source.slice(this.position + 1, end);
    this.position = end + 1;
    return text;
  }

  /** `$'a\\tb'` */
  private readAnsiQuoted(): string {
    const match = /^\$'((?:[^'\\]|\\[^])*)'/.exec(this.source.slice(this.position, this.position + 10_000));
    if (!match) throw new ShellSyntaxError("syntax error: unterminated quoted string", this.line());
    this.position += match[0].length;
    return escapeEcho((match[1] ?? "").replace(/\\(['"?])/g, (_, char: string) => `\\x${char.charCodeAt(0).toString(16)}`)).text;
  }

  private readDoubleQuoted(parts: WordPart[]): void {
    this.position += 1;
    const before = parts.length;
    this.nested(() => this.readParts(parts, '"', true));
    if (this.source[this.position] !== '"') throw new ShellSyntaxError("syntax error: unterminated quoted string", this.line());
    this.position += 1;
    if (parts.length === before) this.push(parts, { t: "lit", s: "", q: true });
  }

  private nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > 60) throw new ShellSyntaxError("syntax error: too deeply nested", this.line());
    const result = read();
    this.depth -= 1;
    return result;
  }

  private readBackquoted(q: boolean): WordPart {
    let text = "";
    let i = this.position + 1;
    for (; i < this.source.length && this.source[i] !== "`"; i++) {
      const next = this.source[i + 1] ?? "";
      if (this.source[i] === "\\" && ("$`\\".includes(next) || (q && next === '"'))) i += 1;
      text += this.source[i] ?? "";
    }
    if (i >= this.source.length) throw new ShellSyntaxError("syntax error: EOF in backquote substitution", this.line());
    this.position = i + 1;
    return { t: "sub", n: this.substitutions.backquoted(text), q };
  }

  /** What follows a dollar; undefined when the dollar stands for itself. */
  private readDollar(q: boolean): WordPart | undefined {
    const rest = this.source.slice(this.position + 1, this.position + 200);
    if (rest.startsWith("((")) {
      const arithmetic = this.tryArithmetic(q);
      if (arithmetic) return arithmetic;
    }
    if (rest.startsWith("(")) {
      const { n, end } = this.nested(() => this.substitutions.substitution(this.source, this.position + 2));
      this.position = end;
      return { t: "sub", n, q };
    }
    if (rest.startsWith("{")) return this.nested(() => this.readBraced(q));
    const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/.exec(rest)?.[0];
    this.position += 1 + (name?.length ?? 0);
    return name === undefined ? undefined : { t: "var", name, op: "", colon: false, arg: [], q };
  }

  private readBraced(q: boolean): Extract<WordPart, { t: "var" }> {
    this.position += 2;
    const bang = this.isBash && /^![A-Za-z_0-9@*#]/.test(this.source.slice(this.position, this.position + 2));
    if (bang) this.position += 1;
    const head = /^(#(?=[A-Za-z_0-9@*?$!-])(?!-[^}]))?([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])/.exec(this.source.slice(this.position, this.position + 300));
    const bad = (): ShellSyntaxError => new ShellSyntaxError("syntax error: bad substitution", this.line());
    if (!head) throw bad();
    this.position += head[0].length;
    const name = head[2] as string;
    const index = this.isBash && this.source[this.position] === "[" && /^[A-Za-z_]/.test(name) ? this.readIndex() : undefined;
    const part = { ...this.readOperation(name, q, head[1] !== undefined, bang), ...(index === undefined ? {} : { index }) };
    if (!bang) return part;
    return { ...part, indirect: index === "@" || index === "*" ? "keys" : part.op === "" && part.indirect === "names" ? "names" : "value" };
  }

  /** `[…]` behind a name. */
  private readIndex(): Word | "@" | "*" {
    const text = this.bracketed();
    return text === "@" || text === "*" ? text : this.arithmeticWord(text);
  }

  /** What stands between the bracket here and the one that closes it. */
  private bracketed(): string {
    const start = this.position;
    let depth = 0;
    for (; this.position < this.source.length; this.position++) {
      const char = this.source[this.position];
      if (char === "[") depth += 1;
      else if (char === "]") depth -= 1;
      if (depth > 0) continue;
      this.position += 1;
      return this.source.slice(start + 1, this.position - 1);
    }
    throw new ShellSyntaxError("syntax error: bad substitution", this.line());
  }

  /** `name[index]=` of an assignment, which this text begins with: the index and where the value begins. */
  elementOf(raw: string): { readonly name: string; readonly index: Word; readonly isAppended: boolean; readonly value: Word } | undefined {
    const name = /^([A-Za-z_][A-Za-z0-9_]*)\[/.exec(raw)?.[1];
    if (name === undefined) return undefined;
    const inner = new WordReader(raw, name.length, this.substitutions, this.isBash);
    inner.depth = this.depth + 1;
    const text = inner.bracketed();
    const operator = /^\+?=/.exec(raw.slice(inner.position))?.[0];
    if (operator === undefined) return undefined;
    inner.position += operator.length;
    const value: WordPart[] = [];
    inner.readParts(value, "", false);
    return { name, index: this.arithmeticWord(text), isAppended: operator === "+=", value };
  }

  /** What is done with the parameter, up to the closing brace. */
  private readOperation(name: string, q: boolean, isLength: boolean, isIndirect: boolean): Extract<WordPart, { t: "var" }> {
    const bad = (): ShellSyntaxError => new ShellSyntaxError("syntax error: bad substitution", this.line());
    if (isLength) {
      if (this.source[this.position] !== "}") throw bad();
      this.position += 1;
      return { t: "var", name, op: "len", colon: false, arg: [], q };
    }
    if (isIndirect && /^[@*]\}/.test(this.source.slice(this.position, this.position + 2))) {
      this.position += 2;
      return { t: "var", name, op: "", colon: false, arg: [], q, indirect: "names" };
    }
    const more = this.readChange(name, q);
    if (more) return more;
    const operator = /^(?:(:?)([-=+?])|(##?|%%?))/.exec(this.source.slice(this.position, this.position + 3));
    const arg: WordPart[] = [];
    if (operator) {
      this.position += operator[0].length;
      // A pattern is unquoted even inside double quotes; a default value is quoted as its surroundings are.
      this.readParts(arg, "}", operator[3] === undefined && q);
    }
    if (this.source[this.position] !== "}") throw this.position >= this.source.length ? new ShellSyntaxError("syntax error: missing '}'", this.line()) : bad();
    this.position += 1;
    return { t: "var", name, op: (operator?.[2] ?? operator?.[3] ?? "") as VarOp, colon: operator?.[1] === ":", arg, q };
  }

  /** `${NAME:FROM:LENGTH}`, `${NAME/PATTERN/TEXT}` and, in bash, `${NAME^^}`: what busybox and bash add. */
  private readChange(name: string, q: boolean): Extract<WordPart, { t: "var" }> | undefined {
    const rest = this.source.slice(this.position, this.position + 3);
    const arg: WordPart[] = [];
    const second: WordPart[] = [];
    const op: VarOp | undefined = /^:[^-=+?]/.test(rest) ? "slice" : (/^\/[/#%]?/.exec(rest)?.[0] as VarOp | undefined) ?? (this.isBash ? (/^(?:\^\^?|,,?|@[QULu])/.exec(rest)?.[0] as VarOp | undefined) : undefined);
    if (op === undefined) return undefined;
    this.position += op === "slice" ? 1 : op.length;
    const separator = op === "slice" ? ":" : "/";
    this.readParts(arg, `}${separator}`, false);
    if (this.source[this.position] === separator && !/^[\^,]/.test(op)) {
      this.position += 1;
      this.readParts(second, "}", false);
    }
    if (this.source[this.position] !== "}") throw new ShellSyntaxError(this.position >= this.source.length ? "syntax error: missing '}'" : "syntax error: bad substitution", this.line());
    this.position += 1;
    return { t: "var", name, op, colon: false, arg, q, ...(second.length > 0 ? { second } : {}) };
  }

  /** `$(( … ))`; undefined when the parentheses turn out to be commands. */
  private tryArithmetic(q: boolean): WordPart | undefined {
    const start = this.position + 3;
    const end = this.arithmeticEnd(start);
    if (end === undefined) return undefined;
    const w = this.arithmeticWord(this.source.slice(start, end));
    this.position = end + 2;
    return { t: "arith", w, q };
  }

  /** Where `))` closes what begins at `start`; undefined when only one parenthesis does. */
  private arithmeticEnd(start: number): number | undefined {
    let depth = 0;
    let i = start;
    for (; i < this.source.length; i++) {
      const char = this.source[i];
      if (char === "(") depth += 1;
      else if (char === ")" && depth > 0) depth -= 1;
      else if (char === ")") break;
    }
    if (this.source[i + 1] === ")") return i;
    if (i >= this.source.length) throw new ShellSyntaxError("syntax error: missing '))'", this.line());
    return undefined;
  }

  /** Remembers that a here-document's body follows the current line. */
  awaitHereDocument(raw: string, stripTabs: boolean, deliver: (word: Word) => void): void {
    const isQuoted = /['"\\]/.test(raw);
    this.awaited.push({ delimiter: raw.replace(/\\(.)|['"]/g, "$1"), isQuoted, stripTabs, deliver });
  }

  private readAwaitedDocuments(): void {
    const documents = this.awaited;
    this.awaited = [];
    for (const { delimiter, isQuoted, stripTabs, deliver } of documents) {
      let body = "";
      while (this.position < this.source.length) {
        const end = this.source.indexOf("\n", this.position);
        const next = end < 0 ? this.source.length : end + 1;
        let line = this.source.slice(this.position, end < 0 ? next : end);
        this.position = next;
        if (stripTabs) line = line.replace(/^\t+/, "");
        if (line === delimiter) break;
        body += `${line}\n`;
      }
      deliver(isQuoted ? [{ t: "lit", s: body, q: true }] : this.readDocument(body));
    }
  }

  private readDocument(body: string): Word {
    const inner = new WordReader(body, 0, this.substitutions, this.isBash);
    inner.depth = this.depth + 1;
    const parts: WordPart[] = [];
    inner.readHereText(parts);
    return parts;
  }

  /** Here-documents expand like double quotes, except that quotes are ordinary characters. */
  private readHereText(parts: WordPart[]): void {
    while (this.position < this.source.length) {
      const before = this.position;
      this.readParts(parts, '"', true);
      if (this.source[this.position] === '"') {
        this.position += 1;
        this.push(parts, { t: "lit", s: '"', q: true });
      }
      if (this.position === before) break;
    }
  }
}
