/** `tar`, over files of text. */
import type { Command, CommandIo, CommandResult, FileStat } from "../host";
import { baseOf, parentOf, resolvePath } from "../path";
import { matchPattern } from "../pattern";
import { fromBytes, toBytes } from "./bytes";
import { gunzipped, gzipped } from "./compress";
import { failure, reasonOf } from "./files";
import { modeText } from "./listing";

const BLOCK = 512;

interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly seconds: number;
  readonly content: readonly number[];
  readonly folder: boolean;
}

function header({ name, mode, seconds, content, folder }: Entry): readonly number[] {
  const bytes = new Array<number>(BLOCK).fill(0);
  const put = (at: number, text: string): void => toBytes(text).forEach((byte, i) => (bytes[at + i] = byte));
  const octal = (at: number, width: number, value: number): void => put(at, value.toString(8).padStart(width - 1, "0"));
  const cut = name.length > 100 ? name.lastIndexOf("/", 155) : -1;
  put(0, name.slice(cut + 1).slice(0, 100));
  if (cut > 0) put(345, name.slice(0, cut));
  octal(100, 8, mode);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, content.length);
  octal(136, 12, seconds);
  put(148, "        ");
  put(156, folder ? "5" : "0");
  put(257, "ustar");
  put(263, "00root");
  put(297, "root");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return bytes;
}

/** An archive in the ustar format, as text. */
export function packed(entries: readonly Entry[]): string {
  const blocks = entries.flatMap((entry) => [...header(entry), ...entry.content, ...new Array<number>((BLOCK - (entry.content.length % BLOCK)) % BLOCK).fill(0)]);
  return fromBytes([...blocks, ...new Array<number>(BLOCK * 2).fill(0)]);
}

/** The entries of an archive; undefined when it is none. */
export function unpacked(text: string): readonly Entry[] | undefined {
  const bytes = toBytes(text);
  const entries: Entry[] = [];
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const field = (from: number, length: number): string => fromBytes(bytes.slice(at + from, at + from + length)).replace(/\0[\s\S]*$/, "");
    if (bytes[at] === 0) return entries;
    if (field(257, 5) !== "ustar") return undefined;
    const size = Math.max(0, parseInt(field(124, 12), 8) || 0);
    const prefix = field(345, 155);
    entries.push({ name: `${prefix === "" ? "" : `${prefix}/`}${field(0, 100)}`, mode: parseInt(field(100, 8), 8) || 0o644, seconds: parseInt(field(136, 12), 8) || 0, content: bytes.slice(at + BLOCK, at + BLOCK + size), folder: field(156, 1) === "5" });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}

function collect(io: CommandIo, folder: string, name: string, excluded: readonly string[], found: Entry[], errors: string[]): void {
  const path = resolvePath(folder, name);
  const stat = io.fs.stat(path);
  if (!stat) return void errors.push(`tar: ${name}: No such file or directory`);
  if (excluded.some((one) => matchPattern(one, name) || matchPattern(one, baseOf(name)) || name.endsWith(`/${one}`)) || found.length > 5_000) return;
  const shown = name.replace(/^\/+/, "");
  const common = { mode: stat.mode, seconds: Math.trunc(stat.mtime / 1000) };
  if (stat.type !== "directory") {
    const content = io.fs.readFile(path);
    if ("error" in content) errors.push(`tar: ${name}: ${reasonOf(content.error)}`);
    else found.push({ ...common, name: shown, content: toBytes(content.text), folder: false });
    return;
  }
  if (shown !== "") found.push({ ...common, name: `${shown.replace(/\/$/, "")}/`, content: [], folder: true });
  for (const child of [...(io.fs.list(path) ?? [])].sort((a, b) => (a < b ? -1 : 1))) collect(io, folder, name === "/" ? `/${child}` : `${name.replace(/\/$/, "")}/${child}`, excluded, found, errors);
}

