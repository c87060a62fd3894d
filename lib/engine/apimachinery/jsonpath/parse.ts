/** Reads kubectl's JSONPath templates: `{.items[*].metadata.name}`, `{range …}{end}`. Upstream: `client-go/util/jsonpath`. */

/** A bound of `[from:to:step]`; `derived` when the author wrote a single index. */
export interface Bound {
  readonly known: boolean;
  readonly value: number;
  readonly derived?: boolean;
}

/** One step of an expression. */
export type PathNode =
  | { readonly type: "list"; readonly nodes: readonly PathNode[] }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "field"; readonly name: string }
  | { readonly type: "identifier"; readonly name: string }
  | { readonly type: "value"; readonly value: number | boolean }
  | { readonly type: "array"; readonly bounds: readonly [Bound, Bound, Bound] }
  | { readonly type: "filter"; readonly left: readonly PathNode[]; readonly operator: string; readonly right: readonly PathNode[] }
  | { readonly type: "union"; readonly lists: readonly (readonly PathNode[])[] }
  | { readonly type: "wildcard" }
  | { readonly type: "recursive" };

/** Carries a parser's complaint to the door of this folder; never leaves it. */
export class PathError extends Error {}

const TERMINATORS = " \t\r\n.,[]$@{}";
const MAX_TEMPLATE = 65_536;
const isDigit = (char: string): boolean => char >= "0" && char <= "9";
const isWordChar = (char: string): boolean => /^[_\p{L}\p{Nd}]$/u.test(char);

class Parser {
  private at = 0;
  readonly root: PathNode[] = [];
  constructor(private readonly input: string) {}

  parse(): readonly PathNode[] {
    while (this.at < this.input.length) {
      const open = this.input.indexOf("{", this.at);
      const end = open < 0 ? this.input.length : open;
      if (end > this.at) this.root.push({ type: "text", text: this.input.slice(this.at, end) });
      this.at = end;
      if (open >= 0) {
        this.at += 1;
        const nodes: PathNode[] = [];
        this.root.push({ type: "list", nodes });
        this.action(nodes);
      }
    }
    return this.root;
  }

  private peek(): string {
    return this.input.charAt(this.at);
  }

  /** Everything up to the closing brace. */
  private action(nodes: PathNode[]): void {
    for (;;) {
      if (this.input.startsWith("[?(", this.at)) this.filter(nodes);
      else if (this.input.startsWith("..", this.at)) this.recursive(nodes);
      else {
        const char = this.peek();
        this.at += 1;
        if (char === "}") return;
        if (char === "" || char === "\n" || char === "\r") throw new PathError("unclosed action");
        if (char === " " || char === "@" || char === "$") continue;
        if (char === "[") this.array(nodes);
        else if (char === '"' || char === "'") this.quote(nodes, char);
        else if (char === ".") this.field(nodes);
        else if (char === "+" || char === "-" || isDigit(char)) this.number(nodes);
        else if (isWordChar(char)) this.identifier(nodes);
        else throw new PathError(`unrecognized character in action: U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")} '${char}'`);
      }
    }
  }

  private word(): string {
    const start = this.at;
    while (this.at < this.input.length && !TERMINATORS.includes(this.peek())) this.at += this.peek() === "\\" ? 2 : 1;
    this.at = Math.min(this.at, this.input.length);
    return this.input.slice(start, this.at);
  }

  private field(nodes: PathNode[]): void {
    const name = this.word();
    nodes.push(name === "*" ? { type: "wildcard" } : { type: "field", name: name.replaceAll("\\", "") });
  }

  private identifier(nodes: PathNode[]): void {
    const start = this.at - 1;
    while (this.at < this.input.length && !TERMINATORS.includes(this.peek())) this.at += 1;
    const name = this.input.slice(start, this.at);
    nodes.push(name === "true" || name === "false" ? { type: "value", value: name === "true" } : { type: "identifier", name });
  }

