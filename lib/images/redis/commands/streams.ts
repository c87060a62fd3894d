import { count, held, peek, put, read, syntax } from "../keyspace";
import { command, type Call, type Commands, type StreamEntry, type Value } from "../model";
import { bulk, integer, NO_ARRAY, Refused, type Reply } from "../reply";
import { groupInfo } from "./groups";
import { idOf, named, order, shown, type Id } from "./stream-ids";

const LAST = Number.MAX_SAFE_INTEGER;

const streamOf = (call: Call, key: string): Extract<Value, { readonly k: "stream" }> => held(call, key, "stream") ?? { k: "stream", v: [], last: "0-0" };

function nextId({ server }: Call, given: string, last: string): Id {
  const [millis, number] = idOf(last, 0);
  if (given === "*") return server.now > millis ? [server.now, 0] : [millis, number + 1];
  const open = /^(\d{1,15})-\*$/.exec(given);
  const id: Id = open ? [Number(open[1]), Number(open[1]) === millis ? number + 1 : 0] : idOf(given, 0);
  if (id[0] === 0 && id[1] === 0) throw new Refused("ERR The ID specified in XADD must be greater than 0-0");
  if (order(id, [millis, number]) <= 0) throw new Refused("ERR The ID specified in XADD is equal or smaller than the target stream top item");
  return id;
}

interface Trim {
  readonly next: number;
  readonly most: number | undefined;
  readonly least: Id | undefined;
}

/** `MAXLEN|MINID [=|~] threshold [LIMIT n]` from a place on, if it is there. */
function trimOf(words: readonly string[], begin: number): Trim {
  const kind = (words[begin] ?? "").toUpperCase();
  if (kind !== "MAXLEN" && kind !== "MINID") return { next: begin, most: undefined, least: undefined };
  const at = /^[=~]$/.test(words[begin + 1] ?? "") ? begin + 2 : begin + 1;
  const next = /^limit$/i.test(words[at + 1] ?? "") ? at + 3 : at + 1;
  const threshold = words[at] ?? "";
  return { next, most: kind === "MAXLEN" ? count(threshold) : undefined, least: kind === "MINID" ? idOf(threshold, 0) : undefined };
}

const trimmed = (entries: readonly StreamEntry[], { most, least }: Trim): readonly StreamEntry[] => {
  const young = least ? entries.filter(([id]) => order(idOf(id, 0), least) >= 0) : entries;
  return most === undefined ? young : young.slice(Math.max(0, young.length - most));
};

function xadd(call: Call): Reply {
  const { words } = call;
  const key = words[1] ?? "";
  const isOld = /^nomkstream$/i.test(words[2] ?? "");
  const trim = trimOf(words, isOld ? 3 : 2);
  const fields = words.slice(trim.next + 1);
  if (fields.length === 0 || fields.length % 2 === 1) throw new Refused("ERR wrong number of arguments for 'xadd' command");
  const stream = streamOf(call, key);
  const id = named(nextId(call, words[trim.next] ?? "", stream.last));
  if (isOld && !peek(call, key)) return null;
  put(call, key, { ...stream, v: trimmed([...stream.v, [id, fields]], trim), last: id }, peek(call, key)?.expires);
  call.instead = [words.with(trim.next, id)];
  return bulk(id);
}

function bound(text: string, isLower: boolean): (id: Id) => boolean {
  if (text === "-" || text === "+") return () => (text === "-") === isLower;
  const isOpen = text.startsWith("(");
  const edge = idOf(isOpen ? text.slice(1) : text, isLower ? 0 : LAST);
  return (id) => (isLower ? order(id, edge) : order(edge, id)) >= (isOpen ? 1 : 0);
}

function range(isReversed: boolean) {
  return (call: Call): Reply => {
    const [, key = "", a = "", b = "", option, given] = call.words;
    if (option !== undefined && (option.toUpperCase() !== "COUNT" || given === undefined)) syntax();
    const [above, below] = isReversed ? [bound(b, true), bound(a, false)] : [bound(a, true), bound(b, false)];
    const found = (read(call, key, "stream")?.v ?? []).filter(([id]) => above(idOf(id, 0)) && below(idOf(id, 0)));
    const most = given === undefined ? undefined : Math.max(0, count(given));
    return (isReversed ? [...found].reverse() : found).slice(0, most).map(shown);
  };
}

