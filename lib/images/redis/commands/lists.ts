import { change, count, decimal, held, read, span, syntax } from "../keyspace";
import { command, type Call, type Commands } from "../model";
import { bulk, bulks, integer, NO_ARRAY, OK, Refused, type Reply } from "../reply";

const word = ({ words }: Call, at: number): string => words[at] ?? "";
const items = (call: Call, key: string): readonly string[] => held(call, key, "list")?.v ?? [];
const store = (call: Call, key: string, v: readonly string[]): void => change(call, key, { k: "list", v });

function push(atHead: boolean, onlyOld: boolean) {
  return (call: Call): Reply => {
    const [, key = "", ...given] = call.words;
    const before = items(call, key);
    if (onlyOld && before.length === 0) return integer(0);
    const after = atHead ? [...given].reverse().concat(before) : [...before, ...given];
    store(call, key, after);
    return integer(after.length);
  };
}

/** Takes items from an end of a list. */
function taken(call: Call, key: string, atHead: boolean, most: number): readonly string[] {
  const before = items(call, key);
  if (before.length === 0 || most === 0) return [];
  const found = atHead ? before.slice(0, most) : before.slice(-most).reverse();
  store(call, key, atHead ? before.slice(most) : before.slice(0, Math.max(0, before.length - most)));
  return found;
}

function pop(atHead: boolean) {
  return (call: Call): Reply => {
    const [, key = "", given] = call.words;
    if (call.words.length > 3) throw new Refused(`ERR wrong number of arguments for '${word(call, 0).toLowerCase()}' command`);
    const most = given === undefined ? 1 : count(given, "ERR value is out of range, must be positive");
    if (most < 0) throw new Refused("ERR value is out of range, must be positive");
    const exists = items(call, key).length > 0;
    const found = taken(call, key, atHead, most);
    if (given === undefined) return bulk(found[0]);
    return exists ? bulks(found) : NO_ARRAY;
  };
}

/**
 * `BLPOP key… seconds`: what is there is taken at once.
 *
 * @simplified Nobody wakes who waits: with nothing there, the answer is nil when the time is over, and at once when it is 0.
 */
function blockingPop(atHead: boolean) {
  return (call: Call): Reply => {
    const wait = secondsOf(call.words.at(-1));
    for (const key of call.words.slice(1, -1)) {
      const [found] = taken(call, key, atHead, 1);
      if (found === undefined) continue;
      call.instead = [[atHead ? "LPOP" : "RPOP", key]];
      return bulks([key, found]);
    }
    call.server.took += call.session.queue === undefined ? wait : 0;
    return NO_ARRAY;
  };
}

function secondsOf(given: string | undefined): number {
  const wait = decimal(given, "ERR timeout is not a float or out of range");
  if (wait < 0) throw new Refused("ERR timeout is negative");
  return Math.trunc(Math.min(wait, 86_400) * 1000);
}

function moveItem(call: Call, from: string, to: string, fromHead: boolean, toHead: boolean): Reply {
  // The target is looked at first, so that a refused command has changed nothing.
  items(call, to);
  const [found] = taken(call, from, fromHead, 1);
  if (found === undefined) return null;
  const target = items(call, to);
  store(call, to, toHead ? [found, ...target] : [...target, found]);
  return bulk(found);
}

const isHead = (side: string): boolean => (/^left$/i.test(side) ? true : /^right$/i.test(side) ? false : syntax());

function lmove(call: Call): Reply {
  const [, from = "", to = "", a = "", b = ""] = call.words;
  return moveItem(call, from, to, isHead(a), isHead(b));
}

function lset(call: Call): Reply {
  const [, key = "", given, value = ""] = call.words;
  const all = items(call, key);
  if (all.length === 0) throw new Refused("ERR no such key");
  const place = count(given);
  const at = place < 0 ? all.length + place : place;
  if (at < 0 || at >= all.length) throw new Refused("ERR index out of range");
  store(call, key, all.with(at, value));
  return OK;
}

function lrem(call: Call): Reply {
  const [, key = "", given, value = ""] = call.words;
  const wanted = count(given);
  const before = items(call, key);
  const all = wanted < 0 ? [...before].reverse() : before;
  let left = wanted === 0 ? Infinity : Math.abs(wanted);
  const kept = all.filter((item) => {
    if (item !== value || left === 0) return true;
    left -= 1;
    return false;
  });
  if (kept.length < before.length) store(call, key, wanted < 0 ? kept.reverse() : kept);
  return integer(before.length - kept.length);
}

function linsert(call: Call): Reply {
  const [, key = "", where = "", pivot = "", value = ""] = call.words;
  const isBefore = /^before$/i.test(where) ? true : /^after$/i.test(where) ? false : syntax();
  const all = items(call, key);
  if (all.length === 0) return integer(0);
  const at = all.indexOf(pivot);
  if (at < 0) return integer(-1);
  store(call, key, all.toSpliced(isBefore ? at : at + 1, 0, value));
  return integer(all.length + 1);
}

function ltrim(call: Call): Reply {
  const [, key = "", from, to] = call.words;
  const all = items(call, key);
  const kept = all.slice(...span(all.length, count(from), count(to)));
  if (all.length > 0) store(call, key, kept);
  return OK;
}

function lpos(call: Call): Reply {
  const [, key = "", value = "", ...options] = call.words;
  const found = (read(call, key, "list")?.v ?? []).flatMap((item, i) => (item === value ? [i] : []));
  if (options.length === 0) return found[0] === undefined ? null : integer(found[0]);
  if (options.length !== 2 || options[0]?.toUpperCase() !== "COUNT") syntax();
  const most = count(options[1]);
  return found.slice(0, most === 0 ? undefined : most).map((at) => integer(at));
}

/** Commands of lists. */
export const lists: Commands = {
  lpush: command(-3, "wm", push(true, false)),
  rpush: command(-3, "wm", push(false, false)),
  lpushx: command(-3, "wm", push(true, true)),
  rpushx: command(-3, "wm", push(false, true)),
  lpop: command(-2, "w", pop(true)),
  rpop: command(-2, "w", pop(false)),
  blpop: command(-3, "w", blockingPop(true)),
  brpop: command(-3, "w", blockingPop(false)),
  lrange: command(4, "", (call) => {
    const all = read(call, word(call, 1), "list")?.v ?? [];
    return bulks(all.slice(...span(all.length, count(call.words[2]), count(call.words[3]))));
  }),
  llen: command(2, "", (call) => integer(read(call, word(call, 1), "list")?.v.length ?? 0)),
  lindex: command(3, "", (call) => bulk((read(call, word(call, 1), "list")?.v ?? []).at(count(call.words[2])))),
  lset: command(4, "wm", lset),
  lrem: command(4, "w", lrem),
  ltrim: command(4, "w", ltrim),
  linsert: command(5, "wm", linsert),
  lmove: command(5, "wm", lmove),
  rpoplpush: command(3, "wm", (call) => moveItem(call, word(call, 1), word(call, 2), false, true)),
  lpos: command(-3, "", lpos),
  blmove: command(6, "wm", (call) => {
    const wait = secondsOf(call.words[5]);
    const found = lmove(call);
    if (found === null) call.server.took += wait;
    else call.instead = [["LMOVE", ...call.words.slice(1, 5)]];
    return found;
  }),
};