  private number(nodes: PathNode[]): void {
    const start = this.at - 1;
    while (isDigit(this.peek()) || this.peek() === ".") this.at += 1;
    const text = this.input.slice(start, this.at);
    if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) throw new PathError(`cannot parse number ${text}`);
    nodes.push({ type: "value", value: Number(text) });
  }

  private quote(nodes: PathNode[], quote: string): void {
    const start = this.at - 1;
    for (;;) {
      const char = this.peek();
      this.at += 1;
      if (char === "" || char === "\n") throw new PathError("unterminated quoted string");
      if (char === quote && this.input.charAt(this.at - 2) !== "\\") break;
    }
    nodes.push({ type: "text", text: unquote(this.input.slice(start, this.at)) });
  }

  private recursive(nodes: PathNode[]): void {
    if (nodes[nodes.length - 1]?.type === "recursive") throw new PathError("invalid multiple recursive descent");
    this.at += 2;
    nodes.push({ type: "recursive" });
    if (isWordChar(this.peek())) this.field(nodes);
  }

  private array(nodes: PathNode[]): void {
    const start = this.at;
    for (;;) {
      const char = this.peek();
      this.at += 1;
      if (char === "" || char === "\n") throw new PathError("unterminated array");
      if (char === "]") break;
    }
    const text = this.input.slice(start, this.at - 1);
    const parts = text.split(",");
    if (parts.length > 1) {
      nodes.push({ type: "union", lists: parts.map((part) => inner(`[${part.trim()}]`)) });
      return;
    }
    const key = /^'([^']*)'$/.exec(text);
    if (key !== null) nodes.push(...inner(`.${key[1] ?? ""}`));
    else nodes.push({ type: "array", bounds: boundsOf(text === "*" ? ":" : text) });
  }

  private filter(nodes: PathNode[]): void {
    this.at += 3;
    const start = this.at;
    let quote: string | undefined;
    let closed = false;
    for (;;) {
      const char = this.peek();
      this.at += 1;
      if (char === "" || char === "\n") throw new PathError("unterminated filter");
      if (char === '"' || char === "'") {
        if (quote === undefined) quote = char;
        else if (this.input.charAt(this.at - 2) !== "\\" && char === quote) closed = true;
      } else if (char === ")" && (quote !== undefined) === closed) break;
    }
    if (this.peek() !== "]") throw new PathError("unclosed array expect ]");
    const text = this.input.slice(start, this.at - 1);
    this.at += 1;
    const comparison = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text);
    if (comparison === null) nodes.push({ type: "filter", left: inner(text), operator: "exists", right: [] });
    else nodes.push({ type: "filter", left: inner(comparison[1] ?? ""), operator: comparison[2] ?? "", right: inner(comparison[3] ?? "") });
  }
}

/** The nodes of an expression written without its braces. */
function inner(text: string): readonly PathNode[] {
  const first = new Parser(`{${text}}`).parse()[0];
  return first?.type === "list" ? first.nodes : [];
}

function boundsOf(text: string): readonly [Bound, Bound, Bound] {
  const match = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/.exec(text);
  if (match === null) throw new PathError(`invalid array index ${text}`);
  const [, first = "", second, third] = match;
  const from = bound(first);
  const to = second === undefined ? { known: true, value: from.value + 1, derived: true } : bound(second.slice(1));
  return [from, to, third === undefined ? bound("") : bound(third.slice(1))];
}

function bound(text: string): Bound {
  if (text === "") return { known: false, value: 0 };
  if (text === "-" || !Number.isSafeInteger(Number(text))) throw new PathError(`array index ${text} is not a number`);
  return { known: true, value: Number(text) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v", "\\": "\\" };

function unquote(text: string): string {
  const quote = text.charAt(0);
  const body = text.slice(1, -1);
  if (!body.includes("\\")) return body;
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.|$)/gsu, (_, code: string) => {
    const simple = code === quote ? quote : ESCAPES[code];
    if (simple !== undefined) return simple;
    const point = code.length > 1 ? parseInt(/^[0-7]{3}$/.test(code) ? code : code.slice(1), code.length === 3 && /^[0-7]/.test(code) ? 8 : 16) : -1;
    if (point < 0 || point > 0x10ffff) throw new PathError(`unquote string ${text} error invalid syntax`);
    return String.fromCodePoint(point);
  });
}

/** Parses a template. @throws {PathError} with upstream's message */
export function parseTemplate(text: string): readonly PathNode[] {
  if (text.length > MAX_TEMPLATE) throw new PathError("template is too long");
  return new Parser(text).parse();
}
