import { arithmetic, quotient, spoken } from "./arithmetic";
import type { Scope } from "./scope";
import type { Expression, Order } from "./tree";
import { compare, float, identity, int, numberOf, rescaled, type Dialect, type Value } from "./value";

type Call = Extract<Expression, { readonly kind: "call" }>;
type Evaluate = (expression: Expression, scope: Scope) => Value;

const BOTH = new Set(["COUNT", "SUM", "AVG", "MIN", "MAX"]);
const OWN: Readonly<Record<Dialect, ReadonlySet<string>>> = { mariadb: new Set(["GROUP_CONCAT", "ANY_VALUE"]), postgres: new Set(["STRING_AGG", "ARRAY_AGG", "BOOL_AND", "BOOL_OR", "EVERY"]) };

/** Is it a function of many rows? */
export function isAggregate(name: string, dialect: Dialect): boolean {
  return BOTH.has(name) || OWN[dialect].has(name);
}

/** Does an expression ask for one? Queries within it are their own. */
export function hasAggregate(expression: Expression | undefined, dialect: Dialect): boolean {
  if (!expression) return false;
  const any = (...parts: readonly (Expression | undefined)[]): boolean => parts.some((part) => hasAggregate(part, dialect));
  switch (expression.kind) {
    case "call": return (expression.over === undefined && isAggregate(expression.name, dialect)) || any(...expression.args, ...(expression.over?.partition ?? []), ...(expression.over?.order ?? []).map(({ by }) => by));
    case "unary": case "cast": case "is": return any(expression.operand);
    case "binary": return any(expression.left, expression.right);
    case "between": return any(expression.operand, expression.low, expression.high);
    case "in": return any(expression.operand, ...("first" in expression.list ? [] : expression.list));
    case "case": return any(expression.subject, expression.otherwise, ...expression.whens.flat());
    default: return false;
  }
}

/** Which of two keys comes first: PostgreSQL puts NULL last, MariaDB first. */
export function byKeys(a: readonly Value[], b: readonly Value[], order: readonly Order[], dialect: Dialect): number {
  for (const [i, key] of order.entries()) {
    const [left, right] = [a[i] ?? null, b[i] ?? null];
    const last = key.nulls ? key.nulls === "last" : (dialect === "postgres") !== key.descending;
    const sign = left === null || right === null ? (left === right ? 0 : (left === null) === last ? 1 : -1) : compare(left, right, dialect) * (key.descending ? -1 : 1);
    if (sign !== 0) return sign;
  }
  return 0;
}

/** The values an aggregate is of: without NULL, once each when DISTINCT, in the order it asks for. */
function valuesOf(call: Call, scope: Scope, group: readonly (readonly Value[])[], evaluate: Evaluate, holds: (value: Value) => boolean): readonly Exclude<Value, null>[] {
  const { group: _, ...single } = scope;
  const { dialect } = scope.session;
  const keyed = group.flatMap((row) => {
    const inner: Scope = { ...single, row };
    if (call.filter && !holds(evaluate(call.filter, inner))) return [];
    const parts = call.args.slice(0, call.name === "GROUP_CONCAT" ? undefined : 1).map((arg) => evaluate(arg, inner));
    if (parts.includes(null)) return [];
    const value = parts.length === 1 ? (parts[0] ?? null) : parts.map((part) => spoken(part as Exclude<Value, null>, dialect)).join("");
    return value === null ? [] : [{ value, keys: call.order.map((key) => evaluate(key.by, inner)) }];
  });
  const sorted = call.order.length === 0 ? keyed : keyed.sort((a, b) => byKeys(a.keys, b.keys, call.order, dialect));
  if (!call.distinct) return sorted.map(({ value }) => value);
  const seen = new Set<string>();
  return sorted.map(({ value }) => value).filter((value) => !seen.has(identity(value, dialect)) && seen.add(identity(value, dialect)));
}

/** What an aggregate comes to over the rows of a group. */
export function aggregate(call: Call, scope: Scope, group: readonly (readonly Value[])[], evaluate: Evaluate, holds: (value: Value) => boolean): Value {
  if (call.name === "COUNT" && call.star) return int(call.filter ? group.filter((row) => holds(evaluate(call.filter as Expression, { ...scope, row }))).length : group.length);
  return overValues(call, valuesOf(call, scope, group, evaluate, holds), scope, evaluate);
}

/** What an aggregate makes of values, none of which is NULL. */
export function overValues(call: Call, values: readonly Exclude<Value, null>[], scope: Scope, evaluate: Evaluate): Value {
  const { dialect } = scope.session;
  if (call.name === "COUNT") return int(values.length);
  if (values.length === 0) return null;
  switch (call.name) {
    case "SUM": return sum(values, dialect, call.at);
    case "AVG": {
      const total = sum(values, dialect, call.at);
      if (typeof total === "number") return total / values.length;
      return typeof total === "object" && total !== null ? quotient(total, int(values.length), dialect) : null;
    }
    case "MIN": return values.reduce((least, value) => (compare(value, least, dialect) < 0 ? value : least));
    case "MAX": return values.reduce((most, value) => (compare(value, most, dialect) > 0 ? value : most));
    case "GROUP_CONCAT": return values.map((value) => spoken(value, dialect)).join(call.separator ? spoken(evaluate(call.separator, scope) ?? "", dialect) : ",").slice(0, 1_048_576);
    case "STRING_AGG": return values.map((value) => spoken(value, dialect)).join(call.args[1] ? spoken(evaluate(call.args[1], scope) ?? "", dialect) : "");
    case "ARRAY_AGG": return `{${values.map((value) => spoken(value, dialect)).join(",")}}`;
    case "BOOL_OR": return values.includes(true);
    case "BOOL_AND": case "EVERY": return !values.includes(false);
    default: return values[0] ?? null;
  }
}

function sum(values: readonly Exclude<Value, null>[], dialect: Dialect, at: number): Value {
  return values.map((value): Value => (dialect === "mariadb" ? numberOf(value) : value)).reduce((total, value) => arithmetic("+", total, value, dialect, at));
}

/** A count out of a LIMIT. */
export function countOf(value: Value): number | undefined {
  if (value === null) return undefined;
  const number = numberOf(value);
  return Math.max(0, typeof number === "object" ? float(rescaled(number, 0)) : Math.trunc(number));
}
