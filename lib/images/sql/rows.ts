import { momentText } from "./calendar";
import { stored } from "./column-type";
import { cursorOf } from "./cursor";
import { evaluate, truthOf } from "./evaluate";
import { expression } from "./parse-expression";
import { query } from "./parse-query";
import { refuse } from "./refusal";
import { emptyScope, type Scope } from "./scope";
import { spend, type Session } from "./session";
import { folderOf, put, relationAt, relationsIn, type Column, type Found, type Key, type Table } from "./storage";
import type { Expression } from "./tree";
import { identity, int, isExact, textOf, type Value } from "./value";

/** An expression out of its words: defaults and checks are kept so. */
export function readExpression(text: string, session: Session): Expression {
  return expression(cursorOf(text, session.dialect, query));
}

/** What a column is when nothing is said of it; `undefined` when it must be said. */
export function defaultOf(column: Column, session: Session): Value | undefined {
  if (column.default !== undefined) {
    const read = readExpression(column.default, session);
    return stored(evaluate(read, emptyScope(session)), column.type, session.dialect, column.name);
  }
  return column.notNull && !column.auto ? undefined : null;
}

/** Where the columns of a key are. */
export function placesOf(table: Pick<Table, "columns">, columns: readonly string[]): readonly number[] {
  return columns.map((name) => table.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()));
}

/** What a row is under a key; undefined when a part of it is NULL, which is never a duplicate. */
export function keyOf(row: readonly Value[], places: readonly number[], session: Session): string | undefined {
  const parts = places.map((place) => row[place] ?? null);
  return parts.includes(null) ? undefined : parts.map((part) => identity(part, session.dialect)).join("\0");
}

/** Rows by their keys: what a table's primary and unique keys know. */
export class Keys {
  private readonly known: { readonly key: Key; readonly places: readonly number[]; readonly rows: Map<string, number> }[];

  constructor(private readonly table: Table, private readonly session: Session, rows: readonly (readonly Value[])[]) {
    this.known = table.keys.filter(({ kind }) => kind === "primary" || kind === "unique").map((key) => ({ key, places: placesOf(table, key.columns), rows: new Map() }));
    for (const [i, row] of rows.entries()) this.add(row, i);
    spend(session, rows.length);
  }

  add(row: readonly Value[], index: number): void {
    for (const { places, rows } of this.known) {
      const key = keyOf(row, places, this.session);
      if (key !== undefined) rows.set(key, index);
    }
  }

  remove(row: readonly Value[]): void {
    for (const { places, rows } of this.known) {
      const key = keyOf(row, places, this.session);
      if (key !== undefined) rows.delete(key);
    }
  }

  /** The row in the way of this one, and under which key. */
  clash(row: readonly Value[], but?: number): { readonly key: Key; readonly index: number; readonly values: readonly Value[] } | undefined {
    for (const { key, places, rows } of this.known) {
      const mine = keyOf(row, places, this.session);
      const index = mine === undefined ? undefined : rows.get(mine);
      if (index !== undefined && index !== but) return { key, index, values: places.map((place) => row[place] ?? null) };
    }
    return undefined;
  }
}

/** The refusal of a duplicate. */
export function duplicate(found: Found, clash: { readonly key: Key; readonly values: readonly Value[] }, session: Session): Error {
  return refuse("duplicate", [clash.values.map((value) => (value === null ? "" : typeof value === "object" ? showNumber(value) : String(value))).join(session.dialect === "mariadb" ? "-" : ", "), clash.key.name, found.name, clash.key.columns.join(", ")]);
}

const showNumber = (value: Exclude<Value, null>): string => (isExact(value) ? (value.s === 0 ? value.n.toString() : identity(value, "postgres").slice(1)) : String(value));

/** A row as the columns keep it: values that fit, nothing missing, every check held. */
export function fitted(found: Found<Table>, row: readonly Value[], session: Session): readonly Value[] {
  const { columns } = found.relation;
  const fit = columns.map((column, i) => stored(row[i] ?? null, column.type, session.dialect, column.name));
  for (const [i, column] of columns.entries()) if (column.notNull && fit[i] === null) throw refuse("not-null", [column.name, found.name, shownRow(fit)]);
  holdChecks(found, fit, session);
  return fit;
}

/** A row as PostgreSQL's DETAIL shows it. */
function shownRow(row: readonly Value[]): string {
  return row.map((value) => (value === null ? "null" : textOf(value, "postgres"))).join(", ");
}

