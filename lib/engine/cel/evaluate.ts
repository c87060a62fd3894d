/** Runs expressions. Upstream: cel-go/interpreter. */
import type { Expr, Literal } from "./ast";
import { dottedName } from "./tree";
import { compareValues } from "./compare";
import { addresses } from "./functions/addresses";
import { itemAt, operators, printedKey } from "./functions/arithmetic";
import { noOverload, type Fn, type FunctionContext } from "./functions/function";
import { kubernetes } from "./functions/kubernetes";
import { lists } from "./functions/lists";
import { standard } from "./functions/standard";
import { strings } from "./functions/strings";
import { NAMESPACES } from "./signatures";
import { Bytes, CelError, dictionaryOf, isDictionary, List, Optional, TypeValue, Uint, unescapeField, type Value } from "./values";

const FUNCTIONS: ReadonlyMap<string, Fn> = new Map(Object.entries({ ...standard, ...strings, ...lists, ...kubernetes, ...addresses, ...operators }));

/** Variables, inner ones first. */
export interface Activation {
  readonly variables: Readonly<Record<string, Value | (() => Value)>>;
  readonly parent?: Activation;
}

function lookup(activation: Activation, name: string): Value | undefined {
  for (let at: Activation | undefined = activation; at; at = at.parent) {
    if (!Object.hasOwn(at.variables, name)) continue;
    const found = at.variables[name];
    return typeof found === "function" ? found() : found;
  }
  return undefined;
}

const TYPES = new Set(["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"]);

/** One run of one expression, with the work it may still do. */
class Run implements FunctionContext {
  cost = 0;
  constructor(private readonly limit: number) {}

  spend(cost: number): void {
    this.cost += cost;
    if (this.cost > this.limit) throw new CelError("operation cancelled: actual cost limit exceeded");
  }

  evaluate(expr: Expr, scope: Activation): Value {
    switch (expr.type) {
      case "literal":
        return literalValue(expr.value);
      case "ident":
        return this.ident(expr.name, scope);
      case "select":
        return this.select(expr, scope);
      case "call":
        return this.call(expr, scope);
      case "list":
        this.spend(10);
        return new List(expr.items.flatMap(({ value, optional }) => present(this.evaluate(value, scope), optional)));
      case "map":
        this.spend(30);
        return dictionaryOf(expr.entries.flatMap(({ key, value, optional }) => present(this.evaluate(value, scope), optional).map((made) => [this.evaluate(key, scope), made] as const)));
      case "message":
        this.spend(40);
        return dictionaryOf(expr.fields.flatMap(({ name, value, optional }) => present(this.evaluate(value, scope), optional).map((made) => [unescapeField(name), made] as const)));
      case "walk":
        return this.walk(expr, scope);
      case "optMap":
        return this.optMap(expr, scope);
    }
  }

  private ident(name: string, scope: Activation): Value {
    this.spend(1);
    const found = lookup(scope, name);
    if (found !== undefined) return found;
    if (TYPES.has(name)) return new TypeValue(name);
    throw new CelError(`no such attribute(s): ${name}`);
  }

  private select({ operand, field, test, optional }: Extract<Expr, { readonly type: "select" }>, scope: Activation): Value {
    if (operand.type === "ident" && !test) {
      const declared = lookup(scope, `${operand.name}.${field}`);
      if (declared !== undefined) return declared;
    }
    const whole = this.evaluate(operand, scope);
    // Looking whether something is there costs nothing. Upstream: PresenceTestHasCost(false).
    if (!test) this.spend(1);
    const holder = whole instanceof Optional ? whole.value : whole;
    if (holder === undefined) return test ? false : new Optional(undefined);
    if (!isDictionary(holder)) throw new CelError(test && holder === null ? "no such overload" : `no such key: ${field}`);
    const found = holder.get(field);
    if (test) return found !== undefined && (found !== null || !holder.struct);
    if (optional || whole instanceof Optional) return found instanceof Optional ? found : new Optional(found ?? undefined);
    if (found === undefined) throw new CelError(`no such key: ${field}`);
    return found;
  }

  private call({ name, target, args }: Extract<Expr, { readonly type: "call" }>, scope: Activation): Value {
    if (target === undefined && (name === "_&&_" || name === "_||_")) return this.logic(name === "_&&_", args, scope);
    if (name === "_?_:_") return this.choice(args, scope);
    const prefix = target === undefined ? undefined : dottedName(target);
    const spaced = prefix !== undefined && NAMESPACES.has(prefix) && lookup(scope, prefix) === undefined;
    const run = FUNCTIONS.get(spaced ? `${prefix}.${name}` : name);
    if (!run) throw new CelError(`no such overload`);
    const given = args.map((arg) => this.evaluate(arg, scope));
    const values = spaced || target === undefined ? given : [this.evaluate(target, scope), ...given];
    this.spend(1);
    if (name === "_==_" || name === "_!=_" || name === "_+_") this.spend(textCost(values));
    return run(values, this);
  }

  /** `false && error` is false, in either order. */
  private logic(and: boolean, [left, right]: readonly Expr[], scope: Activation): Value {
    const first = this.attempt(left as Expr, scope);
    if (!(first instanceof CelError) && first === !and) return !and;
    const second = this.attempt(right as Expr, scope);
    if (!(second instanceof CelError) && second === !and) return !and;
    if (first instanceof CelError) throw first;
    if (second instanceof CelError) throw second;
    return typeof first === "boolean" && typeof second === "boolean" ? and : noOverload();
  }

