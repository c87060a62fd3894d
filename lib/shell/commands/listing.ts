import type { Command, CommandIo, FileStat } from "../host";
import { joinPath, resolvePath } from "../path";
import { formatDate } from "./calendar";
import { readArguments, unknownOption } from "./files";
import { compareVersions } from "./sort-order";

/** `drwxr-xr-x` and so on. */
export function modeText({ type, mode }: FileStat): string {
  const bits = [6, 3, 0].map((shift, i) => {
    const special = (mode & (0o4000 >> i)) !== 0;
    const runs = ((mode >> shift) & 1) !== 0;
    const last = special ? (i === 2 ? (runs ? "t" : "T") : runs ? "s" : "S") : runs ? "x" : "-";
    return `${(mode >> shift) & 4 ? "r" : "-"}${(mode >> shift) & 2 ? "w" : "-"}${last}`;
  });
  return { file: "-", directory: "d", symlink: "l", device: "c" }[type] + bits.join("");
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

type Flags = ReadonlyMap<string, string>;

/** `4.0K`, as `-h` shows sizes. */
export function humanSize(bytes: number): string {
  let value = bytes;
  const units = ["", "K", "M", "G", "T"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? String(value) : `${value.toFixed(1)}${units[unit] ?? ""}`;
}

const blocksOf = (stat: FileStat): number => (stat.type === "symlink" ? 0 : Math.ceil(stat.size / 4096) * 4);
const shownSize = (stat: FileStat, flags: Flags): string => (flags.has("h") ? humanSize(stat.size) : String(stat.size));
const idOf = (name: string, io: CommandIo): string => (name === "root" ? "0" : /^\d+$/.test(name) ? name : String(io.identity.uid));

/** A number that stands for a file, the same each time: there are no others to be had. */
function inodeOf(path: string): string {
  let value = 2_166_136_261;
  for (const char of path) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 16_777_619);
  return String((value >>> 0) % 9_000_000 + 1_000_000);
}

function markOf({ stat }: Entry, flags: Flags): string {
  if (stat.type === "directory") return flags.has("F") || flags.has("p") ? "/" : "";
  if (!flags.has("F")) return "";
  if (stat.type === "symlink") return flags.has("l") ? "" : "@";
  return stat.type === "file" && (stat.mode & 0o111) !== 0 ? "*" : "";
}

function nameOf(entry: Entry, flags: Flags, io: CommandIo): string {
  const name = flags.has("Q") ? `"${entry.name.replace(/[\\"]/g, "\\$&")}"` : entry.name;
  const link = flags.has("l") && entry.stat.type === "symlink" ? ` -> ${io.fs.readLink?.(entry.path) ?? "?"}` : "";
  return name + markOf(entry, flags) + link;
}

function longLines(entries: readonly Entry[], io: CommandIo, flags: Flags): string[] {
  const owner = ({ stat }: Entry): string => (flags.has("n") ? idOf(stat.owner, io) : stat.owner);
  const group = ({ stat }: Entry): string => (flags.has("n") ? idOf(stat.group, io) : stat.group);
  const widest = (of: (entry: Entry) => string): number => Math.max(0, ...entries.map((entry) => of(entry).length));
  const widths = [widest(owner), widest(group), widest(({ stat }) => shownSize(stat, flags))] as const;
  return entries.map((entry) => {
    const { stat } = entry;
    const time = formatDate(stat.mtime, flags.has("full") ? "%Y-%m-%d %H:%M:%S.%N +0000" : "%b %e %H:%M");
    const who = `${flags.has("g") ? "" : `${owner(entry).padEnd(widths[0])} `}${flags.has("o") || flags.has("G") ? "" : `${group(entry).padEnd(widths[1])} `}`;
    return `${modeText(stat)} ${String(stat.type === "directory" ? 2 : 1).padStart(4)} ${who}${shownSize(stat, flags).padStart(widths[2])} ${time} ${nameOf(entry, flags, io)}`;
  });
}

function ordered(entries: readonly Entry[], flags: Flags): Entry[] {
  const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const suffix = ({ name }: Entry): string => (name.lastIndexOf(".") > 0 ? name.slice(name.lastIndexOf(".")) : "");
  const first = (a: Entry, b: Entry): number => {
    if (flags.has("S")) return b.stat.size - a.stat.size;
    if (flags.has("t")) return b.stat.mtime - a.stat.mtime;
    if (flags.has("X")) return suffix(a) < suffix(b) ? -1 : suffix(a) > suffix(b) ? 1 : 0;
    return flags.has("v") ? compareVersions(a.name, b.name) : 0;
  };
  const isDirectory = ({ stat }: Entry): number => (stat.type === "directory" ? 0 : 1);
  const sorted = [...entries].sort((a, b) => first(a, b) || byName(a, b));
  if (flags.has("r")) sorted.reverse();
  return flags.has("grouped") ? sorted.sort((a, b) => isDirectory(a) - isDirectory(b)) : sorted;
}

function show(entries: readonly Entry[], io: CommandIo, flags: Flags): string {
  const sorted = ordered(entries, flags);
  const names = flags.has("l") ? longLines(sorted, io, flags) : sorted.map((entry) => nameOf(entry, flags, io));
  const inodes = sorted.map(({ path }) => (flags.has("i") ? `${inodeOf(path)} ` : ""));
  const width = Math.max(0, ...sorted.map(({ stat }) => String(blocksOf(stat)).length));
  const blocks = sorted.map(({ stat }) => (flags.has("s") ? `${String(blocksOf(stat)).padStart(width)} ` : ""));
  const cells = names.map((name, i) => (inodes[i] ?? "") + (blocks[i] ?? "") + name);
  if (flags.has("m") && !flags.has("l")) return cells.length === 0 ? "" : `${cells.join(", ")}\n`;
  return cells.map((cell) => `${cell}\n`).join("");
}

const PLAIN = "laA1dRtrShFpinksgoGmQUXvcuHLCx";
const LONG = { all: "a", "almost-all": "A", directory: "d", recursive: "R", reverse: "r", "human-readable": "h", classify: "F", inode: "i", "numeric-uid-gid": "n", size: "s", "no-group": "G", color: "k", "group-directories-first": "grouped", "full-time": "full", "quote-name": "Q", dereference: "L" };

/** `ls [-l] [-a] [-A] [-1] [-d] [-R] [-t] [-r] [-S] [-X] [-v] [-h] [-F] [-p] [-i] [-s] [-n] [-m] [PATH…]`; one name a line. */
export const ls: Command = {
  name: "ls",
  run(args, io) {
    const { flags: given, operands, unknown } = readArguments(args, PLAIN, "", LONG);
    if (unknown !== undefined) return unknownOption("ls", unknown, 2);
    const isLong = ["n", "g", "o", "full"].some((flag) => given.has(flag));
    const flags: Flags = isLong ? new Map([...given, ["l", ""]]) : given;
    const paths = operands.length > 0 ? operands : ["."];
    const files: Entry[] = [];
    const directories: { path: string; shown: string }[] = [];
    let stderr = "";
    for (const shown of paths) {
      const path = resolvePath(io.cwd, shown);
      const own = io.fs.lstat(path);
      const keepsLink = (flags.has("l") || flags.has("d") || flags.has("F")) && !flags.has("L") && !shown.endsWith("/");
      const stat = keepsLink && own?.type === "symlink" ? own : (io.fs.stat(path) ?? own);
      if (!stat) stderr += `ls: ${shown}: No such file or directory\n`;
      else if (stat.type === "directory" && !flags.has("d")) directories.push({ path, shown });
      else files.push({ name: shown, path, stat });
    }
    let stdout = show(files, io, flags);
    directories.sort((a, b) => (a.shown < b.shown ? -1 : 1));
    const isTitled = paths.length > 1 || flags.has("R");
    for (let i = 0; i < directories.length && i < 2000; i++) {
      const { path, shown } = directories[i] as { path: string; shown: string };
      const entries = entriesOf(path, io, flags);
      if (flags.has("R")) {
        const below = ordered(entries.filter(({ stat, name }) => stat.type === "directory" && name !== "." && name !== ".."), flags).map((entry) => ({ path: entry.path, shown: joinPath(shown, entry.name) }));
        directories.splice(i + 1, 0, ...below);
      }
      if (isTitled) stdout += `${stdout === "" ? "" : "\n"}${shown}:\n`;
      if (flags.has("l") || flags.has("s")) stdout += `total ${entries.reduce((sum, { stat }) => sum + blocksOf(stat), 0)}\n`;
      stdout += show(entries, io, flags);
    }
    return { status: stderr === "" ? 0 : 1, stdout, stderr };
  },
};

function entriesOf(path: string, io: CommandIo, flags: Flags): Entry[] {
  const entries = (io.fs.list(path) ?? []).flatMap((name): Entry[] => {
    const below = joinPath(path, name);
    const stat = (flags.has("L") ? io.fs.stat(below) : undefined) ?? io.fs.lstat(below);
    return stat && (flags.has("a") || flags.has("A") || !name.startsWith(".")) ? [{ name, path: below, stat }] : [];
  });
  const own = io.fs.stat(path);
  const parent = io.fs.stat(resolvePath(path, "..")) ?? own;
  if (flags.has("a") && own && parent) entries.push({ name: ".", path, stat: own }, { name: "..", path: resolvePath(path, ".."), stat: parent });
  return entries;
}
