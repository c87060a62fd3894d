import { isLike, truthOf, evaluate } from "../sql/evaluate";
import type { Outcome } from "../sql/execute";
import { refuse } from "../sql/refusal";
import { settings } from "../sql/settings";
import type { Listing, Session } from "../sql/session";
import { databasesOf, find, folderOf, relationsIn, schemaExists, type Column, type Found, type Key, type Table } from "../sql/storage";
import type { Statement } from "../sql/tree";
import { int, isExact, textOf, type Value } from "../sql/value";
import { grantLines, sees, userFrom, usersOf } from "./users";

type Show = Extract<Statement, { readonly do: "show" }>;

/** A listing out of names and rows. */
export function listing(names: readonly string[], rows: readonly (readonly Value[])[]): Listing {
  return { columns: names.map((name, i) => ({ name, numeric: rows.length > 0 && rows.every((row) => isExact(row[i] ?? null)) })), rows };
}

const id = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** What a column is when nothing is said, as SHOW tells it. */
function shownDefault(column: Column): Value {
  if (column.default === undefined) return null;
  const text = column.default;
  if (/^'.*'$/s.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  return /^(current_timestamp|now|localtimestamp)\b/i.test(text) ? "current_timestamp()" : text;
}

/** How a column stands in the keys: PRI, UNI, MUL. */
function keyMark(table: Table, column: Column): string {
  const first = (key: Key): boolean => key.columns[0]?.toLowerCase() === column.name.toLowerCase();
  const within = (key: Key): boolean => key.columns.some((name) => name.toLowerCase() === column.name.toLowerCase());
  if (table.keys.some((key) => key.kind === "primary" && within(key))) return "PRI";
  if (table.keys.some((key) => key.kind === "unique" && key.columns.length === 1 && first(key))) return "UNI";
  return table.keys.some((key) => key.kind !== "check" && key.kind !== "primary" && first(key)) ? "MUL" : "";
}

const extra = (column: Column): string => (column.auto ? "auto_increment" : column.onUpdate ? "on update current_timestamp()" : "");

/** The columns of a table or view as DESCRIBE lists them. */
export function described(found: Found, session: Session): readonly (readonly Value[])[] {
  const { relation } = found;
  if (relation.kind === "table") return relation.columns.map((column) => [column.name, column.type.name, column.notNull ? "NO" : "YES", keyMark(relation, column), shownDefault(column), extra(column)]);
  const query = session.query(session, { withs: [], first: { items: [{ star: true, at: 0 }], distinct: false, group: [], from: { kind: "table", name: { schema: found.schema, name: found.name, at: 0 } } }, more: [], order: [], at: 0 }, undefined);
  return query.columns.map((column) => [column.name, column.type?.name ?? (column.numeric ? "bigint(21)" : "varchar(255)"), "YES", "", null, ""]);
}

function defaultClause(column: Column): string {
  const stamp = column.onUpdate ? " ON UPDATE current_timestamp()" : "";
  if (column.default === undefined) return column.notNull || column.auto ? stamp : column.type.kind === "text" && /text|blob/.test(column.type.name) ? ` DEFAULT NULL${stamp}` : ` DEFAULT NULL${stamp}`;
  const value = shownDefault(column);
  const bare = value === "current_timestamp()" || /^(null|\w+\(.*\)|\(.*\)|-?[\d.]+|true|false)$/i.test(column.default);
  return ` DEFAULT ${bare ? textOf(value ?? "NULL", "mariadb") : column.default}${stamp}`;
}

/** The words that would make a table again. */
export function createWords({ name, relation }: Found<Table>): string {
  const columns = relation.columns.map((column) => `  ${id(column.name)} ${column.type.name}${column.type.kind === "json" ? " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" : ""}${column.notNull ? " NOT NULL" : column.type.name.startsWith("timestamp") ? " NULL" : ""}${column.auto ? " AUTO_INCREMENT" : defaultClause(column)}${column.type.kind === "json" ? ` CHECK (json_valid(${id(column.name)}))` : ""}${column.comment === undefined ? "" : ` COMMENT '${column.comment.replaceAll("'", "''")}'`}`);
  const keys = relation.keys.map((key) => {
    const list = `(${key.columns.map(id).join(",")})`;
    if (key.kind === "primary") return `  PRIMARY KEY ${list}`;
    if (key.kind === "unique") return `  UNIQUE KEY ${id(key.name)} ${list}`;
    if (key.kind === "check") return `  CONSTRAINT ${id(key.name)} CHECK (${key.check ?? ""})`;
    if (key.kind === "foreign") return `  KEY ${id(key.name)} ${list},\n  CONSTRAINT ${id(key.name)} FOREIGN KEY ${list} REFERENCES ${id(key.references?.table ?? "")} (${(key.references?.columns.length ? key.references.columns : ["id"]).map(id).join(", ")})${key.references?.onDelete === "RESTRICT" ? "" : ` ON DELETE ${key.references?.onDelete ?? ""}`}`;
    return `  KEY ${id(key.name)} ${list}`;
  });
  const auto = relation.columns.some((column) => column.auto) && relation.next > 1 ? ` AUTO_INCREMENT=${relation.next}` : "";
  return `CREATE TABLE ${id(name)} (\n${[...columns, ...keys].join(",\n")}\n) ENGINE=InnoDB${auto} DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci${relation.comment === undefined ? "" : ` COMMENT='${relation.comment.replaceAll("'", "''")}'`}`;
}

function relation(statement: Show, session: Session): Found {
  const schema = statement.in ?? statement.name?.schema;
  const name = { ...(statement.name ?? { name: "", at: 0 }), ...(schema === undefined ? {} : { schema }) };
  const found = find(session, name);
  if (!found) throw refuse("no-table", [name.schema ?? session.database, name.name]);
  session.allowed(session, "SELECT", found.schema, found.name);
  return found;
}

function filtered({ columns, rows }: Listing, statement: Show, session: Session): Listing {
  const { like, where } = statement;
  const kept = rows.filter((row) => (like === undefined || isLike(textOf(row[0] ?? "", "mariadb"), like, true)) && (!where || truthOf(evaluate(where, { session, columns, row }), { session, columns, row }) === true));
  return { columns: columns.map((column, i) => (i === 0 && like !== undefined && (column.name === "Database" || column.name.startsWith("Tables_in_")) ? { ...column, name: `${column.name} (${like})` } : column)), rows: kept };
}

/** Every database this person may see. */
export function databases(session: Session): readonly string[] {
  return [...databasesOf(session).filter((name) => sees(session, name)), "information_schema", ...(userFrom(session.files, session.user, session.host)?.user === "root" ? ["performance_schema", "sys"] : [])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function tables(statement: Show, session: Session): Listing {
  const schema = statement.name?.name ?? session.database;
  if (schema === "") throw refuse("no-database-selected");
  if (!sees(session, schema)) throw refuse("denied-database", schema);
  if (schema !== "information_schema" && !schemaExists(session, schema)) throw refuse("no-database", schema);
  const found = relationsIn(session, schema);
  const full = statement.words.includes("FULL");
  return listing(full ? [`Tables_in_${schema}`, "Table_type"] : [`Tables_in_${schema}`], found.map(({ name, relation: one }) => (full ? [name, one.kind === "view" ? "VIEW" : "BASE TABLE"] : [name])));
}

/** What the server counts, as SHOW STATUS tells it. */
export function statusLines(session: Session): readonly (readonly [string, string])[] {
  const wsrep = Object.entries(JSON.parse(String(session.variables.get("status") ?? "{}")) as Readonly<Record<string, string>>);
  const known: readonly (readonly [string, string])[] = [["Aborted_clients", "0"], ["Aborted_connects", "0"], ["Connections", String(session.id)], ["Max_used_connections", "1"], ["Open_tables", String(databasesOf(session).reduce((sum, name) => sum + (session.files.list(folderOf(session, name)) ?? []).length, 0))], ["Queries", String(session.id * 3)], ["Questions", "1"], ["Slow_queries", "0"], ["Threads_connected", "1"], ["Threads_running", "1"], ["Uptime", String(Math.max(0, session.now - Number(textOf(session.variables.get("started") ?? int(session.now), "mariadb"))))]];
  return [...known, ...wsrep.map(([name, value]) => [name, value] as const)].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}

function indexes(found: Found): Listing {
  const keys = found.relation.kind === "table" ? found.relation.keys.filter(({ kind }) => kind !== "check") : [];
  const rows = found.relation.kind === "table" ? found.relation.rows.length : 0;
  return listing(["Table", "Non_unique", "Key_name", "Seq_in_index", "Column_name", "Collation", "Cardinality", "Sub_part", "Packed", "Null", "Index_type", "Comment", "Index_comment", "Ignored"], keys.flatMap((key) => key.columns.map((column, i) => [found.name, int(key.kind === "primary" || key.kind === "unique" ? 0 : 1), key.name, int(i + 1), column, "A", int(rows), null, null, key.kind === "primary" ? "" : "YES", "BTREE", "", "", "NO"])));
}

const variables = (rows: readonly (readonly [string, string])[]): Listing => listing(["Variable_name", "Value"], rows);

function shown(statement: Show, session: Session): Listing {
  const what = statement.what.replace(/^(FULL|GLOBAL|SESSION|EXTENDED) /, "");
  switch (what) {
    case "DATABASES": case "SCHEMAS": return listing(["Database"], databases(session).map((name) => [name]));
    case "TABLES": return tables(statement, session);
    case "COLUMNS": case "FIELDS": return listing(["Field", "Type", "Null", "Key", "Default", "Extra"], described(relation(statement, session), session));
    case "INDEX": case "INDEXES": case "KEYS": return indexes(relation(statement, session));
    case "CREATE TABLE": case "CREATE VIEW": {
      const found = relation(statement, session);
      if (found.relation.kind === "view") return listing(["View", "Create View", "character_set_client", "collation_connection"], [[found.name, `CREATE ALGORITHM=UNDEFINED DEFINER=\`root\`@\`localhost\` SQL SECURITY DEFINER VIEW ${id(found.name)} AS ${found.relation.text}`, "utf8mb3", "utf8mb3_uca1400_ai_ci"]]);
      if (what === "CREATE VIEW") throw refuse("not-a-table", [found.schema, found.name]);
      return listing(["Table", "Create Table"], [[found.name, createWords({ ...found, relation: found.relation })]]);
    }
    case "CREATE DATABASE": case "CREATE SCHEMA": {
      const name = statement.name?.name ?? "";
      if (!schemaExists(session, name)) throw refuse("no-database", name);
      return listing(["Database", "Create Database"], [[name, `CREATE DATABASE ${id(name)} /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci */`]]);
    }
    case "GRANTS": {
      const user = statement.name ? usersOf(session.files).find((one) => one.user === statement.name?.name && (one.role || one.host === statement.name.schema)) : userFrom(session.files, session.user, session.host);
      if (!user) throw refuse("no-grant", [statement.name?.name ?? "", statement.name?.schema ?? ""]);
      return listing([`Grants for ${user.user}${user.role ? "" : `@${user.host}`}`], grantLines(user).map((line) => [line]));
    }
    case "STATUS": return variables(statusLines(session));
    case "VARIABLES": return variables(settings(session));
    case "PROCESSLIST": return listing(["Id", "User", "Host", "db", "Command", "Time", "State", "Info", "Progress"], [[int(session.id), session.user, session.host, session.database === "" ? null : session.database, "Query", int(0), "starting", String(session.variables.get("text") ?? "SHOW PROCESSLIST"), { n: BigInt(0), s: 3 }]]);
    case "ENGINES": case "STORAGE ENGINES": return listing(["Engine", "Support", "Comment", "Transactions", "XA", "Savepoints"], [["InnoDB", "DEFAULT", "Supports transactions, row-level locking, foreign keys and encryption for tables", "YES", "YES", "YES"], ["MEMORY", "YES", "Hash based, stored in memory, useful for temporary tables", "NO", "NO", "NO"], ["Aria", "YES", "Crash-safe tables with MyISAM heritage. Used for internal temporary tables and privilege tables", "NO", "NO", "NO"]]);
    case "WARNINGS": case "ERRORS": return listing(["Level", "Code", "Message"], []);
    case "MASTER STATUS": case "BINARY LOG STATUS": return listing(["File", "Position", "Binlog_Do_DB", "Binlog_Ignore_DB"], []);
    case "SLAVE STATUS": case "REPLICA STATUS": return listing(["Slave_IO_State"], []);
    case "TABLE STATUS": {
      const schema = statement.name?.name ?? session.database;
      if (schema === "") throw refuse("no-database-selected");
      return listing(["Name", "Engine", "Version", "Row_format", "Rows"], relationsIn(session, schema).map(({ name, relation: one }) => (one.kind === "table" ? [name, "InnoDB", int(10), "Dynamic", int(one.rows.length)] : [name, null, null, null, null])));
    }
    default: throw refuse("syntax", [statement.words.at(-1) ?? "", ""], 5);
  }
}

/** SHOW, DESCRIBE and EXPLAIN; undefined for anything else. */
export function aboutServer(statement: Statement, session: Session): Outcome | undefined {
  if (statement.do === "show") return { kind: "rows", listing: filtered(shown(statement, session), statement, session), tag: "SHOW" };
  if (statement.do === "kill") {
    if (statement.id !== session.id) throw refuse("killed", String(statement.id));
    return { kind: "done", tag: "KILL", rows: 0 };
  }
  if (statement.do !== "explain") return undefined;
  const inner = statement.statement;
  const from = inner.do === "select" && !("first" in inner.query.first) ? inner.query.first.from : inner.do === "update" || inner.do === "delete" ? inner.source : undefined;
  const found = from?.kind === "table" ? find(session, from.name) : undefined;
  if (from?.kind === "table" && !found) throw refuse("no-table", [from.name.schema ?? session.database, from.name.name]);
  const rows = found?.relation.kind === "table" ? found.relation.rows.length : 1;
  const names = ["id", "select_type", "table", "type", "possible_keys", "key", "key_len", "ref", "rows", "Extra"];
  return { kind: "rows", listing: listing(names, [found ? [int(1), "SIMPLE", found.name, "ALL", null, null, null, null, int(rows), ""] : [int(1), "SIMPLE", null, null, null, null, null, null, null, "No tables used"]]), tag: "EXPLAIN" };
}
