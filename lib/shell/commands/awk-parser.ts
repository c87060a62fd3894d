import { formatText } from "../builtins/printf";
import { arithmetic, arrayOf, AwkError, callFunction, compare, ExitProgram, type Expression, isTrue, NextLine, type Operand, type Scope, setField, type Statement, tick, toNumber, toText } from "./awk-runtime";
import { compileRegex, type Regex } from "./regex";

const TOKEN = /[ \t\r]*(?:#[^\n]*)?(?:(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)|([A-Za-z_][A-Za-z0-9_]*)|("(?:[^"\\\n]|\\[^])*")|(\+\+|--|&&|\|\||[-+*/%=!<>]=|!~|[-+*/%=<>!~?:,;(){}[\]$\n^]))/y;

interface Token {
  readonly kind: "number" | "name" | "string" | "op" | "end";
  readonly text: string;
}

/**
 * `awk` in the usual subset: patterns (`/re/`, comparisons, BEGIN, END), print, printf, assignments, arrays, if/else, while,
 * for, next, exit, the fields, NR, NF, FS, OFS, and length, substr, index, split, tolower, toupper, int, gsub, sub.
 */
export class AwkParser {
  private at = 0;
  private depth = 0;

  constructor(private readonly source: string) {}

  parse(): { begin: Statement[]; rules: Statement[]; end: Statement[] } {
    const program = { begin: [] as Statement[], rules: [] as Statement[], end: [] as Statement[] };
    for (this.skip(); this.peek().kind !== "end"; this.skip()) {
      const name = this.peek();
      if (name.text === "BEGIN" || name.text === "END") {
        this.next();
        (name.text === "BEGIN" ? program.begin : program.end).push(this.block());
        continue;
      }
      const pattern = name.text === "{" ? undefined : this.expression();
      const action: Statement = this.peek().text === "{" ? this.block() : (scope) => void (scope.out += `${scope.fields[0] ?? ""}\n`);
      program.rules.push((scope) => {
        if (!pattern || isTrue(pattern(scope))) action(scope);
      });
    }
    return program;
  }

  private read(): { token: Token; end: number } {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.source);
    if (!match) {
      if (/^[ \t\r]*(?:#[^\n]*)?$/.test(this.source.slice(this.at))) return { token: { kind: "end", text: "" }, end: this.source.length };
      throw new AwkError("syntax error");
    }
    const [, number, name, text, op] = match;
    const token: Token = number !== undefined ? { kind: "number", text: number } : name !== undefined ? { kind: "name", text: name } : text !== undefined ? { kind: "string", text } : { kind: "op", text: op ?? "" };
    return { token, end: TOKEN.lastIndex };
  }

  private peek(): Token {
    return this.read().token;
  }

  private next(): Token {
    const { token, end } = this.read();
    this.at = end;
    return token;
  }

  private take(text: string): boolean {
    const token = this.peek();
    if (token.text !== text || token.kind === "string") return false;
    this.next();
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw new AwkError(`syntax error: expected ${text}`);
  }

  private skip(): void {
    while (this.take("\n") || this.take(";"));
  }

  private block(): Statement {
    this.expect("{");
    const statements: Statement[] = [];
    for (this.skip(); !this.take("}"); this.skip()) {
      if (this.peek().kind === "end") throw new AwkError("syntax error: unexpected end");
      statements.push(this.statement());
    }
    return (scope) => statements.forEach((statement) => statement(scope));
  }

  private nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > 60) throw new AwkError("program too deeply nested");
    const result = read();
    this.depth -= 1;
    return result;
  }

  private statement(): Statement {
    return this.nested(() => {
      if (this.peek().text === "{") return this.block();
      if (this.take("if")) return this.conditional();
      if (this.take("while")) return this.loop();
      if (this.take("for")) return this.forLoop();
      if (this.take("next")) return () => { throw new NextLine(); };
      if (this.take("exit")) {
        const code = this.endsStatement() ? undefined : this.expression();
        return (scope) => { scope.vars.set("__status", code ? toNumber(code(scope)) : 0); throw new ExitProgram(); };
      }
      if (this.take("delete")) {
        const name = this.next().text;
        const key = this.take("[") ? this.expression() : undefined;
        if (key) this.expect("]");
        return (scope) => void (key ? arrayOf(scope, name).delete(toText(key(scope))) : arrayOf(scope, name).clear());
      }
      const isPrintf = this.peek().text === "printf";
      if (this.take("print") || this.take("printf")) return this.output(isPrintf);
      const expression = this.expression();
      return (scope) => void expression(scope);
    });
  }

  private endsStatement(): boolean {
    return ["", ";", "\n", "}"].includes(this.peek().text);
  }

  private output(isPrintf: boolean): Statement {
    const items: Expression[] = [];
    const mark = this.at;
    if (this.take("(")) {
      // `print (a, b)` and `print (a) b` begin alike.
      items.push(this.expression());
      while (this.take(",")) items.push(this.expression());
      this.expect(")");
      if (!this.endsStatement()) {
        items.length = 0;
        this.at = mark;
      }
    }
    if (items.length === 0 && !this.endsStatement()) {
      items.push(this.expression());
      while (this.take(",")) items.push(this.expression());
    }
    return (scope) => {
      const values = items.map((item) => toText(item(scope)));
      if (isPrintf) scope.out += formatText(values[0] ?? "", values.slice(1)).text;
      else scope.out += `${items.length === 0 ? (scope.fields[0] ?? "") : values.join(toText(scope.vars.get("OFS") ?? " "))}${toText(scope.vars.get("ORS") ?? "\n")}`;
      if (scope.out.length > 1_000_000) throw new AwkError("too much output");
    };
  }

  private conditional(): Statement {
    this.expect("(");
    const condition = this.expression();
    this.expect(")");
    this.skip();
    const yes = this.statement();
    const mark = this.at;
    this.skip();
    if (!this.take("else")) {
      this.at = mark;
      return (scope) => { if (isTrue(condition(scope))) yes(scope); };
    }
    this.skip();
    const no = this.statement();
    return (scope) => (isTrue(condition(scope)) ? yes(scope) : no(scope));
  }

  private loop(): Statement {
    this.expect("(");
    const condition = this.expression();
    this.expect(")");
    this.skip();
    const body = this.statement();
    return (scope) => { while (isTrue(condition(scope))) { tick(scope); body(scope); } };
  }

  private forLoop(): Statement {
    this.expect("(");
    const inside = /^\s*([A-Za-z_]\w*)\s+in\s+([A-Za-z_]\w*)\s*\)/.exec(this.source.slice(this.at, this.at + 200));
    if (inside) {
      this.at += inside[0].length;
      this.skip();
      const body = this.statement();
      const [, name = "", array = ""] = inside;
      return (scope) => { for (const key of [...arrayOf(scope, array).keys()]) { scope.vars.set(name, key); tick(scope); body(scope); } };
    }
    const first = this.peek().text === ";" ? undefined : this.expression();
    this.expect(";");
    const condition = this.peek().text === ";" ? undefined : this.expression();
    this.expect(";");
    const step = this.peek().text === ")" ? undefined : this.expression();
    this.expect(")");
    this.skip();
    const body = this.statement();
    return (scope) => {
      first?.(scope);
      while (!condition || isTrue(condition(scope))) { tick(scope); body(scope); step?.(scope); }
    };
  }

  private expression(): Expression {
    return this.nested(() => {
      const left = this.or();
      if (this.take("?")) {
        const yes = this.expression();
        this.expect(":");
        const no = this.expression();
        return (scope) => (isTrue(left.value(scope)) ? yes(scope) : no(scope));
      }
      const op = this.peek().text;
      if (left.assign && /^(?:[-+*/%])?=$/.test(op)) {
        this.next();
        const right = this.expression();
        const { assign, value } = left;
        return (scope) => {
          const given = right(scope);
          return assign(scope, op === "=" ? given : arithmetic(op[0] as string, toNumber(value(scope)), toNumber(given)));
        };
      }
      return left.value;
    });
  }

  private or(): Operand {
    let left = this.and();
    while (this.take("||")) {
      const [a, b] = [left.value, this.and().value];
      left = { value: (scope) => (isTrue(a(scope)) || isTrue(b(scope)) ? 1 : 0) };
    }
    return left;
  }

  private and(): Operand {
    let left = this.comparison();
    while (this.take("&&")) {
      const [a, b] = [left.value, this.comparison().value];
      left = { value: (scope) => (isTrue(a(scope)) && isTrue(b(scope)) ? 1 : 0) };
    }
    return left;
  }

  private comparison(): Operand {
    const left = this.concatenation();
    const op = this.peek().text;
    if (op === "~" || op === "!~") {
      this.next();
      const regex = this.regexOperand();
      return { value: (scope) => (regex(scope).test(toText(left.value(scope))) === (op === "~") ? 1 : 0) };
    }
    if (this.peek().kind === "name" && op === "in") {
      this.next();
      const name = this.next().text;
      return { value: (scope) => (arrayOf(scope, name).has(toText(left.value(scope))) ? 1 : 0) };
    }
    if (!/^(?:[<>]=?|[=!]=)$/.test(op) || this.peek().kind !== "op") return left;
    this.next();
    const right = this.concatenation();
    return { value: (scope) => (compare(op, left.value(scope), right.value(scope)) ? 1 : 0) };
  }

  private regexOperand(): (scope: Scope) => Regex {
    const literal = this.tryRegex();
    if (literal) return () => literal;
    const dynamic = this.concatenation();
    return (scope) => compileRegex(toText(dynamic.value(scope)), { extended: true });
  }

  private tryRegex(): Regex | undefined {
    const match = /^[ \t]*\/((?:[^/\\\n]|\\.)*)\//.exec(this.source.slice(this.at, this.at + 2000));
    if (!match) return undefined;
    this.at += match[0].length;
    return compileRegex((match[1] ?? "").replaceAll("\\/", "/"), { extended: true });
  }

  private concatenation(): Operand {
    let left = this.sum();
    for (;;) {
      const token = this.peek();
      const startsOperand = token.kind === "number" || token.kind === "string" || (token.kind === "name" && token.text !== "in") || ["$", "(", "!"].includes(token.text);
      if (!startsOperand) return left;
      const [a, b] = [left.value, this.sum().value];
      left = { value: (scope) => toText(a(scope)) + toText(b(scope)) };
    }
  }

  private sum(): Operand {
    return this.chain(["+", "-"], () => this.chain(["*", "/", "%"], () => this.unary()));
  }

  private chain(ops: readonly string[], read: () => Operand): Operand {
    let left = read();
    for (let op = this.peek().text; ops.includes(op) && this.peek().kind === "op"; op = this.peek().text) {
      this.next();
      const [a, b, verb] = [left.value, read().value, op];
      left = { value: (scope) => arithmetic(verb, toNumber(a(scope)), toNumber(b(scope))) };
    }
    return left;
  }

  private unary(): Operand {
    return this.nested(() => {
      const regex = this.tryRegex();
      if (regex) return { value: (scope: Scope) => (regex.test(scope.fields[0] ?? "") ? 1 : 0) };
      for (const op of ["!", "-", "+"]) {
        if (!this.take(op)) continue;
        const { value } = this.unary();
        return { value: (scope: Scope) => (op === "!" ? (isTrue(value(scope)) ? 0 : 1) : op === "-" ? -toNumber(value(scope)) : toNumber(value(scope))) };
      }
      for (const op of ["++", "--"]) {
        if (!this.take(op)) continue;
        const { value, assign } = this.primary();
        if (assign) return { value: (scope: Scope) => assign(scope, toNumber(value(scope)) + (op === "++" ? 1 : -1)) };
      }
      const operand = this.primary();
      const { value, assign } = operand;
      for (const op of ["++", "--"]) {
        if (!assign || !this.take(op)) continue;
        return { value: (scope: Scope) => {
          const before = toNumber(value(scope));
          assign(scope, before + (op === "++" ? 1 : -1));
          return before;
        } };
      }
      return operand;
    });
  }

  private primary(): Operand {
    const token = this.next();
    if (token.kind === "number") return { value: () => Number(token.text) };
    if (token.kind === "string") {
      const text = token.text.slice(1, -1).replace(/\\([^])/g, (_, char: string) => ({ n: "\n", t: "\t", "\\": "\\", '"': '"', "/": "/" })[char] ?? `\\${char}`);
      return { value: () => text };
    }
    if (token.text === "(") {
      const value = this.expression();
      this.expect(")");
      return { value };
    }
    if (token.text === "$") {
      const { value } = this.primary();
      return { value: (scope) => scope.fields[toNumber(value(scope))] ?? "", assign: (scope, given) => setField(scope, toNumber(value(scope)), given) };
    }
    if (token.kind !== "name") throw new AwkError(`syntax error near ${token.text === "" ? "end" : token.text}`);
    if (this.source[this.at] === "(" || token.text === "length") return this.call(token.text);
    if (this.take("[")) {
      const key = this.expression();
      this.expect("]");
      return {
        value: (scope) => arrayOf(scope, token.text).get(toText(key(scope))) ?? "",
        assign: (scope, given) => (arrayOf(scope, token.text).set(toText(key(scope)), given), given),
      };
    }
    return { value: (scope) => scope.vars.get(token.text) ?? "", assign: (scope, given) => (scope.vars.set(token.text, given), given), name: token.text };
  }

  private call(name: string): Operand {
    const args: Operand[] = [];
    if (this.take("(") && !this.take(")")) {
      do {
        const regex = this.tryRegex();
        const mark = this.at;
        const operand = regex ? { value: () => "", regex } : this.primaryArgument(mark);
        args.push(operand);
      } while (this.take(","));
      this.expect(")");
    }
    return { value: (scope) => callFunction(name, args, scope) };
  }

  private primaryArgument(mark: number): Operand {
    const simple = /^[ \t]*(?:\$\d+|\$NF|[A-Za-z_]\w*)[ \t]*(?=[,)])/.test(this.source.slice(mark, mark + 100));
    return simple ? this.primary() : { value: this.expression() };
  }
}
