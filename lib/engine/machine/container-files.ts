import { compareStrings } from "../apimachinery/compare";
import type { FileError, FileStat, FileSystem } from "./behaviour";
import type { ImageTree } from "./image-tree";
import type { Mount, RunAs } from "./records";
import { baseName, byteLength, joinPath, normalPath, parentOf, type Trees } from "./trees";

/** What a container's view of files is made of. */
export interface FilesOf {
  readonly trees: Trees;
  readonly image: ImageTree;
  /** The container's writable layer. */
  readonly layer: string;
  readonly mounts: readonly Mount[];
  readonly readOnlyRoot: boolean;
  /** Where a last message may be left, whatever else may not be written. */
  readonly messagePath: string;
  readonly runAs?: RunAs;
  /** Files the kubelet manages: `/etc/hosts`, `/etc/hostname`, `/etc/resolv.conf`. */
  readonly managed: Readonly<Record<string, string>>;
  readonly now: number;
  /** May this tree be used from this machine? A disk taken away answers with input/output errors. */
  usable(tree: string): boolean;
  /** Do writes to a tree wait in memory? Then `dirty` is told of a place before it changes, `wholly` with all in it, and `sync` writes trees out. */
  cached(tree: string): boolean;
  dirty(tree: string, path: string, wholly: boolean): void;
  sync(trees: ReadonlySet<string>): void;
  lock(key: string): boolean;
  /** Something others can change was looked at: a disk, a share, the machine's own files. */
  sharedTouched(): void;
  /** A file or folder was changed. */
  changed(): void;
}

const NO_NAMES: readonly string[] = [];

interface Place {
  readonly mount: Mount | undefined;
  readonly path: string;
}

/** Is a path this folder or in it? */
function isIn(path: string, folder: string): boolean {
  return path.startsWith(folder) && (path.length === folder.length || folder === "/" || path[folder.length] === "/");
}

/** The files of a container: image layers, its writable layer, and volumes where they are mounted. */
export function containerFiles(of: FilesOf): FileSystem {
  const { trees, layer } = of;
  const mounts = of.mounts.length < 2 ? of.mounts : [...of.mounts].sort((a, b) => b.path.length - a.path.length || compareStrings(a.path, b.path));
  const root = rootFiles(of);

  const place = (given: string): Place => {
    const path = normalPath(given);
    const mount = mounts.find((one) => isIn(path, one.path));
    if (mount && !mount.tree.startsWith("v:") && !mount.tree.startsWith("s:")) of.sharedTouched();
    return mount ? { mount, path: joinPath(mount.base, path.slice(mount.path.length)) } : { mount: undefined, path };
  };
  /** Mount points directly inside a folder appear in its listing. */
  const mountNames = (path: string): readonly string[] => {
    const folder = normalPath(path);
    if (!mounts.some((mount) => mount.path !== "/" && mount.path !== folder && isIn(mount.path, folder))) return NO_NAMES;
    return mounts.flatMap((mount) => (mount.path !== "/" && (folder === "/" || mount.path.startsWith(`${folder}/`)) ? [mount.path.slice(folder === "/" ? 1 : folder.length + 1).split("/")[0] ?? ""] : []));
  };
  const attempt = (given: string, inMount: (tree: string, path: string) => FileError | undefined, inRoot: (path: string) => FileError | undefined, wholly = false): FileError | undefined => {
    const { mount, path } = place(given);
    const open = path.startsWith("/dev/") || path === of.messagePath;
    if (!mount) return open ? inRoot(path) : of.readOnlyRoot ? "EROFS" : isForeign(of, undefined, path) ? "EACCES" : inRoot(path);
    if (mount.readOnly) return "EROFS";
    if (!of.usable(mount.tree)) return "EIO";
    if (isForeign(of, mount.tree, path)) return "EACCES";
    if (of.cached(mount.tree)) of.dirty(mount.tree, path, wholly);
    return inMount(mount.tree, path);
  };
  const change: typeof attempt = (given, inMount, inRoot, wholly) => {
    const problem = attempt(given, inMount, inRoot, wholly);
    if (problem === undefined) of.changed();
    return problem;
  };
  const read = (given: string): string | undefined => {
    const { mount, path } = place(given);
    if (!mount) return root.read(path);
    return of.usable(mount.tree) ? trees.read(mount.tree, path) : undefined;
  };
  const write = (given: string, content: string, added?: string): FileError | undefined => {
    if (normalPath(given) === "/dev/null") return undefined;
    return change(given, (tree, path) => trees.write(tree, path, content, of.now, undefined, added), (path) => root.write(path, content, added));
  };
  return {
    read,
    write: (path, content) => write(path, content),
    append: (path, content) => {
      const old = read(path);
      return write(path, (old ?? "") + content, old === undefined ? undefined : content);
    },
    fill: (given, bytes) => change(given, (tree, path) => trees.fill(tree, path, bytes, of.now), (path) => root.fill(path, bytes)),
    stat(given) {
      const { mount, path } = place(given);
      if (mount) return of.usable(mount.tree) ? trees.stat(mount.tree, path) : undefined;
      const found = root.stat(path);
      return found ?? (mountNames(path).length > 0 ? { type: "directory", size: 4096, modified: 0, mode: 0o755 } : undefined);
    },
    list(given) {
      const { mount, path } = place(given);
      const names = mount ? (of.usable(mount.tree) ? trees.list(mount.tree, path) : undefined) : root.list(path);
      const extra = mountNames(given);
      if (extra.length === 0) return names;
      return [...new Set([...(names ?? []), ...extra])].sort(compareStrings);
    },
    makeDirectory: (given, parents = false) => change(given, (tree, path) => trees.makeDirectory(tree, path, parents, of.now), (path) => root.makeDirectory(path, parents)),
    remove: (given, recursive = false) => change(given, (tree, path) => trees.remove(tree, path, recursive, of.now), (path) => root.remove(path, recursive), recursive),
    chmod: (given, mode) => change(given, (tree, path) => trees.chmod(tree, path, mode), (path) => root.chmod(path, mode)),
    sync: () => of.sync(new Set(mounts.map((mount) => mount.tree))),
    lock(given) {
      const { mount, path } = place(given);
      return of.lock(mount ? `${mount.tree}:${path}` : `${layer}:${path}`);
    },
  };
}

