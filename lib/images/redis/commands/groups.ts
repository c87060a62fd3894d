/** Consumer groups of streams. Upstream: t_stream.c. */
import { count, held, peek, put, syntax } from "../keyspace";
import { command, type Call, type Commands, type Group, type Pending, type StreamEntry, type Value } from "../model";
import { bulk, bulks, integer, NO_ARRAY, OK, Refused, type Reply } from "../reply";
import { idOf, named, order, shown } from "./stream-ids";

type Stream = Extract<Value, { readonly k: "stream" }>;

const NO_STREAM = "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.";

const streamOf = (call: Call, key: string): Stream | undefined => held(call, key, "stream");

function keep(call: Call, key: string, stream: Stream, group: Group): void {
  const groups = (stream.groups ?? []).filter(({ name }) => name !== group.name);
  put(call, key, { ...stream, groups: [...groups, group].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) }, peek(call, key)?.expires);
}

function groupOf(call: Call, key: string, name: string, sentence?: string): { readonly stream: Stream; readonly group: Group } {
  const stream = streamOf(call, key);
  const group = stream?.groups?.find((one) => one.name === name);
  if (!stream || !group) throw new Refused(sentence ?? `NOGROUP No such key '${key}' or consumer group '${name}'`);
  return { stream, group };
}

/** The consumer is there, and was just seen. */
function withConsumer(group: Group, name: string, now: number): Group {
  return { ...group, consumers: [...group.consumers.filter((one) => one.name !== name), { name, seen: now }].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) };
}

function xgroup(call: Call): Reply {
  const [, given = "", key = "", name = "", fourth = ""] = call.words;
  const what = given.toUpperCase();
  const stream = streamOf(call, key);
  if (what === "CREATE") {
    const makes = call.words.some((word) => /^mkstream$/i.test(word));
    if (!stream && !makes) throw new Refused(NO_STREAM);
    const at = stream ?? { k: "stream", v: [], last: "0-0" };
    if (at.groups?.some((one) => one.name === name)) throw new Refused("BUSYGROUP Consumer Group name already exists");
    keep(call, key, at, { name, last: fourth === "$" ? at.last : named(idOf(fourth, 0)), pending: [], consumers: [] });
    return OK;
  }
  if (!["SETID", "DESTROY", "CREATECONSUMER", "DELCONSUMER"].includes(what)) throw new Refused(`ERR unknown subcommand '${given}'. Try XGROUP HELP.`);
  if (!stream) throw new Refused(NO_STREAM);
  if (what === "DESTROY") {
    const left = (stream.groups ?? []).filter((one) => one.name !== name);
    if (left.length === (stream.groups ?? []).length) return integer(0);
    put(call, key, { ...stream, groups: left }, peek(call, key)?.expires);
    return integer(1);
  }
  const { group } = groupOf(call, key, name, `NOGROUP No such consumer group '${name}' for key name '${key}'`);
  if (what === "SETID") {
    keep(call, key, stream, { ...group, last: fourth === "$" ? stream.last : named(idOf(fourth, 0)) });
    return OK;
  }
  const isThere = group.consumers.some((one) => one.name === fourth);
  if (what === "CREATECONSUMER") {
    if (!isThere) keep(call, key, stream, withConsumer(group, fourth, call.server.now));
    return integer(isThere ? 0 : 1);
  }
  const lost = group.pending.filter(({ consumer }) => consumer === fourth);
  if (isThere) keep(call, key, stream, { ...group, pending: group.pending.filter((one) => !lost.includes(one)), consumers: group.consumers.filter((one) => one.name !== fourth) });
  return integer(lost.length);
}

interface Wish {
  readonly name: string;
  readonly consumer: string;
  readonly most: number | undefined;
  readonly isSilent: boolean;
  readonly wait: number;
  readonly keys: readonly string[];
  readonly ids: readonly string[];
}

