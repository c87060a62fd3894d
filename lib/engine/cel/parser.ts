/** From the source of a CEL expression to its tree. Upstream: cel-go/parser. */
import { NOWHERE, type Expr, type Issue, type Walk } from "./ast";
import { depthOf } from "./depth";
import { tokensOf, type Token } from "./lexer";
import { readNumber } from "./numbers";
import { balanced, call, dottedName } from "./tree";

const PRIMARY = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const RESERVED = new Set(["as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while"]);
const RELATIONS = new Set(["==", "!=", "<", "<=", ">", ">=", "in"]);
/** Macros by how many arguments they may have. */
const WALKS: Readonly<Record<string, readonly number[]>> = { all: [2, 3], exists: [2, 3], exists_one: [2], existsOne: [2, 3], map: [2, 3], filter: [2], transformList: [3, 4], transformMap: [3, 4], transformMapEntry: [3, 4], sortBy: [2] };
const TWO_VARIABLES: Readonly<Record<string, number>> = { all: 3, exists: 3, existsOne: 3 };
const DEEPEST = 250;
const LARGEST = 100_000;

/** The source cannot be read further. */
class Stop extends Error {
  override readonly name = "Stop";
}

/** The source nests deeper than anybody reads. */
class TooDeep extends Error {
  override readonly name = "TooDeep";
}

class Parser {
  private next = 0;
  private depth = 0;
  readonly issues: Issue[] = [];

  constructor(
    private readonly source: string,
    private readonly tokens: readonly Token[],
  ) {}

  private get token(): Token {
    return this.tokens[this.next] as Token;
  }

  private is(text: string): boolean {
    return (this.token.type === "op" || this.token.type === "ident") && this.token.text === text;
  }

  private accept(text: string): Token | undefined {
    if (!this.is(text)) return undefined;
    const { token } = this;
    this.next += 1;
    return token;
  }

  private fail(message: string, at = this.token.at): never {
    this.issues.push({ at, message: `Syntax error: ${message}` });
    throw new Stop();
  }

  private expect(text: string, expecting = `'${text}'`): Token {
    return this.accept(text) ?? this.fail(`mismatched input '${this.token.text}' expecting ${expecting}`);
  }

  whole(): Expr {
    const expr = this.conditional();
    if (this.token.type !== "end") this.fail(`mismatched input '${this.token.text}' expecting <EOF>`);
    return expr;
  }

  private conditional(): Expr {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new TooDeep();
    const condition = this.either();
    const at = this.accept("?")?.at;
    let expr = condition;
    if (at !== undefined) {
      const then = this.either();
      this.expect(":", "{'==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', '.', '-', '?', ':', '+', '*', '/', '%'}");
      expr = call("_?_:_", at, [condition, then, this.conditional()]);
    }
    this.depth -= 1;
    return expr;
  }

  private either(): Expr {
    const terms = [this.both()];
    const places: number[] = [];
    for (let op = this.accept("||"); op; op = this.accept("||")) {
      places.push(op.at);
      terms.push(this.both());
    }
    return balanced("_||_", terms, places);
  }

  private both(): Expr {
    const terms = [this.relation()];
    const places: number[] = [];
    for (let op = this.accept("&&"); op; op = this.accept("&&")) {
      places.push(op.at);
      terms.push(this.relation());
    }
    return balanced("_&&_", terms, places);
  }

  private relation(): Expr {
    let left = this.sum();
    while (RELATIONS.has(this.token.text) && (this.token.type === "op" || this.token.text === "in")) {
      const { text, at } = this.token;
      this.next += 1;
      left = call(text === "in" ? "@in" : `_${text}_`, at, [left, this.sum()]);
    }
    return left;
  }

  private sum(): Expr {
    let left = this.product();
    while (this.is("+") || this.is("-")) {
      const { text, at } = this.token;
      this.next += 1;
      left = call(`_${text}_`, at, [left, this.product()]);
    }
    return left;
  }

  private product(): Expr {
    let left = this.unary();
    while (this.is("*") || this.is("/") || this.is("%")) {
      const { text, at } = this.token;
      this.next += 1;
      left = call(`_${text}_`, at, [left, this.unary()]);
    }
    return left;
  }

