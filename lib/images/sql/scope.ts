import { refuse } from "./refusal";
import type { FrameColumn, Scope, Session } from "./session";
import type { Expression } from "./tree";
import type { Value } from "./value";

export type { Frame, FrameColumn, Scope } from "./session";

/** A scope without rows. */
export function emptyScope(session: Session): Scope {
  return { session, columns: [], row: [] };
}

const lower = (text: string): string => text.toLowerCase();

/** Where a column is in the rows of this scope; undefined when it is not; refuses what could be two. */
export function indexIn(columns: readonly FrameColumn[], name: string, table: string | undefined, at: number): number | undefined {
  const wanted = lower(name);
  let found: number | undefined;
  for (let i = 0; i < columns.length; i += 1) {
    const column = columns[i];
    if (!column || lower(column.name) !== wanted) continue;
    if (table === undefined ? column.hidden : lower(column.table ?? "") !== lower(table)) continue;
    if (found !== undefined) throw refuse("ambiguous", table === undefined ? name : `${table}.${name}`, at);
    found = i;
  }
  return found;
}

/** The value of a column, here or in the query around; an alias may stand for an expression. */
export function columnValue(scope: Scope, name: string, table: string | undefined, at: number, evaluate: (expression: Expression, scope: Scope) => Value): Value {
  for (let here: Scope | undefined = scope; here; here = here.outer) {
    if (table !== undefined && lower(table) === "excluded" && here.excluded) return here.excluded.get(lower(name)) ?? null;
    const index = indexIn(here.columns, name, table, at);
    if (index !== undefined) return here.row[index] ?? null;
    const alias = table === undefined ? here.aliases?.get(lower(name)) : undefined;
    if (alias) return evaluate(alias, { ...here, aliases: new Map() });
  }
  const known = table === undefined || scope.columns.some((column) => lower(column.table ?? "") === lower(table));
  throw refuse(known ? "no-column" : "no-column-of", [name, table ?? ""], at);
}