function line(entry: Entry, verbose: boolean): string {
  if (!verbose) return `${entry.name}\n`;
  const stat: FileStat = { type: entry.folder ? "directory" : "file", mode: entry.mode, size: entry.content.length, owner: "root", group: "root", mtime: entry.seconds * 1000 };
  return `${modeText(stat)} root/root ${String(entry.content.length).padStart(9)} ${entry.name}\n`;
}

function extract(io: CommandIo, entries: readonly Entry[], folder: string, verbose: boolean): CommandResult {
  let stdout = "";
  for (const entry of entries) {
    // Nothing is written above the folder asked for.
    const name = entry.name.split("/").filter((part) => part !== ".." && part !== "").join("/");
    const path = resolvePath(folder, name);
    const missing: string[] = [];
    for (let at = entry.folder ? path : parentOf(path); !io.fs.stat(at); at = parentOf(at)) missing.unshift(at);
    const problem = missing.map((at) => io.fs.makeDirectory(at)).find((error) => error !== undefined) ?? (entry.folder ? undefined : io.fs.writeFile(path, fromBytes(entry.content), false));
    if (problem) return { status: 1, stdout, stderr: `tar: can't open '${entry.name}': ${reasonOf(problem)}\n` };
    if (!entry.folder && entry.mode !== 0o644) io.fs.setMode(path, entry.mode);
    if (verbose) stdout += line(entry, false);
  }
  return { status: 0, stdout };
}

interface TarArguments {
  readonly letters: string;
  readonly file: string;
  readonly folder: string;
  readonly excluded: readonly string[];
  readonly names: readonly string[];
  /** Steps taken off the front of every name. */
  readonly stripped: number;
}

const LONG_LETTERS: Readonly<Record<string, string>> = { create: "c", extract: "x", get: "x", list: "t", verbose: "v", gzip: "z", gunzip: "z", "to-stdout": "O", "keep-old-files": "k", "preserve-permissions": "p" };
const LONG_VALUED: Readonly<Record<string, string>> = { file: "f", directory: "C", "files-from": "T", exclude: "exclude", "exclude-from": "X", "strip-components": "strip", strip: "strip", owner: "", group: "", mode: "", transform: "" };

function tarArguments(args: readonly string[], io: CommandIo): TarArguments {
  const rest = [...args];
  let letters = "";
  let file = "-";
  let folder = io.cwd;
  let stripped = 0;
  const excluded: string[] = [];
  const names: string[] = [];
  const listIn = (path: string): string[] => {
    const content = path === "-" ? { text: io.stdin } : io.fs.readFile(resolvePath(io.cwd, path));
    return "text" in content ? content.text.split("\n").filter((name) => name !== "") : [];
  };
  const take = (letter: string, value: string): void => {
    if (letter === "f") file = value;
    else if (letter === "C") folder = resolvePath(folder, value);
    else if (letter === "T") names.push(...listIn(value));
    else if (letter === "X") excluded.push(...listIn(value));
    else if (letter === "exclude") excluded.push(value);
    else if (letter === "strip") stripped = Number(value) || 0;
  };
  // The first word may lack its dash.
  if (/^[cxtzvfpjJkmOCTX]+$/.test(rest[0] ?? "")) rest[0] = `-${rest[0] ?? ""}`;
  for (let i = 0; i < rest.length; i += 1) {
    const arg = rest[i] ?? "";
    const long = /^--([a-z-]+)(?:=([^]*))?$/.exec(arg);
    if (long) {
      const name = long[1] ?? "";
      if (Object.hasOwn(LONG_VALUED, name)) take(LONG_VALUED[name] ?? "", long[2] ?? rest[(i += 1)] ?? "");
      else letters += LONG_LETTERS[name] ?? "";
    } else if (arg.startsWith("-") && arg !== "-") {
      for (let j = 1; j < arg.length; j += 1) {
        const letter = arg[j] ?? "";
        if (!"fCTX".includes(letter)) {
          letters += letter;
          continue;
        }
        // An old bundle (`czfv`) goes on after its letters; the value is the next word.
        const isGlued = j + 1 < arg.length && letter !== "f";
        take(letter, isGlued ? arg.slice(j + 1) : (rest[(i += 1)] ?? ""));
        if (isGlued) break;
      }
    } else names.push(arg);
  }
  return { letters, file, folder, excluded, names, stripped };
}

