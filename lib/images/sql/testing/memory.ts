import type { FileSystem } from "@/lib/engine";

/** Files of nowhere, for the tests of what is kept in files. */
export function memory(): FileSystem {
  const files = new Map<string, string>();
  const folders = new Set<string>(["/"]);
  const under = (path: string): string => (path.endsWith("/") ? path : `${path}/`);
  return {
    read: (path) => files.get(path),
    stat: (path) => (files.has(path) ? { type: "file", size: 0, modified: 0, mode: 0o644 } : folders.has(path) ? { type: "directory", size: 0, modified: 0, mode: 0o755 } : undefined),
    list: (path) => (folders.has(path) ? [...new Set([...files.keys(), ...folders].filter((name) => name.startsWith(under(path)) && name !== path).map((name) => name.slice(under(path).length).split("/")[0] ?? ""))].filter((name) => name !== "").sort((a, b) => (a < b ? -1 : 1)) : undefined),
    write: (path, content) => void files.set(path, content),
    append: (path, content) => void files.set(path, (files.get(path) ?? "") + content),
    makeDirectory: (path) => {
      const parts = path.split("/").slice(1);
      parts.forEach((_, i) => folders.add(`/${parts.slice(0, i + 1).join("/")}`));
      return undefined;
    },
    remove: (path) => {
      for (const name of [...files.keys()]) if (name === path || name.startsWith(under(path))) files.delete(name);
      for (const name of [...folders]) if (name === path || name.startsWith(under(path))) folders.delete(name);
      return undefined;
    },
    chmod: () => undefined,
    sync: () => undefined,
    lock: () => true,
  };
}
