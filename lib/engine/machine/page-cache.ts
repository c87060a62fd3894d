import { compareStrings } from "../apimachinery/compare";
import type { StateTree, Table } from "../sim/state";
import { parentOf, type TreeEntry, type Trees } from "./trees";

/** What a place of a disk held before something was written there that the disk does not have yet. */
interface Unsynced {
  readonly node: string;
  readonly tree: string;
  readonly path: string;
  readonly at: number;
  readonly before: TreeEntry | null;
}

/** A machine writes its cache out this long after a file first became dirty, in milliseconds. */
const WRITE_BACK = 5000;

/**
 * The page cache of the machines: what processes write is there until they sync or {@link WRITE_BACK} has passed, and a machine that loses
 * its power loses it. A process that dies loses nothing.
 *
 * Costs no timer: what a record's age says is looked at when power goes.
 * @simplified Five seconds instead of Linux's thirty, for files and folders alike; a file is written back whole or not at all.
 */
export class PageCache {
  private readonly unsynced: Table<Unsynced>;
  private readonly tidied: { get(): number; set(value: number): void };

  constructor(
    state: StateTree,
    private readonly trees: Trees,
  ) {
    this.unsynced = state.table<Unsynced>("machine:unsynced");
    this.tidied = state.cell<number>("machine:unsynced-tidied", 0);
  }

  /** Something is about to change at a place, on that machine; folders that will be made on the way count too. */
  note(node: string, tree: string, path: string, now: number): void {
    if (now - this.tidied.get() >= WRITE_BACK) this.tidy(now);
    for (let at = path; at !== "/"; at = parentOf(at)) {
      const before = this.trees.entry(tree, at);
      if (at !== path && before) break;
      const key = `${tree}:${at}`;
      const known = this.unsynced.get(key);
      if (!known || known.at + WRITE_BACK <= now) this.unsynced.set(key, { node, tree, path: at, at: now, before: before ?? null });
    }
  }

  /** As {@link note}, for a folder and everything in it. */
  noteAll(node: string, tree: string, path: string, now: number): void {
    this.note(node, tree, path, now);
    const entry = this.trees.entry(tree, path);
    if (entry?.type === "directory") for (const child of entry.children) this.noteAll(node, tree, `${path === "/" ? "" : path}/${child}`, now);
  }

  /** Everything written on a machine to these trees is on the disk from now on. */
  sync(node: string, trees: ReadonlySet<string>): void {
    for (const key of this.unsynced.keys()) {
      const record = this.unsynced.get(key);
      if (record?.node === node && trees.has(record.tree)) this.unsynced.delete(key);
    }
  }

  /** The power goes: what had not reached the disks is lost. */
  lose(node: string, now: number): void {
    const records = this.unsynced.values().filter((record) => record.node === node);
    const sorted = [...records].sort((a, b) => compareStrings(a.tree, b.tree) || compareStrings(a.path, b.path));
    for (const { tree, path, at, before } of sorted) {
      this.unsynced.delete(`${tree}:${path}`);
      if (at + WRITE_BACK > now) this.trees.putBack(tree, path, before, now);
    }
  }

  private tidy(now: number): void {
    this.tidied.set(now);
    for (const key of this.unsynced.keys()) if ((this.unsynced.get(key)?.at ?? 0) + WRITE_BACK <= now) this.unsynced.delete(key);
  }
}
