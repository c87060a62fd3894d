/** What `find` asks of a file. */
import type { CommandIo, FileStat } from "../host";
import { baseOf, parentOf, resolvePath } from "../path";
import { matchPattern } from "../pattern";
import { formatDate } from "./calendar";
import { readDate } from "./date-words";
import { FindError } from "./find-expression";
import { modeText } from "./listing";
import { changeMode } from "./mode";
import { compileRegex } from "./regex";

/** A file `find` came by. */
export interface Found {
  /** As it is shown. */
  readonly path: string;
  readonly absolute: string;
  /** The path given on the command line that led here. */
  readonly start: string;
  readonly depth: number;
  readonly stat: FileStat;
}

const KINDS: Readonly<Record<string, FileStat["type"]>> = { f: "file", d: "directory", l: "symlink", c: "device" };
const UNITS: Readonly<Record<string, number>> = { c: 1, w: 2, b: 512, "": 512, k: 1024, M: 1_048_576, G: 1_073_741_824 };

function compared(text: string, value: number): boolean {
  const wanted = Number(text.replace(/^[-+]/, ""));
  return text.startsWith("+") ? value > wanted : text.startsWith("-") ? value < wanted : value === wanted;
}

/** Links to it, as directories count those inside them. */
export function linksTo(found: Found, io: CommandIo): number {
  if (found.stat.type !== "directory") return 1;
  const inside = (io.fs.list(found.absolute) ?? []).filter((name) => io.fs.lstat(`${found.absolute === "/" ? "" : found.absolute}/${name}`)?.type === "directory");
  return 2 + inside.length;
}

function permits(text: string, mode: number): boolean {
  const mark = /^[-/+]/.exec(text)?.[0] ?? "";
  const wanted = changeMode(text.slice(mark.length), 0, false);
  if (wanted === undefined) return false;
  const own = mode & 0o7777;
  return mark === "" ? own === wanted : mark === "-" ? (own & wanted) === wanted : wanted === 0 || (own & wanted) !== 0;
}

const idOf = (name: string, io: CommandIo): number => (name === "root" ? 0 : /^\d+$/.test(name) ? Number(name) : io.identity.uid);

