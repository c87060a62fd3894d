import type { FileSystem } from "@/lib/engine";
import { frozen } from "../sql/column-type";
import { execute, type Outcome } from "../sql/execute";
import { statementsOf } from "../sql/lexer";
import { Refusal, refuse } from "../sql/refusal";
import { runQuery } from "../sql/select";
import type { Listing, Session } from "../sql/session";
import { find, relationsIn, schemasOf } from "../sql/storage";
import { settingOf } from "../sql/settings";
import type { Statement } from "../sql/tree";
import { textOf } from "../sql/value";
import { catalogue, indexWords, listing } from "./catalogue";
import { aboutRoles, allowed } from "./roles";
import { complaintOf, placeOf } from "./words";

/** What a statement came to: a table (with a title, and what is written beneath), a tag such as `INSERT 0 1`, or an error. */
export type SqlOutcome =
  | { readonly columns: readonly { readonly name: string; readonly numeric: boolean }[]; readonly rows: readonly (readonly (string | null)[])[]; readonly tag?: string; readonly title?: string; readonly beneath?: string }
  | { readonly tag: string; readonly notices?: readonly string[] }
  | { readonly error: string; readonly rest: string }
  | { readonly toggle: string }
  | { readonly said: string };

/** Who asks and when. */
export interface Asker {
  readonly user: string;
  readonly database: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly id: number;
  readonly random: number;
}

const SETTINGS: Readonly<Record<string, string>> = {
  application_name: "psql", autovacuum: "on", client_encoding: "UTF8", DateStyle: "ISO, MDY", datestyle: "ISO, MDY", default_transaction_isolation: "read committed", effective_cache_size: "4GB", listen_addresses: "*", log_statement: "none", maintenance_work_mem: "64MB", max_connections: "100", max_wal_size: "1GB", password_encryption: "scram-sha-256", port: "5432",
  search_path: '"$user", public', server_encoding: "UTF8", shared_buffers: "128MB", standard_conforming_strings: "on", statement_timeout: "0", synchronous_commit: "on", timezone: "Etc/UTC", transaction_isolation: "read committed", transaction_read_only: "off", wal_level: "replica", work_mem: "4MB",
};

/** A conversation with a database of the data folder's `base`. */
export function sessionOf(files: FileSystem, base: string, { user, database, version, now, id, random }: Asker): Session {
  return {
    dialect: "postgres", files, root: base, version, database, user, host: "%", now: Math.floor(now / 1000), server: "", id, random, variables: new Map(), settings: { ...SETTINGS, server_version: version },
    changed: new Map(), read: new Map(), temporary: new Map(), transaction: "none", savepoints: [], lastId: 0, affected: 0, steps: 0, slept: 0, allowed, query: runQuery, catalogue,
  };
}

/** SHOW and EXPLAIN; undefined for anything else. */
function aboutServer(statement: Statement, session: Session): Outcome | undefined {
  if (statement.do === "show") {
    const name = statement.what.toLowerCase().replace(/ /g, "");
    if (name === "all") return { kind: "rows", listing: catalogue(session, "pg_catalog", "pg_settings") as Listing, tag: "SHOW" };
    const value = settingOf(session, name);
    if (value === undefined) throw refuse("no-setting", name);
    return { kind: "rows", listing: { columns: [{ name, numeric: false }], rows: [[value]] }, tag: "SHOW" };
  }
  if (statement.do !== "explain") return undefined;
  const inner = statement.statement;
  const from = inner.do === "select" && !("first" in inner.query.first) ? inner.query.first.from : inner.do === "update" || inner.do === "delete" ? inner.source : undefined;
  if (from?.kind !== "table") return { kind: "rows", listing: listing(["QUERY PLAN"], [["Result  (cost=0.00..0.01 rows=1 width=4)"]]), tag: "EXPLAIN" };
  const found = find(session, from.name);
  if (!found) throw refuse("no-table", ["public", from.name.name, from.name.schema ?? ""], from.name.at);
  const rows = found.relation.kind === "table" ? found.relation.rows.length : 1;
  return { kind: "rows", listing: listing(["QUERY PLAN"], [[`Seq Scan on ${found.name}  (cost=0.00..${(1 + rows / 100).toFixed(2)} rows=${rows} width=36)`]]), tag: "EXPLAIN" };
}

function notices(outcome: Extract<Outcome, { readonly kind: "done" }>): readonly string[] {
  const { tag } = outcome;
  const level = /^(BEGIN|COMMIT|ROLLBACK)$/.test(tag) ? "WARNING" : "NOTICE";
  return (outcome.notes ?? []).map((note) => `${level}:  ${tag === "CREATE TABLE" || tag === "CREATE INDEX" ? `relation "${note}" already exists, skipping` : tag === "CREATE SCHEMA" ? `schema "${note}" already exists, skipping` : tag.startsWith("DROP") ? `${tag.slice(5).toLowerCase()} "${note}" does not exist, skipping` : note}`);
}

