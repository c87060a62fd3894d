import type { Session } from "../sql/session";
import { isLike } from "../sql/evaluate";
import { databasesOf, find, relationsIn, schemasOf, type Found, type Key } from "../sql/storage";
import { everything, listing, shownDefault } from "./catalogue";
import { rolesOf } from "./roles";
import { runStatement, shown, statements, type SqlOutcome } from "./sql";

const owner = (found: Found, session: Session): string => found.relation.owner ?? rolesOf(session.files, session.root)[0]?.name ?? "postgres";

const titled = (title: string, names: readonly string[], rows: readonly (readonly (string | null)[])[], beneath?: string): SqlOutcome => ({ ...shown(listing(names, rows)), columns: names.map((name) => ({ name, numeric: false })), title, ...(beneath === undefined ? {} : { beneath }) });

function keyLine(key: Key): string {
  const list = key.columns.join(", ");
  return `    "${key.name}" ${key.kind === "primary" ? "PRIMARY KEY, " : key.kind === "unique" ? "UNIQUE CONSTRAINT, " : ""}btree (${list})\n`;
}

/** What is written beneath a table by `\d`. */
function beneath(found: Found, session: Session): string {
  const { relation } = found;
  if (relation.kind === "view") return "";
  const indexes = relation.keys.filter(({ kind }) => kind === "primary" || kind === "unique" || kind === "index").map(keyLine);
  const checks = relation.keys.filter(({ kind }) => kind === "check").map((key) => `    "${key.name}" CHECK (${key.check ?? ""})\n`);
  const target = (key: Key): string => {
    const parent = find(session, { name: key.references?.table ?? "", at: 0 })?.relation;
    const columns = key.references?.columns.length ? key.references.columns : parent?.kind === "table" ? (parent.keys.find(({ kind }) => kind === "primary")?.columns ?? []) : [];
    return `FOREIGN KEY (${key.columns.join(", ")}) REFERENCES ${key.references?.table ?? ""}(${columns.join(", ")})${key.references?.onDelete === "RESTRICT" ? "" : ` ON DELETE ${key.references?.onDelete ?? ""}`}`;
  };
  const foreign = relation.keys.filter(({ kind }) => kind === "foreign").map((key) => `    "${key.name}" ${target(key)}\n`);
  const referring = everything(session).flatMap((other) => (other.relation.kind === "table" ? other.relation.keys.filter((key) => key.references?.table === found.name).map((key) => `    TABLE "${other.name}" CONSTRAINT "${key.name}" ${target(key)}\n`) : []));
  const part = (title: string, lines: readonly string[]): string => (lines.length === 0 ? "" : `${title}:\n${lines.join("")}`);
  return part("Indexes", indexes) + part("Check constraints", checks) + part("Foreign-key constraints", foreign) + part("Referenced by", referring);
}

function describe(session: Session, name: string): SqlOutcome {
  const [first = "", second] = name.toLowerCase().replaceAll('"', "").split(".");
  const found = find(session, second === undefined ? { name: first, at: 0 } : { schema: first, name: second, at: 0 });
  if (!found) return { said: `Did not find any relation named "${name}".\n` };
  const { relation } = found;
  const columns = relation.kind === "table" ? relation.columns.map((column) => [column.name, column.type.name, "", column.notNull ? "not null" : "", shownDefault(found.name, column) ?? ""]) : session.query(session, { withs: [], first: { items: [{ star: true, at: 0 }], distinct: false, group: [], from: { kind: "table", name: { schema: found.schema, name: found.name, at: 0 } } }, more: [], order: [], at: 0 }, undefined).columns.map((column) => [column.name, column.type?.name ?? (column.numeric ? "integer" : "text"), "", "", ""]);
  return titled(`${relation.kind === "view" ? "View" : "Table"} "${found.schema}.${found.name}"`, ["Column", "Type", "Collation", "Nullable", "Default"], columns, `${beneath(found, session)}\n`);
}

function relations(session: Session, kinds: readonly string[], pattern: string): SqlOutcome {
  const wanted = pattern.replaceAll("*", "%").replaceAll("?", "_").split(".").at(-1) ?? "";
  const schema = pattern.includes(".") ? (pattern.split(".")[0] ?? "public") : "public";
  const sequences = (found: Found): readonly (readonly string[])[] => (found.relation.kind === "table" && kinds.includes("sequence") ? found.relation.columns.filter((column) => column.auto).map((column) => [found.schema, `${found.name}_${column.name}_seq`, "sequence", owner(found, session)]) : []);
  const indexes = (found: Found): readonly (readonly string[])[] => (found.relation.kind === "table" && kinds.includes("index") ? found.relation.keys.filter(({ kind }) => ["primary", "unique", "index"].includes(kind)).map((key) => [found.schema, key.name, "index", owner(found, session), found.name]) : []);
  const all = (schema === "*" ? schemasOf(session) : [schema]).flatMap((one) => relationsIn(session, one));
  const rows = all.flatMap((found) => [...(kinds.includes(found.relation.kind) ? [[found.schema, found.name, found.relation.kind, owner(found, session)]] : []), ...sequences(found), ...indexes(found)]).filter((row) => wanted === "" || isLike(row[1] ?? "", wanted, true));
  if (rows.length === 0) return { said: wanted === "" ? "Did not find any relations.\n" : `Did not find any relation named "${pattern}".\n` };
  return titled("List of relations", ["Schema", "Name", "Type", "Owner", ...(kinds[0] === "index" ? ["Table"] : [])], rows);
}

