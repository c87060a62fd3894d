/** A pattern nobody can read; the message is grep's. */
export class RegexError extends Error {}

type Node =
  | { readonly t: "char"; test(char: string): boolean }
  | { readonly t: "start" | "end" | "word" | "wordStart" | "wordEnd" }
  | { readonly t: "back"; readonly n: number }
  | { readonly t: "group"; readonly n: number; readonly body: Node }
  | { readonly t: "all"; readonly parts: readonly Node[] }
  | { readonly t: "any"; readonly options: readonly Node[] }
  | { readonly t: "repeat"; readonly body: Node; readonly min: number; readonly max: number };

/** Where a match lies; `groups[0]` is the whole. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** A compiled pattern. Matching gives up (no match) after a bounded number of steps, whatever the pattern. */
export interface Regex {
  exec(text: string, from?: number): RegexMatch | undefined;
  test(text: string): boolean;
}

/** What kind of expression, and how to compare. */
export interface RegexOptions {
  readonly extended: boolean;
  readonly ignoreCase?: boolean;
  /** `grep -F`: every character stands for itself. */
  readonly fixed?: boolean;
}

const MAX_STEPS = 300_000;
const MAX_PATTERN = 2_000;
const MAX_REPEAT = 255;

/** Compiles a POSIX basic or extended regular expression. Throws {@link RegexError}. */
export function compileRegex(pattern: string, options: RegexOptions): Regex {
  if (pattern.length > MAX_PATTERN) throw new RegexError("Regular expression too big");
  const parser = new RegexParser(pattern, options);
  const root = options.fixed ? parser.literal() : parser.parse();
  const exec = (text: string, from = 0): RegexMatch | undefined => {
    const budget = { steps: 0 };
    for (let start = from; start <= text.length; start++) {
      const found = matchAt(root, text, start, options.ignoreCase === true, budget);
      if (found) return found;
      if (budget.steps > MAX_STEPS) return undefined;
    }
    return undefined;
  };
  return { exec, test: (text) => exec(text) !== undefined };
}

