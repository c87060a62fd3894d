import { byKeys, countOf, hasAggregate } from "./aggregate";
import { evaluate, truthOf } from "./evaluate";
import { alignedRight, framed, rowsFrom, type Ways } from "./from";
import { checkGrouped } from "./grouping";
import { refuse } from "./refusal";
import { indexIn, type Frame, type Scope } from "./scope";
import { spend, type Listing, type OutColumn, type Session } from "./session";
import type { Expression, Item, Order, Query, Select } from "./tree";
import { identity, isExact, type Value } from "./value";
import type { ColumnType } from "./column-type";
import { windowCalls, withWindows } from "./window";

/** A row of an answer, with what it was made from: ORDER BY may want more than was asked for. */
interface Made {
  readonly out: readonly Value[];
  readonly scope?: Scope;
}

interface Result {
  readonly columns: readonly OutColumn[];
  readonly made: readonly Made[];
  readonly aliases?: ReadonlyMap<string, Expression>;
}

const ways: Ways = {
  query: (session, query, outer) => runQuery(session, query, outer),
  value: evaluate,
  holds: (expression, scope) => truthOf(evaluate(expression, scope), scope, expression.at) === true,
};

/** The rows a source gives, for those who change them. */
export const frameOf = (source: Parameters<typeof rowsFrom>[0], scope: Scope): Frame => rowsFrom(source, scope, ways);

/** Does a condition hold? NULL is no. */
export const holds = ways.holds;

/** What a query answers. */
export function runQuery(session: Session, query: Query, outer: Scope | undefined): Listing {
  spend(session, 10);
  const withs = withFrames(session, query, outer);
  const around: Scope | undefined = withs ? { ...(outer ?? { session, columns: [], row: [] }), withs } : outer;
  let result = part(session, query.first, around);
  for (const { how, all, select } of query.more) result = combined(session, result, part(session, select, around), how, all, query);
  const sorted = query.order.length === 0 ? result.made : ordered(session, result, query.order);
  const blank: Scope = { session, columns: [], row: [] };
  const limit = query.limit && countOf(evaluate(query.limit, blank));
  const offset = (query.offset && countOf(evaluate(query.offset, blank))) ?? 0;
  return { columns: result.columns, rows: sorted.slice(offset, limit === undefined ? undefined : offset + limit).map(({ out }) => out) };
}

function withFrames(session: Session, query: Query, outer: Scope | undefined): ReadonlyMap<string, Frame> | undefined {
  if (query.withs.length === 0) return outer?.withs;
  const frames = new Map(outer?.withs ?? []);
  for (const { name, query: inner, columns } of query.withs) {
    const scope: Scope = { ...(outer ?? { session, columns: [], row: [] }), withs: frames };
    frames.set(name.toLowerCase(), recursive(session, name, inner, columns, scope, frames) ?? framed(runQuery(session, inner, scope), name, columns));
  }
  return frames;
}

/** `WITH RECURSIVE`: the first part, then the second over what the last round gave, until nothing is new. */
function recursive(session: Session, name: string, query: Query, names: readonly string[] | undefined, scope: Scope, frames: Map<string, Frame>): Frame | undefined {
  const step = query.more[0];
  if (query.more.length !== 1 || step?.how !== "union" || !mentions(step.select, name)) return undefined;
  const base = part(session, query.first, scope);
  const all = framed({ columns: base.columns, rows: base.made.map(({ out }) => out) }, name, names);
  const rows = [...all.rows];
  let fresh = rows;
  while (fresh.length > 0) {
    frames.set(name.toLowerCase(), { ...all, rows: fresh });
    fresh = part(session, step.select, scope).made.map(({ out }) => [...out]);
    rows.push(...fresh);
    spend(session, 100 + fresh.length);
  }
  return { ...all, rows };
}

function mentions(select: Select | Query, name: string): boolean {
  const inSource = (source: Select["from"]): boolean => source !== undefined && (source.kind === "join" ? inSource(source.left) || inSource(source.right) : source.kind === "table" && source.name.name.toLowerCase() === name.toLowerCase());
  return "first" in select ? mentions(select.first, name) : inSource(select.from);
}

function part(session: Session, select: Select | Query, outer: Scope | undefined): Result {
  if (!("first" in select)) return runSelect(session, select, outer);
  const { columns, rows } = runQuery(session, select, outer);
  return { columns, made: rows.map((out) => ({ out })) };
}

