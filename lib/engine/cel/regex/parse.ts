/** Reading regular expressions in the dialect of Go. Upstream: regexp/syntax. */
import { ANY, complement, DIGITS, LETTERS, NOT_NEWLINE, POSIX, SPACES, WORDS, type CharSet } from "./classes";
import type { Node } from "./node";
import { isRepeatable, MOST_REPEATS } from "./repeats";

/** The expression cannot be read; `message` is Go's. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

const DEEPEST = 200;

interface Flags {
  readonly fold: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly lazy: boolean;
}

/** Reads one expression. */
class Reader {
  private at = 0;
  private groups = 0;
  private depth = 0;
  private readonly text: readonly number[];

  constructor(private readonly source: string) {
    this.text = [...source].map((char) => char.codePointAt(0) ?? 0);
  }

  read(): { readonly node: Node; readonly groups: number } {
    const node = this.alternatives({ fold: false, multiline: false, dotAll: false, lazy: false });
    if (this.at < this.text.length) throw this.wrong(`unexpected )`, this.source);
    return { node, groups: this.groups };
  }

  private wrong(what: string, where: string): PatternError {
    return new PatternError(`error parsing regexp: ${what}: \`${where}\``);
  }

  private peek(offset = 0): string {
    const code = this.text[this.at + offset];
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  private slice(from: number, to = this.at): string {
    return textOf(this.text.slice(from, to));
  }

  private alternatives(given: Flags): Node {
    this.depth += 1;
    if (this.depth > DEEPEST) throw this.wrong("expression nests too deeply", this.source);
    let flags = given;
    const branches: Node[] = [];
    let parts: Node[] = [];
    for (;;) {
      const char = this.peek();
      if (char === "" || char === ")") break;
      if (char === "|") {
        this.at += 1;
        branches.push({ type: "cat", nodes: parts });
        parts = [];
        continue;
      }
      if (char === "(" && this.peek(1) === "?") {
        const set = this.flagGroup(flags);
        if ("flags" in set) flags = set.flags;
        else parts.push(this.repeated(set.node, flags));
        continue;
      }
      parts.push(this.repeated(this.atom(flags), flags));
    }
    this.depth -= 1;
    branches.push({ type: "cat", nodes: parts });
    return branches.length === 1 ? (branches[0] as Node) : { type: "alt", nodes: branches };
  }

  /** `(?i)`, `(?i:…)`, `(?:…)`, `(?P<name>…)`, `(?<name>…)`. */
  private flagGroup(flags: Flags): { readonly flags: Flags } | { readonly node: Node } {
    const from = this.at;
    this.at += 2;
    if (this.peek() === "P" || this.peek() === "<") {
      const name = /^\(\?P?<([A-Za-z0-9_]+)>/.exec(this.slice(from, this.text.length));
      if (!name) throw this.wrong("invalid named capture", this.slice(from, this.text.length));
      this.at = from + name[0].length;
      return { node: this.capture(flags) };
    }
    let next = flags;
    let on = true;
    for (;;) {
      const char = this.peek();
      this.at += 1;
      if (char === "-" && on) on = false;
      else if (char === "i") next = { ...next, fold: on };
      else if (char === "m") next = { ...next, multiline: on };
      else if (char === "s") next = { ...next, dotAll: on };
      else if (char === "U") next = { ...next, lazy: on };
      else if (char === ")") return { flags: next };
      else if (char === ":") {
        const node = this.alternatives(next);
        this.close();
        return { node };
      } else throw this.wrong("invalid or unsupported Perl syntax", this.slice(from, Math.min(this.at, this.text.length)));
    }
  }

  private close(): void {
    if (this.peek() !== ")") throw this.wrong("missing closing )", this.source);
    this.at += 1;
  }

  private capture(flags: Flags): Node {
    this.groups += 1;
    const index = this.groups;
    const node = this.alternatives(flags);
    this.close();
    return { type: "group", node, index };
  }

  private repeated(first: Node, flags: Flags): Node {
    let node = first;
    for (let twice = false; ; twice = true) {
      const from = this.at;
      const bounds = this.bounds();
      if (!bounds) return node;
      if (twice) throw this.wrong("invalid nested repetition operator", this.slice(from - 1));
      let greedy = !flags.lazy;
      if (this.peek() === "?") {
        this.at += 1;
        greedy = !greedy;
      }
      node = { type: "repeat", node, min: bounds.min, max: bounds.max, greedy };
      if ((bounds.min >= 2 || (bounds.max ?? 0) >= 2) && !isRepeatable(node, MOST_REPEATS)) throw this.wrong("invalid repeat count", this.slice(from));
    }
  }

  private bounds(): { readonly min: number; readonly max: number | undefined } | undefined {
    const char = this.peek();
    if (char === "*" || char === "+" || char === "?") {
      this.at += 1;
      return { min: char === "+" ? 1 : 0, max: char === "?" ? 1 : undefined };
    }
    if (char !== "{") return undefined;
    const end = this.text.indexOf(CLOSING_BRACE, this.at);
    const found = end < 0 ? null : /^\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*|))?\}$/.exec(this.slice(this.at, end + 1));
    if (!found) return undefined;
    this.at += found[0].length;
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === "" ? undefined : Number(found[3]);
    if (min > MOST_REPEATS || (max ?? 0) > MOST_REPEATS || (max !== undefined && max < min)) throw this.wrong("invalid repeat count", found[0]);
    return { min, max };
  }

  private atom(flags: Flags): Node {
    const from = this.at;
    const char = this.peek();
    this.at += 1;
    switch (char) {
      case "(":
        return this.capture(flags);
      case "[":
        return { type: "chars", set: this.charClass(from), fold: flags.fold };
      case ".":
        return { type: "chars", set: flags.dotAll ? ANY : NOT_NEWLINE, fold: false };
      case "^":
        return { type: "assert", what: flags.multiline ? "begin-line" : "begin-text" };
      case "$":
        return { type: "assert", what: flags.multiline ? "end-line" : "end-text" };
      case "*":
      case "+":
      case "?":
        throw this.wrong("missing argument to repetition operator", char);
      case "\\":
        return this.escape(flags, from);
      default:
        return literal(this.text[from] ?? 0, flags);
    }
  }

  private escape(flags: Flags, from: number): Node {
    const char = this.peek();
    if (char === "") throw this.wrong("trailing backslash at end of expression", "");
    this.at += 1;
    const asserted = ({ A: "begin-text", z: "end-text", b: "word", B: "no-word" } as const)[char as "A"];
    if (asserted !== undefined) return { type: "assert", what: asserted };
    if (char === "Q") {
      const nodes: Node[] = [];
      while (this.peek() !== "" && !(this.peek() === "\\" && this.peek(1) === "E")) {
        nodes.push(literal(this.text[this.at] ?? 0, flags));
        this.at += 1;
      }
      if (this.peek() !== "") this.at += 2;
      return { type: "cat", nodes };
    }
    const set = this.classEscape(char);
    if (set) return { type: "chars", set, fold: flags.fold };
    return literal(this.charEscape(char, from), flags);
  }

  private classEscape(char: string): CharSet | undefined {
    const lower = char.toLowerCase();
    const known = lower === "d" ? DIGITS : lower === "s" ? SPACES : lower === "w" ? WORDS : undefined;
    if (known) return { ...known, not: char !== lower };
    if (lower !== "p") return undefined;
    const braced = /^\{(\^?)([A-Za-z_]+)\}/.exec(this.slice(this.at, Math.min(this.at + 32, this.text.length)));
    const name = braced ? (braced[2] ?? "") : this.peek();
    this.at += braced ? braced[0].length : 1;
    const ranges = Object.hasOwn(LETTERS, name) ? LETTERS[name] : undefined;
    if (!ranges) throw this.wrong("invalid character class range", `\\${char}${braced ? braced[0] : name}`);
    return { ranges, not: (char === "P") !== (braced?.[1] === "^") };
  }

  private charEscape(char: string, from: number): number {
    const simple: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
    if (Object.hasOwn(simple, char)) return simple[char] as number;
    if (char === "x") {
      const hex = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(this.slice(this.at, Math.min(this.at + 8, this.text.length)));
      if (!hex) throw this.wrong("invalid escape sequence", this.slice(from));
      this.at += hex[0].length;
      return Number.parseInt(hex[1] ?? hex[2] ?? "0", 16);
    }
    // A single digit other than 0 would refer back to a group, which nobody may.
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(char + this.slice(this.at, Math.min(this.at + 2, this.text.length)));
    if (octal) {
      this.at += octal[0].length - 1;
      return Number.parseInt(octal[0], 8);
    }
    if (/[A-Za-z0-9]/.test(char)) throw this.wrong("invalid escape sequence", this.slice(from));
    return char.codePointAt(0) ?? 0;
  }

  private charClass(from: number): CharSet {
    const not = this.peek() === "^";
    if (not) this.at += 1;
    const ranges: (readonly [number, number])[] = [];
    for (let first = true; ; first = false) {
      const char = this.peek();
      if (char === "") throw this.wrong("missing closing ]", this.slice(from, this.text.length));
      if (char === "]" && !first) break;
      const named = /^\[:(\^?)([a-z]+):\]/.exec(this.slice(this.at, Math.min(this.at + 14, this.text.length)));
      if (named) {
        const posix = Object.hasOwn(POSIX, named[2] ?? "") ? POSIX[named[2] ?? ""] : undefined;
        if (!posix) throw this.wrong("invalid character class range", named[0]);
        ranges.push(...(named[1] === "^" ? complement(posix) : posix));
        this.at += named[0].length;
        continue;
      }
      this.classItem(ranges);
    }
    this.at += 1;
    return { ranges, not };
  }

  private classItem(ranges: (readonly [number, number])[]): void {
    const from = this.at;
    const low = this.classChar(ranges);
    if (low === undefined) return;
    if (this.peek() !== "-" || this.peek(1) === "]" || this.peek(1) === "") {
      ranges.push([low, low]);
      return;
    }
    this.at += 1;
    const high = this.classChar(ranges);
    if (high === undefined || high < low) throw this.wrong("invalid character class range", this.slice(from));
    ranges.push([low, high]);
  }

  private classChar(ranges: (readonly [number, number])[]): number | undefined {
    const from = this.at;
    const code = this.text[this.at] ?? 0;
    this.at += 1;
    if (code !== 92) return code;
    const char = this.peek();
    if (char === "") throw this.wrong("missing closing ]", this.source);
    this.at += 1;
    const set = this.classEscape(char);
    if (!set) return this.charEscape(char, from);
    ranges.push(...(set.not ? complement(set.ranges) : set.ranges));
    return undefined;
  }
}

const CLOSING_BRACE = 125;

/** Code points as text. */
export function textOf(points: readonly number[]): string {
  return points.map((point) => String.fromCodePoint(point)).join("");
}

function literal(code: number, flags: Flags): Node {
  return { type: "chars", set: { ranges: [[code, code]], not: false }, fold: flags.fold };
}

/** Reads an expression. @throws {PatternError} */
export function parsePattern(source: string): { readonly node: Node; readonly groups: number } {
  return new Reader(source).read();
}
