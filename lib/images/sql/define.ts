import { stored, typeNamed, type ColumnType } from "./column-type";
import { refuse } from "./refusal";
import { defaultOf, Keys, duplicate, readExpression } from "./rows";
import { emptyScope } from "./scope";
import { evaluate } from "./evaluate";
import { runQuery } from "./select";
import type { Session } from "./session";
import { find, folderOf, pathOf, put, relationsIn, schemaExists, schemaOf, table, type Column, type Found, type Key, type Table } from "./storage";
import type { ColumnSketch, KeySketch, Name, Statement } from "./tree";
import { int, type Value } from "./value";

type Create = Extract<Statement, { readonly do: "create-table" }>;

/** A column as it is kept, from what CREATE or ALTER says. */
export function columnFrom(sketch: ColumnSketch): Column {
  return {
    name: sketch.name,
    type: sketch.type,
    ...(sketch.notNull || sketch.primary ? { notNull: true as const } : {}),
    ...(sketch.default && sketch.default.text.toUpperCase() !== "NULL" ? { default: sketch.default.text } : {}),
    ...(sketch.auto ? { auto: true as const } : {}),
    ...(sketch.onUpdate ? { onUpdate: true as const } : {}),
    ...(sketch.comment === undefined ? {} : { comment: sketch.comment }),
  };
}

/** The keys a column brings with itself. */
export function ownKeys(sketch: ColumnSketch): readonly KeySketch[] {
  const columns = [sketch.name];
  return [
    ...(sketch.primary ? [{ kind: "primary" as const, columns }] : []),
    ...(sketch.unique && !sketch.primary ? [{ kind: "unique" as const, columns }] : []),
    ...(sketch.references ? [{ kind: "foreign" as const, columns, foreign: sketch.references }] : []),
    ...(sketch.check ? [{ kind: "check" as const, columns, check: sketch.check }] : []),
  ];
}

/** A key with the name its server would give it. */
export function keyFrom(sketch: KeySketch, tableName: string, before: readonly Key[], session: Session): Key {
  const { dialect } = session;
  const free = (wanted: string, join: string, from: number): string => {
    let name = wanted;
    for (let i = from; before.some((key) => key.name.toLowerCase() === name.toLowerCase()); i += 1) name = `${wanted}${join}${i}`;
    return name;
  };
  const suffix = { primary: "pkey", unique: "key", index: "idx", foreign: "fkey", check: "check" }[sketch.kind];
  const own = dialect === "postgres" ? free([tableName, ...(sketch.kind === "primary" ? [] : sketch.columns), suffix].join("_"), "", 1) : sketch.kind === "primary" ? "PRIMARY" : sketch.kind === "foreign" ? free(`${tableName}_ibfk_1`, "_", 2) : sketch.kind === "check" ? (sketch.columns[0] ?? free("CONSTRAINT_1", "_", 2)) : free(sketch.columns[0] ?? "", "_", 2);
  const name = sketch.kind === "primary" && dialect === "mariadb" ? "PRIMARY" : (sketch.name ?? own);
  return {
    name,
    kind: sketch.kind,
    columns: sketch.columns,
    ...(sketch.kind === "check" ? { check: sketch.check.text } : {}),
    ...(sketch.kind === "foreign" ? { references: { table: sketch.foreign.table.name, columns: sketch.foreign.columns, onDelete: sketch.foreign.onDelete } } : {}),
  };
}

/** Adds keys to a table; refuses a second primary one, unknown columns and rows that are in the way. */
export function withKeys(found: Found<Table>, sketches: readonly KeySketch[], session: Session): Table {
  let result = found.relation;
  for (const sketch of sketches) {
    if (sketch.kind === "primary" && result.keys.some(({ kind }) => kind === "primary")) throw refuse("two-keys", found.name);
    for (const column of sketch.columns) if (!result.columns.some((one) => one.name.toLowerCase() === column.toLowerCase())) throw refuse("no-key-column", [column, found.name]);
    if (sketch.name !== undefined && result.keys.some((key) => key.name.toLowerCase() === sketch.name?.toLowerCase())) throw refuse("index-exists", sketch.name);
    if (sketch.kind === "foreign" && session.dialect === "postgres" && !find(session, sketch.foreign.table) && sketch.foreign.table.name !== found.name) throw refuse("no-table", [schemaOf(session, sketch.foreign.table), sketch.foreign.table.name, ""]);
    const key = keyFrom(sketch, found.name, result.keys, session);
    const columns = sketch.kind !== "primary" ? result.columns : result.columns.map((column): Column => (sketch.columns.some((name) => name.toLowerCase() === column.name.toLowerCase()) ? { ...column, notNull: true } : column));
    result = { ...result, columns, keys: sketch.kind === "primary" ? [key, ...result.keys] : [...result.keys, key] };
  }
  const keys = new Keys(result, session, []);
  for (const [i, row] of result.rows.entries()) {
    const clash = keys.clash(row);
    if (clash) throw duplicate({ ...found, relation: result }, clash, session);
    keys.add(row, i);
  }
  return result;
}

