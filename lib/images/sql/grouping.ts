import { isAggregate } from "./aggregate";
import { refuse } from "./refusal";
import { indexIn, type Frame } from "./scope";
import type { Session } from "./session";
import { find } from "./storage";
import type { Expression, Select, Source } from "./tree";

/** The columns of an expression that no aggregate is about. */
function bareColumns(expression: Expression | undefined, session: Session, same: (expression: Expression) => boolean): readonly Extract<Expression, { readonly kind: "column" }>[] {
  if (!expression || same(expression)) return [];
  const all = (...parts: readonly (Expression | undefined)[]) => parts.flatMap((part) => bareColumns(part, session, same));
  switch (expression.kind) {
    case "column": return [expression];
    case "call": return isAggregate(expression.name, session.dialect) && expression.over === undefined ? [] : all(...expression.args);
    case "unary": case "cast": case "is": return all(expression.operand);
    case "binary": return all(expression.left, expression.right);
    case "between": return all(expression.operand, expression.low, expression.high);
    case "in": return all(expression.operand, ...("first" in expression.list ? [] : expression.list));
    case "case": return all(expression.subject, expression.otherwise, ...expression.whens.flat());
    default: return [];
  }
}

const shape = (expression: Expression): string => JSON.stringify(expression, (key, value: unknown) => (key === "at" ? undefined : typeof value === "bigint" ? value.toString() : value));

/** The tables of a source whose whole primary key is grouped by: all their columns are told by it. */
function keyed(source: Source | undefined, session: Session, frame: Frame, grouped: ReadonlySet<number>): readonly string[] {
  if (!source) return [];
  if (source.kind === "join") return [...keyed(source.left, session, frame, grouped), ...keyed(source.right, session, frame, grouped)];
  if (source.kind !== "table") return [];
  const relation = find(session, source.name)?.relation;
  const primary = relation?.kind === "table" ? relation.keys.find((key) => key.kind === "primary") : undefined;
  const alias = source.alias ?? source.name.name;
  return primary?.columns.every((column) => grouped.has(indexIn(frame.columns, column, alias, 0) ?? -1)) === true ? [alias] : [];
}

/** PostgreSQL refuses a column that is neither grouped by nor inside an aggregate. */
export function checkGrouped(session: Session, select: Select, items: readonly Expression[], group: readonly Expression[], frame: Frame): void {
  const place = (expression: Expression): number | undefined => (expression.kind === "column" ? indexIn(frame.columns, expression.name, expression.table, expression.at) : undefined);
  const places = new Set(group.flatMap((by) => place(by) ?? []));
  const shapes = new Set(group.map(shape));
  const whole = keyed(select.from, session, frame, places);
  const same = (expression: Expression): boolean => shapes.has(shape(expression)) || places.has(place(expression) ?? -1);
  for (const expression of [...items, ...(select.having ? [select.having] : [])]) {
    for (const column of bareColumns(expression, session, same)) {
      const at = place(column);
      const found = at === undefined ? undefined : frame.columns[at];
      if (found && !whole.includes(found.table ?? "")) throw refuse("not-grouped", `${found.table ?? ""}.${found.name}`, column.at);
    }
  }
}
