import { compareStrings } from "../apimachinery/compare";
import type { StateTree, Table } from "../sim/state";
import type { FileError, FileStat } from "./behaviour";

/** A file or a folder of a tree. A folder knows its children's names; a `whiteout` hides what an image has there. */
export type TreeEntry =
  | { readonly type: "file"; readonly content: string; readonly mode: number; readonly modified: number; /** Zeros before the content that are counted and not kept. */ readonly zeros?: number }
  | { readonly type: "directory"; readonly children: readonly string[]; readonly mode: number; readonly modified: number; readonly opaque?: boolean }
  | { readonly type: "whiteout" };

/** The folder a path is in; `/` for `/`. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A path without `.`, `..`, double or final slashes, absolute. */
export function normalPath(path: string): string {
  if (isNormal(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Is it so already? Almost every path is. A name that begins with a dot counts as doubtful. */
function isNormal(path: string): boolean {
  if (path.charCodeAt(0) !== SLASH || (path.length > 1 && path.charCodeAt(path.length - 1) === SLASH)) return path === "/";
  for (let i = 1; i < path.length; i += 1) {
    const code = path.charCodeAt(i);
    if ((code === SLASH || code === DOT) && path.charCodeAt(i - 1) === SLASH) return false;
  }
  return true;
}

const SLASH = 0x2f;
const DOT = 0x2e;

/** `base` and a path inside it, joined. */
export function joinPath(base: string, path: string): string {
  return normalPath(`${base}/${path}`);
}

/** Length of a text in UTF-8. */
export function byteLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (code >= 0xd800 && code < 0xdc00) {
      length += 4;
      i += 1;
    } else length += 3;
  }
  return length;
}

/** Zeros shown to who reads a file that was filled with them; nobody looks at more. */
const MOST_ZEROS = 65_536;

type FileEntry = Extract<TreeEntry, { readonly type: "file" }>;

// Entries never change, so what one weighs is counted once.
const weighed = new WeakMap<FileEntry, number>();

function bytesIn(entry: FileEntry): number {
  let bytes = weighed.get(entry);
  if (bytes === undefined) weighed.set(entry, (bytes = byteLength(entry.content) + (entry.zeros ?? 0)));
  return bytes;
}

/** A file something was appended to weighs what it did and the rest: a log written line by line is not counted from the start each time. */
function noteGrowth(old: FileEntry, next: FileEntry, added: string): void {
  const splitsPair = (added.charCodeAt(0) & 0xfc00) === 0xdc00;
  if (!splitsPair) weighed.set(next, bytesIn(old) + byteLength(added));
}

/**
 * File trees: disks, empty directories, writable layers. One table entry per file or folder,
 * so that writing a file never copies the disk it is on.
 *
 * A tree exists from its first write; its root is then a folder.
 */
export class Trees {
  private readonly entries: Table<TreeEntry>;
  private readonly sizes: Table<number>;
  private readonly limits: Table<number>;

  constructor(
    state: StateTree,
    private readonly grew: (tree: string) => void = () => undefined,
    private readonly touched: (tree: string, path: string) => void = () => undefined,
  ) {
    this.entries = state.table<TreeEntry>("machine:file");
    this.sizes = state.table<number>("machine:tree-size");
    this.limits = state.table<number>("machine:tree-limit");
  }

  entry(tree: string, path: string): TreeEntry | undefined {
    return this.entries.get(`${tree}:${path}`);
  }

  exists(tree: string): boolean {
    return this.entries.has(`${tree}:/`);
  }

  /** Bytes of all its files. */
  sizeOf(tree: string): number {
    return this.sizes.get(tree) ?? 0;
  }

  /** Most bytes the tree takes; writes past it are refused with ENOSPC. */
  setLimit(tree: string, bytes: number): void {
    this.limits.set(tree, bytes);
  }

  limitOf(tree: string): number | undefined {
    return this.limits.get(tree);
  }

  stat(tree: string, path: string): FileStat | undefined {
    const entry = this.entry(tree, path);
    if (!entry || entry.type === "whiteout") return path === "/" ? { type: "directory", size: 4096, modified: 0, mode: 0o755 } : undefined;
    return { type: entry.type, size: entry.type === "file" ? bytesIn(entry) : 4096, modified: entry.modified, mode: entry.mode };
  }

  read(tree: string, path: string): string | undefined {
    const entry = this.entry(tree, path);
    if (entry?.type !== "file") return undefined;
    return entry.zeros === undefined ? entry.content : "\0".repeat(Math.min(entry.zeros, MOST_ZEROS)) + entry.content;
  }

  /** Makes a file of so many zero bytes, which take room on the disk and none here. */
  fill(tree: string, path: string, bytes: number, now: number): FileError | undefined {
    const before = this.entry(tree, path);
    const made = this.write(tree, path, "", now);
    if (made !== undefined) return made;
    const limit = this.limits.get(tree);
    const room = limit === undefined ? bytes : Math.min(bytes, Math.max(0, limit - this.sizeOf(tree)));
    const empty = this.entry(tree, path) as FileEntry;
    this.sizes.set(tree, this.sizeOf(tree) + room);
    this.grew(tree);
    this.put(tree, path, { ...empty, mode: before?.type === "file" ? before.mode : empty.mode, zeros: room });
    return room < bytes ? "ENOSPC" : undefined;
  }

  list(tree: string, path: string): readonly string[] | undefined {
    const entry = this.entry(tree, path);
    if (!entry) return path === "/" ? [] : undefined;
    return entry.type === "directory" ? entry.children : undefined;
  }

  /** Replaces a file's content; `added` is what it gains at its end, when that is all that changes. */
  write(tree: string, path: string, content: string, now: number, mode?: number, added?: string): FileError | undefined {
    if (path === "/") return "EISDIR";
    const old = this.entry(tree, path);
    if (old?.type === "directory") return "EISDIR";
    const missing = this.parentProblem(tree, path);
    if (missing) return missing;
    const entry: FileEntry = { type: "file", content, mode: mode ?? (old?.type === "file" ? old.mode : 0o644), modified: now, ...(old?.type === "file" && added !== undefined && old.zeros !== undefined ? { zeros: old.zeros } : {}) };
    if (old?.type === "file" && added !== undefined) noteGrowth(old, entry, added);
    const grown = bytesIn(entry) - (old?.type === "file" ? bytesIn(old) : 0);
    const limit = this.limits.get(tree);
    if (limit !== undefined && grown > 0 && this.sizeOf(tree) + grown > limit) return "ENOSPC";
    if (grown !== 0) this.sizes.set(tree, this.sizeOf(tree) + grown);
    if (grown > 0) this.grew(tree);
    this.put(tree, path, entry);
    if (!old) this.link(tree, path, now);
    return undefined;
  }

  makeDirectory(tree: string, path: string, parents: boolean, now: number, mode = 0o755, opaque = false): FileError | undefined {
    const old = this.entry(tree, path);
    if (path === "/" || old?.type === "directory") {
      if (path === "/") this.root(tree, now);
      return parents ? undefined : "EEXIST";
    }
    if (old?.type === "file") return "EEXIST";
    if (parents) {
      const above = this.makeDirectory(tree, parentOf(path), true, now);
      if (above) return above === "EEXIST" ? "ENOTDIR" : above;
    }
    const missing = this.parentProblem(tree, path);
    if (missing) return missing;
    this.put(tree, path, { type: "directory", children: [], mode, modified: now, ...(opaque ? { opaque } : {}) });
    if (!old) this.link(tree, path, now);
    return undefined;
  }

  remove(tree: string, path: string, recursive: boolean, now: number): FileError | undefined {
    const entry = this.entry(tree, path);
    if (!entry || entry.type === "whiteout") return "ENOENT";
    if (entry.type === "directory") {
      if (!recursive) return entry.children.length > 0 ? "ENOTEMPTY" : "EISDIR";
      for (const child of entry.children) this.remove(tree, joinPath(path, child), true, now);
      if (path === "/") return undefined;
    } else this.sizes.set(tree, this.sizeOf(tree) - bytesIn(entry));
    this.entries.delete(`${tree}:${path}`);
    this.touched(tree, path);
    this.unlink(tree, path, now);
    return undefined;
  }

  /** Hides what a lower layer has at `path`. */
  whiteout(tree: string, path: string, now: number): void {
    if (this.stat(tree, path)) this.remove(tree, path, true, now);
    this.makeDirectory(tree, parentOf(path), true, now);
    this.put(tree, path, { type: "whiteout" });
    this.link(tree, path, now);
  }

  chmod(tree: string, path: string, mode: number): FileError | undefined {
    const entry = this.entry(tree, path);
    if (!entry || entry.type === "whiteout") return "ENOENT";
    this.put(tree, path, { ...entry, mode });
    return undefined;
  }

  setModified(tree: string, path: string, modified: number): FileError | undefined {
    const entry = this.entry(tree, path);
    if (!entry || entry.type === "whiteout") return "ENOENT";
    this.put(tree, path, { ...entry, modified });
    return undefined;
  }

  /** Makes a place what it was: as a disk that never heard of what came after. */
  putBack(tree: string, path: string, before: TreeEntry | null, now: number): void {
    const entry = this.entry(tree, path);
    if (before === null || before.type !== entry?.type) if (entry) this.remove(tree, path, true, now);
    if (before === null) return;
    this.makeDirectory(tree, parentOf(path), true, now);
    if (before.type === "directory") this.makeDirectory(tree, path, true, now, before.mode, before.opaque);
    else {
      const old = this.entry(tree, path);
      const grown = (before.type === "file" ? bytesIn(before) : 0) - (old?.type === "file" ? bytesIn(old) : 0);
      this.sizes.set(tree, this.sizeOf(tree) + grown);
      this.put(tree, path, before);
      this.link(tree, path, now);
    }
  }

  /** Gives a new tree everything another holds. */
  copy(from: string, to: string, path = "/"): void {
    const entry = this.entry(from, path);
    if (!entry) return;
    this.entries.set(`${to}:${path}`, entry);
    if (entry.type === "directory") for (const child of entry.children) this.copy(from, to, joinPath(path, child));
    if (path === "/") this.sizes.set(to, this.sizeOf(from));
  }

  /** Forgets a whole tree. */
  drop(tree: string): void {
    this.dropBelow(tree, "/");
    this.sizes.delete(tree);
    this.limits.delete(tree);
  }

  /** Makes a tree hold exactly these files; folders on the way are made. */
  replaceAll(tree: string, files: Readonly<Record<string, string>>, mode: number, now: number): void {
    const wanted = new Set(Object.keys(files).map(normalPath));
    for (const path of this.paths(tree)) if (!wanted.has(path)) this.remove(tree, path, true, now);
    this.root(tree, now);
    for (const name of Object.keys(files).sort(compareStrings)) {
      const path = normalPath(name);
      if (this.read(tree, path) === files[name]) continue;
      this.makeDirectory(tree, parentOf(path), true, now);
      this.write(tree, path, files[name] ?? "", now, mode);
    }
  }

  /** Paths of all files, in order. */
  paths(tree: string, from = "/"): readonly string[] {
    const entry = this.entry(tree, from);
    if (entry?.type === "file") return [from];
    if (entry?.type !== "directory") return [];
    return entry.children.flatMap((child) => this.paths(tree, joinPath(from, child)));
  }

  private dropBelow(tree: string, path: string): void {
    const entry = this.entry(tree, path);
    if (!entry) return;
    if (entry.type === "directory") for (const child of entry.children) this.dropBelow(tree, joinPath(path, child));
    this.entries.delete(`${tree}:${path}`);
  }

  private parentProblem(tree: string, path: string): FileError | undefined {
    const parent = parentOf(path);
    if (parent === "/") return undefined;
    const entry = this.entry(tree, parent);
    if (!entry || entry.type === "whiteout") return "ENOENT";
    return entry.type === "directory" ? undefined : "ENOTDIR";
  }

  private put(tree: string, path: string, entry: TreeEntry): void {
    this.entries.set(`${tree}:${path}`, Object.freeze(entry));
    if (entry.type === "file") this.touched(tree, path);
  }

  private root(tree: string, now: number): void {
    if (!this.entry(tree, "/")) this.put(tree, "/", { type: "directory", children: [], mode: 0o755, modified: now });
  }

  private link(tree: string, path: string, now: number): void {
    this.changeChildren(tree, path, now, (children, name) => (children.includes(name) ? children : [...children, name].sort(compareStrings)));
  }

  private unlink(tree: string, path: string, now: number): void {
    this.changeChildren(tree, path, now, (children, name) => children.filter((child) => child !== name));
  }

  private changeChildren(tree: string, path: string, now: number, change: (children: readonly string[], name: string) => readonly string[]): void {
    const parent = parentOf(path);
    if (parent === "/") this.root(tree, now);
    const entry = this.entry(tree, parent);
    if (entry?.type !== "directory") return;
    this.put(tree, parent, { ...entry, children: change(entry.children, baseName(path)), modified: now });
  }
}
