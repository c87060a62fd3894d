import type { FileError, FileStat, FileSystem } from "./host";
import { baseOf, joinPath, parentOf } from "./path";

/** One entry of a file tree. */
export interface FileEntry {
  type: "file" | "directory" | "symlink" | "device";
  text: string;
  mode: number;
  mtime: number;
}

/** Files in memory as JSON: absolute path → entry. Directories are entries too. */
export interface FileTree {
  entries: Record<string, FileEntry>;
}

/** A tree with the usual directories and the given files. */
export function makeFileTree(files: Readonly<Record<string, string>> = {}, now = 0): FileTree {
  const tree: FileTree = { entries: {} };
  for (const path of ["/", "/bin", "/dev", "/etc", "/home", "/proc", "/root", "/tmp", "/usr", "/usr/bin", "/var", "/var/log"]) addDirectory(tree, path, now);
  for (const path of ["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin"]) tree.entries[path] = { type: "device", text: "", mode: 0o666, mtime: now };
  for (const [path, text] of Object.entries(files)) {
    addDirectory(tree, parentOf(path), now);
    tree.entries[path] = { type: "file", text, mode: 0o644, mtime: now };
  }
  return tree;
}

function addDirectory(tree: FileTree, path: string, now: number): void {
  if (path !== "/" && !Object.hasOwn(tree.entries, parentOf(path))) addDirectory(tree, parentOf(path), now);
  if (!Object.hasOwn(tree.entries, path)) tree.entries[path] = { type: "directory", text: "", mode: 0o755, mtime: now };
}

/** UTF-8 length of a text. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}

// What a file weighs is counted once and kept up as it grows; whoever replaces its text forgets it.
const weighed = new WeakMap<FileEntry, number>();

function bytesIn(entry: FileEntry): number {
  let bytes = weighed.get(entry);
  if (bytes === undefined) weighed.set(entry, (bytes = byteLength(entry.text)));
  return bytes;
}

/** What a {@link memoryFileSystem} refuses and who owns its files. */
export interface MemoryFileOptions {
  readonly now: () => number;
  readonly owner?: string;
  readonly group?: string;
  /** Total bytes it holds before ENOSPC. */
  readonly capacity?: number;
  /** Is this path on a read-only mount? */
  readonly isReadOnly?: (path: string) => boolean;
}

const MAX_LINKS = 20;

