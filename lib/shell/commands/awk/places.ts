import { Cursor } from "./cursor";
import { callBuiltin, type Argument } from "./builtins";
import { cellFor, keyOf, Leave, type Expression, type Operand, type Statement } from "./operations";
import type { Cell, Runtime } from "./runtime";
import { AwkError, UNSET } from "./values";

/** A function of the program. */
export interface Declared {
  readonly params: readonly string[];
  body: Statement | undefined;
}

/** Deepest nesting of calls. */
const MAX_CALLS = 400;
const BARE: ReadonlySet<string> = new Set(["length", "rand", "srand", "systime", "fflush"]);
const SPECIAL: ReadonlySet<string> = new Set(["NF"]);

/** Reads what has a name: variables, elements of arrays, and calls. */
export abstract class Places extends Cursor {
  protected locals: readonly string[] = [];
  /** Inside `print …`, `>` writes to a file; inside `for (…`, `in` belongs to the loop. */
  protected noGreater = false;
  protected noIn = false;
  protected readonly functions = new Map<string, Declared>();
  protected readonly called: string[] = [];

  protected abstract expression(): Operand;

  protected variable(name: string): (run: Runtime) => Cell {
    const local = this.locals.indexOf(name);
    if (local >= 0) return (run) => run.frame[local] as Cell;
    return (run) => run.global(name);
  }

  protected place(name: string): Operand {
    const cell = this.variable(name);
    if (SPECIAL.has(name) && !this.locals.includes(name)) return { value: (run) => run.count(), assign: (run, value) => run.setCount(value) };
    return {
      cell,
      value(run) {
        const found = cell(run);
        if (found.array) throw new AwkError(`can't use array ${name} as scalar`);
        return found.value;
      },
      assign(run, value) {
        const found = cell(run);
        if (found.array) throw new AwkError(`can't assign to ${name}; it's an array name`);
        found.value = value;
      },
    };
  }

  protected subscript(): (run: Runtime) => string {
    const keys: Expression[] = [];
    do {
      this.newlines();
      keys.push(this.inside(() => this.expression().value));
    } while (this.take(","));
    this.expect("]");
    return (run) => keyOf(run, keys);
  }

  protected inside<T>(read: () => T): T {
    const [noGreater, noIn] = [this.noGreater, this.noIn];
    this.noGreater = this.noIn = false;
    const result = read();
    [this.noGreater, this.noIn] = [noGreater, noIn];
    return result;
  }

  protected element(name: string): Operand {
    const cell = this.variable(name);
    const key = this.subscript();
    return {
      value(run) {
        const array = run.array(cell(run));
        const at = key(run);
        const found = array.get(at);
        // Asking for it makes it.
        if (found === undefined) array.set(at, UNSET);
        return found ?? UNSET;
      },
      assign(run, value) {
        const array = run.array(cell(run));
        if (array.size > 200_000) throw new AwkError("out of memory");
        array.set(key(run), value);
      },
    };
  }

  protected listed(): readonly Operand[] {
    const items: Operand[] = [];
    this.inside(() => {
      this.newlines();
      while (!this.take(")")) {
        if (items.length > 0) this.expect(",");
        this.newlines();
        items.push(this.expression());
        this.newlines();
      }
    });
    return items;
  }

  protected call(name: string): Operand {
    this.expect("(");
    const args = this.listed();
    this.called.push(name);
    const { functions } = this;
    return {
      value(run) {
        const { params, body } = functions.get(name) as Declared;
        if (args.length > params.length) throw new AwkError(`function ${name} called with ${args.length} args, accepts only ${params.length}`);
        const frame = params.map((_, i): Cell => cellFor(run, args[i]));
        const before = run.frame;
        run.depth += 1;
        run.tick();
        if (run.depth > MAX_CALLS) throw new AwkError("function calls nested too deeply");
        run.frame = frame;
        run.returned = UNSET;
        const flow = body?.(run);
        run.frame = before;
        run.depth -= 1;
        if (flow === "exit" || flow === "next" || flow === "nextfile") throw new Leave(flow);
        return run.returned;
      },
    };
  }

  protected builtin(name: string): Operand {
    // Some may stand without parentheses: `length` then means the record's.
    const isCalled = this.take("(");
    if (!isCalled && !BARE.has(name)) throw this.unexpected();
    const args: readonly Argument[] = isCalled ? this.listed() : [];
    return { value: (run) => callBuiltin(name, args, run) };
  }
}
