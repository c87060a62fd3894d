/** A pattern nobody can read; the message is grep's. */
export class RegexError extends Error {}

/** A piece of a pattern. */
export type RegexNode =
  | { readonly t: "char"; test(char: string): boolean }
  | { readonly t: "start" | "end" | "first" | "last" | "word" | "inside" | "wordStart" | "wordEnd" | "keep" }
  | { readonly t: "back"; readonly n: number }
  | { readonly t: "group"; readonly n: number; readonly body: RegexNode }
  | { readonly t: "look"; readonly behind: boolean; readonly negated: boolean; readonly body: RegexNode }
  | { readonly t: "all"; readonly parts: readonly RegexNode[] }
  | { readonly t: "any"; readonly options: readonly RegexNode[] }
  | { readonly t: "repeat"; readonly body: RegexNode; readonly min: number; readonly max: number; readonly lazy: boolean };

/** What kind of expression, and how to compare. */
export interface RegexOptions {
  readonly extended: boolean;
  readonly ignoreCase?: boolean;
  /** `grep -F`: every character stands for itself. */
  readonly fixed?: boolean;
  /** `grep -P`: Perl's classes, lazy repetition and looking around. */
  readonly perl?: boolean;
  /** `^` and `$` also match at line ends inside the text. */
  readonly multiline?: boolean;
}

