import { statsOf, VERSION } from "./stats";
import { endOf, find, keep, tally, used, type Item, type Store } from "./store";

const KEY = /^[^\s\0-\x20\x7f]{1,250}$/;
const BAD_LINE = "CLIENT_ERROR bad command line format";
const WHOLE = /^\d{1,20}$/;
const SIGNED = /^-?\d{1,12}$/;
const WRAP = 18_446_744_073_709_551_616n;
const STORES = new Set(["set", "add", "replace", "append", "prepend", "cas"]);

interface Talk {
  readonly store: Store;
  readonly bytes: string;
  at: number;
  readonly said: string[];
  over: boolean;
}

/** What a command that stores answers, once its data are here. */
function stored(store: Store, verb: string, key: string, given: Omit<Item, "cas">, version: string | undefined): string {
  const before = find(store, key);
  if (verb === "cas") {
    if (!before) {
      tally(store, "cas_misses");
      return "NOT_FOUND";
    }
    tally(store, String(before.cas) === version ? "cas_hits" : "cas_badval");
    if (String(before.cas) !== version) return "EXISTS";
  }
  if (verb === "add" ? before !== undefined : verb !== "set" && verb !== "cas" && !before) return "NOT_STORED";
  const joins = before !== undefined && (verb === "append" || verb === "prepend");
  const value = joins ? (verb === "append" ? before.value + given.value : given.value + before.value) : given.value;
  if (value.length + key.length + 50 > store.settings.largest) {
    store.items.delete(key);
    return "SERVER_ERROR object too large for cache";
  }
  return keep(store, key, joins ? { ...before, value } : { ...given, value }) ? "STORED" : "SERVER_ERROR out of memory storing object";
}

/** `set KEY FLAGS SECONDS BYTES [VERSION] [noreply]`, and the data on the next line. */
function store(talk: Talk, words: readonly string[]): string | undefined {
  const [verb = "", key = "", flags = "", life = "", length = "", version] = words;
  if (words.length < (verb === "cas" ? 6 : 5)) return "ERROR";
  const silent = words.at(-1) === "noreply";
  if (!KEY.test(key) || !/^\d{1,10}$/.test(flags) || !SIGNED.test(life) || !SIGNED.test(length)) return BAD_LINE;
  const size = Number(length);
  if (size < 0) return "CLIENT_ERROR bad data chunk";
  const end = talk.at + size;
  const data = talk.bytes.slice(talk.at, end);
  // Without all of the data there is nothing to answer yet, and nobody will send more.
  if (talk.bytes.length < end + 2) {
    talk.at = talk.bytes.length;
    return undefined;
  }
  if (talk.bytes.slice(end, end + 2) !== "\r\n") {
    const next = talk.bytes.indexOf("\n", end);
    talk.at = next < 0 ? talk.bytes.length : next + 1;
    return "CLIENT_ERROR bad data chunk";
  }
  talk.at = end + 2;
  tally(talk.store, "cmd_set");
  const answer = stored(talk.store, verb, key, { flags, value: data, until: endOf(talk.store, Number(life)) }, version);
  return silent ? undefined : answer;
}

function get(talk: Talk, words: readonly string[]): string | undefined {
  const [verb = ""] = words;
  const touches = verb === "gat" || verb === "gats";
  const keys = words.slice(touches ? 2 : 1);
  if (keys.length === 0) return "ERROR";
  if (keys.some((key) => !KEY.test(key))) return BAD_LINE;
  if (touches && !SIGNED.test(words[1] ?? "")) return "CLIENT_ERROR invalid exptime argument";
  for (const key of keys) {
    const item = find(talk.store, key);
    tally(talk.store, item ? "get_hits" : "get_misses");
    if (!item) continue;
    used(talk.store, key, touches ? { ...item, until: endOf(talk.store, Number(words[1])) } : item);
    talk.said.push(`VALUE ${key} ${item.flags} ${item.value.length}${verb.endsWith("s") ? ` ${item.cas}` : ""}`, item.value);
  }
  return "END";
}

