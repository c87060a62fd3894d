import type { FileSystem } from "./host";
import { escapePattern, isPattern, matchPattern } from "./pattern";
import { resolvePath } from "./path";

const MAX_PATHS = 5_000;

/** Existing paths that match a pattern, in order of code units; relative patterns give relative paths. */
export function globPaths(pattern: string, cwd: string, fs: FileSystem): string[] {
  const isAbsolute = pattern.startsWith("/");
  const steps = pattern.split("/").filter((step, i) => step !== "" || i === 0);
  let found = [isAbsolute ? "/" : ""];
  for (const step of steps) {
    if (step === "") continue;
    const next: string[] = [];
    for (const base of found) {
      const prefix = base === "" || base.endsWith("/") ? base : `${base}/`;
      if (!isPattern(step)) {
        const path = prefix + step.replace(/\\(.)/g, "$1");
        if (fs.lstat(resolvePath(cwd, path))) next.push(path);
        continue;
      }
      for (const name of [...(fs.list(resolvePath(cwd, base === "" ? "." : base)) ?? [])].sort(compareNames)) {
        if (name.startsWith(".") && !step.startsWith(".")) continue;
        if (matchPattern(step, name)) next.push(prefix + name);
        if (next.length > MAX_PATHS) break;
      }
    }
    found = next;
  }
  return found.filter((path) => path !== "" && path !== escapePattern(""));
}

/** Orders names by code unit, as the C locale does. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
