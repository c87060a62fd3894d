import { functionOf, type Closure } from "./functions";
import { below, children, cut, indexed, made, withAt, type Item } from "./paths";
import { JqError, type Binding, type Filter, type JsonValue } from "./tree";
import { calculate, formatted, isList, isMap, isTrue, shown, typeOf } from "./values";

interface Defined {
  readonly parameters: readonly string[];
  readonly body: Filter;
  /** Everything known where it was defined, itself included. */
  scope: Scope;
}

/** A filter given as an argument, with what was known where it was written. */
interface Argument {
  readonly filter: Filter;
  readonly scope: Scope;
}

/** What names mean: variables, arguments and functions, the innermost first. */
export interface Scope {
  readonly variables: Readonly<Record<string, JsonValue>>;
  readonly args: Readonly<Record<string, Argument>>;
  readonly functions: Readonly<Record<string, Defined>>;
  readonly budget: { steps: number; depth: number };
}

const MOST_STEPS = 400_000;
const DEEPEST = 400;

/** A scope with nothing but variables. */
export function scopeOf(variables: Readonly<Record<string, JsonValue>>): Scope {
  return { variables, args: {}, functions: {}, budget: { steps: 0, depth: 0 } };
}

/** Everything a filter makes of a value, in order. Gives up after a bounded number of steps. Throws {@link JqError}. */
export function evaluate(filter: Filter, input: Item, scope: Scope): readonly Item[] {
  const { budget } = scope;
  budget.steps += 1;
  budget.depth += 1;
  if (budget.steps > MOST_STEPS || budget.depth > DEEPEST) throw new JqError("program takes too long");
  const found = step(filter, input, scope);
  budget.depth -= 1;
  budget.steps += found.length >> 3;
  return found;
}

function step(filter: Filter, input: Item, scope: Scope): readonly Item[] {
  const run = (inner: Filter, item: Item = input): readonly Item[] => evaluate(inner, item, scope);
  switch (filter.k) {
    case "identity": return [input];
    case "recurse": return recurse(input);
    case "literal": return [made(filter.value)];
    case "variable": return [made(variable(filter.name, scope))];
    case "format": return [made(formatted(filter.name, input.value))];
    case "text": return texts(filter, input, scope);
    case "pipe": return run(filter.left).flatMap((item) => run(filter.right, item));
    case "comma": return [...run(filter.left), ...run(filter.right)];
    case "index": return run(filter.of).flatMap((of) => run(filter.at).map((at) => indexed(of, at.value)));
    case "slice": return sliced(filter, input, scope);
    case "iterate": return run(filter.of).flatMap(children);
    case "array": return [made(filter.of === undefined ? [] : run(filter.of).map(({ value }) => value))];
    case "object": return objects(filter.entries, input, scope);
    case "minus": return run(filter.of).map(({ value }) => {
      if (typeof value !== "number") throw new JqError(`${shown(value)} cannot be negated`);
      return made(-value);
    });
    case "and": return run(filter.left).flatMap((left) => (isTrue(left.value) ? run(filter.right).map(({ value }) => made(isTrue(value))) : [made(false)]));
    case "or": return run(filter.left).flatMap((left) => (isTrue(left.value) ? [made(true)] : run(filter.right).map(({ value }) => made(isTrue(value)))));
    case "else": {
      const good = attempt(filter.left, input, scope).items.filter(({ value }) => isTrue(value));
      return good.length > 0 ? good : run(filter.right);
    }
    case "binary": return run(filter.right).flatMap((right) => run(filter.left).map((left) => made(calculate(filter.op, left.value, right.value))));
    case "if": return run(filter.test).flatMap((test) => run(isTrue(test.value) ? filter.yes : filter.no));
    case "try": {
      const { items, error } = attempt(filter.body, input, scope);
      return error === undefined || filter.failed === undefined ? items : [...items, ...run(filter.failed, made(error.value))];
    }
    case "reduce": return reduced(filter, input, scope);
    case "as": return run(filter.source).flatMap(({ value }) => evaluate(filter.body, input, bound(scope, filter.names, value)));
    case "define": return evaluate(filter.rest, input, defined(scope, filter));
    case "update": return updated(filter, input, scope);
    case "call": return called(filter, input, scope);
  }
}

