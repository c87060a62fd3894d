import { countOf } from "./aggregate";
import { byKeys } from "./aggregate";
import { stored } from "./column-type";
import { evaluate } from "./evaluate";
import { alignedRight } from "./from";
import { refuse } from "./refusal";
import { defaultOf, duplicate, fitted, following, holdForeign, Keys, numbered, release, stamp } from "./rows";
import { indexIn, type FrameColumn, type Scope } from "./scope";
import { frameOf, holds, nameOf, runQuery } from "./select";
import { spend, type Listing, type Session } from "./session";
import { put, table, type Found, type Table } from "./storage";
import type { Assignment, Expression, Item, Name, Source, Statement } from "./tree";
import { identity, isExact, type Value } from "./value";

type Row = readonly Value[];
type Insert = Extract<Statement, { readonly do: "insert" }>;
type Update = Extract<Statement, { readonly do: "update" }>;
type Delete = Extract<Statement, { readonly do: "delete" }>;

/** What a change came to: how many rows, and what RETURNING gives. */
export interface Changed {
  readonly rows: number;
  readonly listing?: Listing;
}

const columnsOf = (found: Found<Table>, alias: string): readonly FrameColumn[] => found.relation.columns.map((column) => ({ table: alias, name: column.name, type: column.type }));

/** What RETURNING gives of these rows. */
function returned(items: readonly Item[] | undefined, rows: readonly Row[], columns: readonly FrameColumn[], session: Session): { readonly listing?: Listing } {
  if (!items) return {};
  const flat = items.flatMap((item) => (item.star ? columns.map((column) => ({ name: column.name, type: column.type, expression: { kind: "column", name: column.name, at: item.at } as Expression })) : [{ name: item.alias ?? nameOf(item.expression, item.text, { session, columns, row: [] }), type: undefined, expression: item.expression }]));
  const out = rows.map((row) => flat.map(({ expression }) => evaluate(expression, { session, columns, row })));
  return { listing: { columns: flat.map(({ name, type }, i) => ({ name, numeric: alignedRight(type, out.map((row) => row[i] ?? null)), ...(type ? { type } : {}) })), rows: out } };
}

/** The columns an INSERT names, as places; all of them unless it says. */
function targets(statement: Insert, found: Found<Table>): readonly number[] {
  if (!statement.columns) return found.relation.columns.map((_, i) => i);
  const seen = new Set<string>();
  return statement.columns.map(({ name, at }) => {
    const place = found.relation.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
    if (place < 0) throw refuse("no-column", [name, "", "insert", found.name], at);
    if (seen.has(name.toLowerCase())) throw refuse("column-exists", [name, "twice"], at);
    seen.add(name.toLowerCase());
    return place;
  });
}

function given(statement: Insert, found: Found<Table>, places: readonly number[], session: Session): readonly (readonly (Value | undefined)[])[] {
  const all = !statement.columns;
  if (statement.query) {
    const { rows, columns } = runQuery(session, statement.query, undefined);
    if (columns.length !== places.length && !(all && session.dialect === "postgres" && columns.length < places.length)) throw refuse(columns.length > places.length ? "count-more" : "count", "1", statement.query.at);
    return rows;
  }
  return (statement.rows ?? []).map((row, r) => {
    const whole = all && row.every((one) => one.kind === "default");
    if (row.length !== places.length && !whole && !(all && session.dialect === "postgres" && row.length < places.length)) throw refuse(row.length > places.length ? "count-more" : "count", String(r + 1), (row[places.length] ?? row.at(-1))?.at);
    return row.map((one) => (one.kind === "default" ? undefined : evaluate(one, { session, columns: session.dialect === "mariadb" ? columnsOf(found, found.name) : [], row: [] })));
  });
}

/** Puts the values of an INSERT in their columns, with defaults and numbers for what is not said. */
function complete(found: Found<Table>, places: readonly number[], values: readonly (Value | undefined)[], next: number, session: Session, ignore: boolean): { readonly row: Row; readonly made: boolean } {
  let made = false;
  const said = new Map(values.map((value, i) => [places[i] ?? -1, value]));
  const row = found.relation.columns.map((column, i): Value => {
    const value = said.get(i);
    const zero = session.dialect === "mariadb" && isExact(value ?? null) && identity(value ?? null, "mariadb") === "i0";
    if (column.auto && (value === undefined || (session.dialect === "mariadb" && (value === null || zero)))) {
      made = true;
      return numbered(next);
    }
    if (value !== undefined) return value;
    const usual = defaultOf(column, session);
    if (usual !== undefined) return usual;
    if (session.dialect === "postgres") return null;
    if (ignore) return column.type.kind === "text" ? "" : numbered(0);
    throw refuse("no-default", column.name);
  });
  return { row, made };
}

