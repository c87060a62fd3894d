import { Expressions } from "./expressions";
import { sprintf } from "./format";
import { tokensOf } from "./lexer";
import type { Expression, Statement } from "./operations";
import type { Declared } from "./places";
import type { Runtime } from "./runtime";
import { AwkError, fromInput, isTrue, toNumber, UNSET } from "./values";

/** A program ready to run. */
export interface Program {
  readonly begin: readonly Statement[];
  readonly rules: readonly Statement[];
  readonly end: readonly Statement[];
}

/** Parses an awk program by POSIX's grammar. @throws {AwkError} */
export function parseProgram(source: string): Program {
  return new Parser(tokensOf(source)).program();
}

class Parser extends Expressions {
  program(): Program {
    const begin: Statement[] = [];
    const rules: Statement[] = [];
    const end: Statement[] = [];
    for (this.skip(true); this.kind() !== "end"; this.skip(true)) {
      if (this.takeKeyword("BEGIN")) begin.push(this.block());
      else if (this.takeKeyword("END")) end.push(this.block());
      else if (this.takeKeyword("function") || this.takeKeyword("func")) this.declare();
      else rules.push(this.rule());
    }
    for (const name of this.called) if (!this.functions.get(name)?.body) throw new AwkError(`function ${name} never defined`);
    return { begin, rules, end };
  }

  private rule(): Statement {
    if (this.is("{")) return this.block();
    const first = this.expression().value;
    const second = this.take(",") ? (this.newlines(), this.expression().value) : undefined;
    const action: Statement = this.is("{") ? this.block() : (run) => (run.write(`${run.text(run.field(0))}${run.textOf("ORS")}`), undefined);
    if (!second) return (run) => (isTrue(first(run)) ? action(run) : undefined);
    const range = { isOpen: false };
    return (run) => {
      if (!range.isOpen && !isTrue(first(run))) return undefined;
      range.isOpen = !isTrue(second(run));
      return action(run);
    };
  }

  private declare(): void {
    const name = this.next();
    if (name.kind !== "call" && name.kind !== "name") throw new AwkError(`syntax error near ${name.text}`);
    this.expect("(");
    const params: string[] = [];
    while (!this.take(")")) {
      if (params.length > 0) this.expect(",");
      this.newlines();
      params.push(this.next().text);
    }
    const declared: Declared = { params, body: undefined };
    this.functions.set(name.text, declared);
    this.locals = params;
    this.newlines();
    declared.body = this.block();
    this.locals = [];
  }

  private block(): Statement {
    this.newlines();
    this.expect("{");
    const statements: Statement[] = [];
    for (this.skip(true); !this.take("}"); this.skip(true)) {
      if (this.kind() === "end") throw this.unexpected();
      statements.push(this.statement());
    }
    return (run) => {
      for (const statement of statements) {
        const flow = statement(run);
        if (flow) return flow;
      }
      return undefined;
    };
  }

  private statement(): Statement {
    return this.nested(() => {
      if (this.is("{")) return this.block();
      if (this.take(";")) return () => undefined;
      const { kind, text } = this.peek();
      if (kind !== "keyword" || text === "getline" || text === "print" || text === "printf") return this.ended(this.simple());
      this.next();
      switch (text) {
        case "if": return this.conditional();
        case "while": return this.whileLoop();
        case "do": return this.doLoop();
        case "for": return this.forLoop();
        case "break": case "continue": case "next": case "nextfile": return this.ended(() => text);
        case "exit": return this.ended(this.exit());
        case "return": return this.ended(this.giveBack());
        case "delete": return this.ended(this.removal());
        default: throw new AwkError(`syntax error near ${text}`);
      }
    });
  }

  /** A simple statement ends with its line, a semicolon or its block. */
  private ended(statement: Statement): Statement {
    if (!this.is("}") && this.kind() !== "end" && this.kind() !== "newline" && !this.take(";")) throw this.unexpected();
    return statement;
  }

  private endsStatement(): boolean {
    return this.kind() === "end" || this.kind() === "newline" || this.is(";") || this.is("}");
  }

  private simple(): Statement {
    if (this.takeKeyword("print")) return this.output(false);
    if (this.takeKeyword("printf")) return this.output(true);
    const { value } = this.expression();
    return (run) => (value(run), undefined);
  }

  private exit(): Statement {
    const code = this.endsStatement() ? undefined : this.expression().value;
    return (run) => {
      if (code) run.status = Math.trunc(toNumber(code(run))) & 255;
      return "exit";
    };
  }

