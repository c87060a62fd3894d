import { compileRegex, type Regex } from "./regex";
import { CONTROLS, type Piece, plainEscapes, replacementPieces } from "./sed-text";

/** A script nobody can run; the message is GNU sed's, without its place. */
export class SedError extends Error {}

/** A regular expression; undefined stands for the one used last (`//`). */
export type SedRegex = { readonly regex: Regex | undefined };

/** Where a command begins to apply, or ends. */
export type Address = { readonly line: number } | { readonly last: true } | SedRegex | { readonly first: number; readonly step: number } | { readonly plus: number } | { readonly multiple: number };

/** One command; `target` is where a block that does not apply, or a branch, goes on. */
export interface SedCommand {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly negated: boolean;
  readonly verb: string;
  readonly text: string;
  readonly regex?: Regex | undefined;
  readonly pieces?: readonly Piece[];
  readonly nth?: number;
  readonly global?: boolean;
  readonly prints?: boolean;
  /** A label, an exit status or a width. */
  readonly argument: string;
  target: number;
}

/** How a script is to be read. */
export interface SedDialect {
  readonly extended: boolean;
}

/** Reads a script into a flat list of commands, with blocks and branches as places in it. */
export class SedReader {
  private at = 0;
  private readonly commands: SedCommand[] = [];
  private readonly labels = new Map<string, number>();

  constructor(
    private readonly source: string,
    private readonly dialect: SedDialect,
  ) {}

  /** How far reading has come, for messages. */
  get place(): number {
    return Math.min(this.at, this.source.length);
  }

  read(): readonly SedCommand[] {
    const open: number[] = [];
    for (;;) {
      while (/[\s;]/.test(this.source[this.at] ?? "")) this.at += 1;
      const char = this.source[this.at];
      if (char === undefined) break;
      if (char === "#") this.restOfLine();
      else if (char === "}") {
        const start = open.pop();
        if (start === undefined) throw new SedError("unexpected `}'");
        (this.commands[start] as SedCommand).target = this.commands.length;
        this.at += 1;
        this.finish();
      } else if (this.command() === "{") open.push(this.commands.length - 1);
      if (this.commands.length > 2_000) throw new SedError("too many commands");
    }
    if (open.length > 0) throw new SedError("unmatched `{'");
    for (const command of this.commands) {
      if (!"btT".includes(command.verb)) continue;
      const target = command.argument === "" ? this.commands.length : this.labels.get(command.argument);
      if (target === undefined) throw new SedError(`can't find label for jump to \`${command.argument}'`);
      command.target = target;
    }
    return this.commands;
  }

  private command(): string {
    const from = this.address(false);
    let to: Address | undefined;
    this.skipSpaces();
    if (from && this.takes(",")) {
      this.skipSpaces();
      to = this.address(true);
      if (!to) throw new SedError("unexpected `,'");
    }
    if (from && "line" in from && from.line === 0 && !(to && "regex" in to)) throw new SedError("invalid usage of line address 0");
    this.skipSpaces();
    let negated = false;
    while (this.takes("!")) {
      negated = true;
      this.skipSpaces();
    }
    const verb = this.source[this.at++] ?? "";
    if (verb === "") throw new SedError("missing command");
    const base: SedCommand = { from, to, negated, verb, text: "", argument: "", target: 0 };
    if (verb === ":") {
      if (from) throw new SedError(": doesn't want any addresses");
      const label = this.label();
      if (label === "") throw new SedError("\":\" lacks a label");
      this.labels.set(label, this.commands.length);
      return verb;
    }
    this.commands.push(this.complete(base));
    return verb;
  }

  private complete(base: SedCommand): SedCommand {
    const { verb } = base;
    if (verb === "{") return base;
    if (verb === "s") return this.substitution(base);
    if (verb === "y") return this.transliteration(base);
    if ("aic".includes(verb)) return { ...base, text: this.text() };
    if ("rRwW".includes(verb)) {
      this.skipSpaces();
      const text = this.restOfLine();
      if (text === "") throw new SedError("missing filename in r/R/w/W commands");
      return { ...base, text };
    }
    if ("btT".includes(verb)) return { ...base, argument: this.label() };
    if ("qQlL".includes(verb)) {
      this.skipSpaces();
      const argument = /^\d{0,6}/.exec(this.source.slice(this.at, this.at + 6))?.[0] ?? "";
      this.at += argument.length;
      if (/[qQ]/.test(verb) && base.to) throw new SedError("command only uses one address");
      this.finish();
      return { ...base, argument };
    }
    if (!"pPdDnNhHgGxz=F".includes(verb)) throw new SedError(`unknown command: \`${verb}'`);
    this.finish();
    return base;
  }

  /** After a command come a blank, a separator or the end of the block. */
  private finish(): void {
    this.skipSpaces();
    if (!/^[;\n}#]?$/.test(this.source[this.at] ?? "")) {
      this.at += 1;
      throw new SedError("extra characters after command");
    }
  }

