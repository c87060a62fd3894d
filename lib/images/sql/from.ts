import { isNumeric, type ColumnType } from "./column-type";
import { parse } from "./parse";
import { refuse } from "./refusal";
import { indexIn, type Frame, type FrameColumn, type Scope } from "./scope";
import { spend, type Listing, type Session } from "./session";
import { find, schemaOf } from "./storage";
import type { Expression, Query, Source } from "./tree";
import { int, isExact, type Value } from "./value";

/** What FROM needs of the rest: queries and conditions. */
export interface Ways {
  query(session: Session, query: Query, outer: Scope | undefined): Listing;
  value(expression: Expression, scope: Scope): Value;
  holds(expression: Expression, scope: Scope): boolean;
}

const MOST_JOINED = 200_000;

/** Listing's columns under the name of a table. */
export function framed({ columns, rows }: Listing, table: string, names?: readonly string[]): Frame {
  return { columns: columns.map((column, i) => ({ table, name: names?.[i] ?? column.name, ...(column.type ? { type: column.type } : {}) })), rows };
}

/** The rows a source gives. */
export function rowsFrom(source: Source, scope: Scope, ways: Ways): Frame {
  const { session } = scope;
  switch (source.kind) {
    case "table": {
      const alias = source.alias ?? source.name.name;
      const named = source.name.schema === undefined ? scope.withs?.get(source.name.name.toLowerCase()) : undefined;
      if (named) return { ...named, columns: named.columns.map((column) => ({ ...column, table: alias })) };
      return tableRows(session, source.name, alias, ways);
    }
    case "query": return framed(ways.query(session, source.query, { ...scope, columns: [], row: [] }), source.alias, source.columns);
    case "series": {
      const [from, to, step] = source.args.map((arg) => ways.value(arg, scope));
      const [first, last, by] = [from, to, step ?? int(1)].map((value) => (isExact(value ?? null) ? Number((value as { n: bigint }).n) : 0)) as [number, number, number];
      if (by === 0 || (last - first) / by > 100_000) throw refuse("full-of-steps");
      const rows: (readonly Value[])[] = [];
      for (let i = first; by > 0 ? i <= last : i >= last; i += by) rows.push([int(i)]);
      return { columns: [{ table: source.alias, name: source.column }], rows };
    }
    default: return joinRows(source, scope, ways);
  }
}

function tableRows(session: Session, name: Extract<Source, { readonly kind: "table" }>["name"], alias: string, ways: Ways): Frame {
  const shown = session.catalogue(session, name.schema ?? (session.dialect === "postgres" ? "pg_catalog" : session.database), name.name);
  if (shown) return framed(shown, alias);
  const schema = schemaOf(session, name);
  const found = find(session, name);
  if (session.dialect === "mariadb" || found) session.allowed(session, "SELECT", schema, name.name);
  if (!found) throw refuse("no-table", [schema, name.name, name.schema ?? ""], name.at);
  const { relation } = found;
  if (relation.kind === "view") {
    const read = parse(relation.text, session.dialect);
    if (read.do !== "select") throw refuse("no-table", [schema, name.name, name.schema ?? ""], name.at);
    spend(session, 100);
    return framed(ways.query({ ...session, allowed: () => undefined, variables: session.variables }, read.query, undefined), alias, relation.names);
  }
  return { columns: relation.columns.map((column) => ({ table: alias, name: column.name, type: column.type })), rows: relation.rows };
}

function joinRows(source: Extract<Source, { readonly kind: "join" }>, scope: Scope, ways: Ways): Frame {
  const left = rowsFrom(source.left, scope, ways);
  const right = rowsFrom(source.right, scope, ways);
  const tables = new Set(left.columns.map((column) => column.table));
  const twice = right.columns.find((column) => column.table !== undefined && column.table !== "" && tables.has(column.table));
  if (twice) throw refuse("same-alias", twice.table ?? "");
  const using = source.natural ? left.columns.filter((column) => right.columns.some((other) => other.name.toLowerCase() === column.name.toLowerCase())).map((column) => column.name) : (source.using ?? []);
  const pairs = using.map((name) => {
    const [a, b] = [indexIn(left.columns, name, undefined, 0), indexIn(right.columns, name, undefined, 0)];
    if (a === undefined || b === undefined) throw refuse("no-column", name);
    return [a, b] as const;
  });
  const hidden = new Set(pairs.map(([a, b]) => (source.how === "right" ? `l${a}` : `r${b}`)));
  const hide = (columns: readonly FrameColumn[], side: string): readonly FrameColumn[] => columns.map((column, i) => (hidden.has(`${side}${i}`) ? { ...column, hidden: true } : column));
  const columns = [...hide(left.columns, "l"), ...hide(right.columns, "r")];
  const rows: (readonly Value[])[] = [];
  const matched = new Set<number>();
  const pairing = (a: readonly Value[], b: readonly Value[]): boolean => {
    const row = [...a, ...b];
    const inner: Scope = { ...scope, columns, row, ...(scope.outer ? { outer: scope.outer } : {}) };
    if (pairs.some(([x, y]) => !ways.holds({ kind: "binary", operator: "=", left: { kind: "literal", value: a[x] ?? null, at: 0 }, right: { kind: "literal", value: b[y] ?? null, at: 0 }, at: 0 }, inner))) return false;
    return !source.on || ways.holds(source.on, inner);
  };
  for (const a of left.rows) {
    let any = false;
    spend(scope.session, right.rows.length);
    for (const [i, b] of right.rows.entries()) {
      if (!pairing(a, b)) continue;
      any = true;
      matched.add(i);
      rows.push([...a, ...b]);
      if (rows.length > MOST_JOINED) throw refuse("full-of-steps");
    }
    if (!any && (source.how === "left" || source.how === "full")) rows.push([...a, ...right.columns.map(() => null)]);
  }
  if (source.how === "right" || source.how === "full") for (const [i, b] of right.rows.entries()) if (!matched.has(i)) rows.push([...left.columns.map(() => null), ...b]);
  return { columns, rows };
}

/** Is a column of an answer set to the right? By its type, or else by what is in it. */
export function alignedRight(type: ColumnType | undefined, values: readonly Value[]): boolean {
  if (type) return isNumeric(type);
  return values.some((value) => value !== null) && values.every((value) => value === null || typeof value === "number" || isExact(value));
}