/** A {@link FileSystem} over a tree, which it changes in place. */
export function memoryFileSystem(tree: FileTree, options: MemoryFileOptions = { now: () => 0 }): FileSystem {
  const { entries } = tree;
  const entryAt = (path: string): FileEntry | undefined => (Object.hasOwn(entries, path) ? entries[path] : undefined);
  const isReadOnly = options.isReadOnly ?? (() => false);
  const capacity = options.capacity ?? 16 * 1024 * 1024;
  const used = (): number => Object.values(entries).reduce((sum, { text }) => sum + text.length, 0);

  /** The path after following links in every step; undefined for loops and dangling directories. */
  const follow = (path: string, followLast: boolean): string | undefined => {
    let links = 0;
    let current = "/";
    let steps = path.split("/").filter((part) => part !== "");
    while (steps.length > 0) {
      const [name = "", ...rest] = steps;
      steps = rest;
      if (name === "..") {
        current = parentOf(current);
        continue;
      }
      if (name === ".") continue;
      const next = joinPath(current, name);
      const entry = entryAt(next);
      if (entry?.type === "symlink" && (rest.length > 0 || followLast)) {
        links += 1;
        if (links > MAX_LINKS) return undefined;
        steps = [...entry.text.split("/").filter((part) => part !== ""), ...rest];
        if (entry.text.startsWith("/")) current = "/";
      } else {
        current = next;
      }
    }
    return current;
  };

  const statOf = (entry: FileEntry): FileStat => ({
    type: entry.type,
    mode: entry.mode,
    size: entry.type === "directory" ? 4096 : bytesIn(entry),
    owner: options.owner ?? "root",
    group: options.group ?? "root",
    mtime: entry.mtime,
  });

  /** Checks that a new name may appear at this path. */
  const refusal = (path: string): FileError | undefined => {
    const parent = entryAt(parentOf(path));
    if (!parent) return "ENOENT";
    if (parent.type !== "directory") return "ENOTDIR";
    return isReadOnly(path) ? "EROFS" : undefined;
  };

  const put = (path: string, entry: Omit<FileEntry, "mtime">): FileError | undefined => {
    const error = refusal(path);
    if (error) return error;
    if (Object.hasOwn(entries, path)) return "EEXIST";
    if (Object.keys(entries).length >= 20_000) return "ENOSPC";
    entries[path] = { ...entry, mtime: options.now() };
    return undefined;
  };

  const children = (path: string): string[] => {
    const prefix = path === "/" ? "/" : `${path}/`;
    return Object.keys(entries).filter((other) => other !== "/" && other.startsWith(prefix) && !other.slice(prefix.length).includes("/"));
  };

  return {
    stat(path) {
      const real = follow(path, true);
      const entry = real === undefined ? undefined : entryAt(real);
      return entry && statOf(entry);
    },
    lstat(path) {
      const real = follow(path, false);
      const entry = real === undefined ? undefined : entryAt(real);
      return entry && statOf(entry);
    },
    readFile(path) {
      const real = follow(path, true);
      const entry = real === undefined ? undefined : entryAt(real);
      if (!entry) return { error: "ENOENT" };
      return entry.type === "directory" ? { error: "EISDIR" } : { text: entry.text };
    },
    writeFile(path, text, append) {
      const real = follow(path, true) ?? path;
      const entry = entryAt(real);
      if (entry?.type === "directory") return "EISDIR";
      if (entry?.type === "device") return undefined;
      if (isReadOnly(real)) return "EROFS";
      if (used() + text.length > capacity) return "ENOSPC";
      if (!entry) return put(real, { type: "file", text, mode: 0o644 });
      const splitsPair = (text.charCodeAt(0) & 0xfc00) === 0xdc00;
      if (!append || splitsPair) weighed.delete(entry);
      else weighed.set(entry, bytesIn(entry) + byteLength(text));
      entry.text = append ? entry.text + text : text;
      if (text !== "" || !append) entry.mtime = options.now();
      return undefined;
    },
    list(path) {
      const real = follow(path, true);
      return real !== undefined && entryAt(real)?.type === "directory" ? children(real).map(baseOf) : undefined;
    },
    makeDirectory: (path) => put(follow(path, false) ?? path, { type: "directory", text: "", mode: 0o755 }),
    remove(path) {
      const real = follow(path, false) ?? path;
      const entry = entryAt(real);
      if (!entry) return "ENOENT";
      if (isReadOnly(real) || real === "/") return real === "/" ? "EPERM" : "EROFS";
      if (entry.type === "directory" && children(real).length > 0) return "ENOTEMPTY";
      delete entries[real];
      return undefined;
    },
    rename(from, to) {
      const source = follow(from, false) ?? from;
      const target = follow(to, false) ?? to;
      const entry = entryAt(source);
      if (!entry) return "ENOENT";
      if (target === source) return undefined;
      if (target.startsWith(`${source}/`)) return "EINVAL";
      const error = refusal(target) ?? (isReadOnly(source) ? "EROFS" : undefined);
      if (error) return error;
      if (entryAt(target)?.type === "directory" && children(target).length > 0) return "ENOTEMPTY";
      for (const path of Object.keys(entries).filter((path) => path === source || path.startsWith(`${source}/`))) {
        entries[target + path.slice(source.length)] = entries[path] as FileEntry;
        delete entries[path];
      }
      return undefined;
    },
    setMode(path, mode) {
      const entry = entryAt(follow(path, true) ?? path);
      if (!entry) return "ENOENT";
      if (isReadOnly(path)) return "EROFS";
      entry.mode = mode;
      return undefined;
    },
    touch(path, at) {
      const real = follow(path, true) ?? path;
      const problem = entryAt(real) ? undefined : put(real, { type: "file", text: "", mode: 0o644 });
      const entry = entryAt(real);
      if (problem || !entry) return problem;
      if (isReadOnly(real)) return "EROFS";
      entry.mtime = at ?? options.now();
      return undefined;
    },
    link: (target, path) => put(follow(path, false) ?? path, { type: "symlink", text: target, mode: 0o777 }),
    readLink(path) {
      const entry = entryAt(follow(path, false) ?? path);
      return entry?.type === "symlink" ? entry.text : undefined;
    },
  };
}
