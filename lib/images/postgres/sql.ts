import type { FileSystem } from "@/lib/engine";
import { runSql } from "./plain-sql";

/** What a statement came to: a table, a tag such as `INSERT 0 1`, or an error. */
export type SqlOutcome =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly tag: string }
  | { readonly error: string };

const ELSEWHERE = "/var/lib/mysql";

/** The same small SQL keeps its tables under another server's folder: here they are under the data folder's `base`. */
function moved(files: FileSystem, base: string): FileSystem {
  const at = (path: string): string => (path.startsWith(ELSEWHERE) ? `${base}${path.slice(ELSEWHERE.length)}` : path);
  return {
    read: (path) => files.read(at(path)),
    stat: (path) => files.stat(at(path)),
    list: (path) => files.list(at(path)),
    write: (path, content) => files.write(at(path), content),
    append: (path, content) => files.append(at(path), content),
    makeDirectory: (path, parents) => files.makeDirectory(at(path), parents),
    remove: (path, recursive) => files.remove(at(path), recursive),
    chmod: (path, mode) => files.chmod(at(path), mode),
    lock: (path) => files.lock(at(path)),
    sync: () => files.sync?.(),
  };
}

/** Statements, at semicolons outside quotes. */
export function statements(text: string): readonly string[] {
  const withoutComments = text.replace(/^\s*--.*$/gm, "");
  return (withoutComments.match(/(?:'(?:[^']|'')*'|"[^"]*"|[^;'"])+/g) ?? []).map((part) => part.trim()).filter((part) => part !== "");
}

const lines = (body: string): readonly (readonly string[])[] => body.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));

function errorOf(status: number, body: string, statement: string): string {
  const named = /'([^']*)'/.exec(body)?.[1] ?? "";
  const bare = named.split(".").at(-1) ?? "";
  if (status === 1146) return `relation "${bare}" does not exist`;
  if (status === 1050) return `relation "${bare}" already exists`;
  if (status === 1007) return `database "${bare}" already exists`;
  if (status === 1049) return `database "${bare}" does not exist`;
  if (status === 1054) return `column "${bare}" does not exist`;
  if (status === 1136) return "INSERT has more expressions than target columns";
  if (status === 1021) return 'could not extend file: No space left on device';
  return `syntax error at or near "${statement.split(/\s+/)[0] ?? ""}"`;
}

/** Runs one statement against a database of the data folder. */
export function runStatement(files: FileSystem, base: string, database: string, statement: string, version: string): SqlOutcome {
  const inside = moved(files, base);
  const run = (sql: string) => runSql(inside, sql, database, true);
  const upper = statement.toUpperCase();
  const column = /^SELECT\s+[\s\S]+\s+AS\s+"?(\w+)"?$/i.exec(statement)?.[1];
  if (/^SELECT\s+VERSION\(\)$/i.test(statement)) return { columns: ["version"], rows: [[`PostgreSQL ${version} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit`]] };
  if (/^SELECT\s+(CURRENT_DATABASE\(\)|PG_IS_IN_RECOVERY\(\))$/i.test(statement)) return upper.includes("RECOVERY") ? { columns: ["pg_is_in_recovery"], rows: [["f"]] } : { columns: ["current_database"], rows: [[database]] };
  if (/^(BEGIN|COMMIT|ROLLBACK|SET|VACUUM|ANALYZE)\b/.test(upper)) return { tag: upper.split(/\s+/)[0] ?? "" };
  if (/^(CREATE|ALTER)\s+(USER|ROLE|EXTENSION|INDEX|SCHEMA)\b|^GRANT\b/.test(upper)) return { tag: upper.split(/\s+/).slice(0, upper.startsWith("GRANT") ? 1 : 2).join(" ") };
  const condition = /\sWHERE\s+([\s\S]+)$/i.exec(statement)?.[1];
  const target = /^(?:UPDATE|DELETE\s+FROM)\s+(\S+)/i.exec(statement)?.[1];
  const touched = target === undefined ? 0 : Number(lines(run(`SELECT COUNT(*) FROM ${target}${condition === undefined ? "" : ` WHERE ${condition}`}`).body)[1]?.[0] ?? 0);
  const answer = run(column !== undefined && !/\sFROM\s/i.test(statement) ? statement.replace(/\s+AS\s+"?\w+"?$/i, "") : statement.replace(/\s+RETURNING\s+[\s\S]+$/i, ""));
  if (answer.status !== 0) return { error: errorOf(answer.status, answer.body, statement) };
  if (upper.startsWith("SELECT")) {
    const [columns = [], ...rows] = lines(answer.body);
    const constant = !/\sFROM\s/i.test(statement);
    return { columns: columns.map((name) => column ?? (/^COUNT/i.test(name) ? "count" : constant ? "?column?" : name)), rows };
  }
  if (upper.startsWith("INSERT")) return { tag: `INSERT 0 ${(/\sVALUES\s*([\s\S]+)$/i.exec(statement)?.[1]?.match(/\((?:'(?:[^']|'')*'|[^()'])*\)/g) ?? []).length}` };
  if (target !== undefined) return { tag: `${upper.startsWith("UPDATE") ? "UPDATE" : "DELETE"} ${touched}` };
  return { tag: upper.split(/\s+/).slice(0, upper.startsWith("TRUNCATE") ? 1 : 2).join(" ") };
}

/** The databases of a data folder, in order. */
export function databases(files: FileSystem, base: string): readonly string[] {
  return (files.list(base) ?? []).filter((name) => files.stat(`${base}/${name}`)?.type === "directory");
}

/** The tables of a database, in order. */
export function tables(files: FileSystem, base: string, database: string): readonly string[] {
  return (files.list(`${base}/${database}`) ?? []).filter((name) => name.endsWith(".rows")).map((name) => name.slice(0, -5));
}

/** What `pg_dump` writes: SQL that makes the same tables again. */
export function dump(files: FileSystem, base: string, database: string, version: string): string {
  const quoted = (value: string): string => (value === "NULL" ? "NULL" : `'${value.replaceAll("'", "''")}'`);
  const bodies = tables(files, base, database).map((name) => {
    const [columns = [], ...rows] = (files.read(`${base}/${database}/${name}.rows`) ?? "").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as readonly string[]);
    return `CREATE TABLE ${name} (${columns.map((column) => `${column} text`).join(", ")});\n${rows.map((row) => `INSERT INTO ${name} VALUES (${row.map(quoted).join(", ")});\n`).join("")}`;
  });
  return `--\n-- PostgreSQL database dump\n--\n-- Dumped from database version ${version}\n\n${bodies.join("\n")}\n--\n-- PostgreSQL database dump complete\n--\n`;
}