function combined(session: Session, left: Result, right: Result, how: "union" | "except" | "intersect", all: boolean, query: Query): Result {
  if (left.columns.length !== right.columns.length) throw refuse("union-columns", how.toUpperCase(), query.at);
  const key = (row: readonly Value[]): string => row.map((value) => identity(value, session.dialect)).join("\0");
  const bare = (made: readonly Made[]): readonly Made[] => made.map(({ out }) => ({ out }));
  const others = new Set(right.made.map(({ out }) => key(out)));
  const rows = how === "union" ? [...bare(left.made), ...bare(right.made)] : bare(left.made).filter(({ out }) => others.has(key(out)) === (how === "intersect"));
  const columns = left.columns.map((column, i) => ({ ...column, numeric: column.numeric && (right.columns[i]?.numeric ?? true) }));
  return { columns, made: all ? rows : once(rows, key) };
}

function once(rows: readonly Made[], key: (row: readonly Value[]) => string): readonly Made[] {
  const seen = new Set<string>();
  return rows.filter(({ out }) => !seen.has(key(out)) && seen.add(key(out)));
}

/** `ORDER BY 2` and `ORDER BY alias` mean the answer's columns; anything else is looked at with the rows behind. */
function ordered(session: Session, result: Result, order: readonly Order[]): readonly Made[] {
  const places = order.map(({ by }) => {
    if (by.kind === "literal" && isExact(by.value)) {
      const place = Number(by.value.n);
      if (place < 1 || place > result.columns.length) throw refuse("no-column", [String(place), "", "order"], by.at);
      return place - 1;
    }
    const at = by.kind === "column" && by.table === undefined ? result.columns.findIndex((column) => column.name.toLowerCase() === by.name.toLowerCase()) : -1;
    return at >= 0 ? at : undefined;
  });
  const keyed = result.made.map((made) => ({
    made,
    keys: order.map(({ by }, i) => {
      const place = places[i];
      if (place !== undefined) return made.out[place] ?? null;
      if (!made.scope) throw refuse("no-column", by.kind === "column" ? by.name : "", by.at);
      return evaluate(by, { ...made.scope, ...(result.aliases ? { aliases: result.aliases } : {}) });
    }),
  }));
  // With no rows the keys must still make sense, but nobody can tell: that is left.
  return keyed.sort((a, b) => byKeys(a.keys, b.keys, order, session.dialect)).map(({ made }) => made);
}

function runSelect(session: Session, select: Select, outer: Scope | undefined): Result {
  const base: Scope = { session, columns: [], row: [], ...(outer ? { outer, ...(outer.withs ? { withs: outer.withs } : {}) } : {}) };
  if (select.values) return valueRows(session, select.values, base);
  const frame: Frame = select.from ? rowsFrom(select.from, base, ways) : { columns: [], rows: [[]] };
  const scopeOf = (row: readonly Value[]): Scope => ({ ...base, columns: frame.columns, row });
  spend(session, frame.rows.length);
  const blank = scopeOf(frame.columns.map(() => null));
  const items = select.items.flatMap((item) => expanded(item, frame, blank));
  const aliases = new Map(items.flatMap((item): readonly (readonly [string, Expression])[] => (item.alias === undefined ? [] : [[item.alias.toLowerCase(), item.expression]])));
  const kept = select.where ? frame.rows.filter((row) => ways.holds(select.where as Expression, scopeOf(row))) : frame.rows;
  if (select.where && hasAggregate(select.where, session.dialect)) throw refuse("group-function", "WHERE", select.where.at);
  const grouped = select.group.length > 0 || items.some((item) => hasAggregate(item.expression, session.dialect)) || hasAggregate(select.having, session.dialect);
  const group = select.group.map((by) => groupKey(by, items, frame));
  if (grouped && session.dialect === "postgres") checkGrouped(session, select, items.map((item) => item.expression), group, frame);
  const scopes = grouped ? groupsOf(session, kept, group, scopeOf, blank) : kept.map(scopeOf);
  const having = select.having ? scopes.filter((scope) => ways.holds(select.having as Expression, { ...scope, aliases })) : scopes;
  const windows = windowCalls(items.map((item) => item.expression));
  const named = new Map((select.windows ?? []).map(([name, window]) => [name.toLowerCase(), window] as const));
  let made: readonly Made[] = withWindows(having, windows, named).map((scope) => ({ out: items.map((item) => evaluate(item.expression, scope)), scope }));
  // Names nobody has are refused though there are no rows to look at.
  if (made.length === 0 && items.length > 0) for (const item of items) checked(item.expression, grouped ? { ...blank, group: [] } : blank);
  if (frame.rows.length === 0 && select.where) checked(select.where, blank);
  if (select.distinct) made = once(made, (row) => row.map((value) => identity(value, session.dialect)).join("\0"));
  return { columns: items.map((item, i) => outColumn(item.name, item.type, made.map(({ out }) => out[i] ?? null))), made, aliases };
}

