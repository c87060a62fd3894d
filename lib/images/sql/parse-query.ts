import { bracketed, deeper, isName, isQuery, listOf, looks, must, name, named, next, part, peek, tableName, take, takeOne, unexpected, written, type Cursor } from "./cursor";
import { expression, orderList, windowOf } from "./parse-expression";
import type { Expression, Item, Query, Select, Source, Window } from "./tree";

/** A query with all that may follow it. */
export function query(cursor: Cursor): Query {
  return deeper(cursor, () => {
    const { at } = peek(cursor);
    const withs = take(cursor, "WITH") ? common(cursor) : [];
    const first = piece(cursor);
    const more: { how: "union" | "except" | "intersect"; all: boolean; select: Select | Query }[] = [];
    for (let how = takeOne(cursor, ["UNION", "EXCEPT", "INTERSECT"]); how !== undefined; how = takeOne(cursor, ["UNION", "EXCEPT", "INTERSECT"])) {
      const all = take(cursor, "ALL");
      if (!all) take(cursor, "DISTINCT");
      more.push({ how: how.toLowerCase() as "union", all, select: piece(cursor) });
    }
    const order = take(cursor, "ORDER BY") ? orderList(cursor) : [];
    const ends = limits(cursor);
    if (take(cursor, "FOR UPDATE") || take(cursor, "FOR SHARE")) take(cursor, "SKIP LOCKED");
    take(cursor, "LOCK IN SHARE MODE");
    return { withs, first, more, order, at, ...ends };
  });
}

function common(cursor: Cursor): Query["withs"] {
  take(cursor, "RECURSIVE");
  return listOf(cursor, (inner) => {
    const named = name(inner);
    const columns = looks(inner, "(") ? bracketed(inner, name) : undefined;
    must(inner, "AS (");
    const found = query(inner);
    must(inner, ")");
    return { name: named, query: found, ...(columns ? { columns } : {}) };
  });
}

function piece(cursor: Cursor): Select | Query {
  if (take(cursor, "(")) {
    const inner = query(cursor);
    must(cursor, ")");
    return inner;
  }
  if (take(cursor, "VALUES")) return { items: [], values: listOf(cursor, (inner) => bracketed(inner, expression)), distinct: false, group: [] };
  return select(cursor);
}

/** `LIMIT n [OFFSET m]`, `LIMIT m, n`, `FETCH FIRST n ROWS ONLY`, in any order. */
export function limits(cursor: Cursor): { readonly limit?: Expression; readonly offset?: Expression } {
  let limit: Expression | undefined;
  let offset: Expression | undefined;
  for (;;) {
    if (take(cursor, "LIMIT")) {
      if (take(cursor, "ALL")) continue;
      limit = expression(cursor);
      if (cursor.dialect === "mariadb" && take(cursor, ",")) {
        offset = limit;
        limit = expression(cursor);
      }
    } else if (take(cursor, "OFFSET")) {
      offset = expression(cursor);
      if (!take(cursor, "ROWS")) take(cursor, "ROW");
    } else if (take(cursor, "FETCH FIRST") || take(cursor, "FETCH NEXT")) {
      limit = looks(cursor, "ROW") ? { kind: "literal", value: { n: BigInt(1), s: 0 }, at: 0 } : expression(cursor);
      if (!take(cursor, "ROWS")) must(cursor, "ROW");
      must(cursor, "ONLY");
    } else return { ...(limit ? { limit } : {}), ...(offset ? { offset } : {}) };
  }
}

function select(cursor: Cursor): Select {
  must(cursor, "SELECT");
  while (takeOne(cursor, ["ALL", "SQL_NO_CACHE", "SQL_CALC_FOUND_ROWS", "HIGH_PRIORITY", "STRAIGHT_JOIN"]) !== undefined);
  const distinct = takeOne(cursor, ["DISTINCT", "DISTINCTROW"]) !== undefined;
  take(cursor, "SQL_NO_CACHE");
  const items = cursor.dialect === "postgres" && looks(cursor, "FROM") ? [] : itemList(cursor);
  const from = take(cursor, "FROM") ? sources(cursor) : undefined;
  const where = take(cursor, "WHERE") ? expression(cursor) : undefined;
  const group = take(cursor, "GROUP BY") ? listOf(cursor, (inner) => grouped(inner)) : [];
  const having = take(cursor, "HAVING") ? expression(cursor) : undefined;
  const windows = take(cursor, "WINDOW") ? listOf(cursor, namedWindow) : undefined;
  return { items, ...(windows ? { windows } : {}), distinct, group, ...(from ? { from } : {}), ...(where ? { where } : {}), ...(having ? { having } : {}) };
}

function namedWindow(cursor: Cursor): readonly [string, Window] {
  const found = name(cursor);
  must(cursor, "AS");
  return [found, windowOf(cursor)];
}