  private takes(char: string): boolean {
    if (this.source[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private skipSpaces(): void {
    while (/[ \t]/.test(this.source[this.at] ?? "")) this.at += 1;
  }

  private restOfLine(): string {
    const end = this.source.indexOf("\n", this.at);
    const rest = this.source.slice(this.at, end < 0 ? undefined : end);
    this.at += rest.length;
    return rest;
  }

  private label(): string {
    this.skipSpaces();
    const label = /^[^\s;}]*/.exec(this.source.slice(this.at, this.at + 200))?.[0] ?? "";
    this.at += label.length;
    return label;
  }

  /** What `a`, `i` and `c` put in: to the end of a line that does not end in a backslash. */
  private text(): string {
    this.skipSpaces();
    const isClassic = /^\\[ \t]*(?:\n|$)/.exec(this.source.slice(this.at));
    if (isClassic) this.at += isClassic[0].length;
    else if (this.source[this.at] === "\\") {
      this.at += 1;
      // A backslash before a one-liner keeps the blanks after it.
    }
    if (this.at >= this.source.length || (!isClassic && this.source[this.at] === "\n")) throw new SedError("expected \\ after `a', `c' or `i'");
    const rest = /^(?:[^\n\\]|\\[^]|\\$)*/.exec(this.source.slice(this.at))?.[0] ?? "";
    this.at += rest.length;
    return rest.replace(/\\([^]|$)/g, (_, char: string) => (char === "t" ? "\t" : char));
  }

  private number(): number | undefined {
    const digits = /^\d{1,9}/.exec(this.source.slice(this.at, this.at + 9))?.[0];
    if (digits === undefined) return undefined;
    this.at += digits.length;
    return Number(digits);
  }

  private address(isSecond: boolean): Address | undefined {
    if (isSecond && /[+~]/.test(this.source[this.at] ?? "")) {
      const mark = this.source[this.at++];
      const count = this.number();
      if (count === undefined) throw new SedError("expected number after +/~");
      return mark === "+" ? { plus: count } : { multiple: count };
    }
    const line = this.number();
    if (line !== undefined) return this.takes("~") ? { first: line, step: this.number() ?? 0 } : { line };
    if (this.takes("$")) return { last: true };
    const isCustom = this.source[this.at] === "\\";
    if (!isCustom && this.source[this.at] !== "/") return undefined;
    if (isCustom) this.at += 1;
    const pattern = this.delimited(this.source[this.at++] ?? "", "unterminated address regex");
    const flags = /^[IM]*/.exec(this.source.slice(this.at, this.at + 4))?.[0] ?? "";
    this.at += flags.length;
    return { regex: this.compile(pattern, flags) };
  }

  private compile(pattern: string, flags: string): Regex | undefined {
    if (pattern === "") return undefined;
    return compileRegex(plainEscapes(pattern), { extended: this.dialect.extended, ignoreCase: /[iI]/.test(flags), multiline: /[mM]/.test(flags) });
  }

  /** A pattern up to its mark, which a backslash or brackets hide. */
  private delimited(mark: string, problem: string): string {
    let text = "";
    let setStart = -1;
    for (; ; this.at++) {
      const char = this.source[this.at];
      if (char === undefined) throw new SedError(problem);
      if (char === mark && setStart < 0) break;
      if (char === "[" && setStart < 0) setStart = this.at;
      else if (char === "[" && /[:.=]/.test(this.source[this.at + 1] ?? "")) {
        const end = this.source.indexOf(`${this.source[this.at + 1] ?? ""}]`, this.at + 2);
        if (end > 0) {
          text += this.source.slice(this.at, end + 1);
          this.at = end + 1;
          text += "]";
          continue;
        }
      } else if (char === "]" && setStart >= 0 && !/^\[\^?$/.test(this.source.slice(setStart, this.at))) setStart = -1;
      if (char === "\\" && setStart < 0) {
        this.at += 1;
        const next = this.source[this.at] ?? "";
        text += next === mark ? (/[.*[\]^$]/.test(mark) ? `\\${mark}` : mark) : `\\${next}`;
      } else {
        text += char;
      }
    }
    this.at += 1;
    return text;
  }

  private raw(mark: string, problem: string): string {
    const start = this.at;
    while (this.source[this.at] !== mark) {
      if (this.at >= this.source.length) throw new SedError(problem);
      this.at += this.source[this.at] === "\\" ? 2 : 1;
    }
    this.at += 1;
    return this.source.slice(start, this.at - 1);
  }

  private substitution(base: SedCommand): SedCommand {
    const mark = this.source[this.at++] ?? "";
    const problem = "unterminated `s' command";
    if (mark === "" || mark === "\n" || mark === "\\") throw new SedError(problem);
    const pattern = this.delimited(mark, problem);
    const pieces = replacementPieces(this.raw(mark, problem), mark);
    const flags = /^[gpiImMe0-9]*/.exec(this.source.slice(this.at, this.at + 20))?.[0] ?? "";
    this.at += flags.length;
    const nth = /\d+/.exec(flags)?.[0];
    if (nth !== undefined && Number(nth) === 0) throw new SedError("number option to `s' command may not be zero");
    let text = "";
    if (this.takes("w")) {
      this.skipSpaces();
      text = this.restOfLine();
    } else if (/^[^\s;}#]/.test(this.source[this.at] ?? "")) {
      this.at += 1;
      throw new SedError("unknown option to `s'");
    }
    this.finish();
    const regex = this.compile(pattern, flags);
    const groups = (pattern.match(this.dialect.extended ? /(?<!\\)(?:\\\\)*\(/g : /\\\(/g) ?? []).length;
    const wanted = Math.max(0, ...pieces.map((piece) => ("group" in piece ? piece.group : 0)));
    if (pattern !== "" && wanted > groups) throw new SedError(`invalid reference \\${wanted} on \`s' command's RHS`);
    return { ...base, regex, pieces, text, nth: Number(nth ?? "1"), global: flags.includes("g"), prints: flags.includes("p") };
  }

  private transliteration(base: SedCommand): SedCommand {
    const mark = this.source[this.at++] ?? "";
    const plain = (text: string): string => text.replace(/\\([^])/g, (whole, char: string) => (char === mark || char === "\\" ? char : (CONTROLS[char] ?? whole)));
    const text = plain(this.raw(mark, "unterminated `y' command"));
    const argument = plain(this.raw(mark, "unterminated `y' command"));
    if ([...text].length !== [...argument].length) throw new SedError("strings for `y' command are different lengths");
    this.finish();
    return { ...base, text, argument };
  }
}
