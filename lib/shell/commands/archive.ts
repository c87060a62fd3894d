/** `tar`, `gzip` and their like, over files of text. */
import type { Command, CommandIo, CommandResult, FileStat } from "../host";
import { baseOf, joinPath, parentOf, resolvePath } from "../path";
import { fromBytes, toBytes } from "./digests";
import { failure, readArguments, reasonOf } from "./files";
import { modeText } from "./listing";

const BLOCK = 512;
const MAGIC = "\u001f\u008b\b";
const CODES = 2048;

/** A text made smaller: byte sequences seen before become one character. Only {@link gunzipped} reads it. */
export function gzipped(text: string): string {
  const table = new Map<string, number>();
  let out = MAGIC;
  let held = "";
  const put = (piece: string): void => {
    out += String.fromCharCode(piece.length === 1 ? piece.charCodeAt(0) : (table.get(piece) ?? 0));
  };
  for (const byte of toBytes(text)) {
    const next = held + String.fromCharCode(byte);
    if (next.length === 1 || table.has(next)) {
      held = next;
      continue;
    }
    put(held);
    if (table.size + 256 < CODES) table.set(next, table.size + 256);
    held = String.fromCharCode(byte);
  }
  if (held !== "") put(held);
  return out;
}

/** The text behind {@link gzipped}; undefined when it is none. */
export function gunzipped(data: string): string | undefined {
  if (!data.startsWith(MAGIC)) return undefined;
  const table: string[] = [];
  const bytes: number[] = [];
  let before = "";
  for (let i = MAGIC.length; i < data.length; i += 1) {
    const code = data.charCodeAt(i);
    const known = code < 256 ? String.fromCharCode(code) : table[code - 256];
    // A piece may be used in the very step that makes it.
    const piece = known ?? (before !== "" && code - 256 === table.length ? before + (before[0] ?? "") : undefined);
    if (piece === undefined) return undefined;
    for (let j = 0; j < piece.length; j += 1) bytes.push(piece.charCodeAt(j));
    if (before !== "" && table.length + 256 < CODES) table.push(before + (piece[0] ?? ""));
    before = piece;
  }
  return fromBytes(bytes);
}

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
  if (excluded.some((one) => name === one || baseOf(name) === one) || found.length > 5_000) return;
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
}

function tarArguments(args: readonly string[], io: CommandIo): TarArguments {
  const rest = [...args];
  let letters = "";
  let file = "-";
  let folder = io.cwd;
  const excluded: string[] = [];
  const names: string[] = [];
  // The first word may lack its dash.
  if (/^[cxtzvfpjJkmO]+$/.test(rest[0] ?? "")) rest[0] = `-${rest[0] ?? ""}`;
  for (let i = 0; i < rest.length; i += 1) {
    const arg = rest[i] ?? "";
    if (arg === "--exclude") excluded.push(rest[(i += 1)] ?? "");
    else if (arg.startsWith("--exclude=")) excluded.push(arg.slice(10));
    else if (arg === "--directory") folder = resolvePath(folder, rest[(i += 1)] ?? "");
    else if (arg.startsWith("--")) letters += { "--create": "c", "--extract": "x", "--list": "t", "--verbose": "v", "--gzip": "z" }[arg] ?? "";
    else if (arg.startsWith("-") && arg !== "-") {
      for (let j = 1; j < arg.length; j += 1) {
        const letter = arg[j] ?? "";
        if (letter !== "f" && letter !== "C") {
          letters += letter;
          continue;
        }
        const given = j + 1 < arg.length && letter === "C" ? arg.slice(j + 1) : (rest[(i += 1)] ?? "");
        if (letter === "f") file = given;
        else folder = resolvePath(folder, given);
        if (letter === "C") break;
      }
    } else names.push(arg);
  }
  return { letters, file, folder, excluded, names };
}

/** `tar c|x|t [z] [v] [f FILE] [-C FOLDER] [NAME…]` */
export const tar: Command = {
  name: "tar",
  readsStdin(args) {
    const { letters, file } = tarArguments(args, { cwd: "/" } as CommandIo);
    return file === "-" && /[xt]/.test(letters);
  },
  run(args, io) {
    const { letters, file, folder, excluded, names } = tarArguments(args, io);
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
    const wanted = names.map((name) => name.replace(/^\.\//, "").replace(/\/$/, ""));
    const chosen = entries.filter(({ name }) => wanted.length === 0 || wanted.some((one) => name.replace(/^\.\//, "").replace(/\/$/, "") === one || name.replace(/^\.\//, "").startsWith(`${one}/`)));
    if (letters.includes("t")) return { status: 0, stdout: chosen.map((entry) => line(entry, letters.includes("v"))).join("") };
    return extract(io, chosen, folder, letters.includes("v"));
  },
};

/**
 * `gzip`, `gunzip`, `zcat`: round trips only.
 *
 * @simplified Files are made smaller in a way of our own, so that they stay text.
 */
function zip(name: string): Command {
  const unpacks = (args: readonly string[]): boolean => name !== "gzip" || args.some((arg) => /^-\w*d/.test(arg) || arg === "--decompress");
  const parse = (args: readonly string[]) => readArguments(args, "dckfvrn123456789", "S", { decompress: "d", stdout: "c", keep: "k", force: "f" });
  return {
    name,
    readsStdin: (args) => parse(args).operands.every((operand) => operand === "-"),
    run(args, io) {
      const { flags, operands } = parse(args);
      const back = unpacks(args);
      const turn = (text: string): string | undefined => (back ? gunzipped(text) : gzipped(text));
      if (operands.every((operand) => operand === "-")) {
        const out = turn(io.stdin);
        return out === undefined ? failure(name, "invalid magic") : { status: 0, stdout: out };
      }
      let stdout = "";
      for (const operand of operands) {
        const path = resolvePath(io.cwd, operand);
        const content = io.fs.readFile(path);
        if ("error" in content) return { ...failure(name, `${operand}: ${reasonOf(content.error)}`), stdout };
        const out = turn(content.text);
        if (out === undefined) return { ...failure(name, "invalid magic"), stdout };
        if (flags.has("c") || name === "zcat") {
          stdout += out;
          continue;
        }
        if (back && !/\.(gz|tgz)$/.test(operand)) return { ...failure(name, `${operand}: unknown suffix - ignored`), stdout };
        const target = back ? path.replace(/\.gz$/, "").replace(/\.tgz$/, ".tar") : `${path}.gz`;
        if (io.fs.stat(target) && !flags.has("f")) return { ...failure(name, `can't open '${joinPath(parentOf(operand), baseOf(target))}': File exists`), stdout };
        const problem = io.fs.writeFile(target, out, false) ?? (flags.has("k") ? undefined : io.fs.remove(path));
        if (problem) return { ...failure(name, `${operand}: ${reasonOf(problem)}`), stdout };
      }
      return { status: 0, stdout };
    },
  };
}

export const gzip = zip("gzip");
export const gunzip = zip("gunzip");
export const zcat = zip("zcat");