/** INSERT and REPLACE. */
export function insert(statement: Insert, session: Session): Changed {
  const found = table(session, statement.into);
  session.allowed(session, "INSERT", found.schema, found.name);
  if (statement.returning || statement.conflict) session.allowed(session, "SELECT", found.schema, found.name);
  const places = targets(statement, found);
  const all = given(statement, found, places, session);
  const rows: (Row | undefined)[] = [...found.relation.rows];
  const keys = new Keys(found.relation, session, found.relation.rows);
  let { next } = found.relation;
  let changed = 0;
  let first: number | undefined;
  const touched: Row[] = [];
  for (const values of all) {
    spend(session, 5);
    const { row: raw, made } = complete(found, places, values, next, session, statement.ignore);
    const row = attempt(() => fitted(found, raw, session), statement.ignore);
    if (!row) continue;
    if (made && found.relation.columns.some((column) => column.auto)) first ??= next;
    next = made ? next + 1 : session.dialect === "postgres" ? next : following(found.relation, row, next);
    const outcome = placed(statement, found, row, rows, keys, session);
    if (!outcome) continue;
    changed += outcome.count;
    touched.push(outcome.row);
  }
  if (first !== undefined) session.lastId = first;
  put(session, found.path, { ...found.relation, next, rows: rows.filter((row) => row !== undefined) });
  for (const row of touched) holdForeign(found, row, session);
  return { rows: changed, ...returned(statement.returning, touched, columnsOf(found, statement.alias ?? found.name), session) };
}

function attempt<T>(work: () => T, ignore: boolean): T | undefined {
  try {
    return work();
  } catch (problem) {
    if (ignore && problem instanceof Error && "reason" in problem) return undefined;
    throw problem;
  }
}

