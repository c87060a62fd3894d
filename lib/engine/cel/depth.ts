import type { Expr } from "./ast";

/** The parts of an expression. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.type) {
    case "literal":
    case "ident":
      return [];
    case "select":
      return [expr.operand];
    case "call":
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    case "list":
      return expr.items.map(({ value }) => value);
    case "map":
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case "message":
      return expr.fields.map(({ value }) => value);
    case "walk":
      return [expr.range, ...expr.args];
    case "optMap":
      return [expr.target, expr.body];
  }
}

/** Operators and steps from one thing to another count; lists, maps, functions, `!`, `&&` and `||` do not. */
function counts(expr: Expr): boolean {
  if (expr.type !== "call") return expr.type === "select" || expr.type === "walk" || expr.type === "optMap";
  return expr.target !== undefined || (/^(_.+_|@in)/.test(expr.name) && expr.name !== "_&&_" && expr.name !== "_||_");
}

/** How deep an expression nests, by what upstream counts. Goes down without a stack of its own depth. Upstream: parser.checkAndIncrementRecursionDepth. */
export function depthOf(expr: Expr): number {
  let deepest = 0;
  const left: (readonly [Expr, number])[] = [[expr, 0]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [one, above] = next;
    const depth = counts(one) ? above + 1 : above;
    if (depth > deepest) deepest = depth;
    for (const part of partsOf(one)) left.push([part, depth]);
  }
  return deepest;
}