/** The answer of one test; undefined when it is none. */
export function answer(name: string, value: string, found: Found, io: CommandIo): boolean | undefined {
  const { path, absolute, stat } = found;
  const base = baseOf(path);
  const low = (text: string): string => text.toLowerCase();
  const age = io.now - stat.mtime;
  switch (name) {
    case "-true": case "-daystart": case "-follow": case "-xdev": case "-mount": case "-noleaf": case "-depth": case "-d": case "-regextype": case "-warn": case "-nowarn": return true;
    case "-false": case "-nouser": case "-nogroup": return false;
    case "-name": return matchPattern(value, base);
    case "-iname": return matchPattern(low(value), low(base));
    case "-path": case "-wholename": return matchPattern(value, path);
    case "-ipath": case "-iwholename": return matchPattern(low(value), low(path));
    case "-lname": return stat.type === "symlink" && matchPattern(value, io.fs.readLink?.(absolute) ?? "");
    case "-type": return value.split(",").some((letter) => KINDS[letter] === stat.type);
    case "-xtype": return value.split(",").some((letter) => KINDS[letter] === (io.fs.stat(absolute) ?? stat).type);
    case "-empty": return stat.type === "directory" ? (io.fs.list(absolute) ?? []).length === 0 : stat.type === "file" && stat.size === 0;
    case "-size": {
      const unit = UNITS[/[a-zA-Z]$/.exec(value)?.[0] ?? ""] ?? 512;
      return compared(value.replace(/[a-zA-Z]$/, ""), Math.ceil(stat.size / unit));
    }
    case "-mtime": case "-atime": case "-ctime": return compared(value, Math.floor(age / 86_400_000));
    case "-mmin": case "-amin": case "-cmin": return compared(value, value.startsWith("-") ? Math.floor(age / 60_000) : Math.ceil(age / 60_000));
    case "-newer": {
      const other = io.fs.stat(resolvePath(io.cwd, value));
      if (!other) throw new FindError(`${value}: No such file or directory`);
      return stat.mtime > other.mtime;
    }
    case "-newermt": return stat.mtime > (readDate(value, io.now) ?? Infinity);
    case "-perm": return permits(value, stat.mode);
    case "-user": return stat.owner === value || String(idOf(stat.owner, io)) === value;
    case "-group": return stat.group === value || String(idOf(stat.group, io)) === value;
    case "-uid": return compared(value, idOf(stat.owner, io));
    case "-gid": return compared(value, idOf(stat.group, io));
    case "-links": return compared(value, linksTo(found, io));
    case "-inum": return false;
    case "-regex": case "-iregex": return compileRegex(`^\\(${value}\\)$`, { extended: false, ignoreCase: name === "-iregex" }).test(path);
    case "-samefile": return absolute === resolvePath(io.cwd, value);
    case "-readable": return (stat.mode & 0o444) !== 0;
    case "-writable": return (stat.mode & 0o222) !== 0;
    case "-executable": return stat.type === "directory" || (stat.mode & 0o111) !== 0;
    default: return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\\": "\\", a: "\x07", b: "\b", f: "\f", v: "\v" };

function field(letter: string, found: Found, io: CommandIo): string | undefined {
  const { path, start, stat } = found;
  const below = path === start ? "" : path.slice(start.endsWith("/") ? start.length : start.length + 1);
  switch (letter) {
    case "p": return path;
    case "f": return baseOf(path);
    case "h": return path.includes("/") ? (path.startsWith("/") ? parentOf(path) : path.slice(0, path.lastIndexOf("/"))) : ".";
    case "P": return below;
    case "H": return start;
    case "s": return String(stat.size);
    case "k": return String(Math.ceil(stat.size / 4096) * 4);
    case "b": return String(Math.ceil(stat.size / 4096) * 8);
    case "m": return (stat.mode & 0o7777).toString(8);
    case "M": return modeText(stat);
    case "u": return stat.owner;
    case "g": return stat.group;
    case "U": return String(idOf(stat.owner, io));
    case "G": return String(idOf(stat.group, io));
    case "y": return { file: "f", directory: "d", symlink: "l", device: "c" }[stat.type];
    case "d": return String(found.depth);
    case "n": return String(linksTo(found, io));
    case "l": return stat.type === "symlink" ? (io.fs.readLink?.(found.absolute) ?? "") : "";
    case "t": case "a": case "c": return formatDate(stat.mtime, "%a %b %e %H:%M:%S.%N0 %Y");
    default: return undefined;
  }
}

/** `-printf`: a format filled in for a file. */
export function printed(format: string, found: Found, io: CommandIo): string {
  return format.replace(/\\([0-7]{3}|[^])|%([-0 ]*\d*)(?:[TAC]([^])|([^]))/g, (whole, escaped: string | undefined, width: string | undefined, time: string | undefined, letter: string | undefined) => {
    if (escaped !== undefined) return /^[0-7]{3}$/.test(escaped) ? String.fromCharCode(parseInt(escaped, 8)) : (ESCAPES[escaped] ?? whole);
    if (letter === "%") return "%";
    const { mtime } = found.stat;
    const text = time === "@" ? `${Math.trunc(mtime / 1000)}.${String(mtime % 1000).padStart(3, "0")}0000000` : time === "+" ? formatDate(mtime, "%Y-%m-%d+%H:%M:%S.%N0") : time === undefined ? field(letter ?? "", found, io) : formatDate(mtime, time === "T" || time === "S" ? `%${time}.%N0` : `%${time}`);
    if (text === undefined) return whole;
    const wide = Number(/\d+$/.exec(width ?? "")?.[0] ?? 0);
    return width?.startsWith("-") ? text.padEnd(wide) : text.padStart(wide);
  });
}