/** Adds a row, or does what the statement says about the one in its way. */
function placed(statement: Insert, found: Found<Table>, row: Row, rows: (Row | undefined)[], keys: Keys, session: Session): { readonly count: number; readonly row: Row } | undefined {
  let count = 1;
  for (let clash = keys.clash(row); clash; clash = keys.clash(row)) {
    const old = rows[clash.index] ?? [];
    const wanted = statement.conflict === undefined || statement.conflict.length === 0 || same(statement.conflict, clash.key.columns);
    if (statement.onDuplicate && wanted) {
      if (statement.onDuplicate.length === 0) return undefined;
      return merged(statement, found, row, old, clash.index, rows, keys, session);
    }
    if (statement.conflict && statement.conflict.length > 0 && !found.relation.keys.some((key) => same(statement.conflict ?? [], key.columns))) throw refuse("no-conflict");
    if (statement.ignore) return undefined;
    if (!statement.replace) throw duplicate(found, clash, session);
    keys.remove(old);
    rows[clash.index] = undefined;
    count += 1;
  }
  if (statement.conflict && statement.conflict.length > 0 && !found.relation.keys.some((key) => (key.kind === "primary" || key.kind === "unique") && same(statement.conflict ?? [], key.columns))) throw refuse("no-conflict");
  rows.push(row);
  keys.add(row, rows.length - 1);
  return { count, row };
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((name) => b.some((other) => other.toLowerCase() === name.toLowerCase()));

function merged(statement: Insert, found: Found<Table>, row: Row, old: Row, index: number, rows: (Row | undefined)[], keys: Keys, session: Session): { readonly count: number; readonly row: Row } | undefined {
  const excluded = new Map(found.relation.columns.map((column, i) => [column.name.toLowerCase(), row[i] ?? null]));
  const scope: Scope = { session, columns: columnsOf(found, statement.alias ?? found.name), row: old, excluded };
  if (statement.updateWhere && !holds(statement.updateWhere, scope)) return undefined;
  const changed = fitted(found, assigned(found, statement.onDuplicate ?? [], old, scope, session), session);
  const clash = keys.clash(changed, index);
  if (clash) throw duplicate(found, clash, session);
  keys.remove(old);
  keys.add(changed, index);
  rows[index] = changed;
  const equal = changed.every((value, i) => identity(value, "postgres") === identity(old[i] ?? null, "postgres"));
  return { count: session.dialect === "postgres" ? 1 : equal ? 0 : 2, row: changed };
}

/** A row after assignments. MariaDB lets later ones see earlier ones. */
function assigned(found: Found<Table>, set: readonly Assignment[], old: Row, scope: Scope, session: Session): Row {
  const row = [...old];
  const offset = scope.columns.findIndex((column) => column.name === found.relation.columns[0]?.name);
  let seen: Scope = scope;
  for (const { column, at, value } of set) {
    const place = found.relation.columns.findIndex((one) => one.name.toLowerCase() === column.toLowerCase());
    const target = found.relation.columns[place];
    if (!target) throw refuse("no-column", [column, "", "update", found.name], at);
    row[place] = value.kind === "default" ? (defaultOf(target, session) ?? null) : stored(evaluate(value, seen), target.type, session.dialect, target.name);
    if (session.dialect === "mariadb") seen = { ...seen, row: seen.row.map((cell, i) => (i === offset + place ? (row[place] ?? null) : cell)) };
  }
  if (row.some((value, i) => identity(value, "postgres") !== identity(old[i] ?? null, "postgres"))) for (const [i, column] of found.relation.columns.entries()) if (column.onUpdate && !set.some((one) => one.column.toLowerCase() === column.name.toLowerCase())) row[i] = stamp(session);
  return row;
}

/** The table a change is about: the first of its source. */
function targetOf(source: Source): { readonly name: Name; readonly alias: string } {
  if (source.kind === "join") return targetOf(source.left);
  if (source.kind !== "table") throw refuse("not-a-table", ["", ""]);
  return { name: source.name, alias: source.alias ?? source.name.name };
}

interface Chosen {
  readonly found: Found<Table>;
  readonly columns: readonly FrameColumn[];
  /** The rows meant, each with its place in the table and all that was joined to it. */
  readonly rows: readonly { readonly index: number; readonly whole: Row }[];
}

/** The rows of a table that WHERE, ORDER BY and LIMIT leave. */
function chosen(statement: Update | Delete, power: string, session: Session): Chosen {
  const { name, alias } = targetOf(statement.source);
  const found = table(session, name);
  session.allowed(session, power, found.schema, found.name);
  const joined: Source = statement.from ? { kind: "join", how: "inner", left: statement.source, right: statement.from } : statement.source;
  const base: Scope = { session, columns: [], row: [] };
  const single = joined.kind === "table";
  const frame = single ? { columns: columnsOf(found, alias), rows: found.relation.rows } : frameOf(joined, base);
  const places = new Map(found.relation.rows.map((row, i) => [row, i]));
  const width = found.relation.columns.length;
  const offset = frame.columns.findIndex((column) => column.table === alias);
  const indexOf = (row: Row, i: number): number => (single ? i : (places.get(row) ?? found.relation.rows.findIndex((own) => own.every((value, c) => identity(value, "postgres") === identity(row[offset + c] ?? null, "postgres")))));
  spend(session, frame.rows.length * (single ? 1 : width));
  const seen = new Set<number>();
  const kept = frame.rows.map((whole, i) => ({ whole, i })).filter(({ whole }) => !statement.where || holds(statement.where, { ...base, columns: frame.columns, row: whole }));
  if (statement.where && frame.rows.length === 0) checkNames(statement.where, frame.columns);
  let rows = kept.map(({ whole, i }) => ({ index: indexOf(whole, i), whole })).filter(({ index }) => index >= 0 && !seen.has(index) && seen.add(index));
  if (statement.order.length > 0) {
    const keyed = rows.map((row) => ({ row, keys: statement.order.map(({ by }) => evaluate(by, { ...base, columns: frame.columns, row: row.whole })) }));
    rows = keyed.sort((a, b) => byKeys(a.keys, b.keys, statement.order, session.dialect)).map(({ row }) => row);
  }
  if (statement.limit) rows = rows.slice(0, countOf(evaluate(statement.limit, base)));
  return { found, columns: frame.columns, rows };
}

/** A condition over no rows still may not name what is not there. */
function checkNames(where: Expression, columns: readonly FrameColumn[]): void {
  if (where.kind === "binary") {
    checkNames(where.left, columns);
    checkNames(where.right, columns);
  } else if (where.kind === "column" && indexIn(columns, where.name, where.table, where.at) === undefined) throw refuse("no-column", where.name, where.at);
}

/** UPDATE. */
export function update(statement: Update, session: Session): Changed {
  const { found, columns, rows: meant } = chosen(statement, "UPDATE", session);
  for (const { column, at } of statement.set) if (!found.relation.columns.some((one) => one.name.toLowerCase() === column.toLowerCase())) throw refuse("no-column", [column, "", "update", found.name], at);
  const rows = [...found.relation.rows];
  const keys = new Keys(found.relation, session, rows);
  let changed = 0;
  const touched: Row[] = [];
  for (const { index, whole } of meant) {
    const old = rows[index] ?? [];
    const row = fitted(found, assigned(found, statement.set, old, { session, columns, row: whole }, session), session);
    const equal = row.every((value, i) => identity(value, "postgres") === identity(old[i] ?? null, "postgres"));
    touched.push(row);
    if (equal) continue;
    const clash = keys.clash(row, index);
    if (clash) throw duplicate(found, clash, session);
    keys.remove(old);
    keys.add(row, index);
    rows[index] = row;
    changed += 1;
  }
  put(session, found.path, { ...found.relation, rows });
  for (const row of touched) holdForeign(found, row, session);
  return { rows: session.dialect === "postgres" ? touched.length : changed, ...returned(statement.returning, touched, columnsOf(found, targetOf(statement.source).alias), session) };
}

/** DELETE. */
export function remove(statement: Delete, session: Session): Changed {
  const { found, rows: meant } = chosen(statement, "DELETE", session);
  const gone = new Set(meant.map(({ index }) => index));
  const lost = meant.map(({ index }) => found.relation.rows[index] ?? []);
  put(session, found.path, { ...found.relation, rows: found.relation.rows.filter((_, i) => !gone.has(i)) });
  release(found, lost, session);
  return { rows: gone.size, ...returned(statement.returning, lost, columnsOf(found, targetOf(statement.source).alias), session) };
}