function roles(session: Session): SqlOutcome {
  const rows = rolesOf(session.files, session.root).filter(({ name }) => name !== "public").map((role, i) => [role.name, [...(role.superuser ? ["Superuser"] : []), ...(role.createRole ? ["Create role"] : []), ...(role.createDb ? ["Create DB"] : []), ...(role.login ? [] : ["Cannot login"]), ...(role.superuser && i === 0 ? ["Replication", "Bypass RLS"] : [])].join(", ")]);
  return titled("List of roles", ["Role name", "Attributes"], [...rows].sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1)), "\n");
}

function databases(session: Session): SqlOutcome {
  const first = rolesOf(session.files, session.root)[0]?.name ?? "postgres";
  const rights = `=c/${first}          +\n ${first}=CTc/${first}`.split("+")[0]?.trim() ?? "";
  const names = [...databasesOf(session), "template0", "template1"].sort((a, b) => (a < b ? -1 : 1));
  return titled("List of databases", ["Name", "Owner", "Encoding", "Locale Provider", "Collate", "Ctype", "Locale", "ICU Rules", "Access privileges"], names.map((name) => [name, first, "UTF8", "libc", "en_US.utf8", "en_US.utf8", "", "", name.startsWith("template") ? rights : ""]));
}

const QUIET = new Set(["set", "unset", "encoding", "prompt", "password", "o", "g", "h", "help", "errverbose", "copyright"]);

/** One of psql's own commands, `\word argument`. */
export function meta(session: Session, word: string, argument: string, user: string): SqlOutcome | undefined {
  const bare = word.replace(/[+S]+$/, "");
  if (bare === "d" && argument !== "") return describe(session, argument);
  const kinds = { d: ["table", "view", "sequence"], dt: ["table"], dv: ["view"], ds: ["sequence"], di: ["index"], dtv: ["table", "view"] }[bare];
  if (kinds) return relations(session, kinds, argument);
  switch (bare) {
    case "l": case "list": return databases(session);
    case "du": case "dg": return roles(session);
    case "dn": return titled("List of schemas", ["Name", "Owner"], schemasOf(session).map((name) => [name, name === "public" ? "pg_database_owner" : user]));
    case "dx": return titled("List of installed extensions", ["Name", "Version", "Schema", "Description"], [["plpgsql", "1.0", "pg_catalog", "PL/pgSQL procedural language"]]);
    case "c": case "connect":
      if (argument === "" || databasesOf(session).includes(argument)) {
        if (argument !== "") session.database = argument;
        session.read.clear();
        return { said: `You are now connected to database "${session.database}" as user "${session.user}".\n` };
      }
      return { error: `database "${argument}" does not exist`, rest: "" };
    case "conninfo": return { said: `You are connected to database "${session.database}" as user "${session.user}" via socket in "/var/run/postgresql" at port "5432".\n` };
    case "echo": case "qecho": return { said: `${argument}\n` };
    case "x": return { toggle: "x" };
    case "t": return { toggle: "t" };
    case "a": return { toggle: "A" };
    case "timing": case "pset": return { toggle: argument.includes("expanded") ? "x" : "" };
    default: return QUIET.has(bare) ? undefined : { error: `invalid command \\${word}`, rest: "" };
  }
}

/** Runs a script: SQL, and lines that begin with a backslash. `stops` at the first error. */
export function runScript(session: Session, script: string, stops: boolean): readonly SqlOutcome[] {
  const outcomes: SqlOutcome[] = [];
  let sql = "";
  let failed = false;
  const flushSql = (): void => {
    for (const statement of statements(sql)) {
      if (failed && stops) break;
      const outcome = runStatement(session, statement);
      outcomes.push(outcome);
      failed = "error" in outcome;
    }
    sql = "";
  };
  for (const line of script.split("\n")) {
    const word = /^\s*\\([a-zA-Z]+\+?)\s*(.*?)\s*;?\s*$/.exec(line);
    if (!word) {
      sql += `${line.replace(/\\gx?\s*$/, ";")}\n`;
      continue;
    }
    flushSql();
    if (word[1] === "q" || (failed && stops)) return outcomes;
    const outcome = meta(session, word[1] ?? "", word[2] ?? "", session.user);
    if (outcome) outcomes.push(outcome);
  }
  flushSql();
  return outcomes;
}
