import type { Call, Entry, Server, Value } from "./model";
import { Refused, WRONG_TYPE } from "./reply";

type Kind = Value["k"];

/** The keys of a database, made when first asked for. */
export function keysOf(server: Server, db: number): Map<string, Entry> {
  const found = server.dbs.get(db) ?? new Map<string, Entry>();
  server.dbs.set(db, found);
  return found;
}

/** The keys a call works on. */
export const keys = ({ server, session }: Call): Map<string, Entry> => keysOf(server, session.db);

/** A key's entry. One whose time has come is removed as it is looked at; a replica only hides it, and waits for its master to remove it. */
export function entryIn(server: Server, db: number, key: string): Entry | undefined {
  const all = keysOf(server, db);
  const entry = all.get(key);
  if (entry?.expires === undefined || server.now === 0 || entry.expires > server.now) return entry;
  if (!server.master) expire(server, db, key);
  return undefined;
}

function expire(server: Server, db: number, key: string): void {
  keysOf(server, db).delete(key);
  server.counts.expired += 1;
  server.dirty += 1;
  server.written.push({ db, words: ["DEL", key] });
}

/** Removes everything whose time has come. */
export function sweep(server: Server, db: number): void {
  for (const key of [...keysOf(server, db).keys()]) entryIn(server, db, key);
}

/** A key's entry as a command sees it. */
export const peek = ({ server, session }: Call, key: string): Entry | undefined => entryIn(server, session.db, key);

/** What a key holds, if it is of that kind. Anything else is refused. */
export function held<K extends Kind>(call: Call, key: string, kind: K): Extract<Value, { k: K }> | undefined {
  const entry = peek(call, key);
  if (!entry) return undefined;
  if (entry.value.k !== kind) throw new Refused(WRONG_TYPE);
  return entry.value as Extract<Value, { k: K }>;
}

/** As {@link held}, for a command that reads: the look is counted, and the key has been used. */
export function read<K extends Kind>(call: Call, key: string, kind: K): Extract<Value, { k: K }> | undefined {
  const { server } = call;
  const value = held(call, key, kind);
  if (value) server.counts.hits += 1;
  else server.counts.misses += 1;
  const entry = keys(call).get(key);
  if (value && entry) keys(call).set(key, { ...entry, used: server.now });
  return value;
}

/** Gives a key a new value and no expiry. */
export function put(call: Call, key: string, value: Value, expires?: number): void {
  keys(call).set(key, { value, used: call.server.now, ...(expires === undefined ? {} : { expires }) });
  call.changed = true;
  call.server.dirty += 1;
}

const isEmpty = (value: Value): boolean => value.k !== "string" && value.k !== "stream" && value.v.length === 0;

/** Changes what a key holds: its expiry stays, and what has become empty is no key any more. */
export function change(call: Call, key: string, value: Value): void {
  if (isEmpty(value)) remove(call, key);
  else put(call, key, value, peek(call, key)?.expires);
}

/** Removes a key; was it there? */
export function remove(call: Call, key: string): boolean {
  if (!peek(call, key)) return false;
  keys(call).delete(key);
  call.changed = true;
  call.server.dirty += 1;
  return true;
}

const LOW = -9223372036854775808n;
const HIGH = 9223372036854775807n;
export const NOT_INTEGER = "ERR value is not an integer or out of range";

/** A whole number of 64 bits; refused when it is none. */
export function whole(text: string | undefined, problem = NOT_INTEGER): bigint {
  if (text === undefined || !/^(0|-?[1-9]\d{0,18})$/.test(text)) throw new Refused(problem);
  const value = BigInt(text);
  if (value < LOW || value > HIGH) throw new Refused(problem);
  return value;
}

/** Does a sum still fit? */
export const fits = (value: bigint): boolean => value >= LOW && value <= HIGH;

/** A whole number that is small enough to count with. */
export const count = (text: string | undefined, problem = NOT_INTEGER): number => Number(whole(text, problem));

/** A number with a point; refused when it is none. */
export function decimal(text: string | undefined, problem = "ERR value is not a valid float"): number {
  const word = (text ?? "").toLowerCase();
  if (/^[+-]?inf(inity)?$/.test(word)) return word.startsWith("-") ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word)) throw new Refused(problem);
  return Number(word);
}

/** A number as Redis writes it. */
export const written = (value: number): string => (value === Infinity ? "inf" : value === -Infinity ? "-inf" : Object.is(value, -0) ? "-0" : String(value));

/** A range of places, where negative ones count from the end: from the first to after the last. */
export function span(length: number, from: number, to: number): readonly [number, number] {
  const begin = Math.max(0, from < 0 ? length + from : from);
  const end = Math.min(length - 1, to < 0 ? length + to : to);
  return begin > end ? [0, 0] : [begin, end + 1];
}

/** Byte order, the order of members with one score. */
export const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const SYNTAX = "ERR syntax error";

/** The refusal of a command line nobody understands. */
export const syntax = (): never => {
  throw new Refused(SYNTAX);
};
