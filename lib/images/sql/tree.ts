import type { ColumnType } from "./column-type";
import type { Value } from "./value";

/** An expression. `at` is its place in the statement, `text` what the author wrote (it names a column nobody named). */
export type Expression =
  | { readonly kind: "literal"; readonly value: Value; readonly at: number }
  | { readonly kind: "column"; readonly table?: string; readonly name: string; readonly at: number }
  | { readonly kind: "variable"; readonly name: string; readonly at: number }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Expression; readonly at: number }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression; readonly at: number }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[]; readonly star: boolean; readonly distinct: boolean; readonly order: readonly Order[]; readonly separator?: Expression; readonly filter?: Expression; readonly over?: Window; readonly at: number }
  | { readonly kind: "case"; readonly subject?: Expression; readonly whens: readonly (readonly [Expression, Expression])[]; readonly otherwise?: Expression; readonly at: number }
  | { readonly kind: "in"; readonly operand: Expression; readonly list: readonly Expression[] | Query; readonly not: boolean; readonly at: number }
  | { readonly kind: "between"; readonly operand: Expression; readonly low: Expression; readonly high: Expression; readonly not: boolean; readonly at: number }
  | { readonly kind: "is"; readonly operand: Expression; readonly what: "null" | "true" | "false"; readonly not: boolean; readonly at: number }
  | { readonly kind: "exists"; readonly query: Query; readonly at: number }
  | { readonly kind: "scalar"; readonly query: Query; readonly at: number }
  | { readonly kind: "cast"; readonly operand: Expression; readonly type: ColumnType; readonly at: number }
  | { readonly kind: "interval"; readonly amount: Expression; readonly unit: string; readonly at: number }
  | { readonly kind: "default"; readonly at: number };

/** One end of a frame: the partition's, the row's own, or so many rows from it. */
export interface Edge {
  readonly bound: "start" | "end" | "current" | "before" | "after";
  readonly rows?: Expression;
}

/** Which rows of its partition a window function looks at. */
export interface Frame {
  readonly unit: "rows" | "range" | "groups";
  readonly from: Edge;
  readonly to: Edge;
}

/** `OVER ( … )`, which may begin with the name of another. */
export interface Window {
  readonly base?: string;
  readonly partition: readonly Expression[];
  readonly order: readonly Order[];
  readonly frame?: Frame;
}

/** A key to sort by. */
export interface Order {
  readonly by: Expression;
  readonly descending: boolean;
  readonly nulls?: "first" | "last";
}

/** What SELECT gives: everything (of one table), or an expression under a name. */
export type Item = { readonly star: true; readonly table?: string; readonly at: number } | { readonly star: false; readonly expression: Expression; readonly alias?: string; readonly text: string };

/** A table by name: `[database or schema.]name`. */
export interface Name {
  readonly schema?: string;
  readonly name: string;
  readonly at: number;
}

/** Where rows come from. */
export type Source =
  | { readonly kind: "table"; readonly name: Name; readonly alias?: string }
  | { readonly kind: "query"; readonly query: Query; readonly alias: string; readonly columns?: readonly string[] }
  | { readonly kind: "series"; readonly args: readonly Expression[]; readonly alias: string; readonly column: string }
  | { readonly kind: "join"; readonly how: "inner" | "left" | "right" | "full"; readonly left: Source; readonly right: Source; readonly on?: Expression; readonly using?: readonly string[]; readonly natural?: true };

/** One SELECT, or a row list (VALUES). */
export interface Select {
  readonly items: readonly Item[];
  readonly values?: readonly (readonly Expression[])[];
  readonly distinct: boolean;
  readonly from?: Source;
  readonly where?: Expression;
  readonly group: readonly Expression[];
  readonly having?: Expression;
  readonly windows?: readonly (readonly [name: string, window: Window])[];
}

/** A query: SELECTs put together, then sorted and cut. */
export interface Query {
  readonly withs: readonly { readonly name: string; readonly columns?: readonly string[]; readonly query: Query }[];
  readonly first: Select | Query;
  readonly more: readonly { readonly how: "union" | "except" | "intersect"; readonly all: boolean; readonly select: Select | Query }[];
  readonly order: readonly Order[];
  readonly limit?: Expression;
  readonly offset?: Expression;
  readonly at: number;
}

/** A column as CREATE and ALTER TABLE say it. */
export interface ColumnSketch {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  readonly default?: { readonly text: string; readonly expression: Expression };
  readonly auto: boolean;
  readonly onUpdate: boolean;
  readonly comment?: string;
  readonly primary: boolean;
  readonly unique: boolean;
  readonly references?: ForeignSketch;
  readonly check?: CheckSketch;
  readonly at: number;
}

export interface ForeignSketch {
  readonly table: Name;
  readonly columns: readonly string[];
  readonly onDelete: string;
}

export interface CheckSketch {
  readonly text: string;
  readonly expression: Expression;
}

/** A key or constraint of a table. */
export type KeySketch = { readonly name?: string; readonly columns: readonly string[] } & (
  | { readonly kind: "primary" | "unique" | "index" }
  | { readonly kind: "foreign"; readonly foreign: ForeignSketch }
  | { readonly kind: "check"; readonly check: CheckSketch }
);

