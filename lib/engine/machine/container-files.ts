import { compareStrings } from "../apimachinery/compare";
import type { FileError, FileStat, FileSystem } from "./behaviour";
import type { ImageTree } from "./image-tree";
import type { ContainerRecord, Mount, PodRecord } from "./records";
import { baseName, byteLength, joinPath, normalPath, parentOf, type Trees } from "./trees";

/** The world a container's files are in. */
export interface FilesHost {
  readonly trees: Trees;
  /** When what is written now is written. */
  now(): number;
  /** May this tree be used from this machine? A disk taken away answers with input/output errors. */
  usable(tree: string, node: string): boolean;
  /** Do writes to a tree wait in memory? Then `dirty` is told of a place before it changes, `wholly` with all in it, and `sync` writes trees out. */
  cached(tree: string): boolean;
  dirty(node: string, tree: string, path: string, wholly: boolean): void;
  sync(node: string, trees: ReadonlySet<string>): void;
  takeLock(key: string, process: string): boolean;
  /** Something others can change was looked at: a disk, a share, the machine's own files. */
  sharedTouched(): void;
  /** A file or folder of a pod was changed. */
  filesChanged(uid: string): void;
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

type Change = (tree: string, path: string) => FileError | undefined;
type RootChange = (path: string) => FileError | undefined;

/** The files of a container: image layers, its writable layer, and volumes where they are mounted. What is locked is locked for `process`. */
export class ContainerFiles implements FileSystem {
  private readonly mounts: readonly Mount[];
  private readonly root: RootFiles;
  /** When they were opened. */
  private readonly at: number;

  constructor(
    private readonly host: FilesHost,
    private readonly container: ContainerRecord,
    private readonly pod: PodRecord,
    image: ImageTree | undefined,
    private readonly process: string | undefined,
  ) {
    const { mounts } = container;
    this.mounts = mounts.length < 2 ? mounts : [...mounts].sort((a, b) => b.path.length - a.path.length || compareStrings(a.path, b.path));
    this.at = host.now();
    this.root = new RootFiles(host.trees, image, `c:${container.id}`, pod, this.at);
  }

  read(given: string): string | undefined {
    const { mount, path } = this.place(given);
    if (!mount) return this.root.read(path);
    return this.isUsable(mount) ? this.host.trees.read(mount.tree, path) : undefined;
  }
  write(given: string, content: string): FileError | undefined {
    return this.put(given, content, undefined);
  }
  append(given: string, content: string): FileError | undefined {
    const old = this.read(given);
    return this.put(given, (old ?? "") + content, old === undefined ? undefined : content);
  }
  fill(given: string, bytes: number): FileError | undefined {
    return this.change(given, (tree, path) => this.host.trees.fill(tree, path, bytes, this.at), (path) => this.root.fill(path, bytes));
  }
  stat(given: string): FileStat | undefined {
    const { mount, path } = this.place(given);
    if (mount) return this.isUsable(mount) ? this.host.trees.stat(mount.tree, path) : undefined;
    return this.root.stat(path) ?? (this.mountNames(path).length > 0 ? { type: "directory", size: 4096, modified: 0, mode: 0o755 } : undefined);
  }
  list(given: string): readonly string[] | undefined {
    const { mount, path } = this.place(given);
    const names = mount ? (this.isUsable(mount) ? this.host.trees.list(mount.tree, path) : undefined) : this.root.list(path);
    const extra = this.mountNames(given);
    if (extra.length === 0) return names;
    return [...new Set([...(names ?? []), ...extra])].sort(compareStrings);
  }
  makeDirectory(given: string, parents = false): FileError | undefined {
    return this.change(given, (tree, path) => this.host.trees.makeDirectory(tree, path, parents, this.at), (path) => this.root.makeDirectory(path, parents));
  }
  remove(given: string, recursive = false): FileError | undefined {
    return this.change(given, (tree, path) => this.host.trees.remove(tree, path, recursive, this.at), (path) => this.root.remove(path, recursive), recursive);
  }
  chmod(given: string, mode: number): FileError | undefined {
    return this.change(given, (tree, path) => this.host.trees.chmod(tree, path, mode), (path) => this.root.chmod(path, mode));
  }
  setModified(given: string, at: number): FileError | undefined {
    return this.change(given, (tree, path) => this.host.trees.setModified(tree, path, at), (path) => this.root.setModified(path, at));
  }
  sync(): void {
    this.host.sync(this.pod.node, new Set(this.mounts.map((mount) => mount.tree)));
  }
  lock(given: string): boolean {
    const { mount, path } = this.place(given);
    return this.process !== undefined && this.host.takeLock(mount ? `${mount.tree}:${path}` : `${this.root.layer}:${path}`, this.process);
  }