  private unary(): Expr {
    const { at } = this.token;
    const sign = this.accept("!") ?? this.accept("-");
    if (!sign) return this.member();
    let count = 1;
    while (this.accept(sign.text)) count += 1;
    if (sign.text === "-" && count % 2 === 1 && (this.token.type === "int" || this.token.type === "float")) return this.member(true, at);
    const operand = this.member();
    return count % 2 === 0 ? operand : call(sign.text === "!" ? "!_" : "-_", at, [operand]);
  }

  private member(negative = false, signAt = 0): Expr {
    let expr = this.primary(negative, signAt);
    for (;;) {
      const dot = this.accept(".");
      if (dot) {
        expr = this.selection(expr, dot);
        continue;
      }
      const name = this.is("{") ? dottedName(expr) : undefined;
      if (name !== undefined) {
        expr = this.message(name, expr.at);
        continue;
      }
      const bracket = this.accept("[");
      if (!bracket) return expr;
      const optional = this.accept("?") !== undefined;
      const index = this.conditional();
      this.expect("]", "{'==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', ']', '.', '-', '?', '+', '*', '/', '%'}");
      expr = call(optional ? "_[?_]" : "_[_]", bracket.at, [expr, index]);
    }
  }

  private selection(operand: Expr, dot: Token): Expr {
    const optional = this.accept("?") !== undefined;
    const name = this.token;
    if (name.type !== "ident" || (RESERVED_HERE.has(name.text) && !name.text.startsWith("`"))) {
      // The parser goes on as if nothing had stood after the dot, as upstream's does.
      this.issues.push({ at: name.at, message: `Syntax error: ${name.type === "end" ? `no viable alternative at input '.'` : `no viable alternative at input '${this.source.slice(dot.at, name.at + name.text.length)}'`}` });
      return operand;
    }
    this.next += 1;
    const open = optional ? undefined : this.accept("(");
    if (!open) return { type: "select", operand, field: name.value, test: false, optional, at: dot.at };
    return this.method(operand, name, open.at, this.args());
  }

  /** `Name{field: value}`. */
  private message(name: string, at: number): Expr {
    this.expect("{");
    const fields: { readonly name: string; readonly value: Expr; readonly optional: boolean }[] = [];
    while (!this.accept("}")) {
      const optional = this.accept("?") !== undefined;
      const field = this.token;
      if (field.type !== "ident") this.fail(`mismatched input '${field.text}' expecting {'}', ',', IDENTIFIER}`);
      this.next += 1;
      this.expect(":");
      fields.push({ name: field.value, value: this.conditional(), optional });
      if (!this.accept(",") && !this.is("}")) this.expect("}", "{'==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', '}', '.', ',', '-', '?', '+', '*', '/', '%'}");
    }
    return { type: "message", name, fields, at };
  }

  private args(): readonly Expr[] {
    if (this.accept(")")) return [];
    const found = [this.conditional()];
    while (this.accept(",")) found.push(this.conditional());
    this.expect(")", "{'==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', ')', '.', ',', '-', '?', '+', '*', '/', '%'}");
    return found;
  }

  private method(target: Expr, { text: name }: Token, at: number, args: readonly Expr[]): Expr {
    if (Object.hasOwn(WALKS, name) && (WALKS[name] ?? []).includes(args.length)) return this.walk(target, name as Walk, at, args);
    if ((name === "optMap" || name === "optFlatMap") && args.length === 2) {
      const [variable, body] = args as readonly [Expr, Expr];
      return { type: "optMap", target, variable: this.variable(variable), body, flat: name === "optFlatMap", at };
    }
    return { type: "call", name, target, args, at };
  }

  private variable(expr: Expr): string {
    if (expr.type === "ident") return expr.name;
    this.issues.push({ at: expr.at, message: "argument must be a simple name" });
    return "";
  }

  private walk(range: Expr, walk: Walk, at: number, args: readonly Expr[]): Expr {
    const two = walk.startsWith("transform") || args.length === (TWO_VARIABLES[walk] ?? -1);
    const names = args.slice(0, two ? 2 : 1).map((arg) => this.variable(arg));
    return { type: "walk", walk, range, variables: names, args: args.slice(two ? 2 : 1), at };
  }

  private primary(negative: boolean, signAt: number): Expr {
    const { token } = this;
    this.next += 1;
    switch (token.type) {
      case "int":
      case "uint":
      case "float":
        return this.number(token, negative, negative ? signAt : token.at);
      case "string":
        return { type: "literal", value: token.value, at: token.at };
      case "bytes":
        return { type: "literal", value: { bytes: token.value }, at: token.at };
      case "ident":
        return this.name(token);
      case "op":
        return this.bracketed(token);
      default:
        this.next -= 1;
        return this.fail(`mismatched input '<EOF>' expecting ${PRIMARY}`);
    }
  }

