import { keys, NOT_INTEGER, peek, put, remove, syntax, whole } from "../keyspace";
import { command, type Call, type Commands } from "../model";
import { integer, Refused, type Reply } from "../reply";

/** A moment far enough away for anybody. */
const LATEST = 9_000_000_000_000_000;

/** When something expires that was given `EX`, `PX`, `EXAT` or `PXAT` and a number, in milliseconds since 1970. Only times that can be are taken. */
export function expiryOf({ server }: Call, unit: string, given: string | undefined, name: string): number {
  const amount = whole(given, NOT_INTEGER);
  const at = Number(amount) * (unit.startsWith("E") ? 1000 : 1) + (unit.endsWith("AT") ? 0 : server.now);
  if (amount <= 0n || at > LATEST) throw new Refused(`ERR invalid expire time in '${name}' command`);
  return at;
}

/** `EXPIRE key time [NX|XX|GT|LT]` in its four forms: a time that has passed removes the key. */
function expire(perUnit: number, isAbsolute: boolean) {
  return (call: Call): Reply => {
    const { words, server } = call;
    const [name = "", key = "", given] = words;
    const at = Number(whole(given)) * perUnit + (isAbsolute ? 0 : server.now);
    if (at > LATEST || at < -LATEST) throw new Refused(`ERR invalid expire time in '${name.toLowerCase()}' command`);
    const options = words.slice(3).map((word) => word.toUpperCase());
    const odd = options.findIndex((option) => !["NX", "XX", "GT", "LT"].includes(option));
    if (odd >= 0) throw new Refused(`ERR Unsupported option ${words[odd + 3] ?? ""}`);
    if (options.includes("NX") && options.length > 1) throw new Refused("ERR NX and XX, GT or LT options at the same time are not compatible");
    if (options.includes("GT") && options.includes("LT")) throw new Refused("ERR GT and LT options at the same time are not compatible");
    const entry = peek(call, key);
    if (!entry) return integer(0);
    const before = entry.expires ?? Infinity;
    const hindered = (options.includes("NX") && entry.expires !== undefined) || (options.includes("XX") && entry.expires === undefined) || (options.includes("GT") && at <= before) || (options.includes("LT") && at >= before);
    if (hindered) return integer(0);
    if (at <= server.now && server.now > 0) {
      remove(call, key);
      call.instead = [["DEL", key]];
    } else {
      put(call, key, entry.value, at);
      call.instead = [["PEXPIREAT", key, String(at)]];
    }
    return integer(1);
  };
}

/** What is left of a key's time: -1 when it has no end, -2 when there is no key. */
function left(perUnit: number, isAbsolute: boolean) {
  return (call: Call): Reply => {
    const entry = peek(call, call.words[1] ?? "");
    if (entry?.expires === undefined) return integer(entry ? -1 : -2);
    const time = entry.expires - (isAbsolute ? 0 : call.server.now);
    return integer(isAbsolute || perUnit === 1 ? Math.trunc(time / perUnit) : Math.trunc((time + perUnit / 2) / perUnit));
  };
}

function persist(call: Call): Reply {
  const key = call.words[1] ?? "";
  const entry = peek(call, key);
  if (entry?.expires === undefined) return integer(0);
  put(call, key, entry.value);
  return integer(1);
}

function touch(call: Call): Reply {
  const found = call.words.slice(1).filter((key) => {
    const entry = peek(call, key);
    if (entry) keys(call).set(key, { ...entry, used: call.server.now });
    return entry !== undefined;
  });
  return integer(found.length);
}

function object(call: Call): Reply {
  const [, what = "", key = ""] = call.words;
  const verb = what.toUpperCase();
  if (!["ENCODING", "IDLETIME", "REFCOUNT", "FREQ"].includes(verb)) throw new Refused(`ERR unknown subcommand '${what}'. Try OBJECT HELP.`);
  if (call.words.length !== 3) syntax();
  const entry = peek(call, key);
  if (!entry) return null;
  if (verb === "IDLETIME") return integer(Math.trunc((call.server.now - entry.used) / 1000));
  if (verb === "REFCOUNT") return integer(1);
  if (verb === "FREQ") throw new Refused("ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.");
  return { bulk: encodingOf(entry.value) };
}

const isInteger = (text: string): boolean => /^(0|-?[1-9]\d{0,17})$/.test(text);

/** How Redis 7 keeps a value in memory. */
function encodingOf(value: NonNullable<ReturnType<typeof peek>>["value"]): string {
  if (value.k === "string") return isInteger(value.v) ? "int" : value.v.length <= 44 ? "embstr" : "raw";
  if (value.k === "stream") return "stream";
  const texts = value.v.flatMap((item) => item);
  const isSmall = value.v.length <= 128 && texts.every((text) => text.length <= 64);
  if (value.k === "list") return texts.reduce((sum, text) => sum + text.length + 11, 0) <= 8192 ? "listpack" : "quicklist";
  if (value.k === "set") return value.v.length <= 512 && texts.every(isInteger) ? "intset" : isSmall ? "listpack" : "hashtable";
  return isSmall || (value.k === "hash" && value.v.length <= 512 && texts.every((text) => text.length <= 64)) ? "listpack" : value.k === "hash" ? "hashtable" : "skiplist";
}

/** Commands of the time keys have, and of their use. */
export const expiries: Commands = {
  expire: command(-3, "w", expire(1000, false)),
  pexpire: command(-3, "w", expire(1, false)),
  expireat: command(-3, "w", expire(1000, true)),
  pexpireat: command(-3, "w", expire(1, true)),
  ttl: command(2, "", left(1000, false)),
  pttl: command(2, "", left(1, false)),
  expiretime: command(2, "", left(1000, true)),
  pexpiretime: command(2, "", left(1, true)),
  persist: command(2, "w", persist),
  touch: command(-2, "", touch),
  object: command(-2, "", object),
};