function attempt(filter: Filter, input: Item, scope: Scope): { readonly items: readonly Item[]; readonly error?: JqError } {
  const { depth } = scope.budget;
  // What came before the failure counts, so both sides of a comma are tried on their own.
  if (filter.k === "comma") {
    const left = attempt(filter.left, input, scope);
    if (left.error) return left;
    const right = attempt(filter.right, input, scope);
    return { ...right, items: [...left.items, ...right.items] };
  }
  if (filter.k === "pipe") {
    const items: Item[] = [];
    const left = attempt(filter.left, input, scope);
    for (const item of left.items) {
      const right = attempt(filter.right, item, scope);
      items.push(...right.items);
      if (right.error) return { items, error: right.error };
    }
    return left.error ? { items, error: left.error } : { items };
  }
  try {
    return { items: evaluate(filter, input, scope) };
  } catch (error) {
    if (!(error instanceof JqError) || scope.budget.steps > MOST_STEPS) throw error;
    scope.budget.depth = depth;
    return { items: [], error };
  }
}

function variable(name: string, { variables }: Scope): JsonValue {
  if (!Object.hasOwn(variables, name)) throw new JqError(`$${name} is not defined`);
  return variables[name] ?? null;
}

/** Products of lists grow faster than steps do. */
function many(count: number): void {
  if (count > 100_000) throw new JqError("program takes too long");
}

function texts({ format, parts }: Extract<Filter, { k: "text" }>, input: Item, scope: Scope): readonly Item[] {
  let all: readonly string[] = [""];
  for (const part of parts) {
    const next = typeof part === "string" ? [part] : evaluate(part, input, scope).map(({ value }) => formatted(format ?? "@text", value));
    many(all.length * next.length);
    all = next.flatMap((text) => all.map((before) => before + text));
  }
  return all.map(made);
}

function sliced(filter: Extract<Filter, { k: "slice" }>, input: Item, scope: Scope): readonly Item[] {
  const bounds = (one: Filter | undefined): readonly JsonValue[] => (one === undefined ? [null] : evaluate(one, input, scope).map(({ value }) => value));
  return evaluate(filter.of, input, scope).flatMap((of) => bounds(filter.to).flatMap((end) => bounds(filter.from).map((start): Item => {
    if (of.value === null) return { value: null, path: below(of.path, { start, end }) };
    if (!isList(of.value) && typeof of.value !== "string") throw new JqError(`Cannot index ${typeOf(of.value)} with object`);
    return { value: cut(of.value, start, end), path: below(of.path, { start, end }) };
  })));
}

function recurse(item: Item): readonly Item[] {
  return [item, ...(isList(item.value) || isMap(item.value) ? children(item).flatMap(recurse) : [])];
}

function objects(entries: Extract<Filter, { k: "object" }>["entries"], input: Item, scope: Scope): readonly Item[] {
  let all: readonly Readonly<Record<string, JsonValue>>[] = [{}];
  for (const entry of entries) {
    const keys = evaluate(entry.key, input, scope);
    const values = evaluate(entry.value, input, scope);
    many(all.length * keys.length * values.length);
    all = all.flatMap((before) => keys.flatMap((key) => values.map(({ value }) => {
      if (typeof key.value !== "string") throw new JqError(`Object keys must be strings`);
      return { ...before, [key.value]: value };
    })));
  }
  return all.map(made);
}

function bound(scope: Scope, names: readonly Binding[], value: JsonValue): Scope {
  const variables = { ...scope.variables };
  for (const { name, path } of names) variables[name] = path.reduce((at: JsonValue, key) => indexed(made(at), key).value, value);
  return { ...scope, variables };
}