/** What a table made of a query's answer has for columns. */
function columnsOfQuery(create: Create, session: Session): { readonly columns: readonly Column[]; readonly rows: readonly (readonly Value[])[] } {
  if (!create.query) return { columns: [], rows: [] };
  const { columns, rows } = runQuery(session, create.query, undefined);
  const guess = (i: number): ColumnType => {
    const value = rows.map((row) => row[i] ?? null).find((one) => one !== null) ?? null;
    const name = typeof value === "number" ? "double" : typeof value === "boolean" ? "boolean" : typeof value === "object" && value !== null ? (value.s === 0 ? "bigint" : "decimal") : "text";
    return typeNamed(name === "double" && session.dialect === "postgres" ? "float8" : name, name === "decimal" && session.dialect === "mariadb" ? [30, 4] : [], [], false, session.dialect) as ColumnType;
  };
  return { columns: columns.map((column, i) => ({ name: column.name, type: column.type ?? guess(i) })), rows };
}

/** CREATE TABLE. Says whether it made one. */
export function createTable(create: Create, session: Session): boolean {
  const schema = schemaOf(session, create.name);
  session.allowed(session, "CREATE", schema, create.name.name);
  if (!schemaExists(session, schema)) throw refuse(session.dialect === "postgres" ? "no-schema" : "no-database", schema, create.name.at);
  if (find(session, create.name)) {
    if (create.unless) return false;
    throw refuse("table-exists", create.name.name);
  }
  const path = pathOf(session, create.name);
  const found = (relation: Table): Found<Table> => ({ path, schema, name: create.name.name, relation });
  const save = (made: Table): boolean => {
    if (create.temporary) session.temporary.set(path, made);
    else put(session, path, made);
    return true;
  };
  const owner = session.dialect === "postgres" ? { owner: session.user } : {};
  if (create.like) return save({ ...table(session, create.like).relation, rows: [], next: 1, ...owner });
  const seen = new Set<string>();
  for (const { name, at } of create.columns) {
    if (seen.has(name.toLowerCase())) throw refuse("column-exists", [name, "twice"], at);
    seen.add(name.toLowerCase());
  }
  if (session.dialect === "mariadb" && create.columns.filter((column) => column.auto).length > 1) throw refuse("two-autos");
  const queried = columnsOfQuery(create, session);
  const blank: Table = { kind: "table", columns: [...create.columns.map(columnFrom), ...queried.columns], keys: [], next: create.auto ?? 1, rows: queried.rows, ...owner, ...(create.comment === undefined ? {} : { comment: create.comment }) };
  for (const column of blank.columns) if (column.default !== undefined) defaultOf(column, session);
  const keys = [...create.columns.flatMap(ownKeys), ...create.keys];
  const order = { primary: 0, unique: 1, index: 2, foreign: 3, check: 4 };
  const made = withKeys(found(blank), session.dialect === "mariadb" ? [...keys].sort((a, b) => order[a.kind] - order[b.kind]) : keys, session);
  if (session.dialect === "mariadb" && made.columns.some((column) => column.auto && !made.keys.some((key) => key.columns[0]?.toLowerCase() === column.name.toLowerCase()))) throw refuse("two-autos");
  return save(made);
}

type Alter = Extract<Statement, { readonly do: "alter-table" }>;

function renamedKeys(keys: readonly Key[], from: string, to: string): readonly Key[] {
  return keys.map((key) => ({ ...key, columns: key.columns.map((name) => (name.toLowerCase() === from.toLowerCase() ? to : name)) }));
}

