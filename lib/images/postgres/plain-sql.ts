import type { AppResponse, FileSystem } from "@/lib/engine";

/** Where the data is. */
export const DATA = "/var/lib/mysql";

/** A row as columns in the order of the table; a table is a file of rows, one JSON line each. */
type Row = readonly string[];

interface Session {
  readonly files: FileSystem;
  database: string;
  readonly names: boolean;
}

const error = (code: number, state: string, text: string): AppResponse => ({ status: code, body: `ERROR ${code} (${state}) at line 1: ${text}` });

/**
 * A small SQL: enough to write rows and find them again.
 *
 * SELECT (constants, COUNT(*), columns, WHERE column = value), INSERT, UPDATE … WHERE, DELETE … WHERE, CREATE and DROP
 * of DATABASE and TABLE, USE, SHOW DATABASES and TABLES. Anything else is a syntax error, as on a real server.
 */
export function runSql(files: FileSystem, text: string, database: string, names: boolean): AppResponse {
  const session: Session = { files, database, names };
  let body = "";
  for (const statement of split(text)) {
    const answer = execute(session, statement);
    // A change is told of once it is on the disk.
    if (!/^(SELECT|SHOW|USE)\b/i.test(statement)) files.sync?.();
    if (answer.status !== 0) return { ...answer, body: body + answer.body };
    body += answer.body;
  }
  return { status: 0, body };
}

