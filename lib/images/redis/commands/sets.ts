import { byBytes, change, count, held, put, read, remove, syntax, whole } from "../keyspace";
import { command, type Call, type Commands } from "../model";
import { bulk, bulks, integer, Refused, type Reply } from "../reply";
import { drawn } from "./hashes";
import { page, scanOf } from "./keys";

const word = ({ words }: Call, at: number): string => words[at] ?? "";
const membersOf = (call: Call, key: string): readonly string[] => held(call, key, "set")?.v ?? [];
const isNumber = (text: string): boolean => /^(0|-?[1-9]\d{0,17})$/.test(text);

/** Sets of whole numbers are kept in their order. */
function ordered(members: Iterable<string>): readonly string[] {
  const all = [...members];
  return all.length <= 512 && all.every(isNumber) ? all.sort((a, b) => (whole(a) < whole(b) ? -1 : whole(a) > whole(b) ? 1 : byBytes(a, b))) : all;
}

const store = (call: Call, key: string, members: Iterable<string>): void => change(call, key, { k: "set", v: ordered(members) });

function sadd(call: Call): Reply {
  const [, key = "", ...given] = call.words;
  const before = membersOf(call, key);
  const after = new Set([...before, ...given]);
  if (after.size > before.length) store(call, key, after);
  return integer(after.size - before.length);
}

function srem(call: Call): Reply {
  const [, key = "", ...given] = call.words;
  const before = membersOf(call, key);
  const unwanted = new Set(given);
  const after = before.filter((member) => !unwanted.has(member));
  if (after.length < before.length) store(call, key, after);
  return integer(before.length - after.length);
}

function smove(call: Call): Reply {
  const [, from = "", to = "", member = ""] = call.words;
  const source = membersOf(call, from);
  const target = membersOf(call, to);
  if (!source.includes(member)) return integer(0);
  if (from === to) return integer(1);
  store(call, from, source.filter((other) => other !== member));
  store(call, to, new Set([...target, member]));
  return integer(1);
}

function spop(call: Call): Reply {
  const [, key = "", given] = call.words;
  const wanted = given === undefined ? 1 : count(given, "ERR value is out of range, must be positive");
  if (wanted < 0) throw new Refused("ERR value is out of range, must be positive");
  const before = membersOf(call, key);
  const chosen = drawn(call, before, wanted);
  if (chosen.length > 0) {
    store(call, key, before.filter((member) => !chosen.includes(member)));
    call.instead = [["SREM", key, ...chosen]];
  }
  return given === undefined ? bulk(chosen[0]) : bulks(chosen);
}

function srandmember(call: Call): Reply {
  const all = read(call, word(call, 1), "set")?.v ?? [];
  if (call.words.length > 3) syntax();
  return call.words.length === 2 ? bulk(drawn(call, all, 1)[0]) : bulks(drawn(call, all, count(call.words[2])));
}

type Combination = "inter" | "union" | "diff";

function combined(call: Call, how: Combination, names: readonly string[]): readonly string[] {
  const [first = [], ...others] = names.map((key) => membersOf(call, key));
  if (how === "union") return ordered(new Set([first, ...others].flat()));
  const rest = others.map((members) => new Set(members));
  return first.filter((member) => (how === "inter" ? rest.every((set) => set.has(member)) : !rest.some((set) => set.has(member))));
}

function storeCombined(how: Combination) {
  return (call: Call): Reply => {
    const [, key = "", ...names] = call.words;
    const result = combined(call, how, names);
    if (result.length === 0) remove(call, key);
    else put(call, key, { k: "set", v: ordered(result) });
    return integer(result.length);
  };
}

function sintercard(call: Call): Reply {
  const numbers = count(call.words[1], "ERR numkeys should be greater than 0");
  if (numbers <= 0) throw new Refused("ERR numkeys should be greater than 0");
  const names = call.words.slice(2, 2 + numbers);
  if (names.length < numbers) throw new Refused("ERR Number of keys can't be greater than number of args");
  const [option, given] = call.words.slice(2 + numbers);
  if (option !== undefined && option.toUpperCase() !== "LIMIT") syntax();
  const limit = option === undefined ? 0 : count(given);
  const size = combined(call, "inter", names).length;
  return integer(limit === 0 ? size : Math.min(size, limit));
}

/** Commands of sets. */
export const sets: Commands = {
  sadd: command(-3, "wm", sadd),
  srem: command(-3, "w", srem),
  smove: command(4, "w", smove),
  spop: command(-2, "w", spop),
  srandmember: command(-2, "", srandmember),
  smembers: command(2, "", (call) => bulks(read(call, word(call, 1), "set")?.v ?? [])),
  sismember: command(3, "", (call) => integer((read(call, word(call, 1), "set")?.v ?? []).includes(word(call, 2)))),
  smismember: command(-3, "", (call) => {
    const members = new Set(read(call, word(call, 1), "set")?.v);
    return call.words.slice(2).map((member) => integer(members.has(member)));
  }),
  scard: command(2, "", (call) => integer(read(call, word(call, 1), "set")?.v.length ?? 0)),
  sinter: command(-2, "", (call) => bulks(combined(call, "inter", call.words.slice(1)))),
  sunion: command(-2, "", (call) => bulks(combined(call, "union", call.words.slice(1)))),
  sdiff: command(-2, "", (call) => bulks(combined(call, "diff", call.words.slice(1)))),
  sinterstore: command(-3, "wm", storeCombined("inter")),
  sunionstore: command(-3, "wm", storeCombined("union")),
  sdiffstore: command(-3, "wm", storeCombined("diff")),
  sintercard: command(-3, "", sintercard),
  sscan: command(-3, "", (call) => page(read(call, word(call, 1), "set")?.v ?? [], { ...scanOf(call.words.slice(2)), begin: 0, count: Infinity }, (member) => member, (member) => [member])),
};
