import { bracketed, isName, listOf, looks, must, name, next, peek, tableName, take, takeOne, written, type Cursor } from "./cursor";
import { expression } from "./parse-expression";
import { query } from "./parse-query";
import { user } from "./parse-rights";
import { fail, swallow } from "./parse-session";
import { alterTable, createTable } from "./parse-table";
import { keyColumns } from "./parse-type";
import type { Expression, Name, Statement } from "./tree";

/** CREATE, after that word. */
export function create(cursor: Cursor): Statement {
  const replace = take(cursor, "OR REPLACE");
  const temporary = takeOne(cursor, ["TEMPORARY", "TEMP", "UNLOGGED"]) !== undefined;
  if (take(cursor, "TABLE")) return createTable(cursor, temporary);
  if (take(cursor, "DATABASE") || (cursor.dialect === "mariadb" && take(cursor, "SCHEMA"))) {
    const unless = take(cursor, "IF NOT EXISTS");
    const { at } = peek(cursor);
    const called = name(cursor);
    while (peek(cursor).kind !== "end") next(cursor);
    return { do: "create-database", name: called, unless, replace, at };
  }
  if (take(cursor, "SCHEMA")) {
    const unless = take(cursor, "IF NOT EXISTS");
    const called = name(cursor);
    if (take(cursor, "AUTHORIZATION")) name(cursor);
    return { do: "create-schema", name: called, unless };
  }
  const unique = take(cursor, "UNIQUE");
  takeOne(cursor, ["FULLTEXT", "SPATIAL"]);
  if (take(cursor, "INDEX")) return createIndex(cursor, unique);
  if (cursor.dialect === "mariadb") while (takeOne(cursor, ["SQL SECURITY DEFINER", "SQL SECURITY INVOKER", "ALGORITHM = UNDEFINED", "ALGORITHM = MERGE", "ALGORITHM = TEMPTABLE", "DEFINER ="]) !== undefined) if (peek(cursor).kind === "quoted") void [next(cursor), next(cursor), peek(cursor).kind === "quoted" && next(cursor)];
  if (take(cursor, "VIEW")) {
    const called = tableName(cursor);
    const columns = looks(cursor, "(") ? bracketed(cursor, name) : undefined;
    must(cursor, "AS");
    const start = peek(cursor);
    const found = query(cursor);
    return { do: "create-view", name: called, query: found, text: written(cursor, start), replace, ...(columns ? { columns } : {}) };
  }
  const kind = takeOne(cursor, ["USER", "ROLE", "GROUP"]);
  if (kind !== undefined) return user(cursor, "create", kind !== "USER");
  return cursor.dialect === "postgres" && takeOne(cursor, ["EXTENSION", "SEQUENCE"]) !== undefined ? swallow(cursor, `CREATE ${cursor.tokens[cursor.at - 1]?.text.toUpperCase() ?? ""}`) : fail(cursor);
}

function createIndex(cursor: Cursor, unique: boolean): Statement {
  take(cursor, "CONCURRENTLY");
  const unless = take(cursor, "IF NOT EXISTS");
  const called = looks(cursor, "ON") ? "" : name(cursor);
  must(cursor, "ON");
  const table = tableName(cursor);
  if (take(cursor, "USING")) name(cursor);
  const columns = keyColumns(cursor, (inner) => (isName(inner, peek(inner)) && !looks(inner, "(", 1) ? name(inner) : columnIn(expression(inner))));
  return { do: "create-index", name: called, table, columns, unique, unless };
}

/** The column an expression of an index is about. */
function columnIn(found: Expression): string {
  if (found.kind === "column") return found.name;
  return found.kind === "call" && found.args[0] ? columnIn(found.args[0]) : "";
}

/** ALTER, after that word. */
export function alter(cursor: Cursor): Statement {
  if (take(cursor, "TABLE")) return alterTable(cursor);
  const kind = takeOne(cursor, ["USER", "ROLE"]);
  if (kind !== undefined) return user(cursor, "alter", kind === "ROLE");
  const other = takeOne(cursor, ["DATABASE", "SCHEMA", "SEQUENCE", "SYSTEM", "DEFAULT PRIVILEGES", "VIEW", "INDEX"]);
  return other === undefined ? fail(cursor) : swallow(cursor, `ALTER ${other}`);
}

/** DROP, after that word. */
export function drop(cursor: Cursor): Statement {
  const kind = takeOne(cursor, ["USER", "ROLE"]);
  if (kind !== undefined) return user(cursor, "drop", kind === "ROLE");
  if (take(cursor, "INDEX")) {
    take(cursor, "CONCURRENTLY");
    const unless = take(cursor, "IF EXISTS");
    const called = tableName(cursor).name;
    if (cursor.dialect === "postgres") return { do: "drop-index", name: called, unless };
    must(cursor, "ON");
    return { do: "drop-index", name: called, table: tableName(cursor), unless };
  }
  take(cursor, "TEMPORARY");
  const what = takeOne(cursor, ["TABLES", "TABLE", "VIEW", "DATABASE", "SCHEMA"]);
  if (what === undefined) return takeOne(cursor, cursor.dialect === "postgres" ? ["EXTENSION", "SEQUENCE", "OWNED"] : []) === undefined ? fail(cursor) : swallow(cursor, `DROP ${cursor.tokens[1]?.text.toUpperCase() ?? ""}`);
  const unless = take(cursor, "IF EXISTS");
  const names: readonly Name[] = listOf(cursor, tableName);
  const cascade = take(cursor, "CASCADE");
  if (!cascade) take(cursor, "RESTRICT");
  if (take(cursor, "WITH (")) must(cursor, "FORCE )");
  return { do: "drop", what: what.toLowerCase().replace("tables", "table").replace("schema", cursor.dialect === "mariadb" ? "database" : "schema") as "table", names, unless, cascade };
}

/** RENAME, after that word. */
export function renameTables(cursor: Cursor): Statement {
  must(cursor, "TABLE");
  return {
    do: "rename-table",
    pairs: listOf(cursor, (inner): readonly [Name, Name] => {
      const from = tableName(inner);
      must(inner, "TO");
      return [from, tableName(inner)];
    }),
  };
}

/** TRUNCATE, after that word. */
export function truncate(cursor: Cursor): Statement {
  take(cursor, "TABLE");
  const names = listOf(cursor, tableName);
  const restart = take(cursor, "RESTART IDENTITY");
  take(cursor, "CONTINUE IDENTITY");
  if (!take(cursor, "CASCADE")) take(cursor, "RESTRICT");
  return { do: "truncate", names, restart: restart || cursor.dialect === "mariadb" };
}
