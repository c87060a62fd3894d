import { compareStrings } from "@/lib/engine";
import { makeFileTree, memoryFileSystem, type FileSystem, type FileTree } from "@/lib/shell";

/** The student's home folder; what the page shows as files lies here. */
export const HOME = "/home/alumno";

/** The student's disk. */
export interface Disk {
  readonly tree: FileTree;
  readonly fs: FileSystem;
  /** Files under the home folder, by path relative to it, in order. */
  files(): ReadonlyMap<string, string>;
  read(path: string): string | undefined;
  write(path: string, text: string): void;
  remove(path: string): void;
}

/** Where a path typed by the student lies: relative to the home folder unless absolute. */
export function absolutePath(path: string): string {
  const full = path.startsWith("/") ? path : `${HOME}/${path.replace(/^~\//, "")}`;
  const parts: string[] = [];
  for (const part of full.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** A disk with these files at home, or the one a tree holds. */
export function createDisk(from: FileTree | Readonly<Record<string, string>>, clock: () => number): Disk {
  const tree = isTree(from) ? copyTree(from) : makeFileTree(Object.fromEntries([[`${HOME}/.profile`, ""], ...Object.entries(from).map(([path, text]) => [absolutePath(path), text] as const)]));
  const fs = memoryFileSystem(tree, { now: clock, owner: "alumno", group: "alumno" });
  const at = (path: string): string | undefined => {
    const entry = tree.entries[absolutePath(path)];
    return entry?.type === "file" ? entry.text : undefined;
  };
  return {
    tree,
    fs,
    files() {
      const paths = Object.keys(tree.entries).filter((path) => path.startsWith(`${HOME}/`) && !path.slice(HOME.length + 1).startsWith(".") && tree.entries[path]?.type === "file");
      return new Map(paths.sort(compareStrings).map((path) => [path.slice(HOME.length + 1), tree.entries[path]?.text ?? ""]));
    },
    read: at,
    write(path, text) {
      const full = absolutePath(path);
      const folders = full.split("/").slice(1, -1);
      folders.reduce((above, name) => {
        const folder = `${above}/${name}`;
        if (!fs.stat(folder)) fs.makeDirectory(folder);
        return folder;
      }, "");
      fs.writeFile(full, text, false);
    },
    remove: (path) => void fs.remove(absolutePath(path)),
  };
}

function isTree(from: FileTree | Readonly<Record<string, string>>): from is FileTree {
  return typeof (from as FileTree).entries === "object";
}

function copyTree(tree: FileTree): FileTree {
  return { entries: Object.fromEntries(Object.entries(tree.entries).map(([path, entry]) => [path, { ...entry }])) };
}