/** Runs one statement. */
export function runStatement(session: Session, statement: string): SqlOutcome {
  session.variables.set("text", statement);
  try {
    const outcome = execute(statement, session, (read, inside) => aboutRoles(read, inside) ?? aboutServer(read, inside));
    if (outcome.kind === "done") return { tag: outcome.tag, ...(outcome.notes ? { notices: notices(outcome) } : {}) };
    return shown(outcome.listing, /^(INSERT|UPDATE|DELETE)/.test(outcome.tag) ? outcome.tag : undefined);
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    const { text, detail, hint } = complaintOf(problem, session);
    return { error: text, rest: `${placeOf(statement, problem.at)}${detail === undefined ? "" : `DETAIL:  ${detail}\n`}${hint === undefined ? "" : `HINT:  ${hint}\n`}` };
  }
}

/** Rows as a client gets them. */
export function shown({ columns, rows }: Listing, tag?: string): Extract<SqlOutcome, { readonly rows: readonly unknown[] }> {
  return { columns: columns.map(({ name, numeric }) => ({ name, numeric })), rows: rows.map((row) => columns.map((_, i) => (row[i] === null || row[i] === undefined ? null : textOf(row[i], "postgres")))), ...(tag === undefined ? {} : { tag }) };
}

/** Statements, at semicolons outside quotes. */
export function statements(text: string): readonly string[] {
  return statementsOf(text, "postgres").map((piece) => piece.text);
}

/** The databases of a data folder, in order. */
export function databases(files: FileSystem, base: string): readonly string[] {
  return (files.list(base) ?? []).filter((name) => files.stat(`${base}/${name}`)?.type === "directory");
}

const quoted = (value: string | null): string => (value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`);
const name = (text: string): string => (/^[a-z_][a-z0-9_]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);

/** What `pg_dump` writes: SQL that makes the same tables again. @simplified Rows are INSERTs, as with `--inserts`. */
export function dump(session: Session, { data, schema, tables }: { readonly data: boolean; readonly schema: boolean; readonly tables: readonly string[] }): string {
  const all = schemasOf(session).flatMap((one) => relationsIn(session, one)).filter((found) => tables.length === 0 || tables.includes(found.name));
  const called = (one: string, table: string): string => (one === "public" ? name(table) : `${name(one)}.${name(table)}`);
  const made = all.flatMap((found) => {
    const { relation } = found;
    if (relation.kind === "view") return [{ first: `--\n-- Name: ${found.name}; Type: VIEW; Schema: ${found.schema}\n--\n\n`, last: `CREATE VIEW ${called(found.schema, found.name)} AS ${relation.text};\n`, rows: "" }];
    const serial = { smallint: "smallserial", integer: "serial", bigint: "bigserial" } as const;
    const columns = relation.columns.map((column) => `    ${name(column.name)} ${column.auto ? (serial[column.type.name as "integer"] ?? "serial") : column.type.name}${column.default === undefined || column.auto ? "" : ` DEFAULT ${column.default}`}${column.notNull ? " NOT NULL" : ""}`);
    const list = (columnNames: readonly string[]): string => columnNames.map(name).join(", ");
    const alter = relation.keys.map((key) => (key.kind === "index" ? `${indexWords(found, key)};\n` : `ALTER TABLE ONLY ${called(found.schema, found.name)} ADD CONSTRAINT ${name(key.name)} ${key.kind === "primary" ? `PRIMARY KEY (${list(key.columns)})` : key.kind === "unique" ? `UNIQUE (${list(key.columns)})` : key.kind === "check" ? `CHECK (${key.check ?? ""})` : `FOREIGN KEY (${list(key.columns)}) REFERENCES ${name(key.references?.table ?? "")}${key.references?.columns.length ? `(${list(key.references.columns)})` : ""}${key.references?.onDelete === "RESTRICT" ? "" : ` ON DELETE ${key.references?.onDelete ?? ""}`}`};\n`));
    const foreign = alter.filter((line) => line.includes("FOREIGN KEY"));
    return [{ first: `--\n-- Name: ${found.name}; Type: TABLE; Schema: ${found.schema}; Owner: ${relation.owner ?? "postgres"}\n--\n\nCREATE TABLE ${called(found.schema, found.name)} (\n${columns.join(",\n")}\n);\n\n`, rows: relation.rows.map((row) => `INSERT INTO ${called(found.schema, found.name)} VALUES (${row.map((value) => quoted(frozen(value))).join(", ")});\n`).join(""), last: [...alter.filter((line) => !foreign.includes(line)), ...foreign].join("") }];
  });
  const schemas = schemasOf(session).filter((one) => one !== "public").map((one) => `CREATE SCHEMA ${name(one)};\n\n`);
  const foreignLast = (parts: readonly string[]): string => [...parts].sort((a, b) => Number(a.includes("FOREIGN KEY")) - Number(b.includes("FOREIGN KEY"))).join("");
  return `--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version ${session.version}\n-- Dumped by pg_dump version ${session.version}\n\n${schema ? schemas.join("") + made.map(({ first }) => first).join("") : ""}${data ? made.map(({ rows }) => rows).join("") : ""}\n${schema ? foreignLast(made.map(({ last }) => last)) : ""}\n--\n-- PostgreSQL database dump complete\n--\n\n`;
}

