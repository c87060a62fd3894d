import { insert, remove, update } from "./change";
import { alterTable, createDatabase, createTable, dropDatabase, dropRelations, renameTable, withKeys } from "./define";
import { evaluate } from "./evaluate";
import { parse } from "./parse";
import { refuse } from "./refusal";
import { emptyScope } from "./scope";
import { runQuery } from "./select";
import type { Listing, Session } from "./session";
import { settingOf } from "./settings";
import { find, flush, pathOf, put, relationsIn, schemaExists, schemaOf, schemasOf, table, folderOf } from "./storage";
import type { Statement } from "./tree";
import { exactOf } from "./value";

/** What a statement came to: rows, or a word for what was done and to how many. */
export type Outcome =
  | { readonly kind: "rows"; readonly listing: Listing; readonly tag: string }
  | { readonly kind: "done"; readonly tag: string; readonly rows: number; readonly notes?: readonly string[] };

/** What a server adds of its own: SHOW, users, EXPLAIN. Undefined when it is nothing of its own. */
export type Own = (statement: Statement, session: Session) => Outcome | undefined;

const done = (tag: string, rows = 0, notes: readonly string[] = []): Outcome => ({ kind: "done", tag, rows, ...(notes.length > 0 ? { notes } : {}) });

/** Statements MariaDB ends a transaction for. */
const COMMITS = new Set(["create-table", "create-database", "create-index", "create-view", "alter-table", "rename-table", "drop", "drop-index", "truncate", "user", "grant", "revoke", "password"]);

/** Runs one statement; a refused one leaves nothing behind. */
export function execute(text: string, session: Session, own: Own): Outcome {
  const before = new Map(session.changed);
  session.steps = 0;
  try {
    const statement = parse(text, session.dialect);
    const ends = statement.do === "commit" || statement.do === "rollback" || statement.do === "rollback-to";
    if (session.transaction === "aborted" && !ends) throw refuse("aborted");
    if (session.dialect === "mariadb" && COMMITS.has(statement.do)) {
      flush(session);
      session.transaction = "none";
    }
    const outcome = transactional(statement, session) ?? run(statement, session, own);
    if (session.transaction === "none" && !autocommitOff(session)) flush(session);
    return outcome;
  } catch (problem) {
    session.changed = before;
    if (session.dialect === "postgres" && session.transaction !== "none") session.transaction = "aborted";
    if (problem instanceof RangeError) throw refuse("full-of-steps");
    throw problem;
  }
}

const autocommitOff = (session: Session): boolean => session.dialect === "mariadb" && /^(0|off)$/i.test(settingOf(session, "autocommit") ?? "1");

function transactional(statement: Statement, session: Session): Outcome | undefined {
  switch (statement.do) {
    case "begin":
      if (session.transaction === "open" && session.dialect === "postgres") return done("BEGIN", 0, ["there is already a transaction in progress"]);
      flush(session);
      session.transaction = "open";
      session.savepoints = [];
      return done("BEGIN");
    case "commit": {
      const aborted = session.transaction === "aborted";
      const idle = session.transaction === "none";
      session.transaction = "none";
      session.savepoints = [];
      if (aborted) session.changed = new Map();
      flush(session);
      return done(aborted ? "ROLLBACK" : "COMMIT", 0, idle && session.dialect === "postgres" ? ["there is no transaction in progress"] : []);
    }
    case "rollback": {
      const idle = session.transaction === "none";
      session.changed = new Map();
      session.transaction = "none";
      session.savepoints = [];
      return done("ROLLBACK", 0, idle && session.dialect === "postgres" ? ["there is no transaction in progress"] : []);
    }
    case "savepoint":
      if (session.transaction === "none" && session.dialect === "postgres") throw refuse("in-transaction", "SAVEPOINT");
      session.savepoints = [...session.savepoints.filter(({ name }) => name !== statement.name), { name: statement.name, changed: new Map(session.changed) }];
      return done("SAVEPOINT");
    case "release": case "rollback-to": {
      const at = session.savepoints.findIndex(({ name }) => name === statement.name);
      const point = session.savepoints[at];
      if (!point) throw refuse("no-savepoint", statement.name);
      if (statement.do === "rollback-to") {
        session.changed = new Map(point.changed);
        session.transaction = session.dialect === "postgres" ? "open" : session.transaction;
      }
      session.savepoints = session.savepoints.slice(0, statement.do === "release" ? at : at + 1);
      return done(statement.do === "release" ? "RELEASE" : "ROLLBACK");
    }
    default:
      return undefined;
  }
}

function run(statement: Statement, session: Session, own: Own): Outcome {
  switch (statement.do) {
    case "select": {
      const listing = runQuery(session, statement.query, undefined);
      session.affected = listing.rows.length;
      return { kind: "rows", listing, tag: `SELECT ${listing.rows.length}` };
    }
    case "insert": case "update": case "delete": {
      const changed = statement.do === "insert" ? insert(statement, session) : statement.do === "update" ? update(statement, session) : remove(statement, session);
      session.affected = changed.rows;
      const tag = `${statement.do === "insert" ? "INSERT 0" : statement.do.toUpperCase()} ${changed.rows}`;
      return changed.listing ? { kind: "rows", listing: changed.listing, tag } : done(tag, changed.rows);
    }
    case "truncate":
      for (const name of statement.names) {
        const found = table(session, name);
        session.allowed(session, session.dialect === "mariadb" ? "DROP" : "TRUNCATE", found.schema, found.name);
        put(session, found.path, { ...found.relation, rows: [], next: statement.restart ? 1 : found.relation.next });
      }
      return done("TRUNCATE TABLE");
    case "use":
      session.allowed(session, "USE", statement.name, "*");
      if (!["information_schema", "performance_schema", "sys"].includes(statement.name.toLowerCase()) && !schemaExists(session, statement.name)) throw refuse("no-database", statement.name);
      session.database = statement.name;
      return done("USE");
    case "set":
      for (const { name, value } of statement.assignments) {
        const found = typeof value === "string" ? value : evaluate(value, emptyScope(session));
        const variable = name.startsWith("@") && !name.startsWith("@@");
        const bare = name.toLowerCase().replace(/^@@(global\.|session\.)?/, "");
        if (!variable && !Object.hasOwn(session.settings, bare) && !bare.includes(".") && session.dialect === "mariadb") throw refuse("no-variable", bare);
        session.variables.set(variable ? name.toLowerCase() : `@@${bare}`, typeof found === "string" && exactOf(found) ? (exactOf(found) ?? found) : found);
      }
      return done("SET");
    case "nothing":
      return own(statement, session) ?? done(statement.tag);
    default:
      return own(statement, session) ?? defined(statement, session);
  }
}

