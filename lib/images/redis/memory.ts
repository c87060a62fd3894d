import { keysOf } from "./keyspace";
import { setting, type Entry, type Server } from "./model";

/** What a server uses before it has a key. */
const BASE = 960_000;
/** What the process is beyond its data: code, threads, buffers. */
const PROCESS = 8_500_000;

const rounded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** What a key and its value take, about as MEMORY USAGE says. */
export function sizeOf(key: string, { value, expires }: Entry): number {
  const head = 50 + key.length + (expires === undefined ? 0 : 24);
  if (value.k === "string") return rounded(head + value.v.length);
  if (value.k === "stream") return rounded(head + 600 + value.v.reduce((sum, [, fields]) => sum + 24 + lengths(fields), 0));
  if (value.k === "list" || value.k === "set") return rounded(head + 30 + lengths(value.v) + value.v.length * 4);
  return rounded(head + 30 + value.v.reduce((sum, pair) => sum + lengths(pair) + 8, 0));
}

const lengths = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

/** Bytes of all keys. */
export function dataBytes(server: Server): number {
  let total = 0;
  for (const keys of server.dbs.values()) for (const [key, entry] of keys) total += sizeOf(key, entry);
  return total;
}

/** `used_memory`. */
export const usedMemory = (server: Server): number => BASE + dataBytes(server);

/** What the container is charged for. */
export const residentMemory = (server: Server): number => PROCESS + dataBytes(server);

/** A number of bytes as INFO writes it for people. */
export function human(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  const [unit, letter] = bytes < 1_048_576 ? [1024, "K"] : bytes < 1_073_741_824 ? [1_048_576, "M"] : [1_073_741_824, "G"];
  return `${(bytes / Number(unit)).toFixed(2)}${letter}`;
}

/** Whom the policy lets go first; undefined when nobody may. */
function victim(server: Server): readonly [db: number, key: string] | undefined {
  const policy = setting(server, "maxmemory-policy");
  if (policy === "noeviction") return undefined;
  const all = [...server.dbs].flatMap(([db, keys]) => [...keys].filter(([, entry]) => policy.startsWith("allkeys") || entry.expires !== undefined).map(([key, entry]) => ({ db, key, entry })));
  if (all.length === 0) return undefined;
  const worth = (entry: Entry): number => (policy === "volatile-ttl" ? (entry.expires ?? Infinity) : entry.used);
  const found = policy.endsWith("random") ? all[server.process.random(all.length)] : all.reduce((least, one) => (worth(one.entry) < worth(least.entry) ? one : least));
  return found && [found.db, found.key];
}

/**
 * Makes room as the policy says; is there enough then?
 *
 * @simplified The key that was not used for the longest is found exactly, not among five; the LFU policies count as LRU.
 */
export function makesRoom(server: Server): boolean {
  const most = Number(setting(server, "maxmemory"));
  if (most === 0 || server.master) return true;
  let used = usedMemory(server);
  while (used > most) {
    const found = victim(server);
    if (!found) return false;
    const [db, key] = found;
    const entry = keysOf(server, db).get(key);
    if (entry) used -= sizeOf(key, entry);
    keysOf(server, db).delete(key);
    server.counts.evicted += 1;
    server.dirty += 1;
    server.written.push({ db, words: ["DEL", key] });
  }
  return true;
}