/** `tar c|x|t [z] [v] [f FILE] [-C FOLDER] [NAME…]` */
export const tar: Command = {
  name: "tar",
  readsStdin(args) {
    const { letters, file } = tarArguments(args, { cwd: "/", stdin: "", fs: { readFile: () => ({ error: "ENOENT" }) } as unknown as CommandIo["fs"] } as CommandIo);
    return (file === "-" && /[xt]/.test(letters)) || args.some((arg, i) => arg === "-T-" || (arg === "-" && args[i - 1] === "-T"));
  },
  run(args, io) {
    const { letters, file, folder, excluded, names, stripped } = tarArguments(args, io);
    if (letters.includes("c")) {
      if (names.length === 0) return failure("tar", "empty archive");
      const found: Entry[] = [];
      const errors: string[] = [];
      for (const name of names) collect(io, folder, name, excluded, found, errors);
      const archive = letters.includes("z") ? gzipped(packed(found)) : packed(found);
      const listed = letters.includes("v") ? found.map((entry) => line(entry, false)).join("") : "";
      const stderr = errors.map((text) => `${text}\n`).join("") + (errors.length > 0 ? "tar: error exit delayed from previous errors\n" : "");
      if (file === "-") return { status: errors.length > 0 ? 1 : 0, stdout: archive, stderr: listed + stderr };
      const problem = io.fs.writeFile(resolvePath(io.cwd, file), archive, false);
      return problem ? failure("tar", `can't open '${file}': ${reasonOf(problem)}`) : { status: errors.length > 0 ? 1 : 0, stdout: listed, stderr };
    }
    if (!/[xt]/.test(letters)) return { status: 1, stderr: "BusyBox v1.37.0 () multi-call binary.\n\nUsage: tar c|x|t [-ZzJjahmvokO] [-f TARFILE] [-C DIR] [-T FILE] [-X FILE] [FILE]...\n" };
    const content = file === "-" ? { text: io.stdin } : io.fs.readFile(resolvePath(io.cwd, file));
    if ("error" in content) return failure("tar", `can't open '${file}': ${reasonOf(content.error)}`);
    const entries = unpacked(gunzipped(content.text) ?? content.text);
    if (!entries || content.text === "") return failure("tar", content.text === "" ? "short read" : "invalid tar magic");
    const plain = (name: string): string => name.replace(/^\.\//, "").replace(/\/$/, "");
    const wanted = names.map(plain);
    const fits = (name: string, one: string): boolean => plain(name) === one || plain(name).startsWith(`${one}/`) || matchPattern(one, plain(name));
    const chosen = entries.filter(({ name }) => (wanted.length === 0 || wanted.some((one) => fits(name, one))) && !excluded.some((one) => matchPattern(one, plain(name)) || plain(name).split("/").includes(one)));
    const missing = wanted.filter((one) => !entries.some(({ name }) => fits(name, one)));
    const complaint = missing.map((one) => `tar: ${one}: not found in archive\n`).join("");
    const isVerbose = letters.includes("v");
    if (letters.includes("t")) return { status: missing.length > 0 ? 1 : 0, stdout: chosen.map((entry) => line(entry, isVerbose)).join(""), stderr: complaint };
    if (letters.includes("O")) return { status: missing.length > 0 ? 1 : 0, stdout: chosen.map(({ content: bytes }) => fromBytes(bytes)).join(""), stderr: complaint };
    const named = chosen.map((entry) => ({ ...entry, name: entry.name.split("/").slice(stripped).join("/") })).filter(({ name }) => name !== "");
    const result = extract(io, stripped > 0 ? named : chosen, folder, isVerbose);
    return missing.length > 0 ? { ...result, status: 1, stderr: (result.stderr ?? "") + complaint } : result;
  },
};