function matchAt(root: Node, text: string, start: number, ignoreCase: boolean, budget: { steps: number }): RegexMatch | undefined {
  const groups: (readonly [number, number] | undefined)[] = [];
  let end = -1;
  const isWord = (i: number): boolean => /\w/.test(text[i] ?? "");
  const run = (node: Node, at: number, then: (at: number) => boolean): boolean => {
    budget.steps += 1;
    if (budget.steps > MAX_STEPS) return false;
    switch (node.t) {
      case "char": {
        const char = text[at];
        return char !== undefined && node.test(char) && then(at + 1);
      }
      case "start": return at === 0 && then(at);
      case "end": return at === text.length && then(at);
      case "word": return isWord(at - 1) !== isWord(at) && then(at);
      case "wordStart": return !isWord(at - 1) && isWord(at) && then(at);
      case "wordEnd": return isWord(at - 1) && !isWord(at) && then(at);
      case "back": {
        const span = groups[node.n];
        const wanted = span ? text.slice(span[0], span[1]) : "";
        const found = text.slice(at, at + wanted.length);
        return (ignoreCase ? found.toLowerCase() === wanted.toLowerCase() : found === wanted) && then(at + wanted.length);
      }
      case "group": {
        const before = groups[node.n];
        if (run(node.body, at, (after) => {
          const inner = groups[node.n];
          groups[node.n] = [at, after];
          return then(after) || ((groups[node.n] = inner), false);
        })) return true;
        groups[node.n] = before;
        return false;
      }
      case "all": {
        const next = (i: number, from: number): boolean => {
          const part = node.parts[i];
          return part ? run(part, from, (after) => next(i + 1, after)) : then(from);
        };
        return next(0, at);
      }
      case "any": return node.options.some((option) => run(option, at, then));
      default: return repeat(node, at, then);
    }
  };
  const repeat = (node: Extract<Node, { t: "repeat" }>, at: number, then: (at: number) => boolean): boolean => {
    const { body } = node;
    if (body.t === "char") {
      let reach = at;
      while (reach - at < node.max && reach < text.length && body.test(text[reach] as string)) reach += 1;
      budget.steps += (reach - at) >> 4;
      for (let after = reach; after - at >= node.min; after--) if (then(after)) return true;
      return false;
    }
    const again = (count: number, from: number): boolean => {
      if (count < node.max && count < 1000 && run(body, from, (after) => (after > from || count < node.min) && again(count + 1, after))) return true;
      return count >= node.min && then(from);
    };
    return again(0, at);
  };
  const matched = run(root, start, (at) => {
    end = at;
    return true;
  });
  if (!matched) return undefined;
  return { start, end, groups: [text.slice(start, end), ...Array.from(groups, (span) => span && text.slice(span[0], span[1])).slice(1)] };
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/, digit: /[0-9]/, alnum: /[A-Za-z0-9]/, upper: /[A-Z]/, lower: /[a-z]/, space: /\s/, blank: /[ \t]/, punct: /[!-/:-@[-`{-~]/, xdigit: /[0-9A-Fa-f]/, print: /[ -~]/, graph: /[!-~]/, cntrl: /[\0-\x1f\x7f]/,
};
const ESCAPED: Readonly<Record<string, RegExp>> = { w: /\w/, W: /\W/, s: /\s/, S: /\S/, d: /[0-9]/, D: /[^0-9]/ };

class RegexParser {
  private at = 0;
  private groups = 0;
  private depth = 0;

  constructor(
    private readonly source: string,
    private readonly options: RegexOptions,
  ) {}

  literal(): Node {
    return { t: "all", parts: [...this.source].flatMap((char) => char.split("")).map((char) => this.char(char)) };
  }

  parse(): Node {
    const node = this.alternation();
    if (this.at < this.source.length) throw new RegexError("Unmatched ) or \\)");
    return node;
  }

  private char(char: string): Node {
    if (!this.options.ignoreCase) return { t: "char", test: (other) => other === char };
    const low = char.toLowerCase();
    return { t: "char", test: (other) => other.toLowerCase() === low };
  }

  /** Is the operator `op` here? Basic expressions write it with a backslash. */
  private sees(op: string): boolean {
    return this.source.startsWith(this.options.extended ? op : `\\${op}`, this.at);
  }

  private takes(op: string): boolean {
    if (!this.sees(op)) return false;
    this.at += this.options.extended ? 1 : 2;
    return true;
  }

  private alternation(): Node {
    this.depth += 1;
    if (this.depth > 50) throw new RegexError("Regular expression too big");
    const options = [this.sequence()];
    while (this.takes("|")) options.push(this.sequence());
    this.depth -= 1;
    return options.length === 1 ? (options[0] as Node) : { t: "any", options };
  }

  private sequence(): Node {
    const parts: Node[] = [];
    while (this.at < this.source.length && !this.sees("|") && !(this.sees(")") && this.depth > 1)) {
      const isFirst = parts.length === 0;
      let node = this.atom(isFirst);
      while (node.t !== "start" || this.options.extended) {
        const count = this.quantifier();
        if (!count) break;
        node = { t: "repeat", body: node, min: count[0], max: count[1] };
      }
      parts.push(node);
    }
    return { t: "all", parts };
  }

  private quantifier(): readonly [number, number] | undefined {
    if (this.source[this.at] === "*") {
      this.at += 1;
      return [0, Infinity];
    }
    if (this.takes("+")) return [1, Infinity];
    if (this.takes("?")) return [0, 1];
    if (!this.sees("{")) return undefined;
    const close = this.options.extended ? "}" : "\\}";
    const match = /^(\d{0,4})(,?)(\d{0,4})/.exec(this.source.slice(this.at + (this.options.extended ? 1 : 2)));
    const length = (this.options.extended ? 1 : 2) + (match?.[0].length ?? 0);
    if (!match || match[0] === "" || match[0] === "," || !this.source.startsWith(close, this.at + length)) {
      if (this.options.extended) return undefined;
      throw new RegexError("Unmatched \\{");
    }
    this.at += length + close.length;
    const min = Number(match[1] || "0");
    const max = match[2] === "" ? min : match[3] === "" ? Infinity : Number(match[3]);
    if (min > MAX_REPEAT || (max !== Infinity && (max > MAX_REPEAT || max < min))) throw new RegexError("Invalid content of \\{\\}");
    return [min, max];
  }

  private atom(isFirst: boolean): Node {
    if (this.takes("(")) {
      this.groups += 1;
      const n = this.groups;
      const body = this.alternation();
      if (!this.takes(")")) throw new RegexError("Unmatched ( or \\(");
      return { t: "group", n, body };
    }
    const char = this.source[this.at++] as string;
    switch (char) {
      case ".": return { t: "char", test: () => true };
      case "[": return this.set();
      case "^":
        if (this.options.extended || isFirst) return { t: "start" };
        break;
      case "$":
        if (this.options.extended || this.at >= this.source.length || this.sees(")") || this.sees("|")) return { t: "end" };
        break;
      case "\\": return this.escape();
    }
    return this.char(char);
  }

  private escape(): Node {
    const char = this.source[this.at++];
    if (char === undefined) throw new RegexError("Trailing backslash");
    const known = ESCAPED[char];
    if (known) return { t: "char", test: (other) => known.test(other) };
    if (char === "b") return { t: "word" };
    if (char === "<") return { t: "wordStart" };
    if (char === ">") return { t: "wordEnd" };
    if (char === "n") return this.char("\n");
    if (char === "t") return this.char("\t");
    if (/[1-9]/.test(char)) return { t: "back", n: Number(char) };
    return this.char(char);
  }

  private set(): Node {
    const negated = this.source[this.at] === "^";
    if (negated) this.at += 1;
    const tests: ((char: string) => boolean)[] = [];
    for (let isFirst = true; ; isFirst = false) {
      const char = this.source[this.at];
      if (char === undefined) throw new RegexError("Unmatched [, [^, [:, [., or [=");
      if (char === "]" && !isFirst) break;
      const name = /^\[:([a-z]+):\]/.exec(this.source.slice(this.at, this.at + 12));
      if (name) {
        const known = CLASSES[name[1] ?? ""];
        if (!known) throw new RegexError("Invalid character class name");
        tests.push((other) => known.test(other));
        this.at += name[0].length;
        continue;
      }
      const high = this.source[this.at + 2];
      if (this.source[this.at + 1] === "-" && high !== undefined && high !== "]") {
        tests.push((other) => other >= char && other <= high);
        this.at += 3;
      } else {
        tests.push((other) => other === char);
        this.at += 1;
      }
    }
    this.at += 1;
    const { ignoreCase } = this.options;
    const has = (char: string): boolean => tests.some((test) => test(char));
    return { t: "char", test: (char) => (has(char) || (ignoreCase === true && (has(char.toLowerCase()) || has(char.toUpperCase())))) !== negated };
  }
}