/** Statements, at semicolons outside quotes. */
function split(text: string): readonly string[] {
  return (text.match(/(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|[^;'"])+/g) ?? []).map((part) => part.trim()).filter((part) => part !== "");
}

function execute(session: Session, statement: string): AppResponse {
  const upper = statement.toUpperCase();
  if (upper.startsWith("SELECT")) return select(session, statement);
  if (upper.startsWith("INSERT")) return insert(session, statement);
  if (upper.startsWith("CREATE DATABASE") || upper.startsWith("CREATE SCHEMA")) return createDatabase(session, statement);
  if (upper.startsWith("CREATE TABLE")) return createTable(session, statement);
  if (upper.startsWith("DROP") || upper.startsWith("TRUNCATE")) return drop(session, statement);
  if (upper.startsWith("UPDATE") || upper.startsWith("DELETE")) return change(session, statement);
  if (upper.startsWith("USE ")) return use(session, word(statement.slice(4)));
  if (upper.startsWith("SHOW")) return show(session, upper);
  if (/^(BEGIN|COMMIT|START TRANSACTION|FLUSH|SET)\b/.test(upper)) return { status: 0, body: "" };
  return syntax(statement);
}

function syntax(statement: string): AppResponse {
  return error(1064, "42000", `You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '${statement.slice(0, 80)}' at line 1`);
}

const word = (text: string): string => text.trim().replace(/[`;]/g, "");
const literal = (text: string): string => text.trim().replace(/^'([\s\S]*)'$|^"([\s\S]*)"$/, (_, a: string | undefined, b: string | undefined) => (a ?? b ?? "").replaceAll("''", "'").replace(/\\(.)/g, "$1"));
const list = (text: string): readonly string[] => (text.match(/(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|\([^)]*\)|[^,'"(])+/g) ?? []).map((part) => part.trim());

function table(session: Session, name: string): { readonly path: string } | { readonly refused: AppResponse } {
  const [first = "", second] = word(name).split(".");
  const database = second === undefined ? session.database : first;
  if (database === "") return { refused: error(1046, "3D000", "No database selected") };
  return { path: `${DATA}/${database}/${second ?? first}.rows` };
}

function rowsOf(session: Session, name: string): { readonly path: string; readonly columns: Row; readonly rows: readonly Row[] } | { readonly refused: AppResponse } {
  const found = table(session, name);
  if ("refused" in found) return found;
  const text = session.files.read(found.path);
  if (text === undefined) return { refused: error(1146, "42S02", `Table '${found.path.slice(DATA.length + 1, -5).replace("/", ".")}' doesn't exist`) };
  const [columns = [], ...rows] = text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Row);
  return { path: found.path, columns, rows };
}

function save(session: Session, path: string, columns: Row, rows: readonly Row[]): AppResponse {
  const problem = session.files.write(path, [columns, ...rows].map((row) => `${JSON.stringify(row)}\n`).join(""));
  return problem === undefined ? { status: 0, body: "" } : error(1021, "HY000", "Disk full; waiting for someone to free some space...");
}

function printed(session: Session, columns: Row, rows: readonly Row[]): AppResponse {
  const lines = session.names ? [columns, ...rows] : rows;
  return { status: 0, body: lines.map((row) => `${row.join("\t")}\n`).join("") };
}

function select(session: Session, statement: string): AppResponse {
  const match = /^SELECT\s+([\s\S]+?)(?:\s+FROM\s+(\S+?))?(?:\s+WHERE\s+([\s\S]+?))?(?:\s+ORDER\s+BY\s+\S+(?:\s+(?:ASC|DESC))?)?(?:\s+LIMIT\s+(\d+))?$/i.exec(statement);
  if (!match) return syntax(statement);
  const [, what = "", from, where, limit] = match;
  if (from === undefined) return printed(session, list(what), [list(what).map((item) => constant(item))]);
  const found = rowsOf(session, from);
  if ("refused" in found) return found.refused;
  const chosen = found.rows.filter((row) => holds(found.columns, row, where)).slice(0, limit === undefined ? undefined : Number(limit));
  if (/^COUNT\s*\(/i.test(what.trim())) return printed(session, ["COUNT(*)"], [[String(chosen.length)]]);
  const wanted = what.trim() === "*" ? found.columns : list(what).map(word);
  const unknown = wanted.find((column) => !found.columns.includes(column));
  if (unknown !== undefined) return error(1054, "42S22", `Unknown column '${unknown}' in 'SELECT'`);
  return printed(session, wanted, chosen.map((row) => wanted.map((column) => row[found.columns.indexOf(column)] ?? "NULL")));
}

function constant(text: string): string {
  if (/^VERSION\(\)$/i.test(text)) return "11.8.5-MariaDB";
  return literal(text);
}

function holds(columns: Row, row: Row, where: string | undefined): boolean {
  if (where === undefined) return true;
  return where.split(/\s+AND\s+/i).every((part) => {
    const match = /^\s*`?(\w+)`?\s*(=|<>|!=|LIKE)\s*([\s\S]+?)\s*$/i.exec(part);
    if (!match) return false;
    const value = row[columns.indexOf(match[1] ?? "")];
    const wanted = literal(match[3] ?? "");
    if ((match[2] ?? "").toUpperCase() === "LIKE") return value !== undefined && value.includes(wanted.replaceAll("%", ""));
    return (match[2] === "=") === (value === wanted);
  });
}

function insert(session: Session, statement: string): AppResponse {
  const match = /^INSERT\s+INTO\s+(\S+?)\s*(?:\(([^)]*)\))?\s*VALUES\s*([\s\S]+)$/i.exec(statement);
  if (!match) return syntax(statement);
  const found = rowsOf(session, match[1] ?? "");
  if ("refused" in found) return found.refused;
  const names = match[2] === undefined ? found.columns : match[2].split(",").map(word);
  const tuples = [...(match[3] ?? "").matchAll(/\(((?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|[^()'"])*)\)/g)].map((tuple) => list(tuple[1] ?? "").map(literal));
  if (tuples.length === 0) return syntax(statement);
  if (tuples.some((tuple) => tuple.length !== names.length)) return error(1136, "21S01", "Column count doesn't match value count at row 1");
  let next = found.rows.length;
  const added = tuples.map((tuple) => {
    next += 1;
    return found.columns.map((column) => (names.includes(column) ? (tuple[names.indexOf(column)] ?? "NULL") : column === "id" ? String(next) : "NULL"));
  });
  return save(session, found.path, found.columns, [...found.rows, ...added]);
}

function change(session: Session, statement: string): AppResponse {
  const remove = /^DELETE\s+FROM\s+(\S+)(?:\s+WHERE\s+([\s\S]+))?$/i.exec(statement);
  const update = /^UPDATE\s+(\S+)\s+SET\s+`?(\w+)`?\s*=\s*('(?:[^'\\]|\\.|'')*'|"[^"]*"|\S+)(?:\s+WHERE\s+([\s\S]+))?$/i.exec(statement);
  const name = remove?.[1] ?? update?.[1];
  if (name === undefined) return syntax(statement);
  const found = rowsOf(session, name);
  if ("refused" in found) return found.refused;
  if (remove) return save(session, found.path, found.columns, found.rows.filter((row) => !holds(found.columns, row, remove[2])));
  const column = found.columns.indexOf(update?.[2] ?? "");
  const value = literal(update?.[3] ?? "");
  return save(session, found.path, found.columns, found.rows.map((row) => (holds(found.columns, row, update?.[4]) ? row.map((old, i) => (i === column ? value : old)) : row)));
}

function createDatabase(session: Session, statement: string): AppResponse {
  const match = /^CREATE\s+(?:DATABASE|SCHEMA)\s+(IF\s+NOT\s+EXISTS\s+)?(\S+)/i.exec(statement);
  const path = `${DATA}/${word(match?.[2] ?? "")}`;
  if (!match) return syntax(statement);
  if (session.files.stat(path)) return match[1] === undefined ? error(1007, "HY000", `Can't create database '${word(match[2] ?? "")}'; database exists`) : { status: 0, body: "" };
  session.files.makeDirectory(path, true);
  return { status: 0, body: "" };
}

function createTable(session: Session, statement: string): AppResponse {
  const match = /^CREATE\s+TABLE\s+(IF\s+NOT\s+EXISTS\s+)?(\S+?)\s*\(([\s\S]+)\)\s*[^)]*$/i.exec(statement);
  if (!match) return syntax(statement);
  const found = table(session, match[2] ?? "");
  if ("refused" in found) return found.refused;
  const folder = found.path.slice(0, found.path.lastIndexOf("/"));
  if (!session.files.stat(folder)) return error(1049, "42000", `Unknown database '${folder.slice(DATA.length + 1)}'`);
  if (session.files.stat(found.path)) return match[1] === undefined ? error(1050, "42S01", `Table '${word(match[2] ?? "")}' already exists`) : { status: 0, body: "" };
  const columns = list(match[3] ?? "").filter((column) => !/^(PRIMARY|UNIQUE|KEY|INDEX|CONSTRAINT|FOREIGN)\b/i.test(column)).map((column) => word(column.split(/\s+/)[0] ?? ""));
  return save(session, found.path, columns, []);
}

function drop(session: Session, statement: string): AppResponse {
  const match = /^(?:DROP\s+(TABLE|DATABASE|SCHEMA)|TRUNCATE(?:\s+TABLE)?)\s+(IF\s+EXISTS\s+)?(\S+)/i.exec(statement);
  if (!match) return syntax(statement);
  if (match[1] === undefined || /TABLE/i.test(match[1])) {
    const found = rowsOf(session, match[3] ?? "");
    if ("refused" in found) return match[2] === undefined ? found.refused : { status: 0, body: "" };
    if (match[1] === undefined) return save(session, found.path, found.columns, []);
    session.files.remove(found.path);
    return { status: 0, body: "" };
  }
  session.files.remove(`${DATA}/${word(match[3] ?? "")}`, true);
  return { status: 0, body: "" };
}

function use(session: Session, name: string): AppResponse {
  if (!session.files.stat(`${DATA}/${name}`)) return error(1049, "42000", `Unknown database '${name}'`);
  session.database = name;
  return { status: 0, body: "" };
}

function show(session: Session, upper: string): AppResponse {
  const folders = (path: string): readonly string[] => session.files.list(path) ?? [];
  if (upper.startsWith("SHOW DATABASES")) return printed(session, ["Database"], [...folders(DATA).filter((name) => session.files.stat(`${DATA}/${name}`)?.type === "directory"), "information_schema"].map((name) => [name]));
  if (session.database === "") return error(1046, "3D000", "No database selected");
  return printed(session, [`Tables_in_${session.database}`], folders(`${DATA}/${session.database}`).filter((name) => name.endsWith(".rows")).map((name) => [name.slice(0, -5)]));
}