function wishOf({ words }: Call): Wish {
  let [most, wait, isSilent]: [number | undefined, number, boolean] = [undefined, 0, false];
  let at = 4;
  if (!/^group$/i.test(words[1] ?? "")) syntax();
  for (; at < words.length && !/^streams$/i.test(words[at] ?? ""); at += 1) {
    const option = (words[at] ?? "").toUpperCase();
    if (option === "NOACK") isSilent = true;
    else if (option === "COUNT") most = count(words[(at += 1)]);
    else if (option === "BLOCK") wait = count(words[(at += 1)], "ERR timeout is not an integer or out of range");
    else syntax();
  }
  const rest = words.slice(at + 1);
  if (rest.length === 0 || rest.length % 2 === 1) throw new Refused("ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must be specified.");
  return { name: words[2] ?? "", consumer: words[3] ?? "", most, isSilent, wait, keys: rest.slice(0, rest.length / 2), ids: rest.slice(rest.length / 2) };
}

/** `XREADGROUP GROUP group consumer [COUNT n] [BLOCK ms] [NOACK] STREAMS key… id…` */
function xreadgroup(call: Call): Reply {
  const wish = wishOf(call);
  const { server } = call;
  const found = wish.keys.flatMap((key, i): readonly Reply[] => {
    const { stream, group } = groupOf(call, key, wish.name, `NOGROUP No such key '${key}' or consumer group '${wish.name}' in XREADGROUP with GROUP option`);
    const id = wish.ids[i] ?? "";
    const seen = withConsumer(group, wish.consumer, server.now);
    if (id !== ">") {
      // What it was given before and has not said it was done with.
      const own = group.pending.filter((one) => one.consumer === wish.consumer && order(idOf(one.id, 0), idOf(id, 0)) > 0).slice(0, wish.most);
      keep(call, key, stream, seen);
      return [[bulk(key), own.map((one): Reply => { const entry = stream.v.find(([at]) => at === one.id); return entry ? shown(entry) : [bulk(one.id), NO_ARRAY]; })]];
    }
    const fresh = stream.v.filter(([at]) => order(idOf(at, 0), idOf(group.last, 0)) > 0).slice(0, wish.most);
    const taken: readonly Pending[] = wish.isSilent ? [] : fresh.map(([at]) => ({ id: at, consumer: wish.consumer, at: server.now, times: 1 }));
    keep(call, key, stream, { ...seen, last: fresh.at(-1)?.[0] ?? group.last, pending: [...group.pending, ...taken] });
    return fresh.length === 0 ? [] : [[bulk(key), fresh.map(shown)]];
  });
  if (found.length > 0) return found;
  server.took += Math.max(0, Math.min(wish.wait, 86_400_000));
  return NO_ARRAY;
}

function xack(call: Call): Reply {
  const [, key = "", name = "", ...ids] = call.words;
  const stream = streamOf(call, key);
  const group = stream?.groups?.find((one) => one.name === name);
  const done = new Set(ids.map((id) => named(idOf(id, 0))));
  if (!stream || !group) return integer(0);
  const left = group.pending.filter(({ id }) => !done.has(id));
  if (left.length < group.pending.length) keep(call, key, stream, { ...group, pending: left });
  return integer(group.pending.length - left.length);
}

