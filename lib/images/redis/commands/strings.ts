import { change, count, decimal, fits, held, keys, peek, put, read, remove, span, syntax, whole } from "../keyspace";
import { command, type Call, type Commands } from "../model";
import { bulk, bulks, integer, OK, Refused, type Reply } from "../reply";
import { expiryOf } from "./expiry";

const LONGEST = 512 * 1024 * 1024;
const text = (v: string): { readonly k: "string"; readonly v: string } => ({ k: "string", v });
/** A word of a command. */
const word = ({ words }: Call, at: number): string => words[at] ?? "";

/** Writes down an absolute time instead of a relative one. */
function setUntil(call: Call, key: string, value: string, expires: number | undefined): void {
  put(call, key, text(value), expires);
  if (expires !== undefined) call.instead = [["SET", key, value, "PXAT", String(expires)]];
}

/** `SET key value [NX|XX] [GET] [EX|PX|EXAT|PXAT time | KEEPTTL]` */
function set(call: Call): Reply {
  const [, key = "", value = ""] = call.words;
  const chosen = new Set<string>();
  let expires: number | undefined;
  for (let i = 3; i < call.words.length; i += 1) {
    const option = word(call, i).toUpperCase();
    const timed = ["EX", "PX", "EXAT", "PXAT"].includes(option);
    if (!timed && !["NX", "XX", "GET", "KEEPTTL"].includes(option)) syntax();
    if (timed && (expires !== undefined || chosen.has("KEEPTTL") || i + 1 >= call.words.length)) syntax();
    if (timed) expires = expiryOf(call, option, call.words[(i += 1)], "set");
    chosen.add(option);
  }
  if ((chosen.has("NX") && chosen.has("XX")) || (chosen.has("KEEPTTL") && expires !== undefined)) syntax();
  const before = chosen.has("GET") ? held(call, key, "string")?.v : undefined;
  const exists = peek(call, key) !== undefined;
  const refused = (chosen.has("NX") && exists) || (chosen.has("XX") && !exists);
  if (!refused) setUntil(call, key, value, chosen.has("KEEPTTL") ? peek(call, key)?.expires : expires);
  return chosen.has("GET") ? bulk(before) : refused ? null : OK;
}

function setFor(unit: "EX" | "PX", name: string) {
  return (call: Call): Reply => {
    setUntil(call, word(call, 1), word(call, 3), expiryOf(call, unit, call.words[2], name));
    return OK;
  };
}

function getex(call: Call): Reply {
  const key = word(call, 1);
  const option = word(call, 2).toUpperCase();
  if (call.words.length > 2 && !["EX", "PX", "EXAT", "PXAT", "PERSIST"].includes(option)) syntax();
  const value = read(call, key, "string");
  if (!value || option === "") return bulk(value?.v);
  if (option === "PERSIST") put(call, key, value);
  else setUntil(call, key, value.v, expiryOf(call, option, call.words[3], "getex"));
  if (option === "PERSIST") call.instead = [["PERSIST", key]];
  return bulk(value.v);
}

function setAll(call: Call, onlyNew: boolean): Reply {
  const pairs = call.words.slice(1);
  if (pairs.length % 2 === 1) throw new Refused(`ERR wrong number of arguments for '${word(call, 0).toLowerCase()}' command`);
  const names = pairs.filter((_, i) => i % 2 === 0);
  if (onlyNew && names.some((key) => peek(call, key))) return integer(0);
  names.forEach((key, i) => put(call, key, text(pairs[i * 2 + 1] ?? "")));
  return onlyNew ? integer(1) : OK;
}

function add(call: Call, amount: bigint): Reply {
  const key = word(call, 1);
  const sum = whole(held(call, key, "string")?.v ?? "0") + amount;
  if (!fits(sum)) throw new Refused("ERR increment or decrement would overflow");
  change(call, key, text(String(sum)));
  return integer(sum);
}

function decrease(call: Call): Reply {
  const amount = whole(call.words[2]);
  if (!fits(-amount)) throw new Refused("ERR decrement would overflow");
  return add(call, -amount);
}

/** A sum as Redis writes it: without the noise of the last binary places, and never with an exponent. */
export function floatSum(a: number, b: number): string {
  const sum = a + b;
  if (!Number.isFinite(sum)) throw new Refused("ERR increment would produce NaN or Infinity");
  const [digits = "", exponent] = String(Number(sum.toPrecision(15))).split("e");
  return exponent === undefined ? digits : sum.toFixed(17).replace(/\.?0+$/, "");
}

function addFloat(call: Call): Reply {
  const key = word(call, 1);
  const sum = floatSum(decimal(held(call, key, "string")?.v ?? "0"), decimal(call.words[2]));
  change(call, key, text(sum));
  return bulk(sum);
}

function append(call: Call): Reply {
  const key = word(call, 1);
  const value = (held(call, key, "string")?.v ?? "") + word(call, 2);
  change(call, key, text(value));
  return integer(value.length);
}

function getrange(call: Call): Reply {
  const value = read(call, word(call, 1), "string")?.v ?? "";
  return bulk(value.slice(...span(value.length, count(call.words[2]), count(call.words[3]))));
}