function reduced({ source, name, start, step: next }: Extract<Filter, { k: "reduce" }>, input: Item, scope: Scope): readonly Item[] {
  let state = evaluate(start, input, scope).at(-1)?.value ?? null;
  for (const { value } of evaluate(source, input, scope)) {
    state = evaluate(next, { value: state, path: [] }, bound(scope, [{ name, path: [] }], value)).at(-1)?.value ?? null;
  }
  return [made(state)];
}

function defined(scope: Scope, { name, parameters, body }: Extract<Filter, { k: "define" }>): Scope {
  const own: Defined = { parameters, body, scope };
  const known: Scope = { ...scope, functions: { ...scope.functions, [`${name}/${parameters.length}`]: own } };
  own.scope = known;
  return known;
}

function called({ name, args }: Extract<Filter, { k: "call" }>, input: Item, scope: Scope): readonly Item[] {
  const argument = args.length === 0 && Object.hasOwn(scope.args, name) ? scope.args[name] : undefined;
  if (argument) return evaluate(argument.filter, input, argument.scope);
  const key = `${name}/${args.length}`;
  const own = Object.hasOwn(scope.functions, key) ? scope.functions[key] : undefined;
  if (own) return enter(own, args, input, scope);
  const builtin = functionOf(key);
  if (!builtin) throw new JqError(`${key} is not defined`);
  if ("body" in builtin) return enter({ parameters: builtin.parameters, body: builtin.body, scope: { ...scopeOf({}), variables: pick(scope.variables), budget: scope.budget } }, args, input, scope);
  const closures = args.map((arg): Closure => (item) => evaluate(arg, item, scope));
  return builtin.run(input, closures, scope.variables);
}

/** The variables every function sees. */
function pick(variables: Scope["variables"]): Scope["variables"] {
  return { ENV: variables["ENV"] ?? null };
}

/** `def f($x)`: a parameter with `$` is a variable, one call for each of its values. */
function enter(own: Defined, args: readonly Filter[], input: Item, scope: Scope): readonly Item[] {
  let scopes: readonly Scope[] = [{ ...own.scope, budget: scope.budget }];
  own.parameters.forEach((parameter, i) => {
    const filter = args[i] as Filter;
    const name = parameter.replace("$", "");
    const values = parameter.startsWith("$") ? evaluate(filter, input, scope).map(({ value }): JsonValue | undefined => value) : [undefined];
    scopes = values.flatMap((value) => scopes.map((one): Scope => ({ ...one, args: { ...one.args, [name]: { filter: value === undefined ? filter : { k: "literal", value }, scope } }, variables: value === undefined ? one.variables : { ...one.variables, [name]: value } })));
  });
  return scopes.flatMap((one) => evaluate(own.body, input, one));
}

function pathsOf(filter: Filter, value: JsonValue, scope: Scope): readonly (readonly JsonValue[])[] {
  return evaluate(filter, { value, path: [] }, scope).map((item) => {
    if (item.path === null) throw new JqError(`Invalid path expression with result ${shown(item.value).replace(/^\w+ \((.*)\)$/, "$1")}`);
    return item.path;
  });
}

function updated({ op, left, right }: Extract<Filter, { k: "update" }>, input: Item, scope: Scope): readonly Item[] {
  const paths = pathsOf(left, input.value, scope);
  const at = (value: JsonValue, path: readonly JsonValue[]): JsonValue => path.reduce((from: JsonValue, key) => indexed(made(from), key).value, value);
  if (op === "|=") {
    let value = input.value;
    // From the last to the first, so that what is taken away moves nothing that is still to come.
    for (const path of [...paths].reverse()) value = withAt(value, path, evaluate(right, { value: at(value, path), path: [] }, scope)[0]?.value);
    return [made(value)];
  }
  return evaluate(right, input, scope).map(({ value: given }) => {
    let value = input.value;
    for (const path of paths) {
      const old = at(value, path);
      value = withAt(value, path, op === "=" ? given : op === "//=" ? (isTrue(old) ? old : given) : calculate(op.slice(0, -1), old, given));
    }
    return made(value);
  });
}