/** ALTER TABLE. */
export function alterTable(statement: Alter, session: Session): void {
  if (statement.unless && !find(session, statement.name)) return;
  let found = table(session, statement.name);
  session.allowed(session, "ALTER", found.schema, found.name);
  for (const change of statement.changes) {
    const { relation } = found;
    const indexOf = (name: string): number => {
      const at = relation.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
      if (at < 0) throw refuse("no-column", [name, "", "alter", found.name]);
      return at;
    };
    const recast = (at: number, column: Column): Table => ({ ...relation, columns: relation.columns.map((old, i) => (i === at ? column : old)), rows: relation.rows.map((row) => row.map((value, i) => (i === at ? stored(value, column.type, session.dialect, column.name) : value))) });
    let next: Table = relation;
    switch (change.do) {
      case "add-column": next = added(found, change, session); break;
      case "drop-column": {
        if (change.unless && !relation.columns.some((column) => column.name.toLowerCase() === change.name.toLowerCase())) break;
        if (session.dialect === "mariadb" && !relation.columns.some((column) => column.name.toLowerCase() === change.name.toLowerCase())) throw refuse("no-index", [change.name, found.name]);
        const at = indexOf(change.name);
        if (relation.columns.length === 1 && session.dialect === "mariadb") throw refuse("last-column");
        next = { ...relation, columns: relation.columns.filter((_, i) => i !== at), keys: relation.keys.filter((key) => !key.columns.some((name) => name.toLowerCase() === change.name.toLowerCase())), rows: relation.rows.map((row) => row.filter((_, i) => i !== at)) };
        break;
      }
      case "change-column": {
        const at = indexOf(change.name);
        next = recast(at, columnFrom(change.column));
        next = withKeys({ ...found, relation: { ...next, keys: renamedKeys(next.keys, change.name, change.column.name) } }, ownKeys(change.column), session);
        break;
      }
      case "rename-column": {
        const at = indexOf(change.name);
        next = { ...relation, columns: relation.columns.map((column, i) => (i === at ? { ...column, name: change.to } : column)), keys: renamedKeys(relation.keys, change.name, change.to) };
        break;
      }
      case "retype": next = recast(indexOf(change.name), { ...(relation.columns[indexOf(change.name)] as Column), type: change.type }); break;
      case "default": {
        const { default: _, ...bare } = relation.columns[indexOf(change.name)] as Column;
        next = recast(indexOf(change.name), change.value ? { ...bare, default: change.value.text } : bare);
        break;
      }
      case "not-null": {
        const at = indexOf(change.name);
        const { notNull: _, ...bare } = relation.columns[at] as Column;
        if (change.on && relation.rows.some((row) => row[at] === null)) throw refuse("not-null", [bare.name, found.name, "", "contains"]);
        next = recast(at, change.on ? { ...bare, notNull: true } : bare);
        break;
      }
      case "add-key": next = withKeys(found, [change.key], session); break;
      case "drop-key": {
        const hit = relation.keys.find((key) => (change.kind === "primary" ? key.kind === "primary" : key.name.toLowerCase() === change.name.toLowerCase()));
        if (!hit && !change.unless) throw refuse("no-index", [change.name, found.name]);
        next = { ...relation, keys: relation.keys.filter((key) => key !== hit) };
        break;
      }
      case "rename": {
        renameTable(found, change.to, session);
        found = table(session, change.to.schema === undefined ? { ...change.to, schema: found.schema } : change.to);
        continue;
      }
      case "auto": next = { ...relation, next: Math.max(change.next, 1) }; break;
      case "owner": next = { ...relation, owner: change.to }; break;
      default: break;
    }
    found = { ...found, relation: next };
    put(session, found.path, next);
  }
}

