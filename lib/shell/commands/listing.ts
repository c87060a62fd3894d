import type { Command, CommandIo, FileStat } from "../host";
import { joinPath, resolvePath } from "../path";
import { dateParts } from "./calendar";
import { readArguments } from "./files";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `drwxr-xr-x` and so on. */
export function modeText(stat: FileStat): string {
  const type = { file: "-", directory: "d", symlink: "l", device: "c" }[stat.type];
  return type + [6, 3, 0].map((shift) => ["r", "w", "x"].map((letter, i) => ((stat.mode >> shift) & (4 >> i) ? letter : "-")).join("")).join("");
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

function lineOf({ name, path, stat }: Entry, io: CommandIo, widths: readonly number[], isHuman: boolean): string {
  const { month, day, hour, minute } = dateParts(stat.mtime);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const link = stat.type === "symlink" ? ` -> ${io.fs.readLink?.(path) ?? "?"}` : "";
  const [owner = 0, group = 0, size = 0] = widths;
  const links = stat.type === "directory" ? 2 : 1;
  const shownSize = isHuman ? humanSize(stat.size) : String(stat.size);
  return `${modeText(stat)} ${String(links).padStart(4)} ${stat.owner.padEnd(owner)} ${stat.group.padEnd(group)} ${shownSize.padStart(size)} ${MONTHS[month - 1] ?? ""} ${String(day).padStart(2)} ${pad(hour)}:${pad(minute)} ${name}${link}`;
}

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

function show(entries: Entry[], io: CommandIo, flags: ReadonlyMap<string, string>): string {
  entries.sort((a, b) => (flags.has("t") ? b.stat.mtime - a.stat.mtime : flags.has("S") ? b.stat.size - a.stat.size : 0) || (a.name < b.name ? -1 : 1));
  if (flags.has("r")) entries.reverse();
  if (!flags.has("l")) return entries.map(({ name, stat }) => `${name}${flags.has("F") || flags.has("p") ? (stat.type === "directory" ? "/" : "") : ""}\n`).join("");
  const widest = (of: (entry: Entry) => string): number => Math.max(0, ...entries.map((entry) => of(entry).length));
  const widths = [widest(({ stat }) => stat.owner), widest(({ stat }) => stat.group), widest(({ stat }) => (flags.has("h") ? humanSize(stat.size) : String(stat.size)))];
  return entries.map((entry) => `${lineOf(entry, io, widths, flags.has("h"))}\n`).join("");
}

/** `ls [-l] [-a] [-A] [-1] [-d] [-R] [-t] [-r] [-S] [-h] [PATH…]`; one name a line. */
export const ls: Command = {
  name: "ls",
  run(args, io) {
    const { flags, operands } = readArguments(args, "laA1dRtrShFpinks");
    const paths = operands.length > 0 ? operands : ["."];
    const files: Entry[] = [];
    const directories: { path: string; shown: string }[] = [];
    let stderr = "";
    for (const shown of paths) {
      const path = resolvePath(io.cwd, shown);
      const own = io.fs.lstat(path);
      const stat = flags.has("l") && own?.type === "symlink" ? own : (io.fs.stat(path) ?? own);
      if (!stat) stderr += `ls: ${shown}: No such file or directory\n`;
      else if (stat.type === "directory" && !flags.has("d")) directories.push({ path, shown });
      else files.push({ name: shown, path, stat });
    }
    let stdout = show(files, io, flags);
    const isTitled = paths.length > 1 || flags.has("R");
    for (let i = 0; i < directories.length && i < 2000; i++) {
      const { path, shown } = directories[i] as { path: string; shown: string };
      const entries = (io.fs.list(path) ?? []).flatMap((name): Entry[] => {
        const stat = io.fs.lstat(joinPath(path, name));
        return stat && (flags.has("a") || flags.has("A") || !name.startsWith(".")) ? [{ name, path: joinPath(path, name), stat }] : [];
      });
      if (flags.has("R")) {
        const below = entries.filter(({ stat }) => stat.type === "directory").map((entry) => ({ path: entry.path, shown: joinPath(shown, entry.name) }));
        directories.splice(i + 1, 0, ...below.sort((a, b) => (a.shown < b.shown ? -1 : 1)));
      }
      const own = io.fs.stat(path);
      if (flags.has("a") && own) entries.push({ name: ".", path, stat: own }, { name: "..", path, stat: own });
      if (isTitled) stdout += `${stdout === "" ? "" : "\n"}${shown}:\n`;
      if (flags.has("l")) stdout += `total ${entries.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 4096) * 4, 0)}\n`;
      stdout += show(entries, io, flags);
    }
    return { status: stderr === "" ? 0 : 1, stdout, stderr };
  },
};