function defined(statement: Statement, session: Session): Outcome {
  switch (statement.do) {
    case "create-table": {
      const made = createTable(statement, session);
      const count = statement.query && made ? table(session, statement.name).relation.rows.length : 0;
      return done(statement.query && made ? `SELECT ${count}` : "CREATE TABLE", count, made ? [] : [statement.name.name]);
    }
    case "alter-table":
      alterTable(statement, session);
      return done("ALTER TABLE");
    case "rename-table":
      for (const [from, to] of statement.pairs) renameTable(table(session, from), to, session);
      return done("RENAME TABLE");
    case "create-database":
      createDatabase(statement.name, statement.unless || statement.replace, session);
      return done("CREATE DATABASE", 1);
    case "create-schema":
      if (schemasOf(session).includes(statement.name)) {
        if (statement.unless) return done("CREATE SCHEMA", 0, [statement.name]);
        throw refuse("schema-exists", statement.name);
      }
      session.allowed(session, "CREATE-SCHEMA", session.database, "*");
      session.files.makeDirectory(folderOf(session, statement.name), true);
      return done("CREATE SCHEMA");
    case "create-index": {
      const found = table(session, statement.table);
      session.allowed(session, session.dialect === "mariadb" ? "INDEX" : "ALTER", found.schema, found.name);
      const name = statement.name === "" ? `${found.name}_${statement.columns.join("_")}_idx` : statement.name;
      const taken = session.dialect === "postgres" ? relationsIn(session, found.schema).some(({ relation }) => relation.kind === "table" && relation.keys.some((key) => key.name === name)) : found.relation.keys.some((key) => key.name.toLowerCase() === name.toLowerCase());
      if (taken && statement.unless) return done("CREATE INDEX", 0, [name]);
      if (taken) throw refuse("index-exists", name);
      put(session, found.path, withKeys(found, [{ kind: statement.unique ? "unique" : "index", name, columns: statement.columns.filter((column) => column !== "") }], session));
      return done("CREATE INDEX");
    }
    case "drop-index": {
      const holder = statement.table ? table(session, statement.table) : relationsIn(session, "public").find(({ relation }) => relation.kind === "table" && relation.keys.some((key) => key.name === statement.name));
      if (holder?.relation.kind !== "table" || !holder.relation.keys.some((key) => key.name.toLowerCase() === statement.name.toLowerCase())) {
        if (statement.unless) return done("DROP INDEX");
        throw refuse("no-index", [statement.name, holder?.name ?? ""]);
      }
      put(session, holder.path, { ...holder.relation, keys: holder.relation.keys.filter((key) => key.name.toLowerCase() !== statement.name.toLowerCase()) });
      return done("DROP INDEX");
    }
    case "create-view": {
      const schema = schemaOf(session, statement.name);
      session.allowed(session, "CREATE VIEW", schema, statement.name.name);
      const before = find(session, statement.name);
      if (before && (!statement.replace || before.relation.kind !== "view")) throw refuse("table-exists", statement.name.name);
      runQuery(session, statement.query, undefined);
      put(session, pathOf(session, statement.name), { kind: "view", text: statement.text, ...(statement.columns ? { names: statement.columns } : {}), ...(session.dialect === "postgres" ? { owner: session.user } : {}) });
      return done("CREATE VIEW");
    }
    case "drop": return dropped(statement, session);
    default: throw refuse("syntax", ["", ""], 0);
  }
}

function dropped(statement: Extract<Statement, { readonly do: "drop" }>, session: Session): Outcome {
  const { what, names, unless, cascade } = statement;
  const tag = `DROP ${what.toUpperCase()}`;
  if (what === "database") {
    for (const { name } of names) {
      if (session.dialect === "postgres" && name === session.database) throw refuse("busy", name);
      dropDatabase(name, unless, session);
    }
    return done(tag);
  }
  if (what === "schema") {
    for (const { name } of names) {
      if (!schemasOf(session).includes(name)) {
        if (!unless) throw refuse("no-schema", name);
      } else if (!cascade && relationsIn(session, name).length > 0) throw refuse("depends", [name, relationsIn(session, name)[0]?.name ?? "", "", "schema"]);
      else session.files.remove(folderOf(session, name), true);
    }
    return done(tag);
  }
  const missing = dropRelations(names, what, unless, cascade, session);
  if (missing.length > 0 && !unless) {
    // MariaDB drops the tables there are and then tells of those there are not.
    flush(session);
    throw refuse("no-table", [schemaOf(session, missing[0] ?? { name: "", at: 0 }), missing[0]?.name ?? "", "drop", missing.map((name) => `${schemaOf(session, name)}.${name.name}`).join(","), what]);
  }
  return done(tag, 0, missing.map(({ name }) => name));
}
