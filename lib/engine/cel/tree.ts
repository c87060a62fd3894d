import type { Expr } from "./ast";

/** An operator or function with its arguments. */
export function call(name: string, at: number, args: readonly Expr[]): Expr {
  return { type: "call", name, target: undefined, args, at };
}

/** A chain of one operator as a tree that is no deeper than it must be. Upstream: parser.logicManager. */
export function balanced(name: string, terms: readonly Expr[], places: readonly number[]): Expr {
  if (terms.length === 1) return terms[0] as Expr;
  const middle = places.length >> 1;
  return call(name, places[middle] as number, [balanced(name, terms.slice(0, middle + 1), places.slice(0, middle)), balanced(name, terms.slice(middle + 1), places.slice(middle + 1))]);
}

/** `a.b.c`, when an expression is nothing but names. */
export function dottedName(expr: Expr): string | undefined {
  if (expr.type === "ident") return expr.name;
  if (expr.type !== "select" || expr.test || expr.optional) return undefined;
  const operand = dottedName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}