function grouped(cursor: Cursor): Expression {
  const by = expression(cursor);
  if (!take(cursor, "ASC")) take(cursor, "DESC");
  return by;
}

/** What SELECT or RETURNING gives. */
export function itemList(cursor: Cursor): readonly Item[] {
  return listOf(cursor, (inner): Item => {
    const start = peek(inner);
    if (take(inner, "*")) return { star: true, at: start.at };
    if (isName(inner, start) && looks(inner, ". *", 1)) {
      cursor.at += 3;
      return { star: true, table: named(inner, start), at: start.at };
    }
    const found = expression(inner);
    const text = written(inner, start);
    const alias = aliasOf(inner, true);
    return { star: false, expression: found, text, ...(alias === undefined ? {} : { alias }) };
  });
}

function aliasOf(cursor: Cursor, texts: boolean): string | undefined {
  const said = take(cursor, "AS");
  const token = peek(cursor);
  if (said) return texts && token.kind === "text" && cursor.dialect === "mariadb" ? next(cursor).text : part(cursor);
  if (texts && token.kind === "text" && cursor.dialect === "mariadb") return next(cursor).text;
  return isName(cursor, token) && !NO_ALIAS.has(token.text.toUpperCase()) ? named(cursor, next(cursor)) : undefined;
}

/** Words that go on with the statement after a table or a column. */
const NO_ALIAS = new Set(["LOCK", "SEPARATOR", "WINDOW", "SKIP", "USE", "FORCE", "IGNORE", "STRAIGHT_JOIN", "PROCEDURE", "DO"]);

/** The tables after FROM, UPDATE or DELETE. */
export function sources(cursor: Cursor): Source {
  let left = joined(cursor);
  while (take(cursor, ",")) left = { kind: "join", how: "inner", left, right: joined(cursor) };
  return left;
}

const JOINS: readonly (readonly [string, "inner" | "left" | "right" | "full"])[] = [["JOIN", "inner"], ["INNER JOIN", "inner"], ["CROSS JOIN", "inner"], ["STRAIGHT_JOIN", "inner"], ["LEFT JOIN", "left"], ["LEFT OUTER JOIN", "left"], ["RIGHT JOIN", "right"], ["RIGHT OUTER JOIN", "right"], ["FULL JOIN", "full"], ["FULL OUTER JOIN", "full"]];

function joined(cursor: Cursor): Source {
  let left = source(cursor);
  for (;;) {
    const natural = take(cursor, "NATURAL");
    const found = JOINS.find(([words, how]) => (how !== "full" || cursor.dialect === "postgres") && take(cursor, words));
    if (!found) {
      if (natural) throw unexpected(cursor);
      return left;
    }
    const right = source(cursor);
    const on = take(cursor, "ON") ? expression(cursor) : undefined;
    const using = on === undefined && take(cursor, "USING") ? bracketed(cursor, name) : undefined;
    if (!on && !using && !natural && (found[1] !== "inner" || (cursor.dialect === "postgres" && found[0] !== "CROSS JOIN"))) throw unexpected(cursor);
    left = { kind: "join", how: found[1], left, right, ...(on ? { on } : {}), ...(using ? { using } : {}), ...(natural ? { natural } : {}) };
  }
}

function source(cursor: Cursor): Source {
  return deeper(cursor, () => {
    take(cursor, "LATERAL");
    if (looks(cursor, "(")) {
      next(cursor);
      if (!isQuery(cursor)) {
        const inner = sources(cursor);
        must(cursor, ")");
        return inner;
      }
      const inner = query(cursor);
      must(cursor, ")");
      const alias = aliasOf(cursor, false);
      if (alias === undefined && cursor.dialect === "mariadb") throw unexpected(cursor);
      const columns = alias !== undefined && looks(cursor, "(") ? bracketed(cursor, name) : undefined;
      return { kind: "query", query: inner, alias: alias ?? "", ...(columns ? { columns } : {}) };
    }
    if (cursor.dialect === "postgres" && take(cursor, "GENERATE_SERIES")) {
      const args = bracketed(cursor, expression);
      const alias = aliasOf(cursor, false) ?? "generate_series";
      const column = looks(cursor, "(") ? (bracketed(cursor, name)[0] ?? alias) : alias;
      return { kind: "series", args, alias, column };
    }
    take(cursor, "ONLY");
    const found = tableName(cursor);
    const alias = aliasOf(cursor, false);
    if (takeOne(cursor, ["USE", "FORCE", "IGNORE"]) !== undefined) {
      if (!take(cursor, "INDEX")) must(cursor, "KEY");
      bracketed(cursor, part);
    }
    return { kind: "table", name: found, ...(alias === undefined ? {} : { alias }) };
  });
}
