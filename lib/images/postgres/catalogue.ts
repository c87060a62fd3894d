import { bareName } from "../sql/column-type";
import type { Listing, Session } from "../sql/session";
import { settings } from "../sql/settings";
import { databasesOf, relationsIn, schemasOf, type Column, type Found, type Key, type Table } from "../sql/storage";
import { int, isExact, type Value } from "../sql/value";
import { rolesOf } from "./roles";

/** A listing out of names and rows. */
export function listing(names: readonly string[], rows: readonly (readonly Value[])[]): Listing {
  return { columns: names.map((name, i) => ({ name, numeric: rows.length > 0 && rows.every((row) => isExact(row[i] ?? null)) })), rows };
}

/** Every table and view of the database at hand. */
export const everything = (session: Session): readonly Found[] => schemasOf(session).flatMap((schema) => relationsIn(session, schema));

/** A column's default as `\d` tells it. */
export function shownDefault(table: string, column: Column): string | null {
  if (column.auto) return `nextval('${table}_${column.name}_seq'::regclass)`;
  if (column.default === undefined) return null;
  if (/^'.*'$/s.test(column.default) && column.type.kind === "text") return `${column.default}::${bareName(column.type)}`;
  return /^(current_timestamp|current_date|now\(\))$/i.test(column.default) ? column.default.replace(/^current_\w+$/i, (word) => word.toUpperCase()) : column.default;
}

/** The words that would make an index again. */
export function indexWords(found: Found, key: Key): string {
  return `CREATE ${key.kind === "index" ? "" : "UNIQUE "}INDEX ${key.name} ON ${found.schema}.${found.name} USING btree (${key.columns.join(", ")})`;
}

const tables = (session: Session): readonly Found<Table>[] => everything(session).flatMap((found) => (found.relation.kind === "table" ? [{ ...found, relation: found.relation }] : []));
const ownerOf = (found: Found, session: Session): string => found.relation.owner ?? rolesOf(session.files, session.root)[0]?.name ?? "postgres";

const OWN: Readonly<Record<string, (session: Session) => Listing>> = {
  pg_tables: (session) => listing(["schemaname", "tablename", "tableowner", "tablespace", "hasindexes", "hasrules", "hastriggers", "rowsecurity"], tables(session).map((found) => [found.schema, found.name, ownerOf(found, session), null, found.relation.keys.length > 0, false, false, false])),
  pg_views: (session) => listing(["schemaname", "viewname", "viewowner", "definition"], everything(session).flatMap((found) => (found.relation.kind === "view" ? [[found.schema, found.name, ownerOf(found, session), found.relation.text]] : []))),
  pg_indexes: (session) => listing(["schemaname", "tablename", "indexname", "tablespace", "indexdef"], tables(session).flatMap((found) => found.relation.keys.filter(({ kind }) => ["primary", "unique", "index"].includes(kind)).map((key) => [found.schema, found.name, key.name, null, indexWords(found, key)]))),
  pg_database: (session) => listing(["oid", "datname", "datistemplate", "datallowconn"], [...databasesOf(session).map((name, i): readonly Value[] => [int(16_384 + i), name, false, true]), [int(1), "template1", true, true], [int(4), "template0", true, false]]),
  pg_roles: (session) => listing(["rolname", "rolsuper", "rolinherit", "rolcreaterole", "rolcreatedb", "rolcanlogin"], rolesOf(session.files, session.root).filter(({ name }) => name !== "public").map((role) => [role.name, role.superuser, true, role.createRole, role.createDb, role.login])),
  pg_user: (session) => listing(["usename", "usecreatedb", "usesuper", "passwd"], rolesOf(session.files, session.root).filter(({ login }) => login).map((role) => [role.name, role.createDb, role.superuser, "********"])),
  pg_namespace: (session) => listing(["oid", "nspname"], schemasOf(session).map((name, i) => [int(name === "public" ? 2200 : 16_500 + i), name])),
  pg_class: (session) => listing(["oid", "relname", "relkind", "reltuples"], everything(session).map((found, i) => [int(16_600 + i), found.name, found.relation.kind === "view" ? "v" : "r", found.relation.kind === "table" ? found.relation.rows.length : -1])),
  pg_settings: (session) => listing(["name", "setting"], settings(session)),
  pg_stat_activity: (session) => listing(["datid", "datname", "pid", "usename", "application_name", "client_addr", "state", "query"], [[int(16_384), session.database, int(session.id), session.user, "psql", null, "active", String(session.variables.get("text") ?? "")]]),
  pg_stat_user_tables: (session) => listing(["schemaname", "relname", "n_live_tup", "n_dead_tup"], tables(session).map((found) => [found.schema, found.name, int(found.relation.rows.length), int(0)])),
  pg_stat_replication: () => listing(["pid", "usename", "application_name", "client_addr", "state", "sync_state"], []),
  pg_extension: () => listing(["extname", "extversion"], [["plpgsql", "1.0"]]),
};

const SCHEMA: Readonly<Record<string, (session: Session) => Listing>> = {
  schemata: (session) => listing(["catalog_name", "schema_name", "schema_owner"], ["information_schema", "pg_catalog", ...schemasOf(session)].map((name) => [session.database, name, "postgres"])),
  tables: (session) => listing(["table_catalog", "table_schema", "table_name", "table_type"], everything(session).map((found) => [session.database, found.schema, found.name, found.relation.kind === "view" ? "VIEW" : "BASE TABLE"])),
  columns: (session) => listing(["table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default", "is_nullable", "data_type", "character_maximum_length"], tables(session).flatMap((found) => found.relation.columns.map((column, i) => [session.database, found.schema, found.name, column.name, int(i + 1), shownDefault(found.name, column), column.notNull ? "NO" : "YES", bareName(column.type), column.type.kind === "text" && column.type.length !== undefined ? int(column.type.length) : null]))),
};

/** Tables of the server's own: `pg_catalog`'s, which need no schema, and `information_schema`'s. */
export function catalogue(session: Session, schema: string, name: string): Listing | undefined {
  const from = schema === "pg_catalog" ? OWN : schema === "information_schema" ? SCHEMA : undefined;
  return from && Object.hasOwn(from, name) ? from[name]?.(session) : undefined;
}
