import type { ColumnType } from "./column-type";
import type { Value } from "./value";

/** A column as it is kept. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull?: true;
  /** The author's words for what it is when nothing is said. */
  readonly default?: string;
  readonly auto?: true;
  readonly onUpdate?: true;
  readonly comment?: string;
}

/** A key or constraint as it is kept. */
export interface Key {
  readonly name: string;
  readonly kind: "primary" | "unique" | "index" | "foreign" | "check";
  readonly columns: readonly string[];
  readonly check?: string;
  readonly references?: { readonly table: string; readonly columns: readonly string[]; readonly onDelete: string };
}

export interface Table {
  readonly kind: "table";
  readonly columns: readonly Column[];
  readonly keys: readonly Key[];
  /** What the next row without a number gets. */
  readonly next: number;
  readonly comment?: string;
  readonly owner?: string;
  readonly rows: readonly (readonly Value[])[];
}

export interface View {
  readonly kind: "view";
  readonly text: string;
  readonly names?: readonly string[];
  readonly owner?: string;
}

/** What a name of a database can stand for. */
export type Relation = Table | View;
