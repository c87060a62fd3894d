/**
 * What survives: a snapshot (`dump.rdb`) and a file of commands (`appendonlydir`), both in the folder `dir`, written and read as text.
 *
 * @simplified Inside the snapshot is JSON after Redis's own signature. The file of commands is written at once, not every second.
 */
import type { FileError } from "@/lib/engine";
import { toBytes, toText } from "../byte-text";
import { savePoints } from "./config";
import { childSays, say } from "./log";
import { dataOf, setting, type DataSet, type Server } from "./model";
import { encodeCommand, readCommands } from "./reply";

const ERRORS: Readonly<Record<FileError, string>> = { ENOENT: "No such file or directory", EISDIR: "Is a directory", ENOTDIR: "Not a directory", EROFS: "Read-only file system", ENOSPC: "No space left on device", EEXIST: "File exists", ENOTEMPTY: "Directory not empty", EACCES: "Permission denied", EIO: "I/O error" };

const folder = (server: Server): string => setting(server, "dir").replace(/\/$/, "");
/** Where the snapshot is. */
export const snapshotPath = (server: Server): string => `${folder(server)}/${setting(server, "dbfilename")}`;
const aofFolder = (server: Server): string => `${folder(server)}/${setting(server, "appenddirname")}`;
const aofName = (server: Server, number: number, kind: "base.rdb" | "incr.aof"): string => `${setting(server, "appendfilename")}.${number}.${kind}`;
const aofPath = (server: Server, kind: "base.rdb" | "incr.aof"): string => `${aofFolder(server)}/${aofName(server, server.aof, kind)}`;
const manifestPath = (server: Server): string => `${aofFolder(server)}/${setting(server, "appendfilename")}.manifest`;

/** The text of a snapshot. */
const snapshot = (server: Server): string => `REDIS${server.version.rdb}${JSON.stringify({ version: server.version.full, at: Math.trunc(server.now / 1000), data: dataOf(server) })}`;

const KINDS = new Set(["string", "list", "hash", "set", "zset", "stream"]);

function isEntry(value: unknown): boolean {
  const { value: kept, used, expires } = value as { readonly value?: { readonly k?: unknown; readonly v?: unknown; readonly last?: unknown } | null; readonly used?: unknown; readonly expires?: unknown };
  if (typeof kept !== "object" || kept === null || typeof used !== "number" || (expires !== undefined && typeof expires !== "number")) return false;
  const { k, v, last } = kept;
  if (typeof k !== "string" || !KINDS.has(k)) return false;
  if (k === "string") return typeof v === "string";
  if (!Array.isArray(v)) return false;
  const isPair = (item: unknown, second: (part: unknown) => boolean): boolean => Array.isArray(item) && item.length === 2 && typeof item[0] === "string" && second(item[1]);
  const isText = (item: unknown): boolean => typeof item === "string";
  if (k === "list" || k === "set") return v.every(isText);
  if (k === "stream") return typeof last === "string" && v.every((item) => isPair(item, (fields) => Array.isArray(fields) && fields.every(isText)));
  return v.every((item) => isPair(item, isText));
}

/** Is this a set of data, as one is written down? It may come from a disk or the network, where anybody can have been. */
export function isDataSet(data: unknown): data is DataSet {
  return Array.isArray(data) && data.every((part: unknown) => Array.isArray(part) && Number.isInteger(part[0]) && Array.isArray(part[1]) && part[1].every((item: unknown) => Array.isArray(item) && typeof item[0] === "string" && typeof item[1] === "object" && item[1] !== null && isEntry(item[1])));
}

