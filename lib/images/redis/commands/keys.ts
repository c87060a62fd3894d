import { matches } from "../glob";
import { byBytes, count, entryIn, keys, keysOf, NOT_INTEGER, peek, put, remove, sweep, syntax } from "../keyspace";
import { command, setting, type Call, type Commands, type Entry } from "../model";
import { bulk, bulks, integer, OK, Refused, type Reply } from "../reply";

/** Numbers of a database; refused when there is none such. */
function database({ server }: Call, given: string | undefined, problem = NOT_INTEGER): number {
  const db = count(given, problem);
  if (db < 0 || db >= Number(setting(server, "databases"))) throw new Refused("ERR DB index is out of range");
  return db;
}

function alive(call: Call): readonly string[] {
  sweep(call.server, call.session.db);
  return [...keys(call).keys()].filter((key) => peek(call, key));
}

function removeAll(call: Call): Reply {
  return integer(call.words.slice(1).filter((key) => remove(call, key)).length);
}

function rename(call: Call, onlyNew: boolean): Reply {
  const [, from = "", to = ""] = call.words;
  const entry = peek(call, from);
  if (!entry) throw new Refused("ERR no such key");
  if (onlyNew && peek(call, to)) return integer(0);
  if (from !== to) {
    remove(call, from);
    put(call, to, entry.value, entry.expires);
  }
  return onlyNew ? integer(1) : OK;
}

function copy(call: Call): Reply {
  const [, from = "", to = "", ...options] = call.words;
  const { server, session } = call;
  const at = options.findIndex((option) => option.toUpperCase() === "DB");
  const db = at < 0 ? session.db : database(call, options[at + 1]);
  const replaces = options.some((option) => option.toUpperCase() === "REPLACE");
  if (options.length !== (at < 0 ? 0 : 2) + (replaces ? 1 : 0)) syntax();
  if (from === to && db === session.db) throw new Refused("ERR source and destination objects are the same");
  const entry = peek(call, from);
  if (!entry || (entryIn(server, db, to) && !replaces)) return integer(0);
  keysOf(server, db).set(to, { ...entry, used: server.now });
  call.changed = true;
  server.dirty += 1;
  return integer(1);
}

function move(call: Call): Reply {
  const [, key = "", given] = call.words;
  const db = database(call, given);
  if (db === call.session.db) throw new Refused("ERR source and destination objects are the same");
  const entry = peek(call, key);
  if (!entry || entryIn(call.server, db, key)) return integer(0);
  remove(call, key);
  keysOf(call.server, db).set(key, entry);
  return integer(1);
}

function flush(call: Call, which: readonly Map<string, Entry>[]): Reply {
  const [, mode] = call.words;
  if (call.words.length > 2 || (mode !== undefined && !/^(a?sync)$/i.test(mode))) syntax();
  for (const all of which) {
    call.server.dirty += all.size;
    all.clear();
  }
  call.server.dirty += 1;
  call.changed = true;
  return OK;
}

function swap(call: Call): Reply {
  const [a, b] = [database(call, call.words[1], "ERR invalid first DB index"), database(call, call.words[2], "ERR invalid second DB index")];
  const { server } = call;
  const [left, right] = [keysOf(server, a), keysOf(server, b)];
  server.dbs.set(a, right);
  server.dbs.set(b, left);
  server.dirty += 1;
  call.changed = true;
  return OK;
}

/** Options of the SCAN family, from the cursor on. */
export interface Scan {
  readonly begin: number;
  readonly count: number;
  readonly pattern: string;
  readonly kind: string | undefined;
  readonly noValues: boolean;
}