  private giveBack(): Statement {
    const given = this.endsStatement() ? undefined : this.expression().value;
    return (run) => {
      run.returned = given ? given(run) : UNSET;
      return "return";
    };
  }

  private removal(): Statement {
    const cell = this.variable(this.next().text);
    const key = this.take("[") ? this.subscript() : undefined;
    return (run) => {
      const array = run.array(cell(run));
      if (key) array.delete(key(run));
      else array.clear();
      return undefined;
    };
  }

  private output(isFormatted: boolean): Statement {
    const items = this.outputItems();
    const mode = this.is(">") || this.is(">>") || this.is("|") ? (this.next().text as ">" | ">>" | "|") : undefined;
    const target = mode && this.concatenation().value;
    const text: (run: Runtime) => string = isFormatted
      ? (run) => sprintf(run.text(items[0]?.(run) ?? ""), items.slice(1).map((item) => item(run)), run.text)
      : (run) => `${items.length === 0 ? run.text(run.field(0)) : items.map((item) => run.printed(item(run))).join(run.textOf("OFS"))}${run.textOf("ORS")}`;
    return (run) => {
      const written = text(run);
      run.write(written, mode && target ? { mode, name: run.text(target(run)) } : undefined);
      return undefined;
    };
  }

  private outputItems(): readonly Expression[] {
    if (this.endsStatement() || this.is(">") || this.is(">>") || this.is("|")) return [];
    const before = this.noGreater;
    this.noGreater = true;
    const first = this.expression();
    // `print (a, b)`: a list in parentheses, and nothing behind it.
    const items = first.group && first.group.length > 1 ? first.group.map(({ value }) => value) : [first.value];
    while (this.take(",")) {
      this.newlines();
      items.push(this.expression().value);
    }
    this.noGreater = before;
    return items;
  }

  private condition(): Expression {
    this.expect("(");
    const { value } = this.expression();
    this.expect(")");
    return value;
  }

  /** What an `if` or a loop does: one statement, perhaps on the next line. */
  private body(): Statement {
    this.newlines();
    return this.statement();
  }

  private conditional(): Statement {
    const condition = this.condition();
    const yes = this.body();
    const mark = this.at;
    this.skip(true);
    if (!this.takeKeyword("else")) {
      this.at = mark;
      return (run) => (isTrue(condition(run)) ? yes(run) : undefined);
    }
    const no = this.body();
    return (run) => (isTrue(condition(run)) ? yes(run) : no(run));
  }

  private whileLoop(): Statement {
    const condition = this.condition();
    const body = this.body();
    return (run) => {
      while (isTrue(condition(run))) {
        run.tick();
        const flow = body(run);
        if (flow === "break") break;
        if (flow && flow !== "continue") return flow;
      }
      return undefined;
    };
  }

  private doLoop(): Statement {
    const body = this.body();
    this.skip(true);
    if (!this.takeKeyword("while")) throw this.unexpected();
    const condition = this.condition();
    return this.ended((run) => {
      do {
        run.tick();
        const flow = body(run);
        if (flow === "break") break;
        if (flow && flow !== "continue") return flow;
      } while (isTrue(condition(run)));
      return undefined;
    });
  }

  private forLoop(): Statement {
    this.expect("(");
    if (this.kind() === "name" && this.peek(1).text === "in" && this.peek(3).text === ")") return this.forIn();
    const first = this.is(";") ? undefined : this.simple();
    this.expect(";");
    this.newlines();
    const condition = this.is(";") ? undefined : this.expression().value;
    this.expect(";");
    this.newlines();
    const step = this.is(")") ? undefined : this.simple();
    this.expect(")");
    const body = this.body();
    return (run) => {
      first?.(run);
      for (; !condition || isTrue(condition(run)); step?.(run)) {
        run.tick();
        const flow = body(run);
        if (flow === "break") break;
        if (flow && flow !== "continue") return flow;
      }
      return undefined;
    };
  }

  private forIn(): Statement {
    const target = this.place(this.next().text);
    this.next();
    const cell = this.variable(this.next().text);
    this.expect(")");
    const body = this.body();
    return (run) => {
      for (const key of [...run.array(cell(run)).keys()]) {
        run.tick();
        target.assign?.(run, fromInput(key));
        const flow = body(run);
        if (flow === "break") break;
        if (flow && flow !== "continue") return flow;
      }
      return undefined;
    };
  }
}