/** What a snapshot says; undefined when it is none. */
export function parsed(text: string): { readonly format: string; readonly version: string; readonly at: number; readonly data: DataSet } | undefined {
  if (!/^REDIS\d{4}\{/.test(text)) return undefined;
  try {
    const { version, at, data } = JSON.parse(text.slice(9)) as { readonly version: unknown; readonly at: unknown; readonly data: unknown };
    return typeof version === "string" && typeof at === "number" && isDataSet(data) ? { format: text.slice(5, 9), version, at, data } : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the snapshot; the answer is why it could not. */
function write(server: Server): FileError | undefined {
  const problem = server.process.files.write(snapshotPath(server), snapshot(server));
  if (problem !== undefined) return problem;
  server.process.files.sync?.();
  server.dirty = 0;
  server.savedAt = server.now;
  return undefined;
}

/** SAVE, and the last snapshot before an end. */
export function save(server: Server): boolean {
  const problem = write(server);
  if (problem === undefined) {
    server.saveFailed = false;
    say(server, "DB saved on disk");
    return true;
  }
  say(server, `Failed opening the temp RDB file temp-${server.process.pid}.rdb (in server root dir ${folder(server)}) for saving: ${ERRORS[problem]}`, "#");
  return false;
}

/** BGSAVE: a child writes, and is done at once. */
export function saveInBackground(server: Server): void {
  const pid = 20 + server.process.random(30);
  server.triedAt = server.now;
  say(server, `Background saving started by pid ${pid}`);
  const problem = write(server);
  server.saveFailed = problem !== undefined;
  if (problem !== undefined) {
    childSays(server, pid, `Failed opening the temp RDB file temp-${pid}.rdb (in server root dir ${folder(server)}) for saving: ${ERRORS[problem]}`, "#");
    say(server, "Background saving error", "#");
    return;
  }
  childSays(server, pid, "DB saved on disk");
  childSays(server, pid, "Fork CoW for RDB: current 0 MB, peak 0 MB, average 0 MB");
  say(server, "Background saving terminated with success");
}

/** A snapshot that failed is tried again after so long. */
const RETRY = 5_000;

/** When the next snapshot is due, in milliseconds since 1970; undefined when none is. */
export function nextSave(server: Server): number | undefined {
  const due = savePoints(server.settings).filter(([, changes]) => server.dirty >= changes).map(([seconds]) => server.savedAt + (seconds + 1) * 1000);
  if (due.length === 0) return undefined;
  return Math.max(Math.min(...due), server.saveFailed ? server.triedAt + RETRY : 0);
}

/** Takes a snapshot if a save point has been reached. */
export function saveIfDue(server: Server): void {
  const at = nextSave(server);
  if (at === undefined || at > server.now) return;
  const reached = savePoints(server.settings).find(([seconds, changes]) => server.dirty >= changes && server.now - server.savedAt > seconds * 1000);
  say(server, `${reached?.[1] ?? 1} changes in ${reached?.[0] ?? 0} seconds. Saving...`);
  saveInBackground(server);
}

/** Begins a new pair of append-only files: all that is there, and nothing after it. */
export function beginAppending(server: Server): void {
  const { files } = server.process;
  const before = server.aof === 0 ? [] : [aofPath(server, "base.rdb"), aofPath(server, "incr.aof")];
  server.aof += 1;
  files.makeDirectory(aofFolder(server), true);
  const text = `file ${aofName(server, server.aof, "base.rdb")} seq ${server.aof} type b\nfile ${aofName(server, server.aof, "incr.aof")} seq ${server.aof} type i\n`;
  const problem = files.write(aofPath(server, "base.rdb"), snapshot(server)) ?? files.write(aofPath(server, "incr.aof"), "") ?? files.write(manifestPath(server), text);
  server.aofProblem = problem === undefined ? "" : ERRORS[problem];
  for (const path of problem === undefined ? before : []) files.remove(path);
  files.sync?.();
}

/** Writes down what a step changed. */
export function appendWritten(server: Server): void {
  if (setting(server, "appendonly") !== "yes" || server.written.length === 0) return;
  const { files } = server.process;
  let at = -1;
  const commands = server.written.flatMap(({ db, words }) => {
    const moved = db === at ? [] : [encodeCommand(["SELECT", String(db)])];
    at = db;
    return [...moved, encodeCommand(words)];
  });
  const problem = files.append(aofPath(server, "incr.aof"), toText(commands.join("")));
  if (problem !== undefined && server.aofProblem === "") say(server, `Error writing to the AOF file: ${ERRORS[problem]}`, "#");
  server.aofProblem = problem === undefined ? "" : ERRORS[problem];
  files.sync?.();
}

const take = (server: Server, data: DataSet): number => {
  server.dbs.clear();
  let total = 0;
  for (const [db, keys] of data) {
    const alive = keys.filter(([, { expires }]) => expires === undefined || expires > server.now);
    server.dbs.set(db, new Map(alive));
    total += alive.length;
  }
  return total;
};

/** Reads the snapshot, if there is one. False when it cannot be read: then the server must not start. */
export function loadSnapshot(server: Server): boolean {
  const text = server.process.files.read(snapshotPath(server));
  if (text === undefined || text === "") return true;
  const found = parsed(text);
  const newest = Number(server.version.rdb) + (server.version.full.startsWith("7.2") ? 0 : 1);
  if (!found || Number(found.format) >= newest + 1) {
    const number = /^REDIS(\d{4})/.exec(text)?.[1];
    say(server, number === undefined ? "Wrong signature trying to load DB from file" : found ? `Can't handle RDB format version ${Number(number)}` : "Short read or OOM loading DB. Unrecoverable error, aborting now.", "#");
    say(server, `Fatal error loading the DB, check server logs. Exiting.`, "#");
    return false;
  }
  const all = found.data.reduce((sum, [, keys]) => sum + keys.length, 0);
  const loaded = take(server, found.data);
  say(server, `Loading RDB produced by version ${found.version}`);
  say(server, `RDB age ${Math.max(0, Math.trunc(server.now / 1000) - found.at)} seconds`);
  say(server, "RDB memory usage when created 0.95 Mb");
  say(server, `Done loading RDB, keys loaded: ${loaded}, keys expired: ${all - loaded}.`);
  say(server, "DB loaded from disk: 0.000 seconds");
  return true;
}

/** Takes over a whole set of data, such as a master's. */
export const takeAll = (server: Server, data: DataSet): void => void take(server, data);

/** Reads the append-only files, or begins them. `replay` runs the commands. False when they cannot be read. */
export function loadAppended(server: Server, replay: (commands: readonly (readonly string[])[]) => void): boolean {
  const { files } = server.process;
  const manifest = files.read(manifestPath(server));
  if (manifest === undefined) {
    if (!loadSnapshot(server)) return false;
    beginAppending(server);
    if (server.aofProblem !== "") {
      say(server, `Can't open or create append-only dir ${setting(server, "appenddirname")}: ${server.aofProblem}`, "#");
      return false;
    }
    say(server, `Creating AOF base file ${aofName(server, 1, "base.rdb")} on server start`);
    say(server, `Creating AOF incr file ${aofName(server, 1, "incr.aof")} on server start`);
    return true;
  }
  server.aof = Number(/seq (\d+) type b/.exec(manifest)?.[1] ?? 1);
  const base = parsed(files.read(aofPath(server, "base.rdb")) ?? "");
  if (!base) {
    say(server, `The AOF base file ${aofName(server, server.aof, "base.rdb")} doesn't exist or cannot be read`, "#");
    return false;
  }
  take(server, base.data);
  say(server, "Reading RDB base file on AOF loading...");
  say(server, `DB loaded from base file ${aofName(server, server.aof, "base.rdb")}: 0.000 seconds`);
  replay(readCommands(toBytes(files.read(aofPath(server, "incr.aof")) ?? "")).commands);
  say(server, `DB loaded from incr file ${aofName(server, server.aof, "incr.aof")}: 0.000 seconds`);
  say(server, "DB loaded from append only file: 0.000 seconds");
  say(server, `Opening AOF incr file ${aofName(server, server.aof, "incr.aof")} on server start`);
  return true;
}
