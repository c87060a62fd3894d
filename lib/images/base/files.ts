import type { FileSystem as MachineFiles } from "@/lib/engine";
import type { FileError, FileStat, FileSystem } from "@/lib/shell";

/** 2026-01-01T00:00:00Z, when every cluster is born: shells count from 1970. */
export const EPOCH = 1_767_225_600_000;

/** As much of an endless file as anybody reads at once: a mebibyte. */
const ENDLESS = 1_048_576;
const ZEROS = "\0".repeat(ENDLESS);

/** Bytes that look like chance, the same every time: the cluster has no chance but its seed. */
function noise(): string {
  const bytes: string[] = [];
  let seed = 0x2545_f491;
  for (let i = 0; i < 65_536; i += 1) {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    bytes.push(String.fromCharCode(seed & 0x7f));
  }
  return bytes.join("");
}

/** A container's files as a shell sees them. Everything belongs to root, as in most images. */
export function shellFiles(files: MachineFiles): FileSystem {
  const stat = (path: string): FileStat | undefined => {
    const found = files.stat(path);
    return found && { type: found.type, mode: found.mode, size: found.size, owner: "root", group: "root", mtime: EPOCH + found.modified };
  };
  const copy = (from: string, to: string): FileError | undefined => {
    const names = files.list(from);
    if (names === undefined) return files.write(to, files.read(from) ?? "");
    const made = files.makeDirectory(to);
    if (made !== undefined) return made;
    for (const name of names) {
      const problem = copy(`${from}/${name}`, `${to}/${name}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return {
    stat,
    lstat: stat,
    readFile(path) {
      if (path === "/dev/zero") return { text: ZEROS };
      if (path === "/dev/urandom" || path === "/dev/random") return { text: noise() };
      const found = files.stat(path);
      if (!found) return { error: "ENOENT" };
      if (found.type === "directory") return { error: "EISDIR" };
      return { text: files.read(path) ?? "" };
    },
    writeFile(path, text, append) {
      return append ? files.append(path, text) : files.write(path, text);
    },
    fill: (path, bytes) => files.fill ? files.fill(path, bytes) : files.write(path, "\0".repeat(bytes)),
    sync: () => files.sync?.(),
    list: (path) => files.list(path),
    makeDirectory: (path) => files.makeDirectory(path),
    remove: (path) => files.remove(path, files.list(path)?.length === 0),
    rename: (from, to) => copy(from, to) ?? files.remove(from, true),
    setMode: (path, mode) => files.chmod(path, mode),
    touch(path, at) {
      const text = files.read(path);
      const problem = (text === undefined && files.stat(path)) || (at !== undefined && text !== undefined) ? undefined : files.write(path, text ?? "");
      return problem ?? (at === undefined ? undefined : files.setModified?.(path, at - EPOCH));
    },
  };
}
