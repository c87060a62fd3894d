/** `tar` as `kubectl cp` calls it: a container's files in and out as an archive. */
import type { FileSystem } from "@/lib/engine";
import { bytesOf, textOf } from "./raw-bytes";

/** What a call of tar came to. */
export interface TarOutcome {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly code: number;
}

/** A call of tar, taken apart; `undefined` when it asks for what we do not do. */
export interface TarCall {
  readonly verb: "create" | "extract";
  readonly folder: string;
  readonly paths: readonly string[];
}

/** 2026-01-01T00:00:00Z, the instant every cluster is born, in seconds. */
const EPOCH = 1_767_225_600;
const BLOCK = 512;
const DEEPEST = 64;

/** Reads a command line of tar that reads or writes an archive through its standard streams. */
export function tarCall(command: readonly string[]): TarCall | undefined {
  const [name = "", flags = "", ...rest] = command;
  if (name !== "tar" && !name.endsWith("/tar")) return undefined;
  const letters = flags.replace(/^-/, "");
  if (!/^[cxmvfpo]+$/.test(letters) || !letters.includes("f") || rest[0] !== "-") return undefined;
  const verb = letters.includes("c") ? "create" : letters.includes("x") ? "extract" : undefined;
  if (!verb) return undefined;
  let folder = "";
  const paths: string[] = [];
  for (let i = 1; i < rest.length; i += 1) {
    const word = rest[i] ?? "";
    if (word === "-C") folder = rest[(i += 1)] ?? "";
    else if (!word.startsWith("--")) paths.push(word);
  }
  return { verb, folder, paths };
}

function absolute(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${folder}/${path}`).split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function header(name: string, size: number, mode: number, modified: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const encoded = Buffer.from(name);
  // Long names are split at a slash, as ustar does.
  const cut = encoded.length > 100 ? name.lastIndexOf("/", 155) : -1;
  block.write(cut < 0 ? name.slice(0, 100) : name.slice(cut + 1), 0, 100);
  const octal = (value: number, at: number, width: number): void => void block.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, width);
  octal(mode & 0o7777, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(EPOCH + Math.floor(modified / 1000), 136, 12);
  block.write("        ", 148, 8);
  block.write(type, 156, 1);
  block.write("ustar\u000000root", 257, 12);
  block.write("root", 265, 32);
  block.write("root", 297, 32);
  if (cut >= 0) block.write(name.slice(0, cut), 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, 8);
  return block;
}

function padded(content: Buffer): Buffer {
  const over = content.length % BLOCK;
  return over === 0 ? content : Buffer.concat([content, Buffer.alloc(BLOCK - over)]);
}

function pack(files: FileSystem, path: string, name: string, into: Buffer[], depth: number): void {
  const stat = files.stat(path);
  if (!stat || depth > DEEPEST) return;
  if (stat.type === "file") {
    const content = bytesOf(files.read(path) ?? "");
    into.push(header(name, content.length, stat.mode || 0o644, stat.modified, "0"), padded(content));
    return;
  }
  into.push(header(`${name.replace(/\/$/, "")}/`, 0, stat.mode || 0o755, stat.modified, "5"));
  for (const child of files.list(path) ?? []) pack(files, `${path === "/" ? "" : path}/${child}`, `${name.replace(/\/$/, "")}/${child}`, into, depth + 1);
}

function create(files: FileSystem, { folder, paths }: TarCall): TarOutcome {
  const parts: Buffer[] = [];
  let stderr = "";
  let code = 0;
  for (const path of paths) {
    const place = absolute(folder, path);
    if (!files.stat(place)) {
      stderr += `tar: ${path}: Cannot stat: No such file or directory\n`;
      code = 2;
      continue;
    }
    if (path.startsWith("/")) stderr += "tar: Removing leading `/' from member names\n";
    pack(files, place, path.replace(/^\/+/, ""), parts, 0);
  }
  if (code !== 0) stderr += "tar: Exiting with failure status due to previous errors\n";
  return { stdout: Buffer.concat([...parts, Buffer.alloc(BLOCK * 2)]), stderr, code };
}

function textAt(block: Buffer, at: number, size: number): string {
  const end = block.indexOf(0, at);
  return block.subarray(at, end < 0 || end > at + size ? at + size : end).toString("utf8");
}

function makeFolders(files: FileSystem, path: string): boolean {
  const above = path.slice(0, path.lastIndexOf("/"));
  return above === "" || files.stat(above)?.type === "directory" || files.makeDirectory(above, true) === undefined;
}

function extract(files: FileSystem, { folder }: TarCall, archive: Buffer): TarOutcome {
  let stderr = "";
  const refuse = (name: string, why: string): void => void (stderr += `tar: ${name}: Cannot open: ${why}\n`);
  if (folder !== "" && files.stat(absolute("/", folder))?.type !== "directory") {
    return { stdout: Buffer.alloc(0), stderr: `tar: ${folder}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n`, code: 2 };
  }
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const block = archive.subarray(at, at + BLOCK);
    if (block[0] === 0) break;
    const size = parseInt(textAt(block, 124, 12).trim() || "0", 8);
    const type = String.fromCharCode(block[156] ?? 0);
    if (Number.isNaN(size) || size < 0) return { stdout: Buffer.alloc(0), stderr: "tar: This does not look like a tar archive\n", code: 2 };
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const prefix = textAt(block, 345, 155);
    const name = longName ?? (prefix === "" ? textAt(block, 0, 100) : `${prefix}/${textAt(block, 0, 100)}`);
    longName = type === "L" ? content.toString("utf8").replace(/\0+$/, "") : undefined;
    if (type === "L" || type === "x" || type === "g") continue;
    const place = absolute(folder === "" ? "/" : folder, name.replace(/^\/+/, ""));
    if (type === "5") {
      if (files.stat(place)?.type !== "directory" && files.makeDirectory(place, true) !== undefined) refuse(name, "Read-only file system");
    } else if (!makeFolders(files, place) || files.write(place, textOf(content)) !== undefined) refuse(name, "Permission denied");
  }
  if (stderr !== "") stderr += "tar: Exiting with failure status due to previous errors\n";
  return { stdout: Buffer.alloc(0), stderr, code: stderr === "" ? 0 : 2 };
}

/**
 * Runs tar on a container's files.
 *
 * @simplified Every container has it here.
 */
export function runTar(files: FileSystem, call: TarCall, stdin: Buffer): TarOutcome {
  return call.verb === "create" ? create(files, call) : extract(files, call, stdin);
}