/** Reads a cursor and the options after it. */
export function scanOf(words: readonly string[]): Scan {
  if (!/^\d{1,15}$/.test(words[0] ?? "")) throw new Refused("ERR invalid cursor");
  const scan = { begin: Number(words[0]), count: 10, pattern: "*", kind: undefined as string | undefined, noValues: false };
  for (let i = 1; i < words.length; i += 1) {
    const option = (words[i] ?? "").toUpperCase();
    if (option === "NOVALUES") scan.noValues = true;
    else if (!["MATCH", "COUNT", "TYPE"].includes(option) || i + 1 >= words.length) syntax();
    else {
      const value = words[(i += 1)] ?? "";
      if (option === "MATCH") scan.pattern = value;
      else if (option === "TYPE") scan.kind = value.toLowerCase();
      else scan.count = count(value);
      if (scan.count < 1) syntax();
    }
  }
  return scan;
}

/** One page: the next cursor, and what of the page fits. */
export function page<T>(all: readonly T[], scan: Scan, name: (item: T) => string, shown: (item: T) => readonly string[]): Reply {
  const end = scan.begin + scan.count;
  return [bulk(String(end >= all.length ? 0 : end)), bulks(all.slice(scan.begin, end).filter((item) => matches(scan.pattern, name(item))).flatMap(shown))];
}

/**
 * `SCAN cursor [MATCH pattern] [COUNT n] [TYPE kind]`
 *
 * @simplified Cursors count keys in their order, so that a key removed during a walk may let another be missed.
 */
function scan(call: Call): Reply {
  const asked = scanOf(call.words.slice(1));
  const all = alive(call);
  return page(all, asked, (key) => key, (key) => (asked.kind === undefined || kindOf(peek(call, key)) === asked.kind ? [key] : []));
}

const kindOf = (entry: Entry | undefined): string => entry?.value.k ?? "none";

function sort(call: Call): Reply {
  const [, key = "", ...rest] = call.words;
  const options = rest.map((option) => option.toUpperCase());
  const known = options.every((option) => ["ALPHA", "ASC", "DESC"].includes(option));
  const value = peek(call, key)?.value;
  if (!known) throw new Refused("ERR syntax error");
  if (value && value.k !== "list" && value.k !== "set" && value.k !== "zset") throw new Refused("WRONGTYPE Operation against a key holding the wrong kind of value");
  const items = value === undefined ? [] : value.k === "zset" ? value.v.map(([member]) => member) : value.v;
  const isAlpha = options.includes("ALPHA");
  if (!isAlpha && items.some((item) => Number.isNaN(Number(item)))) throw new Refused("ERR One or more scores can't be converted into double");
  const sorted = [...items].sort((a, b) => (isAlpha ? byBytes(a, b) : Number(a) - Number(b)));
  return bulks(options.includes("DESC") ? sorted.reverse() : sorted);
}

/** Commands of keys, whatever they hold. */
export const keyCommands: Commands = {
  del: command(-2, "w", removeAll),
  unlink: command(-2, "w", removeAll),
  exists: command(-2, "", (call) => integer(call.words.slice(1).filter((key) => peek(call, key)).length)),
  type: command(2, "", (call) => ({ status: kindOf(peek(call, call.words[1] ?? "")) })),
  keys: command(2, "", (call) => bulks(alive(call).filter((key) => matches(call.words[1] ?? "", key)))),
  scan: command(-2, "", scan),
  rename: command(3, "w", (call) => rename(call, false)),
  renamenx: command(3, "w", (call) => rename(call, true)),
  randomkey: command(1, "", (call) => {
    const all = alive(call);
    return bulk(all.length === 0 ? undefined : all[call.server.process.random(all.length)]);
  }),
  dbsize: command(1, "", (call) => integer(keys(call).size)),
  flushdb: command(-1, "w", (call) => flush(call, [keys(call)])),
  flushall: command(-1, "w", (call) => flush(call, [...call.server.dbs.values()])),
  select: command(2, "", (call) => {
    call.session.db = database(call, call.words[1], "ERR invalid DB index");
    return OK;
  }),
  swapdb: command(3, "w", swap),
  copy: command(-3, "wm", copy),
  move: command(3, "w", move),
  sort: command(-2, "", sort),
};
