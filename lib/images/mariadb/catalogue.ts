import { find, relationsIn, type Found } from "../sql/storage";
import type { Listing, Session } from "../sql/session";
import { settings } from "../sql/settings";
import { int, type Value } from "../sql/value";
import { databases, described, listing, statusLines } from "./show";
import { hashOf, sees, usersOf } from "./users";

const everything = (session: Session): readonly Found[] => databases(session).flatMap((schema) => (sees(session, schema) ? relationsIn(session, schema) : []));

const TABLES: Readonly<Record<string, (session: Session) => Listing>> = {
  schemata: (session) => listing(["CATALOG_NAME", "SCHEMA_NAME", "DEFAULT_CHARACTER_SET_NAME", "DEFAULT_COLLATION_NAME", "SQL_PATH", "SCHEMA_COMMENT"], databases(session).map((name) => ["def", name, "utf8mb4", "utf8mb4_uca1400_ai_ci", null, ""])),
  tables: (session) =>
    listing(
      ["TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE", "ENGINE", "VERSION", "ROW_FORMAT", "TABLE_ROWS", "AVG_ROW_LENGTH", "DATA_LENGTH", "INDEX_LENGTH", "AUTO_INCREMENT", "TABLE_COLLATION", "TABLE_COMMENT"],
      everything(session).map(({ schema, name, relation }): readonly Value[] => (relation.kind === "table" ? ["def", schema, name, "BASE TABLE", "InnoDB", int(10), "Dynamic", int(relation.rows.length), int(0), int(16_384), int(16_384 * Math.max(0, relation.keys.length - 1)), relation.columns.some((column) => column.auto) ? int(relation.next) : null, "utf8mb4_uca1400_ai_ci", relation.comment ?? ""] : ["def", schema, name, "VIEW", null, null, null, null, null, null, null, null, null, "VIEW"])),
    ),
  columns: (session) => listing(["TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION", "COLUMN_DEFAULT", "IS_NULLABLE", "DATA_TYPE", "COLUMN_TYPE", "COLUMN_KEY", "EXTRA"], everything(session).flatMap((found) => described(found, session).map(([name = "", type = "", nullable = "", key = "", usual = null, extra = ""], i) => ["def", found.schema, found.name, name, int(i + 1), usual, nullable, String(type).replace(/[( ].*$/, ""), type, key, extra]))),
  views: (session) => listing(["TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "VIEW_DEFINITION"], everything(session).flatMap(({ schema, name, relation }) => (relation.kind === "view" ? [["def", schema, name, relation.text]] : []))),
  statistics: (session) => listing(["TABLE_SCHEMA", "TABLE_NAME", "NON_UNIQUE", "INDEX_NAME", "SEQ_IN_INDEX", "COLUMN_NAME"], everything(session).flatMap(({ schema, name, relation }) => (relation.kind === "table" ? relation.keys.filter(({ kind }) => kind !== "check").flatMap((key) => key.columns.map((column, i): readonly Value[] => [schema, name, int(key.kind === "index" || key.kind === "foreign" ? 1 : 0), key.name, int(i + 1), column])) : []))),
  processlist: (session) => listing(["ID", "USER", "HOST", "DB", "COMMAND", "TIME", "STATE", "INFO"], [[int(session.id), session.user, session.host, session.database === "" ? null : session.database, "Query", int(0), "Filling schema table", null]]),
  engines: () => listing(["ENGINE", "SUPPORT"], [["InnoDB", "DEFAULT"]]),
  global_variables: (session) => listing(["VARIABLE_NAME", "VARIABLE_VALUE"], settings(session).map(([name, value]) => [name.toUpperCase(), value])),
  global_status: (session) => listing(["VARIABLE_NAME", "VARIABLE_VALUE"], statusLines(session).map(([name, value]) => [name.toUpperCase(), value])),
};

/** Tables of the server's own: information_schema's, and `mysql.user`. */
export function catalogue(session: Session, schema: string, name: string): Listing | undefined {
  const table = name.toLowerCase();
  if (schema.toLowerCase() === "information_schema") return Object.hasOwn(TABLES, table) ? TABLES[table]?.(session) : undefined;
  if (schema !== "mysql" || (table !== "user" && table !== "db" && table !== "global_priv") || find({ ...session }, { schema, name, at: 0 })) return undefined;
  session.allowed(session, "SELECT", schema, name);
  const users = usersOf(session.files);
  if (table === "db") return listing(["Host", "Db", "User"], users.flatMap((user) => user.grants.filter(({ on }) => on.endsWith(".*") && on !== "*.*").map(({ on }) => [user.host, on.slice(0, -2), user.user])));
  if (table === "global_priv") return listing(["Host", "User", "Priv"], users.map((user) => [user.host, user.user, JSON.stringify({ access: 0, authentication_string: hashOf(user.password) })]));
  return listing(["Host", "User", "Password", "Select_priv", "Insert_priv", "Super_priv", "plugin", "authentication_string", "is_role"], users.map((user) => {
    const all = user.grants.some(({ on, powers }) => on === "*.*" && powers.includes("ALL PRIVILEGES")) ? "Y" : "N";
    return [user.host, user.user, hashOf(user.password), all, all, all, "mysql_native_password", hashOf(user.password), user.role ? "Y" : "N"];
  }));
}
