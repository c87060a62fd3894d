import { frozen, thawed, typeNamed, type ColumnType } from "./column-type";
import { refuse } from "./refusal";
import type { Relation, Table, View } from "./relation";
import type { Session } from "./session";
import type { Name } from "./tree";

/** A table found by name. */
export interface Found<R extends Relation = Relation> {
  readonly path: string;
  readonly schema: string;
  readonly name: string;
  readonly relation: R;
}

export type { Column, Key, Relation, Table, View } from "./relation";

const TEXT = { mariadb: "text", postgres: "text" } as const;
/** A table holds no more rows than this. */
export const MOST_ROWS = 50_000;

function thaw(text: string, session: Session): Table {
  const [head = "[]", ...lines] = text.split("\n").filter((line) => line !== "");
  const meta = JSON.parse(head) as readonly string[] | Omit<Table, "rows" | "kind">;
  const plain = typeNamed(TEXT[session.dialect], [], [], false, session.dialect) as ColumnType;
  // Files of before types were known begin with the names only, and say NULL in a word.
  const old = Array.isArray(meta);
  const table: Omit<Table, "rows"> = old ? { kind: "table", columns: (meta as readonly string[]).map((name) => ({ name, type: plain })), keys: [], next: lines.length + 1 } : { ...(meta as Omit<Table, "rows" | "kind">), kind: "table" };
  const rows = lines.map((line) => {
    const cells = JSON.parse(line) as readonly (string | null)[];
    return table.columns.map((column, i) => (old && cells[i] === "NULL" ? null : thawed(cells[i], column.type)));
  });
  return { ...table, rows };
}

function freeze({ rows, kind: _, ...meta }: Table): string {
  return `${JSON.stringify(meta)}\n${rows.map((row) => `${JSON.stringify(row.map(frozen))}\n`).join("")}`;
}

/** Where the tables of a schema are. */
export function folderOf(session: Session, schema: string): string {
  if (session.dialect === "mariadb") return `${session.root}/${schema}`;
  return schema === "public" ? `${session.root}/${session.database}` : `${session.root}/${session.database}/${schema}`;
}

const SAFE = /^[^/\0]{1,64}$/u;

/** The schema a name is in; refuses when none is chosen or there is none such. */
export function schemaOf(session: Session, name: Name): string {
  const schema = name.schema ?? (session.dialect === "postgres" ? "public" : session.database);
  if (schema === "") throw refuse("no-database-selected");
  return schema;
}

/** What is at a path: changed, read before, or on the disk. */
export function relationAt(session: Session, path: string): Relation | undefined {
  const temporary = session.temporary.get(path);
  if (temporary) return temporary;
  const changed = session.changed.get(path);
  if (changed !== undefined) return changed ?? undefined;
  const known = session.read.get(path);
  if (known) return known;
  const rows = session.files.read(`${path}.rows`);
  const view = rows === undefined ? session.files.read(`${path}.view`) : undefined;
  const found = rows === undefined ? (view === undefined ? undefined : (JSON.parse(view) as View)) : thaw(rows, session);
  if (found) session.read.set(path, found);
  return found;
}

/** Where a name would be; refuses names no file can have. */
export function pathOf(session: Session, name: Name): string {
  const schema = schemaOf(session, name);
  if (!SAFE.test(schema) || !SAFE.test(name.name) || name.name.startsWith(".") || schema.startsWith(".")) throw refuse("no-table", [schema, name.name], name.at);
  return `${folderOf(session, schema)}/${name.name}`;
}

/** A table or view by name; undefined when there is none. */
export function find(session: Session, name: Name): Found | undefined {
  const path = pathOf(session, name);
  const relation = relationAt(session, path);
  return relation && { path, schema: schemaOf(session, name), name: name.name, relation };
}

/** A table by name, or a refusal. Views are not tables. */
export function table(session: Session, name: Name): Found<Table> {
  const found = find(session, name);
  if (!found) throw refuse("no-table", [schemaOf(session, name), name.name, name.schema ?? ""], name.at);
  if (found.relation.kind !== "table") throw refuse("not-a-table", [found.schema, found.name], name.at);
  return { ...found, relation: found.relation };
}

/** Is there such a database (or schema of PostgreSQL)? */
export function schemaExists(session: Session, schema: string): boolean {
  return SAFE.test(schema) && session.files.stat(folderOf(session, schema))?.type === "directory";
}

/** The databases, in order. */
export function databasesOf(session: Session): readonly string[] {
  return (session.files.list(session.root) ?? []).filter((name) => session.files.stat(`${session.root}/${name}`)?.type === "directory");
}

/** The schemas of PostgreSQL's database at hand, `public` among them. */
export function schemasOf(session: Session): readonly string[] {
  const folder = `${session.root}/${session.database}`;
  return [...(session.files.list(folder) ?? []).filter((name) => session.files.stat(`${folder}/${name}`)?.type === "directory"), "public"].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The names of a schema's tables and views, in order. */
export function relationsIn(session: Session, schema: string): readonly Found[] {
  const folder = folderOf(session, schema);
  const names = new Set((session.files.list(folder) ?? []).filter((name) => /\.(rows|view)$/.test(name)).map((name) => name.slice(0, -5)));
  for (const [path, relation] of session.changed) {
    const at = path.lastIndexOf("/");
    if (path.slice(0, at) !== folder) continue;
    if (relation) names.add(path.slice(at + 1));
    else names.delete(path.slice(at + 1));
  }
  return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).flatMap((name) => {
    const relation = relationAt(session, `${folder}/${name}`);
    return relation ? [{ path: `${folder}/${name}`, schema, name, relation }] : [];
  });
}

/** Puts a relation in its place for this conversation; `flush` brings it to the disk. */
export function put(session: Session, path: string, relation: Relation | null): void {
  if (relation?.kind === "table" && relation.rows.length > MOST_ROWS) throw refuse("full");
  if (session.temporary.has(path)) {
    if (relation) session.temporary.set(path, relation);
    else session.temporary.delete(path);
  } else session.changed.set(path, relation);
}

/** Brings everything changed to the disk. What does not fit is as if it had never been said. */
export function flush(session: Session): void {
  const { files } = session;
  const changes = [...session.changed];
  session.changed = new Map();
  for (const [path, relation] of changes) {
    session.read.delete(path);
    const before = files.read(`${path}.rows`);
    if (relation?.kind === "table") {
      const problem = files.write(`${path}.rows`, freeze(relation));
      if (problem === undefined) continue;
      if (before !== undefined) files.write(`${path}.rows`, before);
      throw refuse("full", path);
    }
    if (before !== undefined) files.remove(`${path}.rows`);
    if (relation === null) files.remove(`${path}.view`);
    else if (files.write(`${path}.view`, JSON.stringify(relation)) !== undefined) throw refuse("full", path);
  }
  if (changes.length > 0) files.sync?.();
}
