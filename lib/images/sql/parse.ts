import { bracketed, cursorOf, integer, isQuery, listOf, looks, must, name, next, part, peek, tableName, take, takeOne, text, unexpected, type Cursor } from "./cursor";
import { alter, create, drop, renameTables, truncate } from "./parse-define";
import { expression, orderList } from "./parse-expression";
import { itemList, limits, query, sources } from "./parse-query";
import { rights } from "./parse-rights";
import { fail, quiet, set, transaction } from "./parse-session";
import { show } from "./parse-show";
import type { Assignment, Expression, Item, Query, Statement } from "./tree";
import type { Dialect } from "./value";

/** Reads one statement. What it cannot read is refused where it stops making sense. */
export function parse(source: string, dialect: Dialect): Statement {
  const cursor = cursorOf(source, dialect, query);
  const found = statement(cursor);
  if (peek(cursor).kind !== "end") throw unexpected(cursor);
  return found;
}

function statement(cursor: Cursor): Statement {
  if (isQuery(cursor)) return { do: "select", query: query(cursor) };
  const start = peek(cursor);
  const pg = cursor.dialect === "postgres";
  const word = start.text.toUpperCase();
  next(cursor);
  switch (start.kind === "word" ? word : "") {
    case "INSERT": return insert(cursor, false);
    case "REPLACE": if (!pg) return insert(cursor, true); break;
    case "UPDATE": return update(cursor);
    case "DELETE": return remove(cursor);
    case "CREATE": return create(cursor);
    case "ALTER": return alter(cursor);
    case "DROP": return drop(cursor);
    case "RENAME": if (!pg) return renameTables(cursor); break;
    case "TRUNCATE": return truncate(cursor);
    case "TABLE": if (pg) return { do: "select", query: wholeTable(cursor) }; break;
    case "USE": if (!pg) return { do: "use", name: name(cursor) }; break;
    case "GRANT": return rights(cursor, true);
    case "REVOKE": return rights(cursor, false);
    case "SHOW": return show(cursor);
    case "DESC": case "DESCRIBE": if (!pg) return describe(cursor); break;
    case "EXPLAIN": return explain(cursor);
    case "KILL": if (!pg) return kill(cursor); break;
    case "SET": case "RESET": return set(cursor, word);
    default: return transaction(cursor, word) ?? quiet(cursor, word) ?? fail(cursor);
  }
  return fail(cursor);
}

function wholeTable(cursor: Cursor): Query {
  const { at } = peek(cursor);
  return { withs: [], first: { items: [{ star: true, at }], distinct: false, group: [], from: { kind: "table", name: tableName(cursor) } }, more: [], order: [], at };
}

function insert(cursor: Cursor, replace: boolean): Statement {
  takeOne(cursor, ["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY"]);
  const ignore = take(cursor, "IGNORE");
  if (!take(cursor, "INTO") && cursor.dialect === "postgres") throw unexpected(cursor);
  const into = tableName(cursor);
  const alias = take(cursor, "AS") ? name(cursor) : undefined;
  const columns = looks(cursor, "(") && !looks(cursor, "SELECT", 1) ? (looks(cursor, ")", 1) ? empty(cursor) : bracketed(cursor, column)) : undefined;
  const base = { do: "insert" as const, into, replace, ignore, ...(alias === undefined ? {} : { alias }) };
  const given = columns ? { columns } : {};
  if (cursor.dialect === "mariadb" && take(cursor, "SET")) {
    const set = listOf(cursor, assignment);
    return { ...base, columns: set.map((one) => ({ name: one.column, at: one.at })), rows: [set.map((one) => one.value)], ...afterRows(cursor) };
  }
  if (take(cursor, "DEFAULT VALUES")) return { ...base, columns: [], rows: [[]], ...afterRows(cursor) };
  take(cursor, "OVERRIDING SYSTEM VALUE");
  if (takeOne(cursor, cursor.dialect === "mariadb" ? ["VALUES", "VALUE"] : ["VALUES"]) !== undefined) {
    const rows = listOf(cursor, (inner) => (looks(inner, "( )") ? empty(inner).map((): Expression => ({ kind: "default", at: 0 })) : bracketed(inner, expression)));
    return { ...base, ...given, rows, ...afterRows(cursor) };
  }
  if (!isQuery(cursor)) throw unexpected(cursor);
  const found = query(cursor);
  return { ...base, ...given, query: found, ...afterRows(cursor) };
}

function empty(cursor: Cursor): readonly { readonly name: string; readonly at: number }[] {
  must(cursor, "( )");
  return [];
}