function added(found: Found<Table>, change: Extract<Alter["changes"][number], { readonly do: "add-column" }>, session: Session): Table {
  const { relation } = found;
  const column = columnFrom(change.column);
  if (relation.columns.some((one) => one.name.toLowerCase() === column.name.toLowerCase())) {
    if (change.unless) return relation;
    throw refuse("column-exists", [column.name, found.name]);
  }
  const at = change.first ? 0 : change.after === undefined ? relation.columns.length : relation.columns.findIndex((one) => one.name.toLowerCase() === change.after?.toLowerCase()) + 1;
  if (at === 0 && !change.first && change.after !== undefined) throw refuse("no-column", [change.after, "", "alter", found.name]);
  const fill = (i: number): Value => {
    if (column.auto) return int(i + 1);
    const usual = column.default === undefined ? undefined : stored(evaluate(readExpression(column.default, session), emptyScope(session)), column.type, session.dialect, column.name);
    if (usual !== undefined || !column.notNull) return usual ?? null;
    if (session.dialect === "postgres") throw refuse("not-null", [column.name, found.name, "", "contains"]);
    return column.type.kind === "text" ? "" : column.type.kind === "int" || column.type.kind === "decimal" ? stored(int(0), column.type, session.dialect, column.name) : "";
  };
  const insert = <T>(list: readonly T[], one: T): readonly T[] => [...list.slice(0, at), one, ...list.slice(at)];
  const table: Table = { ...relation, columns: insert(relation.columns, column), rows: relation.rows.map((row, i) => insert(row, fill(i))), ...(column.auto ? { next: relation.rows.length + 1 } : {}) };
  return withKeys({ ...found, relation: table }, ownKeys(change.column), session);
}

/** Gives a table another name (and another database, where it says so). */
export function renameTable(found: Found, to: Name, session: Session): void {
  const target: Name = { ...to, schema: to.schema ?? found.schema };
  if (find(session, target)) throw refuse("table-exists", to.name);
  if (!schemaExists(session, target.schema ?? "")) throw refuse("no-database", target.schema ?? "");
  put(session, pathOf(session, target), found.relation);
  put(session, found.path, null);
}

/** DROP TABLE and DROP VIEW. What is not there is refused, or told back for a note. */
export function dropRelations(names: readonly Name[], what: "table" | "view", unless: boolean, cascade: boolean, session: Session): readonly Name[] {
  const missing: Name[] = [];
  for (const name of names) {
    const found = find(session, name);
    if (!found || found.relation.kind !== what) {
      if (!unless) {
        if (session.dialect === "mariadb") missing.push(name);
        else throw refuse("no-table", [schemaOf(session, name), name.name, what]);
      } else missing.push(name);
      continue;
    }
    session.allowed(session, "DROP", found.schema, found.name);
    if (session.dialect === "postgres" || !cascade) {
      const child = relationsIn(session, found.schema).find(({ relation, name: other }) => relation.kind === "table" && other !== found.name && relation.keys.some((key) => key.references?.table === found.name) && !names.some((one) => one.name === other));
      if (child && !cascade && !session.variables.has("@@foreign_key_checks")) throw refuse("depends", [found.name, child.name, (child.relation as Table).keys.find((key) => key.references?.table === found.name)?.name ?? ""]);
    }
    put(session, found.path, null);
  }
  return missing;
}

/** CREATE DATABASE (and SCHEMA in MariaDB): a folder. */
export function createDatabase(name: string, unless: boolean, session: Session): void {
  const path = `${session.root}/${name}`;
  if (!/^[^/\0.][^/\0]{0,63}$/u.test(name)) throw refuse("no-database", name);
  session.allowed(session, "CREATE", name, "*");
  if (session.files.stat(path)) {
    if (!unless) throw refuse("database-exists", name);
    return;
  }
  if (session.files.makeDirectory(path, true) !== undefined) throw refuse("full", path);
  session.files.sync?.();
}

/** DROP DATABASE, or a schema of PostgreSQL. */
export function dropDatabase(name: string, unless: boolean, session: Session): void {
  if (session.files.stat(`${session.root}/${name}`)?.type !== "directory") {
    if (!unless) throw refuse("no-database", [name, "drop"]);
    return;
  }
  session.allowed(session, "DROP", name, "*");
  session.files.remove(`${session.root}/${name}`, true);
  session.read.clear();
  for (const path of session.changed.keys()) if (path.startsWith(`${session.root}/${name}/`)) session.changed.delete(path);
  if (session.dialect === "mariadb" && session.database === name) session.database = "";
  session.files.sync?.();
}

/** The folder of a schema of PostgreSQL. */
export const schemaFolder = folderOf;