function count(talk: Talk, [verb = "", key = "", amount = ""]: readonly string[]): string {
  if (!KEY.test(key) || amount === "") return amount === "" ? "ERROR" : BAD_LINE;
  if (!WHOLE.test(amount)) return "CLIENT_ERROR invalid numeric delta argument";
  const item = find(talk.store, key);
  tally(talk.store, `${verb}_${item ? "hits" : "misses"}`);
  if (!item) return "NOT_FOUND";
  const before = item.value.trimEnd();
  if (!WHOLE.test(before)) return "CLIENT_ERROR cannot increment or decrement non-numeric value";
  const [old, by] = [BigInt(before), BigInt(amount)];
  const value = String(verb === "incr" ? (old + by) % WRAP : old > by ? old - by : 0n);
  // A shorter number stands where the longer one was, with blanks after it.
  keep(talk.store, key, { ...item, value: value.padEnd(item.value.length) });
  return value;
}

function remove(talk: Talk, words: readonly string[]): string {
  const key = words[1] ?? "";
  if (words.length < 2) return "ERROR";
  if (words.length > 2 && words[2] !== "0" && words[2] !== "noreply") return `${BAD_LINE}.  Usage: delete <key> [noreply]`;
  if (!KEY.test(key)) return BAD_LINE;
  const found = find(talk.store, key) !== undefined;
  tally(talk.store, found ? "delete_hits" : "delete_misses");
  talk.store.items.delete(key);
  return found ? "DELETED" : "NOT_FOUND";
}

function touch(talk: Talk, [, key = "", life = ""]: readonly string[]): string {
  if (life === "") return "ERROR";
  if (!KEY.test(key)) return BAD_LINE;
  if (!SIGNED.test(life)) return "CLIENT_ERROR invalid exptime argument";
  const item = find(talk.store, key);
  tally(talk.store, item ? "touch_hits" : "touch_misses");
  if (item) used(talk.store, key, { ...item, until: endOf(talk.store, Number(life)) });
  return item ? "TOUCHED" : "NOT_FOUND";
}

function flush({ store: kept }: Talk, words: readonly string[]): string {
  const delay = words[1] === undefined || words[1] === "noreply" ? 0 : Number(words[1]);
  if (!Number.isInteger(delay)) return BAD_LINE;
  tally(kept, "cmd_flush");
  if (delay > 0) kept.flushAt = endOf(kept, delay);
  else kept.items.clear();
  return "OK";
}

function answer(talk: Talk, words: readonly string[], pid: number): string | undefined {
  const [verb = "", first = ""] = words;
  const silent = words.at(-1) === "noreply";
  if (STORES.has(verb)) return store(talk, words);
  const said = ((): string | undefined => {
    switch (verb) {
      case "get":
      case "gets":
      case "gat":
      case "gats":
        return get(talk, words);
      case "incr":
      case "decr":
        return count(talk, words);
      case "delete":
        return remove(talk, words);
      case "touch":
        return touch(talk, words);
      case "flush_all":
        return flush(talk, words);
      case "stats":
        return statsOf(talk.store, first, pid).join("\r\n");
      case "version":
        return `VERSION ${VERSION}`;
      case "verbosity":
        return first === "" ? "ERROR" : "OK";
      case "mn":
        return "MN";
      case "quit":
        talk.over = true;
        return undefined;
      default:
        return "ERROR";
    }
  })();
  return silent ? undefined : said;
}

/**
 * The text protocol: a command a line, stored data after their line. The answer is bytes.
 *
 * @simplified Of the meta commands there is only `mn`.
 */
export function converse(kept: Store, bytes: string, pid: number): string {
  const talk: Talk = { store: kept, bytes, at: 0, said: [], over: false };
  tally(kept, "connections");
  tally(kept, "bytes_read", bytes.length);
  while (talk.at < bytes.length && !talk.over) {
    const end = bytes.indexOf("\n", talk.at);
    // A line without an end is none yet.
    if (end < 0) break;
    const line = bytes.slice(talk.at, end).replace(/\r$/, "");
    talk.at = end + 1;
    const words = line.split(" ").filter((word) => word !== "");
    const said = answer(talk, words, pid);
    if (said !== undefined) talk.said.push(said);
  }
  const body = talk.said.map((line) => `${line}\r\n`).join("");
  tally(kept, "bytes_written", body.length);
  return body;
}
