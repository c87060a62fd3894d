import { regexOf } from "./fields";
import { arithmetic, holds, keyOf, moved, patternOf, taken, type Operand } from "./operations";
import { Places } from "./places";
import { power } from "./numeric";
import type { Runtime } from "./runtime";
import { compareValues, fromInput, isTrue, toNumber, type Value } from "./values";

const COMPARISONS: ReadonlySet<string> = new Set(["<", "<=", "==", "!=", ">", ">="]);

/** Reads expressions, loosest first. */
export class Expressions extends Places {
  protected expression(): Operand {
    return this.nested(() => {
      const left = this.ternary();
      const op = this.kind() === "op" ? this.peek().text : "";
      if (!left.assign || !/^(?:[-+*/%^]|\*\*)?=$/.test(op)) return left;
      this.next();
      this.newlines();
      const right = this.expression().value;
      const { assign, value } = left;
      const verb = op === "**=" ? "^" : (op[0] as string);
      return {
        value: (run: Runtime): Value => {
          const given = right(run);
          const result = op === "=" ? given : arithmetic(verb, toNumber(value(run)), toNumber(given));
          assign(run, result);
          return result;
        },
      };
    });
  }

  protected ternary(): Operand {
    const condition = this.or();
    if (!this.take("?")) return condition;
    this.newlines();
    const yes = this.expression().value;
    this.newlines();
    this.expect(":");
    this.newlines();
    const no = this.expression().value;
    return { value: (run) => (isTrue(condition.value(run)) ? yes(run) : no(run)) };
  }

  protected or(): Operand {
    let left = this.and();
    while (this.take("||")) {
      this.newlines();
      const [a, b] = [left.value, this.and().value];
      left = { value: (run) => (isTrue(a(run)) || isTrue(b(run)) ? 1 : 0) };
    }
    return left;
  }

  protected and(): Operand {
    let left = this.membership();
    while (this.take("&&")) {
      this.newlines();
      const [a, b] = [left.value, this.membership().value];
      left = { value: (run) => (isTrue(a(run)) && isTrue(b(run)) ? 1 : 0) };
    }
    return left;
  }

  protected membership(): Operand {
    let left = this.matching();
    while (!this.noIn && this.takeKeyword("in")) {
      const cell = this.variable(this.next().text);
      const keys = (left.group ?? [left]).map(({ value }) => value);
      left = { value: (run) => (run.array(cell(run)).has(keyOf(run, keys)) ? 1 : 0) };
    }
    return left;
  }

  protected matching(): Operand {
    let left = this.comparison();
    while (this.is("~") || this.is("!~")) {
      const wanted = this.next().text === "~";
      const [text, pattern] = [left.value, this.comparison()];
      left = { value: (run) => (patternOf(run, pattern).test(run.text(text(run))) === wanted ? 1 : 0) };
    }
    return left;
  }

  protected comparison(): Operand {
    const left = this.concatenation();
    const op = this.kind() === "op" ? this.peek().text : "";
    if (op === "|" && this.peek(1).text === "getline") return this.piped(left);
    if (!COMPARISONS.has(op) || (op === ">" && this.noGreater)) return left;
    this.next();
    const [a, b] = [left.value, this.concatenation().value];
    return { value: (run) => (holds(op, compareValues(a(run), b(run), run.text)) ? 1 : 0) };
  }

  /** `command | getline [place]`, as often as it stands there. */
  protected piped(command: Operand): Operand {
    let left = command;
    while (this.is("|") && this.peek(1).text === "getline") {
      this.at += 2;
      const place = this.optionalPlace();
      const line = left.value;
      left = { value: (run) => taken(run, run.recordFrom("command", run.text(line(run))), place, true) };
    }
    return left;
  }

  protected concatenation(): Operand {
    let left = this.sum();
    while (this.startsOperand()) {
      const [a, b] = [left.value, this.sum().value];
      left = { value: (run) => run.hold(run.text(a(run)) + run.text(b(run))) };
    }
    return left;
  }

  protected startsOperand(): boolean {
    const { kind, text } = this.peek();
    if (kind === "op") return text === "$" || text === "!" || text === "(" || text === "-" || text === "+" || text === "++" || text === "--";
    return kind === "number" || kind === "string" || kind === "regex" || kind === "name" || kind === "call" || kind === "builtin";
  }