const MAX_REPEAT = 32_767;
const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/, digit: /[0-9]/, alnum: /[A-Za-z0-9]/, upper: /[A-Z]/, lower: /[a-z]/, space: /\s/, blank: /[ \t]/, punct: /[!-/:-@[-`{-~]/, xdigit: /[0-9A-Fa-f]/, print: /[ -~]/, graph: /[!-~]/, cntrl: /[\0-\x1f\x7f]/,
};
const ESCAPED: Readonly<Record<string, RegExp>> = { w: /\w/, W: /\W/, s: /\s/, S: /\S/ };
const PERL: Readonly<Record<string, RegExp>> = { ...ESCAPED, d: /[0-9]/, D: /[^0-9]/, h: /[ \t]/, H: /[^ \t]/, v: /[\n-\r]/, N: /[^\n]/ };
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v", a: "\x07", e: "\x1b" };
const EDGES: Readonly<Record<string, "word" | "inside" | "wordStart" | "wordEnd" | "first" | "last">> = { b: "word", B: "inside", "<": "wordStart", ">": "wordEnd", "`": "first", "'": "last" };

/** Reads a basic, extended or (mostly) Perl expression; throws {@link RegexError}. */
export class RegexParser {
  private at = 0;
  private groups = 0;
  private depth = 0;
  private ignoresCase: boolean;

  constructor(
    private readonly source: string,
    private readonly options: RegexOptions,
  ) {
    this.ignoresCase = options.ignoreCase === true;
  }

  literal(): RegexNode {
    return { t: "all", parts: this.source.split("").map((char) => this.char(char)) };
  }

  parse(): RegexNode {
    const node = this.alternation();
    if (this.at < this.source.length) throw new RegexError("Unmatched ) or \\)");
    return node;
  }

  private char(char: string): RegexNode {
    if (!this.ignoresCase) return { t: "char", test: (other) => other === char };
    const low = char.toLowerCase();
    return { t: "char", test: (other) => other.toLowerCase() === low };
  }

  /** Is an operator next: bare in extended expressions, after a backslash in basic ones? */
  private sees(op: string): boolean {
    return this.source.startsWith(this.options.extended ? op : `\\${op}`, this.at);
  }

  private takes(op: string): boolean {
    if (!this.sees(op)) return false;
    this.at += this.options.extended ? 1 : 2;
    return true;
  }

  private takesText(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private alternation(): RegexNode {
    this.depth += 1;
    if (this.depth > 50) throw new RegexError("Regular expression too big");
    const options = [this.sequence()];
    while (this.takes("|")) options.push(this.sequence());
    this.depth -= 1;
    return options.length === 1 ? (options[0] as RegexNode) : { t: "any", options };
  }

  private sequence(): RegexNode {
    const parts: RegexNode[] = [];
    while (this.at < this.source.length && !this.sees("|") && !(this.sees(")") && this.depth > 1)) {
      let node = this.atom(parts.length === 0);
      while (node.t !== "start" || this.options.extended) {
        const count = this.quantifier();
        if (!count) break;
        const lazy = this.options.perl === true && this.takesText("?");
        if (this.options.perl) this.takesText("+");
        node = { t: "repeat", body: node, min: count[0], max: count[1], lazy };
      }
      parts.push(node);
    }
    return { t: "all", parts };
  }

  private quantifier(): readonly [number, number] | undefined {
    if (this.takesText("*")) return [0, Infinity];
    if (this.takes("+")) return [1, Infinity];
    if (this.takes("?")) return [0, 1];
    if (!this.sees("{")) return undefined;
    const open = this.options.extended ? 1 : 2;
    const close = this.options.extended ? "}" : "\\}";
    const match = /^(\d{0,5})(,?)(\d{0,5})/.exec(this.source.slice(this.at + open));
    const length = open + (match?.[0].length ?? 0);
    if (!match || match[0] === "" || !this.source.startsWith(close, this.at + length)) {
      if (this.options.extended) return undefined;
      throw new RegexError(this.source.includes("\\}", this.at) ? "Invalid content of \\{\\}" : "Unmatched \\{");
    }
    this.at += length + close.length;
    const min = Number(match[1] || "0");
    const max = match[2] === "" ? min : match[3] === "" ? Infinity : Number(match[3]);
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) throw new RegexError("Regular expression too big");
    if (max < min) throw new RegexError("Invalid content of \\{\\}");
    return [min, max];
  }

  private atom(isFirst: boolean): RegexNode {
    if (this.options.perl && this.source.startsWith("(?", this.at)) return this.special();
    if (this.takes("(")) return this.group();
    const char = this.source[this.at++] as string;
    const { extended } = this.options;
    if (char === ".") return { t: "char", test: () => true };
    if (char === "[") return this.set();
    if (char === "^" && (extended || isFirst)) return { t: "start" };
    if (char === "$" && (extended || this.at >= this.source.length || this.sees(")") || this.sees("|"))) return { t: "end" };
    return char === "\\" ? this.escape() : this.char(char);
  }

  private group(): RegexNode {
    this.groups += 1;
    const n = this.groups;
    const body = this.alternation();
    if (!this.takes(")")) throw new RegexError("Unmatched ( or \\(");
    return { t: "group", n, body };
  }

  /** Perl's groups that begin with `(?`. */
  private special(): RegexNode {
    this.at += 2;
    if (this.takesText("i)")) {
      this.ignoresCase = true;
      return { t: "all", parts: [] };
    }
    const look = ["=", "!", "<=", "<!"].find((mark) => this.source.startsWith(mark, this.at));
    if (look !== undefined) {
      this.at += look.length;
      return { t: "look", behind: look.startsWith("<"), negated: look.endsWith("!"), body: this.inside() };
    }
    if (this.takesText(":") || this.takesText(">")) return this.inside();
    const name = /^P?<\w+>/.exec(this.source.slice(this.at, this.at + 40))?.[0];
    if (name === undefined) throw new RegexError("unrecognized character after (? or (?-");
    this.at += name.length;
    return this.group();
  }

  private inside(): RegexNode {
    const body = this.alternation();
    if (!this.takes(")")) throw new RegexError("missing closing parenthesis");
    return body;
  }

  private escape(): RegexNode {
    const char = this.source[this.at++];
    if (char === undefined) throw new RegexError("Trailing backslash");
    const { perl } = this.options;
    const known = (perl ? PERL : ESCAPED)[char];
    if (known) return { t: "char", test: (other) => known.test(other) };
    const edge = EDGES[char];
    if (edge && !(perl && /[<>`']/.test(char))) return { t: edge };
    if (perl && char === "K") return { t: "keep" };
    if (perl && char === "A") return { t: "first" };
    if (perl && /[zZ]/.test(char)) return { t: "last" };
    const code = perl ? /^x([0-9a-fA-F]{2})/.exec(this.source.slice(this.at - 1, this.at + 2))?.[1] : undefined;
    if (code !== undefined) {
      this.at += 2;
      return this.char(String.fromCharCode(parseInt(code, 16)));
    }
    const control = perl || "nt".includes(char) ? CONTROLS[char] : undefined;
    if (control !== undefined) return this.char(control);
    if (!/[1-9]/.test(char)) return this.char(char);
    if (Number(char) > this.groups) throw new RegexError("Invalid back reference");
    return { t: "back", n: Number(char) };
  }

  private set(): RegexNode {
    const negated = this.takesText("^");
    const tests: ((char: string) => boolean)[] = [];
    for (let isFirst = true; ; isFirst = false) {
      const char = this.source[this.at];
      if (char === undefined) throw new RegexError("Unmatched [, [^, [:, [., or [=");
      if (char === "]" && !isFirst) break;
      tests.push(this.member(char));
    }
    this.at += 1;
    const ignoresCase = this.ignoresCase;
    const has = (char: string): boolean => tests.some((test) => test(char));
    return { t: "char", test: (char) => (has(char) || (ignoresCase && (has(char.toLowerCase()) || has(char.toUpperCase())))) !== negated };
  }

  /** One class, range or character between brackets. */
  private member(char: string): (char: string) => boolean {
    const name = /^\[:([^\]:]*):\]/.exec(this.source.slice(this.at, this.at + 14));
    if (name) {
      const known = CLASSES[name[1] ?? ""];
      if (!known) throw new RegexError("Invalid character class name");
      this.at += name[0].length;
      return (other) => known.test(other);
    }
    if (this.options.perl && char === "\\") {
      const known = PERL[this.source[this.at + 1] ?? ""];
      if (known) {
        this.at += 2;
        return (other) => known.test(other);
      }
    }
    const low = this.bound();
    const next = this.source[this.at + 1];
    if (this.source[this.at] !== "-" || next === undefined || next === "]") return (other) => other === low;
    this.at += 1;
    const high = this.bound();
    if (high < low) throw new RegexError("Invalid range end");
    return (other) => other >= low && other <= high;
  }

  private bound(): string {
    const collated = /^\[([.=])([^])\1\]/.exec(this.source.slice(this.at, this.at + 6));
    if (collated) {
      this.at += collated[0].length;
      return collated[2] ?? "";
    }
    const char = this.source[this.at++] ?? "";
    if (!this.options.perl || char !== "\\") return char;
    const escaped = this.source[this.at++] ?? "\\";
    return CONTROLS[escaped] ?? escaped;
  }
}