function holdChecks(found: Found<Table>, row: readonly Value[], session: Session): void {
  const checks = found.relation.keys.filter(({ kind }) => kind === "check");
  if (checks.length === 0) return;
  const scope: Scope = { session, columns: found.relation.columns.map((column) => ({ table: found.name, name: column.name, type: column.type })), row };
  for (const { name, check = "" } of checks) if (truthOf(evaluate(readExpression(check, session), scope), scope) === false) throw refuse("check", [name, `${found.schema}\`.\`${found.name}`, found.name, shownRow(row)]);
}

/** Every foreign key of a row must lead somewhere. */
export function holdForeign(found: Found<Table>, row: readonly Value[], session: Session): void {
  if (session.variables.has("@@foreign_key_checks") && isZero(session.variables.get("@@foreign_key_checks"))) return;
  for (const key of found.relation.keys) {
    if (key.kind !== "foreign" || !key.references) continue;
    const parent = relationAt(session, `${folderOf(session, found.schema)}/${key.references.table}`);
    if (parent?.kind !== "table") continue;
    const mine = keyOf(row, placesOf(found.relation, key.columns), session);
    const places = placesOf(parent, referenced(key, parent));
    spend(session, parent.rows.length);
    if (mine !== undefined && !parent.rows.some((other) => keyOf(other, places, session) === mine)) throw refuse("foreign-child", [found.schema, found.name, key.name, key.columns.join("`, `"), key.references.table, referenced(key, parent).join("`, `"), mine.replace(/^.|\0./g, ""), key.references.onDelete]);
  }
}

const isZero = (value: Value | undefined): boolean => (isExact(value ?? null) ? (value as { n: bigint }).n === BigInt(0) : /^(0|off)$/i.test(String(value)));

/** The columns a foreign key means: the parent's primary key unless said. */
function referenced(key: Key, parent: Table): readonly string[] {
  const said = key.references?.columns ?? [];
  return said.length > 0 ? said : (parent.keys.find(({ kind }) => kind === "primary")?.columns ?? []);
}

/** Rows about to go: what refers to them is refused, emptied or goes too, as its key says. */
export function release(found: Found<Table>, gone: readonly (readonly Value[])[], session: Session, depth = 0): void {
  if (gone.length === 0 || depth > 15 || (session.variables.has("@@foreign_key_checks") && isZero(session.variables.get("@@foreign_key_checks")))) return;
  for (const child of relationsIn(session, found.schema)) {
    const table = child.relation;
    if (table.kind !== "table") continue;
    for (const key of table.keys) {
      if (key.kind !== "foreign" || key.references?.table !== found.name) continue;
      const lost = new Set(gone.map((row) => keyOf(row, placesOf(found.relation, referenced(key, found.relation)), session)));
      const places = placesOf(table, key.columns);
      const current = relationAt(session, child.path) as Table;
      const hit = (row: readonly Value[]): boolean => lost.has(keyOf(row, places, session) ?? "\x01");
      spend(session, current.rows.length);
      if (!current.rows.some(hit)) continue;
      const { onDelete } = key.references;
      if (onDelete === "SET NULL") put(session, child.path, { ...current, rows: current.rows.map((row) => (hit(row) ? row.map((value, i) => (places.includes(i) ? null : value)) : row)) });
      else if (onDelete === "CASCADE") {
        release({ ...child, relation: current }, current.rows.filter(hit), session, depth + 1);
        put(session, child.path, { ...current, rows: current.rows.filter((row) => !hit(row)) });
      } else throw refuse("foreign-parent", [found.schema, child.name, key.name, key.columns.join("`, `"), found.name, referenced(key, found.relation).join("`, `"), [...lost][0]?.replace(/^.|\0./g, "") ?? ""]);
    }
  }
}

/** The moment as an `ON UPDATE CURRENT_TIMESTAMP` column keeps it. */
export const stamp = (session: Session): string => momentText({ seconds: session.now, timed: true });

/** The number the next row of a table gets. */
export function following(table: Table, row: readonly Value[], next: number): number {
  const at = table.columns.findIndex((column) => column.auto);
  const value = row[at] ?? null;
  return isExact(value) ? Math.max(next, Number(value.n) + 1) : next;
}

/** A number as a value of an auto column. */
export const numbered = (next: number): Value => int(next);
