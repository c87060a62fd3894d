import type { FileError, FileSystem } from "@/lib/engine";

const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;
const DENIED = "EACCES" as FileError;

/** A container's files, read directly and written by commands in it, so that what is written has a place in the journal. */
export function filesThrough(files: FileSystem, sh: (script: string, stdin: string) => boolean): FileSystem {
  const done = (worked: boolean): FileError | undefined => (worked ? undefined : DENIED);
  return {
    read: (path) => files.read(path),
    stat: (path) => files.stat(path),
    list: (path) => files.list(path),
    write: (path, content) => done(sh(`cat > ${quoted(path)}`, content)),
    append: (path, content) => done(sh(`cat >> ${quoted(path)}`, content)),
    fill: (path, bytes) => done(sh(`truncate -s ${bytes} ${quoted(path)}`, "")),
    makeDirectory: (path, parents = false) => done(sh(`mkdir ${parents ? "-p " : ""}${quoted(path)}`, "")),
    remove: (path, recursive = false) => done(sh(`rm ${recursive ? "-r " : ""}${quoted(path)}`, "")),
    chmod: (path, mode) => done(sh(`chmod ${mode.toString(8)} ${quoted(path)}`, "")),
    lock: () => true,
  };
}