/**
 * `XREAD [COUNT n] [BLOCK ms] STREAMS key… id…`
 *
 * @simplified Nobody wakes who waits: with nothing new, the answer is nil when the time is over.
 */
function xread(call: Call): Reply {
  let most: number | undefined;
  let wait = 0;
  let at = 1;
  for (; at < call.words.length && !/^streams$/i.test(call.words[at] ?? ""); at += 2) {
    const option = (call.words[at] ?? "").toUpperCase();
    if (option === "COUNT") most = count(call.words[at + 1]);
    else if (option === "BLOCK") wait = count(call.words[at + 1], "ERR timeout is not an integer or out of range");
    else syntax();
  }
  const rest = call.words.slice(at + 1);
  if (rest.length === 0 || rest.length % 2 === 1) throw new Refused("ERR Unbalanced 'xread' list of streams: for each stream key an ID, '+', or '$' must be specified.");
  const names = rest.slice(0, rest.length / 2);
  const found = names.flatMap((key, i): readonly Reply[] => {
    const stream = read(call, key, "stream");
    const given = rest[names.length + i] ?? "";
    if (!stream) return [];
    const after = given === "$" ? idOf(stream.last, 0) : idOf(given, 0);
    const entries = given === "+" ? stream.v.slice(-1) : stream.v.filter(([id]) => order(idOf(id, 0), after) > 0).slice(0, most);
    return entries.length === 0 ? [] : [[bulk(key), entries.map(shown)]];
  });
  if (found.length > 0) return found;
  call.server.took += Math.max(0, Math.min(wait, 86_400_000));
  return NO_ARRAY;
}

function xdel(call: Call): Reply {
  const [, key = "", ...ids] = call.words;
  const unwanted = new Set(ids.map((id) => named(idOf(id, 0))));
  const stream = streamOf(call, key);
  const left = stream.v.filter(([id]) => !unwanted.has(id));
  if (left.length < stream.v.length) put(call, key, { ...stream, v: left }, peek(call, key)?.expires);
  return integer(stream.v.length - left.length);
}

function xtrim(call: Call): Reply {
  const trim = trimOf(call.words, 2);
  if (trim.next === 2) syntax();
  const key = call.words[1] ?? "";
  const stream = streamOf(call, key);
  const left = trimmed(stream.v, trim);
  if (left.length < stream.v.length) put(call, key, { ...stream, v: left }, peek(call, key)?.expires);
  return integer(stream.v.length - left.length);
}

function xinfo(call: Call): Reply {
  const [, what = "", key = ""] = call.words;
  if (/^(groups|consumers)$/i.test(what)) return groupInfo(call);
  if (what.toUpperCase() !== "STREAM") throw new Refused(`ERR unknown subcommand '${what}'. Try XINFO HELP.`);
  const stream = held(call, key, "stream");
  if (!stream) throw new Refused("ERR no such key");
  const [first, last] = [stream.v[0], stream.v.at(-1)];
  return [bulk("length"), integer(stream.v.length), bulk("last-generated-id"), bulk(stream.last), bulk("groups"), integer(stream.groups?.length ?? 0), bulk("first-entry"), first ? shown(first) : null, bulk("last-entry"), last ? shown(last) : null];
}

/** Commands of streams. */
export const streams: Commands = {
  xadd: command(-5, "wm", xadd),
  xlen: command(2, "", (call) => integer(read(call, call.words[1] ?? "", "stream")?.v.length ?? 0)),
  xrange: command(-4, "", range(false)),
  xrevrange: command(-4, "", range(true)),
  xread: command(-4, "", xread),
  xdel: command(-3, "w", xdel),
  xtrim: command(-4, "w", xtrim),
  xinfo: command(-3, "", xinfo),
};