  private bracketed(token: Token): Expr {
    if (token.text === "(") {
      const inside = this.conditional();
      this.expect(")", "{'==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', ')', '.', '-', '?', '+', '*', '/', '%'}");
      return inside;
    }
    if (token.text === "[") return this.list(token.at);
    if (token.text === "{") return this.map(token.at);
    if (token.text === "." && this.token.type === "ident") {
      const name = this.token;
      this.next += 1;
      return this.name({ ...name, at: token.at });
    }
    this.next -= 1;
    return this.fail(`mismatched input '${token.text}' expecting ${PRIMARY}`, token.at);
  }

  private number(token: Token, negative: boolean, at: number): Expr {
    const { value, problem } = readNumber(token, negative);
    if (problem !== undefined) this.issues.push({ at, message: problem });
    return { type: "literal", value, at };
  }

  private name(token: Token): Expr {
    if (token.text === "true" || token.text === "false") return { type: "literal", value: token.text === "true", at: token.at };
    if (token.text === "null") return { type: "literal", value: null, at: token.at };
    if (token.text === "in") return this.fail(`mismatched input 'in' expecting ${PRIMARY}`, token.at);
    if (RESERVED.has(token.text)) {
      this.issues.push({ at: token.at, message: `reserved identifier: ${token.text}` });
      return { type: "ident", name: token.value, at: token.at };
    }
    const open = this.accept("(");
    if (open) return this.global(token, open.at, this.args());
    return { type: "ident", name: token.value, at: token.at };
  }

  private global({ text: name }: Token, at: number, args: readonly Expr[]): Expr {
    const [only] = args;
    if (name === "has" && args.length === 1 && only) {
      if (only.type === "select") return { ...only, test: true };
      this.issues.push({ at: only.at, message: "invalid argument to has() macro" });
    }
    return { type: "call", name, target: undefined, args, at };
  }

  private list(at: number): Expr {
    const items: { readonly value: Expr; readonly optional: boolean }[] = [];
    while (!this.accept("]")) {
      const optional = this.accept("?") !== undefined;
      items.push({ value: this.conditional(), optional });
      if (!this.accept(",") && !this.is("]")) this.expect("]", "{'==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', ']', '.', ',', '-', '?', '+', '*', '/', '%'}");
    }
    return { type: "list", items, at };
  }

  private map(at: number): Expr {
    const entries: { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[] = [];
    while (!this.accept("}")) {
      const optional = this.accept("?") !== undefined;
      const key = this.conditional();
      this.expect(":", "{'==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', '.', '-', '?', ':', '+', '*', '/', '%'}");
      entries.push({ key, value: this.conditional(), optional });
      if (!this.accept(",") && !this.is("}")) this.expect("}", "{'==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', '}', '.', ',', '-', '?', '+', '*', '/', '%'}");
    }
    return { type: "map", entries, at };
  }
}

/** Words that cannot be the name of a field. */
const RESERVED_HERE = new Set(["true", "false", "null", "in"]);

/** The tree of a source, or what is wrong with it. */
export function parseExpression(source: string): { readonly expr: Expr } | { readonly issues: readonly Issue[] } {
  if (source.length > LARGEST) return { issues: [{ at: 0, message: `expression code point size exceeds limit: size: ${source.length}, limit ${LARGEST}` }] };
  const { tokens, issues } = tokensOf(source);
  const parser = new Parser(source, tokens);
  try {
    const expr = parser.whole();
    const found = [...issues, ...parser.issues].sort((a, b) => a.at - b.at);
    if (found.length > 0) return { issues: found };
    return depthOf(expr) > DEEPEST ? { issues: [{ at: NOWHERE, message: "max recursion depth exceeded" }] } : { expr };
  } catch (error) {
    // A stack smaller than ours ends sooner; what it cannot hold is as deep as what is counted.
    if (error instanceof TooDeep || error instanceof RangeError) return { issues: [...issues, { at: NOWHERE, message: `expression recursion limit exceeded: ${DEEPEST}` }] };
    if (!(error instanceof Stop)) throw error;
    return { issues: [...issues, ...parser.issues].sort((a, b) => a.at - b.at) };
  }
}