export type Alteration =
  | { readonly do: "add-column"; readonly column: ColumnSketch; readonly unless: boolean; readonly after?: string; readonly first?: true }
  | { readonly do: "drop-column"; readonly name: string; readonly unless: boolean }
  | { readonly do: "change-column"; readonly name: string; readonly column: ColumnSketch }
  | { readonly do: "rename-column"; readonly name: string; readonly to: string }
  | { readonly do: "retype"; readonly name: string; readonly type: ColumnType }
  | { readonly do: "default"; readonly name: string; readonly value?: { readonly text: string; readonly expression: Expression } }
  | { readonly do: "not-null"; readonly name: string; readonly on: boolean }
  | { readonly do: "add-key"; readonly key: KeySketch }
  | { readonly do: "drop-key"; readonly kind: "primary" | "index" | "foreign"; readonly name: string; readonly unless: boolean }
  | { readonly do: "rename"; readonly to: Name }
  | { readonly do: "auto"; readonly next: number }
  | { readonly do: "owner"; readonly to: string }
  | { readonly do: "nothing" };

export type Assignment = { readonly column: string; readonly at: number; readonly value: Expression };

/** What a statement asks for. */
export type Statement =
  | { readonly do: "select"; readonly query: Query }
  | { readonly do: "insert"; readonly into: Name; readonly alias?: string; readonly columns?: readonly { readonly name: string; readonly at: number }[]; readonly rows?: readonly (readonly Expression[])[]; readonly query?: Query; readonly replace: boolean; readonly ignore: boolean; readonly onDuplicate?: readonly Assignment[]; readonly conflict?: readonly string[]; readonly updateWhere?: Expression; readonly returning?: readonly Item[] }
  | { readonly do: "update"; readonly source: Source; readonly set: readonly Assignment[]; readonly from?: Source; readonly where?: Expression; readonly order: readonly Order[]; readonly limit?: Expression; readonly returning?: readonly Item[] }
  | { readonly do: "delete"; readonly source: Source; readonly from?: Source; readonly where?: Expression; readonly order: readonly Order[]; readonly limit?: Expression; readonly returning?: readonly Item[] }
  | { readonly do: "create-table"; readonly name: Name; readonly unless: boolean; readonly columns: readonly ColumnSketch[]; readonly keys: readonly KeySketch[]; readonly like?: Name; readonly query?: Query; readonly comment?: string; readonly auto?: number; readonly temporary: boolean }
  | { readonly do: "create-database"; readonly name: string; readonly unless: boolean; readonly replace: boolean; readonly at: number }
  | { readonly do: "create-schema"; readonly name: string; readonly unless: boolean }
  | { readonly do: "create-index"; readonly name: string; readonly table: Name; readonly columns: readonly string[]; readonly unique: boolean; readonly unless: boolean }
  | { readonly do: "create-view"; readonly name: Name; readonly columns?: readonly string[]; readonly query: Query; readonly text: string; readonly replace: boolean }
  | { readonly do: "alter-table"; readonly name: Name; readonly unless: boolean; readonly changes: readonly Alteration[] }
  | { readonly do: "rename-table"; readonly pairs: readonly (readonly [Name, Name])[] }
  | { readonly do: "drop"; readonly what: "table" | "view" | "database" | "schema"; readonly names: readonly Name[]; readonly unless: boolean; readonly cascade: boolean }
  | { readonly do: "drop-index"; readonly name: string; readonly table?: Name; readonly unless: boolean }
  | { readonly do: "truncate"; readonly names: readonly Name[]; readonly restart: boolean }
  | { readonly do: "use"; readonly name: string }
  | { readonly do: "begin" | "commit" | "rollback" }
  | { readonly do: "savepoint" | "release" | "rollback-to"; readonly name: string }
  | { readonly do: "nothing"; readonly tag: string }
  | { readonly do: "set"; readonly assignments: readonly { readonly name: string; readonly value: Expression | string }[] }
  | { readonly do: "explain"; readonly statement: Statement }
  | { readonly do: "show"; readonly what: string; readonly words: readonly string[]; readonly name?: Name; readonly like?: string; readonly where?: Expression; readonly in?: string }
  | { readonly do: "user"; readonly action: "create" | "alter" | "drop"; readonly users: readonly UserSketch[]; readonly unless: boolean; readonly role: boolean; readonly options: readonly string[] }
  | { readonly do: "password"; readonly user?: Account; readonly password: string }
  | { readonly do: "grant" | "revoke"; readonly powers: readonly string[]; readonly kind: string; readonly on?: { readonly schema: string; readonly name: string; readonly at: number }; readonly to: readonly UserSketch[]; readonly option: boolean }
  | { readonly do: "kill"; readonly id: number };

/** Somebody: `'ana'@'%'`; in PostgreSQL the host is always `%`. */
export interface Account {
  readonly user: string;
  readonly host: string;
}

export interface UserSketch extends Account {
  readonly password?: string;
}