/** Looks at an expression for its refusals alone: only names count where there are no rows. */
function checked(expression: Expression, scope: Scope): void {
  try {
    evaluate(expression, scope);
  } catch (problem) {
    if (problem instanceof Error && "reason" in problem && ["no-column", "no-column-of", "ambiguous", "no-function", "group-function", "full-of-steps"].includes(String(problem.reason))) throw problem;
  }
}

function valueRows(session: Session, values: readonly (readonly Expression[])[], scope: Scope): Result {
  const rows = values.map((row) => row.map((one) => evaluate(one, scope)));
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) throw refuse("union-columns", "VALUES");
  return { columns: Array.from({ length: width }, (_, i) => outColumn(session.dialect === "postgres" ? `column${i + 1}` : `column_${i}`, undefined, rows.map((row) => row[i] ?? null))), made: rows.map((out) => ({ out })) };
}

const outColumn = (name: string, type: ColumnType | undefined, values: readonly Value[]): OutColumn => ({ name, numeric: alignedRight(type, values), ...(type ? { type } : {}) });

interface Named {
  readonly expression: Expression;
  readonly name: string;
  readonly alias?: string;
  readonly type?: ColumnType;
}

/** An item of SELECT as columns with names: `*` is all that the tables have. */
function expanded(item: Item, frame: Frame, scope: Scope): readonly Named[] {
  if (!item.star) {
    const { expression, alias, text } = item;
    const at = expression.kind === "column" ? indexIn(frame.columns, expression.name, expression.table, expression.at) : undefined;
    const type = expression.kind === "cast" ? expression.type : at === undefined ? undefined : frame.columns[at]?.type;
    return [{ expression, name: alias ?? nameOf(expression, text, scope), ...(alias === undefined ? {} : { alias }), ...(type ? { type } : {}) }];
  }
  const { table } = item;
  const columns = frame.columns.map((column, i) => ({ column, i })).filter(({ column }) => (table === undefined ? !column.hidden : column.table?.toLowerCase() === table.toLowerCase()));
  if (columns.length === 0) throw refuse(table === undefined ? "no-database-selected" : "no-column-of", table === undefined ? "*" : ["*", table], item.at);
  return columns.map(({ column }) => ({ expression: { kind: "column", name: column.name, at: item.at, ...(column.table === undefined ? {} : { table: column.table }) }, name: column.name, ...(column.type ? { type: column.type } : {}) }));
}

/** What a column is called that nobody named: MariaDB takes the author's words, PostgreSQL the function's name. */
export function nameOf(expression: Expression, text: string, scope: Scope): string {
  if (expression.kind === "column") return expression.name;
  if (scope.session.dialect === "mariadb") return expression.kind === "literal" && typeof expression.value === "string" ? expression.value : text.replace(/\s+/g, " ");
  if (expression.kind === "call") return expression.name.toLowerCase();
  if (expression.kind === "cast") return expression.operand.kind === "column" || expression.operand.kind === "call" ? nameOf(expression.operand, text, scope) : ({ integer: "int4", bigint: "int8", boolean: "bool", "character varying": "varchar", "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz" }[expression.type.name.replace(/\(.*/, "")] ?? expression.type.name.replace(/\(.*/, ""));
  if (expression.kind === "case") return "case";
  if (expression.kind === "exists") return "exists";
  const inner = expression.kind === "scalar" && !("first" in expression.query.first) ? expression.query.first.items[0] : undefined;
  return inner && !inner.star ? (inner.alias ?? nameOf(inner.expression, inner.text, scope)) : "?column?";
}

/** `GROUP BY 1` and `GROUP BY alias` mean what SELECT gives. */
function groupKey(by: Expression, items: readonly Named[], frame: Frame): Expression {
  if (by.kind === "literal" && isExact(by.value)) return items[Number(by.value.n) - 1]?.expression ?? by;
  if (by.kind === "column" && by.table === undefined && indexIn(frame.columns, by.name, undefined, by.at) === undefined) return items.find((item) => item.alias?.toLowerCase() === by.name.toLowerCase())?.expression ?? by;
  return by;
}

function groupsOf(session: Session, rows: readonly (readonly Value[])[], group: readonly Expression[], scopeOf: (row: readonly Value[]) => Scope, blank: Scope): readonly Scope[] {
  if (group.length === 0) return [{ ...(rows[0] ? scopeOf(rows[0]) : blank), group: rows }];
  const groups = new Map<string, (readonly Value[])[]>();
  for (const row of rows) {
    const key = group.map((by) => identity(evaluate(by, scopeOf(row)), session.dialect)).join("\0");
    const known = groups.get(key);
    if (known) known.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()].map((members) => ({ ...scopeOf(members[0] ?? []), group: members }));
}
