import type { Json } from "../apimachinery/meta";
import { compareStrings } from "../apimachinery/compare";
import { deepFreeze } from "../apimachinery/freeze";
import { invariant } from "../apimachinery/invariant";

/**
 * A named map of the cluster's state. Values are immutable: change one by putting a new value.
 *
 * Iteration is in key order, so it never depends on what was put first.
 */
export interface Table<T> {
  readonly size: number;
  get(key: string): T | undefined;
  has(key: string): boolean;
  set(key: string, value: T): void;
  delete(key: string): void;
  /** Keys in code-unit order. */
  keys(): readonly string[];
  /** Values in the order of {@link keys}. */
  values(): readonly T[];
}

/** A single named value of the cluster's state. */
export interface Cell<T> {
  get(): T;
  set(value: T): void;
}

/**
 * Everything a cluster remembers apart from API objects and timers, as named tables of JSON.
 *
 * A component holds no fields of its own: what it must remember it keeps here, which is why
 * a cluster can be saved, forked and resumed at any moment.
 */
export interface StateTree {
  table<T>(name: string): Table<T>;
  cell<T>(name: string, initial: T): Cell<T>;
}

class SharedTable<T> implements Table<T> {
  private map: Map<string, T>;
  private sorted: readonly string[] | undefined;
  /** True while a fork reads the same map: the first write after that copies it. */
  private borrowed = false;

  constructor(entries: Map<string, T>) {
    this.map = entries;
  }
  get size(): number {
    return this.map.size;
  }
  get(key: string): T | undefined {
    return this.map.get(key);
  }
  has(key: string): boolean {
    return this.map.has(key);
  }
  set(key: string, value: T): void {
    this.own();
    const before = this.map.size;
    this.map.set(key, value);
    if (this.map.size !== before) this.sorted = undefined;
  }
  delete(key: string): void {
    if (!this.map.has(key)) return;
    this.own();
    this.map.delete(key);
    this.sorted = undefined;
  }
  keys(): readonly string[] {
    this.sorted ??= [...this.map.keys()].sort(compareStrings);
    return this.sorted;
  }
  values(): readonly T[] {
    return this.keys().map((key) => this.map.get(key) as T);
  }
  lend(): SharedTable<T> {
    this.borrowed = true;
    const copy = new SharedTable(this.map);
    copy.borrowed = true;
    copy.sorted = this.sorted;
    return copy;
  }
  private own(): void {
    if (!this.borrowed) return;
    this.map = new Map(this.map);
    this.borrowed = false;
  }
}

/** The tree itself, with what only the composition root may do: copy it and write it down. */
export interface OwnedState extends StateTree {
  /** An independent copy; maps are shared until either side writes. */
  fork(): OwnedState;
  /** `{ table: { key: value } }`, empty tables left out. */
  snapshot(): Json;
}

class Tree implements OwnedState {
  /** Handles given out: components ask for theirs at every turn. */
  private readonly cells = new Map<string, { readonly initial: unknown; readonly cell: Cell<unknown> }>();

  constructor(private readonly tables: Map<string, SharedTable<unknown>>) {}

  table<T>(name: string): Table<T> {
    let table = this.tables.get(name);
    if (!table) {
      table = new SharedTable<unknown>(new Map());
      this.tables.set(name, table);
    }
    return table as unknown as Table<T>;
  }

  cell<T>(name: string, initial: T): Cell<T> {
    const known = this.cells.get(name);
    if (known && known.initial === initial) return known.cell as Cell<T>;
    const table = this.table<T>(`cell:${name}`);
    const cell: Cell<T> = {
      get: () => table.get("") ?? initial,
      set: (value) => table.set("", value),
    };
    this.cells.set(name, { initial, cell: cell as Cell<unknown> });
    return cell;
  }

  fork(): OwnedState {
    return new Tree(new Map([...this.tables].map(([name, table]) => [name, table.lend()])));
  }

  snapshot(): Json {
    const names = [...this.tables.keys()].sort(compareStrings).filter((name) => (this.tables.get(name)?.size ?? 0) > 0);
    return Object.fromEntries(
      names.map((name) => {
        const table = this.tables.get(name);
        invariant(table, "a listed table exists");
        return [name, Object.fromEntries(table.keys().map((key) => [key, table.get(key) as Json]))];
      }),
    );
  }
}

/** A new tree, empty or as {@link OwnedState.snapshot} wrote it. */
export function createState(snapshot?: Json): OwnedState {
  const tables = new Map<string, SharedTable<unknown>>();
  const written = (snapshot ?? {}) as Record<string, Record<string, Json>>;
  for (const [name, entries] of Object.entries(written)) {
    tables.set(name, new SharedTable<unknown>(new Map(Object.entries(deepFreeze(entries)))));
  }
  return new Tree(tables);
}