  private attempt(expr: Expr, scope: Activation): Value | CelError {
    try {
      return this.evaluate(expr, scope);
    } catch (error) {
      // Running out of work is not an answer that the other side could mend.
      if (!(error instanceof CelError) || error.message.startsWith("operation cancelled")) throw error;
      return error;
    }
  }

  private choice([condition, then, otherwise]: readonly Expr[], scope: Activation): Value {
    const decided = this.evaluate(condition as Expr, scope);
    if (typeof decided !== "boolean") return noOverload();
    return this.evaluate((decided ? then : otherwise) as Expr, scope);
  }

  private walk(expr: Extract<Expr, { readonly type: "walk" }>, scope: Activation): Value {
    const range = this.evaluate(expr.range, scope);
    const steps = stepsOf(range, expr.variables);
    const inside = (step: Step): Activation => ({ variables: step.variables, parent: scope });
    const holds = (step: Step, index: number): boolean => {
      this.spend(2);
      const decided = this.evaluate(expr.args[index] as Expr, inside(step));
      return typeof decided === "boolean" ? decided : noOverload();
    };
    switch (expr.walk) {
      case "all":
      case "exists":
        return this.quantified(expr.walk === "all", steps, (step) => this.attemptBoolean(() => holds(step, 0)));
      case "exists_one":
      case "existsOne":
        return steps.filter((step) => holds(step, 0)).length === 1;
      case "filter":
        return new List(steps.filter((step) => holds(step, 0)).map((step) => step.item));
      case "sortBy":
        return new List(steps.map((step) => [this.evaluate(expr.args[0] as Expr, inside(step)), step.item] as const).sort(([a], [b]) => compareValues(a, b)).map(([, item]) => item));
      default:
        return this.transform(expr, steps, holds, inside);
    }
  }

  private transform(expr: Extract<Expr, { readonly type: "walk" }>, steps: readonly Step[], holds: (step: Step, index: number) => boolean, inside: (step: Step) => Activation): Value {
    const chosen = expr.args.length === 2 ? steps.filter((step) => holds(step, 0)) : steps;
    const made = chosen.map((step) => {
      this.spend(2);
      return [step.key, this.evaluate(expr.args[expr.args.length - 1] as Expr, inside(step))] as const;
    });
    if (expr.walk === "transformMap") return dictionaryOf(made);
    if (expr.walk !== "transformMapEntry") return new List(made.map(([, value]) => value));
    return dictionaryOf(made.flatMap(([, entry]) => (isDictionary(entry) ? entry.keys().map((key) => [key, entry.get(key) ?? null] as const) : noOverload())));
  }

  private attemptBoolean(run: () => boolean): boolean | CelError {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof CelError) || error.message.startsWith("operation cancelled")) throw error;
      return error;
    }
  }

  /** One answer decides; errors count only when nothing decided. */
  private quantified(all: boolean, steps: readonly Step[], ask: (step: Step) => boolean | CelError): boolean {
    let failed: CelError | undefined;
    for (const step of steps) {
      const decided = ask(step);
      if (decided instanceof CelError) failed ??= decided;
      else if (decided !== all) return !all;
    }
    if (failed) throw failed;
    return all;
  }

  private optMap({ target, variable, body, flat }: Extract<Expr, { readonly type: "optMap" }>, scope: Activation): Value {
    const holder = this.evaluate(target, scope);
    if (!(holder instanceof Optional)) return noOverload();
    if (holder.value === undefined) return holder;
    const made = this.evaluate(body, { variables: { [variable]: holder.value }, parent: scope });
    return flat ? made : new Optional(made);
  }
}

interface Step {
  readonly key: Value;
  readonly item: Value;
  readonly variables: Readonly<Record<string, Value>>;
}

/** What a macro walks over: items of a list, keys of a map; with two variables index or key, and value. */
function stepsOf(range: Value, [first = "", second]: readonly string[]): readonly Step[] {
  if (range instanceof List) return range.items().map((item, i) => ({ key: BigInt(i), item, variables: second === undefined ? { [first]: item } : { [first]: BigInt(i), [second]: item } }));
  if (!isDictionary(range)) return noOverload();
  return range.keys().map((key) => ({ key, item: key, variables: second === undefined ? { [first]: key } : { [first]: key, [second]: itemAt(range, key) ?? noSuchKey(key) } }));
}

function noSuchKey(key: Value): never {
  throw new CelError(`no such key: ${printedKey(key)}`);
}

function present(value: Value, optional: boolean): readonly Value[] {
  if (!optional) return [value];
  if (!(value instanceof Optional)) return noOverload();
  return value.value === undefined ? [] : [value.value];
}

function textCost(values: readonly Value[]): number {
  return Math.ceil(values.reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : value instanceof List ? value.length : 0), 0) * 0.1);
}

function literalValue(value: Literal): Value {
  if (typeof value !== "object" || value === null) return value;
  return "uint" in value ? new Uint(value.uint) : new Bytes(value.bytes);
}

/**
 * The value of an expression and what it cost, or what went wrong. Nothing escapes: what a machine cannot hold is an error
 * of the expression, too.
 */
export function evaluate(expr: Expr, scope: Activation, limit: number): { readonly value: Value; readonly cost: number } | { readonly error: string; readonly cost: number } {
  const run = new Run(limit);
  try {
    return { value: run.evaluate(expr, scope), cost: run.cost };
  } catch (error) {
    if (error instanceof RangeError) return { error: "operation cancelled: expression is too large to evaluate", cost: run.cost };
    if (!(error instanceof CelError)) throw error;
    return { error: error.message, cost: run.cost };
  }
}