/** Folders of an image anybody may write in. */
const OPEN = ["/tmp/", "/var/tmp/"];

/**
 * Does a place belong to root while somebody else wants to write there? Folders made for the pod are open to all; disks and the
 * machine's own files are root's, and a disk is shared by `fsGroup`.
 *
 * @simplified Files have no owners of their own: a user the image was not made for writes in `/tmp` and in volumes only.
 */
function isForeign({ runAs }: FilesOf, tree: string | undefined, path: string): boolean {
  if (!runAs || runAs.user === 0) return false;
  if (tree === undefined) return runAs.foreign && !OPEN.some((open) => path.startsWith(open));
  if (tree.startsWith("h:")) return true;
  return tree.startsWith("d:") && !runAs.sharesFiles;
}

interface RootFiles {
  read(path: string): string | undefined;
  stat(path: string): FileStat | undefined;
  list(path: string): readonly string[] | undefined;
  write(path: string, content: string, added?: string): FileError | undefined;
  fill(path: string, bytes: number): FileError | undefined;
  makeDirectory(path: string, parents: boolean): FileError | undefined;
  remove(path: string, recursive: boolean): FileError | undefined;
  chmod(path: string, mode: number): FileError | undefined;
}

/** The root file system: the writable layer over the image. */
function rootFiles(of: FilesOf): RootFiles {
  const { trees, image, layer, managed, now } = of;
  let touched = false;
  /** Has nothing been written over the image? Then its own files are all there are. */
  const isUntouched = (): boolean => !touched && !(touched = trees.exists(layer));
  /** Is what the image has at `path` hidden by a removal above it? */
  const hidden = (path: string): boolean => {
    if (isUntouched()) return false;
    for (let at = path; ; at = parentOf(at)) {
      const entry = trees.entry(layer, at);
      if (entry?.type === "whiteout") return true;
      if (at !== path && entry?.type === "directory" && entry.opaque === true) return true;
      if (at === "/") return false;
    }
  };
  const below = (path: string): string | undefined => managed[path] ?? (hidden(path) ? undefined : image.file(path));
  const listBelow = (path: string): readonly string[] | undefined => {
    if (!isUntouched()) {
      const entry = trees.entry(layer, path);
      if (hidden(path) || (entry?.type === "directory" && entry.opaque === true)) return undefined;
    }
    const names = image.list(path);
    return path === "/etc" ? [...new Set([...(names ?? []), "hostname", "hosts", "resolv.conf"])].sort(compareStrings) : names;
  };
  const read = (path: string): string | undefined => isUntouched() ? below(path) : trees.read(layer, path) ?? (trees.entry(layer, path) ? undefined : below(path));
  const stat = (path: string): FileStat | undefined => {
    const entry = isUntouched() ? undefined : trees.entry(layer, path);
    if (entry && entry.type !== "whiteout") return trees.stat(layer, path);
    const content = below(path);
    if (content !== undefined) return { type: "file", size: byteLength(content), modified: 0, mode: path.startsWith("/bin/") ? 0o755 : 0o644 };
    return listBelow(path) ? { type: "directory", size: 4096, modified: 0, mode: path === "/tmp" ? 0o1777 : 0o755 } : undefined;
  };
  const list = (path: string): readonly string[] | undefined => {
    if (isUntouched()) return below(path) === undefined ? listBelow(path) : undefined;
    if (stat(path)?.type !== "directory") return undefined;
    const upper = trees.entry(layer, path)?.type === "directory" ? (trees.list(layer, path) ?? []) : [];
    const names = new Set(listBelow(path) ?? []);
    for (const name of upper) {
      if (trees.entry(layer, joinPath(path, name))?.type === "whiteout") names.delete(name);
      else names.add(name);
    }
    return [...names].sort(compareStrings);
  };
  /** The folder a file is to be written in must exist in either layer; the upper one then gets it too. */
  const parentReady = (path: string): FileError | undefined => {
    const parent = stat(parentOf(path));
    if (!parent) return "ENOENT";
    if (parent.type !== "directory") return "ENOTDIR";
    trees.makeDirectory(layer, parentOf(path), true, now);
    return undefined;
  };
  return {
    read,
    stat,
    list,
    write(path, content, added) {
      if (stat(path)?.type === "directory") return "EISDIR";
      return parentReady(path) ?? trees.write(layer, path, content, now, undefined, added);
    },
    fill(path, bytes) {
      if (stat(path)?.type === "directory") return "EISDIR";
      return parentReady(path) ?? trees.fill(layer, path, bytes, now);
    },
    makeDirectory(path, parents) {
      if (stat(path)) return parents && stat(path)?.type === "directory" ? undefined : "EEXIST";
      if (parents) for (const above of ancestors(path)) if (!stat(above)) trees.makeDirectory(layer, above, true, now, 0o755, hidden(above));
      return parentReady(path) ?? trees.makeDirectory(layer, path, false, now, 0o755, hidden(path));
    },
    remove(path, recursive) {
      const found = stat(path);
      if (!found) return "ENOENT";
      if (found.type === "directory" && !recursive) return (list(path) ?? []).length > 0 ? "ENOTEMPTY" : "EISDIR";
      const inImage = below(path) !== undefined || listBelow(path) !== undefined;
      if (inImage) trees.whiteout(layer, path, now);
      else return trees.remove(layer, path, recursive, now);
      return undefined;
    },
    chmod(path, mode) {
      const found = stat(path);
      if (!found) return "ENOENT";
      if (!trees.stat(layer, path)) {
        const problem = parentReady(path);
        if (problem) return problem;
        if (found.type === "file") trees.write(layer, path, read(path) ?? "", now);
        else trees.makeDirectory(layer, path, true, now);
      }
      return trees.chmod(layer, path, mode);
    },
  };
}

function ancestors(path: string): readonly string[] {
  const list: string[] = [];
  for (let at = parentOf(path); at !== "/"; at = parentOf(at)) list.unshift(at);
  return baseName(path) === "" ? [] : list;
}