  protected sum(): Operand {
    return this.chain(["+", "-"], () => this.chain(["*", "/", "%"], () => this.unary()));
  }

  protected chain(ops: readonly string[], read: () => Operand): Operand {
    let left = read();
    while (this.kind() === "op" && ops.includes(this.peek().text)) {
      const op = this.next().text;
      const [a, b] = [left.value, read().value];
      left = { value: (run) => arithmetic(op, toNumber(a(run)), toNumber(b(run))) };
    }
    return left;
  }

  protected unary(): Operand {
    return this.nested(() => {
      const op = this.is("!") || this.is("-") || this.is("+") ? this.next().text : undefined;
      if (op === undefined) return this.raised();
      const { value } = this.unary();
      if (op === "!") return { value: (run: Runtime) => (isTrue(value(run)) ? 0 : 1) };
      return { value: (run: Runtime) => (op === "-" ? -toNumber(value(run)) : toNumber(value(run))) };
    });
  }

  protected raised(): Operand {
    const base = this.stepped();
    if (!this.take("^") && !this.take("**")) return base;
    // To the right: 2^3^2 is 2^9.
    const exponent = this.unary().value;
    return { value: (run) => power(toNumber(base.value(run)), toNumber(exponent(run))) };
  }

  protected stepped(): Operand {
    const before = this.is("++") || this.is("--") ? this.next().text : undefined;
    const operand = this.primary();
    const { assign, value } = operand;
    const by = (op: string): number => (op === "++" ? 1 : -1);
    if (before !== undefined) {
      if (!assign) throw this.unexpected();
      return { value: (run) => moved(run, value, assign, by(before)) + by(before) };
    }
    if (!assign || !(this.is("++") || this.is("--"))) return operand;
    const after = this.next().text;
    return { value: (run) => moved(run, value, assign, by(after)) };
  }

  protected primary(): Operand {
    const token = this.next();
    switch (token.kind) {
      case "number": {
        const number = Number(token.text);
        return { value: () => number };
      }
      case "string":
        return { value: () => token.text };
      case "regex": {
        const regex = regexOf(token.text);
        return { regex, value: (run) => (regex.test(run.text(run.field(0))) ? 1 : 0) };
      }
      case "name":
        return this.take("[") ? this.element(token.text) : this.place(token.text);
      case "call":
        return this.call(token.text);
      case "builtin":
        return this.builtin(token.text);
      case "keyword":
        if (token.text === "getline") return this.getline();
        break;
      case "op":
        if (token.text === "$") return this.fieldAt();
        if (token.text === "(") return this.grouping();
        break;
      default:
    }
    this.at -= 1;
    throw this.unexpected();
  }

  protected grouping(): Operand {
    const [noGreater, noIn] = [this.noGreater, this.noIn];
    this.noGreater = this.noIn = false;
    const items = [this.expression()];
    while (this.take(",")) {
      this.newlines();
      items.push(this.expression());
    }
    this.expect(")");
    [this.noGreater, this.noIn] = [noGreater, noIn];
    const [first] = items as [Operand];
    return { value: first.value, ...(items.length > 1 ? { group: items } : {}), ...(first.regex ? { regex: first.regex } : {}) };
  }

  protected fieldAt(): Operand {
    const index = this.is("-") || this.is("+") || this.is("!") ? this.unary().value : this.is("++") || this.is("--") ? this.stepped().value : this.primary().value;
    return { value: (run) => run.field(toNumber(index(run))), assign: (run, value) => run.setField(toNumber(index(run)), value) };
  }

  /** `getline [place] [< file]` */
  protected getline(): Operand {
    const place = this.optionalPlace();
    if (this.is("<")) {
      this.next();
      const name = this.primary().value;
      return { value: (run) => taken(run, run.recordFrom("file", run.text(name(run))), place, false) };
    }
    return {
      value(run) {
        const line = run.nextRecord();
        if (line === undefined) return 0;
        if (place) place(run, fromInput(line));
        else run.setRecord(line);
        return 1;
      },
    };
  }

  protected optionalPlace(): ((run: Runtime, value: Value) => void) | undefined {
    const { kind, text } = this.peek();
    return kind === "name" || (kind === "op" && text === "$") ? this.primary().assign : undefined;
  }
}