  private isUsable(mount: Mount): boolean {
    return this.host.usable(mount.tree, this.pod.node);
  }
  private place(given: string): Place {
    const path = normalPath(given);
    const mount = this.mounts.find((one) => isIn(path, one.path));
    if (!mount) return { mount: undefined, path };
    if (!mount.tree.startsWith("v:") && !mount.tree.startsWith("s:")) this.host.sharedTouched();
    return { mount, path: joinPath(mount.base, path.slice(mount.path.length)) };
  }
  /** Mount points directly inside a folder appear in its listing. */
  private mountNames(path: string): readonly string[] {
    const folder = normalPath(path);
    if (!this.mounts.some((mount) => mount.path !== "/" && mount.path !== folder && isIn(mount.path, folder))) return NO_NAMES;
    return this.mounts.flatMap((mount) => (mount.path !== "/" && (folder === "/" || mount.path.startsWith(`${folder}/`)) ? [mount.path.slice(folder === "/" ? 1 : folder.length + 1).split("/")[0] ?? ""] : []));
  }
  private put(given: string, content: string, added: string | undefined): FileError | undefined {
    if (normalPath(given) === "/dev/null") return undefined;
    return this.change(given, (tree, path) => this.host.trees.write(tree, path, content, this.at, undefined, added), (path) => this.root.write(path, content, added));
  }
  private change(given: string, inMount: Change, inRoot: RootChange, wholly = false): FileError | undefined {
    const problem = this.attempt(given, inMount, inRoot, wholly);
    if (problem === undefined) this.host.filesChanged(this.pod.uid);
    return problem;
  }
  private attempt(given: string, inMount: Change, inRoot: RootChange, wholly: boolean): FileError | undefined {
    const { container, host } = this;
    const { mount, path } = this.place(given);
    // A last message may be left whatever else may not be written.
    const isOpen = path.startsWith("/dev/") || path === (container.terminationMessagePath ?? "/dev/termination-log");
    if (!mount) return isOpen ? inRoot(path) : container.readOnlyRoot === true ? "EROFS" : isForeign(container, undefined, path) ? "EACCES" : inRoot(path);
    if (mount.readOnly) return "EROFS";
    if (!this.isUsable(mount)) return "EIO";
    if (isForeign(container, mount.tree, path)) return "EACCES";
    if (host.cached(mount.tree)) host.dirty(this.pod.node, mount.tree, path, wholly);
    return inMount(mount.tree, path);
  }
}

/** Folders of an image anybody may write in. */
const OPEN = ["/tmp/", "/var/tmp/"];

/**
 * Does a place belong to root while somebody else wants to write there? Folders made for the pod are open to all; disks and the
 * machine's own files are root's, and a disk is shared by `fsGroup`.
 *
 * @simplified Files have no owners of their own: a user the image was not made for writes in `/tmp` and in volumes only.
 */
function isForeign({ runAs }: ContainerRecord, tree: string | undefined, path: string): boolean {
  if (!runAs || runAs.user === 0) return false;
  if (tree === undefined) return runAs.foreign && !OPEN.some((open) => path.startsWith(open));
  if (tree.startsWith("h:")) return true;
  return tree.startsWith("d:") && !runAs.sharesFiles;
}

/** The root file system: the writable layer over the image. */
class RootFiles {
  private touched = false;

  constructor(
    private readonly trees: Trees,
    private readonly image: ImageTree | undefined,
    readonly layer: string,
    private readonly pod: PodRecord,
    private readonly now: number,
  ) {}