function column(cursor: Cursor): { readonly name: string; readonly at: number } {
  const { at } = peek(cursor);
  const first = name(cursor);
  return { name: take(cursor, ".") ? part(cursor) : first, at };
}

function assignment(cursor: Cursor): Assignment {
  const target = column(cursor);
  must(cursor, "=");
  return { column: target.name, at: target.at, value: expression(cursor) };
}

interface AfterRows {
  readonly onDuplicate?: readonly Assignment[];
  readonly conflict?: readonly string[];
  readonly updateWhere?: Expression;
  readonly returning?: readonly Item[];
}

function afterRows(cursor: Cursor): AfterRows {
  let found: AfterRows = {};
  if (cursor.dialect === "mariadb" && take(cursor, "ON DUPLICATE KEY UPDATE")) found = { onDuplicate: listOf(cursor, assignment) };
  if (cursor.dialect === "postgres" && take(cursor, "ON CONFLICT")) {
    let conflict: readonly string[] = [];
    if (looks(cursor, "(")) conflict = bracketed(cursor, name);
    else if (take(cursor, "ON CONSTRAINT")) name(cursor);
    must(cursor, "DO");
    if (take(cursor, "NOTHING")) found = { conflict, onDuplicate: [] };
    else {
      must(cursor, "UPDATE SET");
      found = { conflict, onDuplicate: listOf(cursor, assignment) };
      if (take(cursor, "WHERE")) found = { ...found, updateWhere: expression(cursor) };
    }
  }
  return { ...found, ...returning(cursor) };
}

function returning(cursor: Cursor): { readonly returning?: readonly Item[] } {
  return take(cursor, "RETURNING") ? { returning: itemList(cursor) } : {};
}

function update(cursor: Cursor): Statement {
  takeOne(cursor, ["LOW_PRIORITY", "IGNORE"]);
  const source = sources(cursor);
  must(cursor, "SET");
  const set = listOf(cursor, assignment);
  const from = cursor.dialect === "postgres" && take(cursor, "FROM") ? sources(cursor) : undefined;
  const where = take(cursor, "WHERE") ? expression(cursor) : undefined;
  const order = take(cursor, "ORDER BY") ? orderList(cursor) : [];
  const { limit } = limits(cursor);
  return { do: "update", source, set, order, ...(from ? { from } : {}), ...(where ? { where } : {}), ...(limit ? { limit } : {}), ...returning(cursor) };
}

function remove(cursor: Cursor): Statement {
  takeOne(cursor, ["LOW_PRIORITY", "QUICK", "IGNORE"]);
  // `DELETE t FROM t JOIN …`: rows of the first table.
  const first = cursor.dialect === "mariadb" && !looks(cursor, "FROM") ? tableName(cursor) : undefined;
  must(cursor, "FROM");
  const source = sources(cursor);
  const from = take(cursor, "USING") ? sources(cursor) : undefined;
  const where = take(cursor, "WHERE") ? expression(cursor) : undefined;
  const order = take(cursor, "ORDER BY") ? orderList(cursor) : [];
  const { limit } = limits(cursor);
  void first;
  return { do: "delete", source, order, ...(from ? { from } : {}), ...(where ? { where } : {}), ...(limit ? { limit } : {}), ...returning(cursor) };
}

function describe(cursor: Cursor): Statement {
  if (isQuery(cursor) || looks(cursor, "UPDATE") || looks(cursor, "DELETE") || looks(cursor, "INSERT")) return { do: "explain", statement: statement(cursor) };
  const table = tableName(cursor);
  const like = peek(cursor).kind === "end" ? undefined : peek(cursor).kind === "text" ? text(cursor) : name(cursor);
  return { do: "show", what: "COLUMNS", words: ["COLUMNS"], name: table, ...(like === undefined ? {} : { like }) };
}

function explain(cursor: Cursor): Statement {
  takeOne(cursor, ["EXTENDED", "ANALYZE VERBOSE", "ANALYZE", "VERBOSE"]);
  if (take(cursor, "(")) while (!take(cursor, ")")) if (next(cursor).kind === "end") throw unexpected(cursor);
  if (cursor.dialect === "mariadb") {
    if (take(cursor, "FORMAT =")) next(cursor);
    return describe(cursor);
  }
  return { do: "explain", statement: statement(cursor) };
}

function kill(cursor: Cursor): Statement {
  takeOne(cursor, ["CONNECTION", "QUERY"]);
  return { do: "kill", id: integer(cursor) };
}