function xpending(call: Call): Reply {
  const [, key = "", name = "", ...more] = call.words;
  const { group } = groupOf(call, key, name);
  const { pending } = group;
  if (more.length === 0) {
    if (pending.length === 0) return [integer(0), null, null, NO_ARRAY];
    const names = [...new Set(pending.map(({ consumer }) => consumer))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return [integer(pending.length), bulk(pending[0]?.id ?? ""), bulk(pending.at(-1)?.id ?? ""), names.map((one) => bulks([one, String(pending.filter(({ consumer }) => consumer === one).length)]))];
  }
  const idle = /^idle$/i.test(more[0] ?? "") ? count(more[1]) : 0;
  const [from = "-", to = "+", most = "10", consumer] = /^idle$/i.test(more[0] ?? "") ? more.slice(2) : more;
  const fits = (id: string): boolean => (from === "-" || order(idOf(id, 0), idOf(from, 0)) >= 0) && (to === "+" || order(idOf(id, 0), idOf(to, Number.MAX_SAFE_INTEGER)) <= 0);
  return pending
    .filter((one) => fits(one.id) && (consumer === undefined || one.consumer === consumer) && call.server.now - one.at >= idle)
    .slice(0, count(most))
    .map((one) => [bulk(one.id), bulk(one.consumer), integer(call.server.now - one.at), integer(one.times)]);
}

/** Gives what is pending and idle long enough to another consumer. */
function claimed(call: Call, key: string, { stream, group }: { readonly stream: Stream; readonly group: Group }, consumer: string, ids: ReadonlySet<string>): readonly StreamEntry[] {
  const taken = group.pending.filter(({ id }) => ids.has(id));
  const entries = taken.flatMap(({ id }): readonly StreamEntry[] => stream.v.filter(([at]) => at === id));
  const pending = group.pending.flatMap((one) => (!ids.has(one.id) ? [one] : entries.some(([at]) => at === one.id) ? [{ ...one, consumer, at: call.server.now, times: one.times + 1 }] : []));
  keep(call, key, stream, { ...withConsumer(group, consumer, call.server.now), pending });
  return entries;
}

/** `XCLAIM key group consumer min-idle-time id… [JUSTID]` */
function xclaim(call: Call): Reply {
  const [, key = "", name = "", consumer = "", idle = "", ...rest] = call.words;
  const found = groupOf(call, key, name);
  const least = count(idle, "ERR Invalid min-idle-time argument for XCLAIM");
  const wanted = new Set(rest.filter((word) => /^\d+(-\d+)?$/.test(word)).map((id) => named(idOf(id, 0))));
  const ids = new Set(found.group.pending.filter((one) => wanted.has(one.id) && call.server.now - one.at >= least).map(({ id }) => id));
  const entries = claimed(call, key, found, consumer, ids);
  return rest.some((word) => /^justid$/i.test(word)) ? bulks(entries.map(([id]) => id)) : entries.map(shown);
}

/** `XAUTOCLAIM key group consumer min-idle-time start [COUNT n] [JUSTID]` */
function xautoclaim(call: Call): Reply {
  const [, key = "", name = "", consumer = "", idle = "", start = "0-0", ...rest] = call.words;
  const found = groupOf(call, key, name);
  const least = count(idle, "ERR Invalid min-idle-time argument for XAUTOCLAIM");
  const most = /^count$/i.test(rest[0] ?? "") ? count(rest[1]) : 100;
  const from = found.group.pending.filter((one) => order(idOf(one.id, 0), idOf(start === "-" ? "0" : start, 0)) >= 0);
  const fit = from.filter((one) => call.server.now - one.at >= least);
  const entries = claimed(call, key, found, consumer, new Set(fit.slice(0, most).map(({ id }) => id)));
  const gone = fit.slice(0, most).filter(({ id }) => !entries.some(([at]) => at === id)).map(({ id }) => id);
  return [bulk(fit[most]?.id ?? "0-0"), rest.some((word) => /^justid$/i.test(word)) ? bulks(entries.map(([id]) => id)) : entries.map(shown), bulks(gone)];
}

/** `XINFO GROUPS key` and `XINFO CONSUMERS key group`. */
export function groupInfo(call: Call): Reply {
  const [, what = "", key = "", name = ""] = call.words;
  const stream = streamOf(call, key);
  if (!stream) throw new Refused("ERR no such key");
  const { now } = call.server;
  if (what.toUpperCase() === "GROUPS") {
    return (stream.groups ?? []).map((group) => {
      const behind = stream.v.filter(([id]) => order(idOf(id, 0), idOf(group.last, 0)) > 0).length;
      return [bulk("name"), bulk(group.name), bulk("consumers"), integer(group.consumers.length), bulk("pending"), integer(group.pending.length), bulk("last-delivered-id"), bulk(group.last), bulk("entries-read"), integer(stream.v.length - behind), bulk("lag"), integer(behind)];
    });
  }
  const { group } = groupOf(call, key, name, `NOGROUP No such consumer group '${name}' for key name '${key}'`);
  return group.consumers.map((one) => [bulk("name"), bulk(one.name), bulk("pending"), integer(group.pending.filter(({ consumer }) => consumer === one.name).length), bulk("idle"), integer(now - one.seen), bulk("inactive"), integer(now - one.seen)]);
}

/** Commands of consumer groups. */
export const groups: Commands = {
  xgroup: command(-2, "w", xgroup),
  xreadgroup: command(-7, "w", xreadgroup),
  xack: command(-4, "w", xack),
  xpending: command(-3, "", xpending),
  xclaim: command(-6, "w", xclaim),
  xautoclaim: command(-6, "w", xautoclaim),
};