  read(path: string): string | undefined {
    if (this.isUntouched()) return this.below(path);
    return this.trees.read(this.layer, path) ?? (this.trees.entry(this.layer, path) ? undefined : this.below(path));
  }
  stat(path: string): FileStat | undefined {
    const entry = this.isUntouched() ? undefined : this.trees.entry(this.layer, path);
    if (entry && entry.type !== "whiteout") return this.trees.stat(this.layer, path);
    const content = this.below(path);
    if (content !== undefined) return { type: "file", size: byteLength(content), modified: 0, mode: path.startsWith("/bin/") ? 0o755 : 0o644 };
    return this.listBelow(path) ? { type: "directory", size: 4096, modified: 0, mode: path === "/tmp" ? 0o1777 : 0o755 } : undefined;
  }
  list(path: string): readonly string[] | undefined {
    if (this.isUntouched()) return this.below(path) === undefined ? this.listBelow(path) : undefined;
    if (this.stat(path)?.type !== "directory") return undefined;
    const upper = this.trees.entry(this.layer, path)?.type === "directory" ? (this.trees.list(this.layer, path) ?? []) : [];
    const names = new Set(this.listBelow(path) ?? []);
    for (const name of upper) {
      if (this.trees.entry(this.layer, joinPath(path, name))?.type === "whiteout") names.delete(name);
      else names.add(name);
    }
    return [...names].sort(compareStrings);
  }
  write(path: string, content: string, added?: string): FileError | undefined {
    if (this.stat(path)?.type === "directory") return "EISDIR";
    return this.parentReady(path) ?? this.trees.write(this.layer, path, content, this.now, undefined, added);
  }
  fill(path: string, bytes: number): FileError | undefined {
    if (this.stat(path)?.type === "directory") return "EISDIR";
    return this.parentReady(path) ?? this.trees.fill(this.layer, path, bytes, this.now);
  }
  makeDirectory(path: string, parents: boolean): FileError | undefined {
    const found = this.stat(path);
    if (found) return parents && found.type === "directory" ? undefined : "EEXIST";
    if (parents) for (const above of ancestors(path)) if (!this.stat(above)) this.trees.makeDirectory(this.layer, above, true, this.now, 0o755, this.isHidden(above));
    return this.parentReady(path) ?? this.trees.makeDirectory(this.layer, path, false, this.now, 0o755, this.isHidden(path));
  }
  remove(path: string, recursive: boolean): FileError | undefined {
    const found = this.stat(path);
    if (!found) return "ENOENT";
    if (found.type === "directory" && !recursive) return (this.list(path) ?? []).length > 0 ? "ENOTEMPTY" : "EISDIR";
    const inImage = this.below(path) !== undefined || this.listBelow(path) !== undefined;
    if (!inImage) return this.trees.remove(this.layer, path, recursive, this.now);
    this.trees.whiteout(this.layer, path, this.now);
    return undefined;
  }
  chmod(path: string, mode: number): FileError | undefined {
    const found = this.stat(path);
    if (!found) return "ENOENT";
    if (!this.trees.stat(this.layer, path)) {
      const problem = this.parentReady(path);
      if (problem) return problem;
      if (found.type === "file") this.trees.write(this.layer, path, this.read(path) ?? "", this.now);
      else this.trees.makeDirectory(this.layer, path, true, this.now);
    }
    return this.trees.chmod(this.layer, path, mode);
  }
  setModified(path: string, at: number): FileError | undefined {
    // What is the image's comes into the layer first.
    return this.chmod(path, this.stat(path)?.mode ?? 0o644) ?? this.trees.setModified(this.layer, path, at);
  }

  /** Has nothing been written over the image? Then its own files are all there are. */
  private isUntouched(): boolean {
    return !this.touched && !(this.touched = this.trees.exists(this.layer));
  }
  /** Is what the image has at `path` hidden by a removal above it? */
  private isHidden(path: string): boolean {
    if (this.isUntouched()) return false;
    for (let at = path; ; at = parentOf(at)) {
      const entry = this.trees.entry(this.layer, at);
      if (entry?.type === "whiteout") return true;
      if (at !== path && entry?.type === "directory" && entry.opaque === true) return true;
      if (at === "/") return false;
    }
  }
  private below(path: string): string | undefined {
    return managed(this.pod, path) ?? (this.isHidden(path) ? undefined : this.image?.file(path));
  }
  private listBelow(path: string): readonly string[] | undefined {
    if (!this.isUntouched()) {
      const entry = this.trees.entry(this.layer, path);
      if (this.isHidden(path) || (entry?.type === "directory" && entry.opaque === true)) return undefined;
    }
    const names = this.image?.list(path);
    return path === "/etc" ? [...new Set([...(names ?? []), "hostname", "hosts", "resolv.conf"])].sort(compareStrings) : names;
  }
  /** The folder a file is to be written in must exist in either layer; the upper one then gets it too. */
  private parentReady(path: string): FileError | undefined {
    const parent = this.stat(parentOf(path));
    if (!parent) return "ENOENT";
    if (parent.type !== "directory") return "ENOTDIR";
    this.trees.makeDirectory(this.layer, parentOf(path), true, this.now);
    return undefined;
  }
}

/** A file the kubelet manages. */
function managed(pod: PodRecord, path: string): string | undefined {
  if (path === "/etc/hosts") return pod.hosts;
  if (path === "/etc/hostname") return `${pod.hostname}\n`;
  return path === "/etc/resolv.conf" ? pod.resolvConf : undefined;
}

function ancestors(path: string): readonly string[] {
  const list: string[] = [];
  for (let at = parentOf(path); at !== "/"; at = parentOf(at)) list.unshift(at);
  return baseName(path) === "" ? [] : list;
}