function setrange(call: Call): Reply {
  const at = count(call.words[2]);
  const piece = word(call, 3);
  if (at < 0) throw new Refused("ERR offset is out of range");
  const before = held(call, word(call, 1), "string")?.v ?? "";
  if (piece === "") return integer(before.length);
  if (at + piece.length > LONGEST) throw new Refused("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  // What lies between is zero bytes, and a megabyte of them is all this server makes at once.
  if (at + piece.length > 1_000_000 + before.length) throw new Refused("OOM command not allowed when used memory > 'maxmemory'.");
  const value = before.padEnd(at, "\0").slice(0, at) + piece + before.slice(at + piece.length);
  change(call, word(call, 1), text(value));
  return integer(value.length);
}

function getdel(call: Call): Reply {
  const value = held(call, word(call, 1), "string")?.v;
  if (value !== undefined) remove(call, word(call, 1));
  return bulk(value);
}

function getset(call: Call): Reply {
  const before = held(call, word(call, 1), "string")?.v;
  put(call, word(call, 1), text(word(call, 2)));
  return bulk(before);
}

/** Commands of strings and of the numbers they may be. */
export const strings: Commands = {
  set: command(-3, "wm", set),
  get: command(2, "", (call) => bulk(read(call, word(call, 1), "string")?.v)),
  setnx: command(3, "wm", (call) => {
    if (peek(call, word(call, 1))) return integer(0);
    put(call, word(call, 1), text(word(call, 2)));
    return integer(1);
  }),
  setex: command(4, "wm", setFor("EX", "setex")),
  psetex: command(4, "wm", setFor("PX", "psetex")),
  getset: command(3, "wm", getset),
  getdel: command(2, "w", getdel),
  getex: command(-2, "w", getex),
  mset: command(-3, "wm", (call) => setAll(call, false)),
  msetnx: command(-3, "wm", (call) => setAll(call, true)),
  mget: command(-2, "", (call) =>
    bulks(
      call.words.slice(1).map((key) => {
        const value = peek(call, key)?.value;
        return value?.k === "string" ? read(call, key, "string")?.v : undefined;
      }),
    ),
  ),
  incr: command(2, "wm", (call) => add(call, 1n)),
  decr: command(2, "wm", (call) => add(call, -1n)),
  incrby: command(3, "wm", (call) => add(call, whole(call.words[2]))),
  decrby: command(3, "wm", decrease),
  incrbyfloat: command(3, "wm", addFloat),
  append: command(3, "wm", append),
  strlen: command(2, "", (call) => integer(read(call, word(call, 1), "string")?.v.length ?? 0)),
  getrange: command(4, "", getrange),
  substr: command(4, "", getrange),
  setrange: command(4, "wm", setrange),
};

/** The place of a bit; refused when there is none. */
function bitAt(given: string | undefined): number {
  const at = count(given, "ERR bit offset is not an integer or out of range");
  if (at < 0 || at >= 8_000_000) throw new Refused("ERR bit offset is not an integer or out of range");
  return at;
}

function setbit(call: Call): Reply {
  const at = bitAt(call.words[2]);
  const bit = word(call, 3);
  if (bit !== "0" && bit !== "1") throw new Refused("ERR bit is not an integer or out of range");
  const place = at >> 3;
  const before = (held(call, word(call, 1), "string")?.v ?? "").padEnd(place + 1, "\0");
  const mask = 0x80 >> (at & 7);
  const byte = before.charCodeAt(place);
  change(call, word(call, 1), text(before.slice(0, place) + String.fromCharCode(bit === "1" ? byte | mask : byte & ~mask) + before.slice(place + 1)));
  return integer((byte & mask) !== 0);
}

function getbit(call: Call): Reply {
  const at = bitAt(call.words[2]);
  const value = read(call, word(call, 1), "string")?.v ?? "";
  return integer(((value.charCodeAt(at >> 3) || 0) & (0x80 >> (at & 7))) !== 0);
}

function bitcount(call: Call): Reply {
  const value = read(call, word(call, 1), "string")?.v ?? "";
  if (call.words.length === 3 || call.words.length > 5) syntax();
  const unit = word(call, 4).toUpperCase() === "BIT" ? 8 : 1;
  const [from, to] = call.words.length > 3 ? span(value.length * unit, count(call.words[2]), count(call.words[3])) : [0, value.length * unit];
  let total = 0;
  for (let bit = (from * 8) / unit; bit < (to * 8) / unit; bit += 1) if ((value.charCodeAt(bit >> 3) & (0x80 >> (bit & 7))) !== 0) total += 1;
  return integer(total);
}

/** Commands of the bits of strings. */
export const bits: Commands = { setbit: command(4, "wm", setbit), getbit: command(3, "", getbit), bitcount: command(-2, "", bitcount) };

/** HyperLogLogs begin with this. */
const MARK = "HYLL";
const NO_LOG_LOG = "WRONGTYPE Key is not a valid HyperLogLog string value.";

function counted(call: Call, key: string): readonly string[] {
  const value = held(call, key, "string")?.v ?? MARK;
  if (!value.startsWith(MARK)) throw new Refused(NO_LOG_LOG);
  if (value === MARK) return [];
  const items = jsonIn(value.slice(MARK.length));
  if (!Array.isArray(items) || !items.every((item) => typeof item === "string")) throw new Refused(NO_LOG_LOG);
  return items;
}

/** Somebody may have written such a string by hand. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pfstore(call: Call, key: string, items: readonly string[]): Reply {
  const before = counted(call, key);
  const after = new Set([...before, ...items]);
  const isNew = !keys(call).has(key);
  if (isNew || after.size > before.length) change(call, key, text(MARK + JSON.stringify([...after])));
  return integer(isNew || after.size > before.length);
}

/**
 * HyperLogLogs.
 *
 * @simplified They keep what they count, so that the count is exact and the key grows.
 */
export const logLogs: Commands = {
  pfadd: command(-2, "wm", (call) => pfstore(call, word(call, 1), call.words.slice(2))),
  pfcount: command(-2, "", (call) => integer(new Set(call.words.slice(1).flatMap((key) => counted(call, key))).size)),
  pfmerge: command(-2, "wm", (call) => {
    pfstore(call, word(call, 1), call.words.slice(2).flatMap((key) => counted(call, key)));
    return OK;
  }),
};

