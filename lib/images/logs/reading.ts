import type { FileSystem } from "@/lib/engine";
import { matchPattern } from "@/lib/shell";

/** How far a file has been read: characters, and how it began, by which a file that took its place is told apart. */
export interface Position {
  readonly path: string;
  readonly offset: number;
  readonly head: string;
}

/** A line that was read, and where it began. */
export interface ReadLine {
  readonly path: string;
  readonly offset: number;
  readonly text: string;
}

/** What a look at the files found. */
export interface Harvest {
  readonly lines: readonly ReadLine[];
  /** Positions once these lines are safely delivered. */
  readonly positions: readonly Position[];
  /** Files that were begun anew since the last look. */
  readonly begunAnew: readonly string[];
}

/** How much of a file's beginning tells it apart. */
const HEAD = 256;
/** Most lines taken at one look. */
const BATCH = 1_600;
const MOST_FILES = 500;

/** The files a pattern names, in order. Folders may hold patterns too. */
export function filesNamed(files: FileSystem, pattern: string): readonly string[] {
  let found: readonly string[] = [""];
  for (const part of pattern.split("/").filter((one) => one !== "")) {
    found = found.flatMap((folder) => {
      if (!/[*?[]/.test(part)) return files.stat(`${folder}/${part}`) ? [`${folder}/${part}`] : [];
      const names = files.list(folder === "" ? "/" : folder) ?? [];
      return names.filter((name) => (part === "**" ? true : matchPattern(part, name))).map((name) => `${folder}/${name}`);
    }).slice(0, MOST_FILES);
  }
  return found.filter((path) => files.stat(path)?.type === "file");
}

/**
 * Reads what was added to the files since `positions`: whole lines only. A file that is shorter than what was read of it, or that
 * begins otherwise, was begun anew and is read from its beginning: what nobody had read of it is gone.
 */
export function harvest(files: FileSystem, paths: readonly string[], positions: readonly Position[], fromEnd: boolean): Harvest {
  const known = new Map(positions.map((position) => [position.path, position]));
  const lines: ReadLine[] = [];
  const begunAnew: string[] = [];
  for (const path of paths) {
    const text = files.read(path);
    if (text === undefined) continue;
    const before = known.get(path);
    let offset = before?.offset ?? (fromEnd ? text.length : 0);
    if (before && (text.length < before.offset || !text.startsWith(before.head))) {
      begunAnew.push(path);
      offset = 0;
    }
    while (lines.length < BATCH) {
      const end = text.indexOf("\n", offset);
      if (end < 0) break;
      if (end > offset) lines.push({ path, offset, text: text.slice(offset, end) });
      offset = end + 1;
    }
    known.set(path, { path, offset, head: text.slice(0, Math.min(HEAD, offset)) });
  }
  return { lines, positions: [...known.values()], begunAnew };
}

/** Did anything move? */
export function samePositions(one: readonly Position[], other: readonly Position[]): boolean {
  return one.length === other.length && one.every((position, i) => position.path === other[i]?.path && position.offset === other[i]?.offset && position.head === other[i]?.head);
}
