import type { FileSystem } from "@/lib/engine";
import type { ColumnType } from "./column-type";
import type { Relation } from "./relation";
import { refuse } from "./refusal";
import type { Expression, Query } from "./tree";
import type { Dialect, Value } from "./value";

/** Who asks, of what, and when: what one conversation with a server knows. It lasts as long as one request. */
export interface Session {
  readonly dialect: Dialect;
  readonly files: FileSystem;
  /** The folder whose folders are the databases. */
  readonly root: string;
  readonly version: string;
  database: string;
  readonly user: string;
  readonly host: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly server: string;
  /** A number for this conversation; random values grow from it. */
  readonly id: number;
  /** Settings and variables a conversation has changed. */
  readonly variables: Map<string, Value>;
  /** The server's own settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** What has been changed and is not yet on the disk; `null` is removed. */
  changed: Map<string, Relation | null>;
  /** Tables as they were read from the disk. */
  readonly read: Map<string, Relation>;
  readonly temporary: Map<string, Relation>;
  /** Inside BEGIN … COMMIT? Then an error of PostgreSQL makes it useless. */
  transaction: "none" | "open" | "aborted";
  savepoints: readonly { readonly name: string; readonly changed: Map<string, Relation | null> }[];
  lastId: number;
  affected: number;
  steps: number;
  random: number;
  /** Milliseconds that SLEEP took. */
  slept: number;
  /** May this person do that there? Throws when not. */
  readonly allowed: (session: Session, power: string, schema: string, name: string) => void;
  /** Runs a query inside an expression. */
  readonly query: (session: Session, query: Query, outer: Scope | undefined) => Listing;
  /** Tables of the server's own. */
  readonly catalogue: (session: Session, schema: string, name: string) => Listing | undefined;
}

/** Rows with their columns' names. */
export interface Listing {
  readonly columns: readonly OutColumn[];
  readonly rows: readonly (readonly Value[])[];
}

/** A column of an answer. */
export interface OutColumn {
  readonly name: string;
  readonly type?: ColumnType;
  /** Set to the right. */
  readonly numeric: boolean;
}

/** A column of the rows at hand: which table it came from, under which name. */
export interface FrameColumn {
  readonly table?: string;
  readonly name: string;
  readonly type?: ColumnType;
  /** Joined by USING: the other side's, which `*` and bare names leave out. */
  readonly hidden?: true;
}

/** Rows put side by side by FROM. */
export interface Frame {
  readonly columns: readonly FrameColumn[];
  readonly rows: readonly (readonly Value[])[];
}

/** What an expression is looked at with. */
export interface Scope {
  /** What the window functions of this row come to. */
  readonly windows?: ReadonlyMap<Expression, Value>;
  readonly session: Session;
  readonly columns: readonly FrameColumn[];
  readonly row: readonly Value[];
  /** The query around this one. */
  readonly outer?: Scope;
  /** The rows of the group, where aggregates are told. */
  readonly group?: readonly (readonly Value[])[];
  /** Queries that WITH named. */
  readonly withs?: ReadonlyMap<string, Frame>;
  /** What an INSERT that met a duplicate wanted to write. */
  readonly excluded?: ReadonlyMap<string, Value>;
  /** Names of the answer's own columns: HAVING and ORDER BY know them. */
  readonly aliases?: ReadonlyMap<string, Expression>;
}

const MOST_STEPS = 1_500_000;

/** Counts work; too much of it is refused. */
export function spend(session: Session, steps: number): void {
  session.steps += steps;
  if (session.steps > MOST_STEPS) throw refuse("full-of-steps");
}

/** The next number of the conversation's own stream, below `bound`. */
export function randomOf(session: Session, bound: number): number {
  session.random = (Math.imul(session.random ^ (session.random >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
  return (session.random ^ (session.random >>> 13)) % bound >>> 0;
}
