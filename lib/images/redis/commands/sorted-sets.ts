import { byBytes, change, count, decimal, held, put, read, remove, syntax, written } from "../keyspace";
import { command, type Call, type Commands } from "../model";
import { bulk, bulks, integer, NO_ARRAY, Refused, type Reply } from "../reply";
import { page, scanOf } from "./keys";

/** A member and its score. */
export type Scored = readonly [member: string, score: number];

const word = ({ words }: Call, at: number): string => words[at] ?? "";
const numbers = (pairs: readonly (readonly [string, string])[] | undefined): readonly Scored[] => (pairs ?? []).map(([member, score]) => [member, decimal(score)]);
/** Members of a sorted set, in order of score. */
export const scoredOf = (call: Call, key: string): readonly Scored[] => numbers(held(call, key, "zset")?.v);
const seen = (call: Call): readonly Scored[] => numbers(read(call, word(call, 1), "zset")?.v);
/** Scores as they are kept, members in their order. */
export const pairsOf = (members: Iterable<Scored>): readonly (readonly [string, string])[] => [...members].sort(([a, x], [b, y]) => (x === y ? byBytes(a, b) : x < y ? -1 : 1)).map(([member, score]) => [member, written(score)]);
const store = (call: Call, key: string, members: Iterable<Scored>): void => change(call, key, { k: "zset", v: pairsOf(members) });

function zadd(call: Call): Reply {
  const key = word(call, 1);
  const options = new Set<string>();
  let at = 2;
  while (/^(nx|xx|gt|lt|ch|incr)$/i.test(word(call, at))) options.add(word(call, at++).toUpperCase());
  const pairs = call.words.slice(at);
  if (pairs.length === 0 || pairs.length % 2 === 1) syntax();
  if (options.has("NX") && options.has("XX")) throw new Refused("ERR XX and NX options at the same time are not compatible");
  if ([options.has("GT"), options.has("LT"), options.has("NX")].filter(Boolean).length > 1) throw new Refused("ERR GT, LT, and/or NX options at the same time are not compatible");
  if (options.has("INCR") && pairs.length > 2) throw new Refused("ERR INCR option supports a single increment-element pair");
  const given = pairs.flatMap((score, i) => (i % 2 === 0 ? [[pairs[i + 1] ?? "", decimal(score)] as const] : []));
  const members = new Map(scoredOf(call, key));
  let [added, altered] = [0, 0];
  let last: number | undefined;
  for (const [member, amount] of given) {
    const before = members.get(member);
    const score = options.has("INCR") ? sum(before ?? 0, amount) : amount;
    if (before === undefined ? options.has("XX") : options.has("NX") || (options.has("GT") && score <= before) || (options.has("LT") && score >= before)) continue;
    if (before === undefined) added += 1;
    else if (before !== score) altered += 1;
    members.set(member, score);
    last = score;
  }
  if (added + altered > 0) store(call, key, members);
  if (options.has("INCR")) return bulk(last === undefined ? undefined : written(last));
  return integer(options.has("CH") ? added + altered : added);
}

function sum(a: number, b: number): number {
  if (Number.isNaN(a + b)) throw new Refused("ERR resulting score is not a number (NaN)");
  return a + b;
}

function zincrby(call: Call): Reply {
  const [, key = "", amount, member = ""] = call.words;
  const members = new Map(scoredOf(call, key));
  const score = sum(members.get(member) ?? 0, decimal(amount));
  store(call, key, members.set(member, score));
  return bulk(written(score));
}

function zrem(call: Call): Reply {
  const [, key = "", ...names] = call.words;
  const members = new Map(scoredOf(call, key));
  const gone = names.filter((name) => members.delete(name)).length;
  if (gone > 0) store(call, key, members);
  return integer(gone);
}

function zpop(fromTop: boolean) {
  return (call: Call): Reply => {
    const [, key = "", given] = call.words;
    const most = given === undefined ? 1 : count(given, "ERR value is out of range, must be positive");
    if (most < 0) throw new Refused("ERR value is out of range, must be positive");
    const all = scoredOf(call, key);
    const found = fromTop ? [...all].reverse().slice(0, most) : all.slice(0, most);
    const names = new Set(found.map(([member]) => member));
    if (found.length > 0) store(call, key, all.filter(([member]) => !names.has(member)));
    return bulks(found.flatMap(([member, score]) => [member, written(score)]));
  };
}

function blockingPop(fromTop: boolean) {
  return (call: Call): Reply => {
    const wait = decimal(call.words.at(-1), "ERR timeout is not a float or out of range");
    if (wait < 0) throw new Refused("ERR timeout is negative");
    for (const key of call.words.slice(1, -1)) {
      const all = scoredOf(call, key);
      const found = fromTop ? all.at(-1) : all[0];
      if (!found) continue;
      store(call, key, all.filter((one) => one !== found));
      call.instead = [["ZREM", key, found[0]]];
      return bulks([key, found[0], written(found[1])]);
    }
    call.server.took += Math.trunc(Math.min(wait, 86_400) * 1000);
    return NO_ARRAY;
  };
}

function rank(fromTop: boolean) {
  return (call: Call): Reply => {
    const all = fromTop ? [...seen(call)].reverse() : seen(call);
    const at = all.findIndex(([member]) => member === word(call, 2));
    const withScore = call.words.length > 3;
    if (withScore && !/^withscore$/i.test(word(call, 3))) syntax();
    if (at < 0) return withScore ? NO_ARRAY : null;
    return withScore ? [integer(at), bulk(written(all[at]?.[1] ?? 0))] : integer(at);
  };
}

/** `ZUNIONSTORE to n key… [WEIGHTS …] [AGGREGATE SUM|MIN|MAX]` and its like. */
function combine(how: "union" | "inter" | "diff", stores: boolean) {
  return (call: Call): Reply => {
    const words = call.words.slice(stores ? 2 : 1);
    const many = count(words[0]);
    if (many < 1) throw new Refused(`ERR at least 1 input key is needed for '${word(call, 0).toLowerCase()}' command`);
    const names = words.slice(1, many + 1);
    if (names.length < many) syntax();
    const rest = words.slice(many + 1);
    const weights = names.map(() => 1);
    let aggregate = "SUM";
    let withScores = false;
    for (let i = 0; i < rest.length; i += 1) {
      const option = (rest[i] ?? "").toUpperCase();
      if (option === "WEIGHTS" && i + many < rest.length) names.forEach((_, at) => (weights[at] = decimal(rest[(i += 1)], "ERR weight value is not a float")));
      else if (option === "AGGREGATE" && /^(sum|min|max)$/i.test(rest[i + 1] ?? "")) aggregate = (rest[(i += 1)] ?? "").toUpperCase();
      else if (option === "WITHSCORES" && !stores) withScores = true;
      else syntax();
    }
    const sources = names.map((key, at) => new Map(anyScored(call, key).map(([member, score]): Scored => [member, real(score * (weights[at] ?? 1))])));
    const joined = new Map<string, number>();
    for (const source of how === "diff" ? sources.slice(0, 1) : sources) for (const [member, score] of source) joined.set(member, joined.has(member) ? joinedScore(aggregate, joined.get(member) ?? 0, score) : score);
    const kept = [...joined].filter(([member]) => (how === "inter" ? sources.every((source) => source.has(member)) : how === "union" || !sources.slice(1).some((source) => source.has(member))));
    const pairs = pairsOf(kept);
    if (!stores) return bulks(withScores ? pairs.flat() : pairs.map(([member]) => member));
    if (pairs.length === 0) remove(call, word(call, 1));
    else put(call, word(call, 1), { k: "zset", v: pairs });
    return integer(pairs.length);
  };
}

const joinedScore = (aggregate: string, a: number, b: number): number => (aggregate === "MIN" ? Math.min(a, b) : aggregate === "MAX" ? Math.max(a, b) : real(a + b));
/** What is no number counts as nothing. */
const real = (score: number): number => (Number.isNaN(score) ? 0 : score);

/** A plain set counts as one where every score is 1. */
function anyScored(call: Call, key: string): readonly Scored[] {
  try {
    return scoredOf(call, key);
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return (held(call, key, "set")?.v ?? []).map((member) => [member, 1]);
  }
}

/** Commands of sorted sets, but for their ranges. */
export const sortedSets: Commands = {
  zadd: command(-4, "wm", zadd),
  zincrby: command(4, "wm", zincrby),
  zrem: command(-3, "w", zrem),
  zpopmin: command(-2, "w", zpop(false)),
  zpopmax: command(-2, "w", zpop(true)),
  bzpopmin: command(-3, "w", blockingPop(false)),
  bzpopmax: command(-3, "w", blockingPop(true)),
  zrank: command(-3, "", rank(false)),
  zrevrank: command(-3, "", rank(true)),
  zcard: command(2, "", (call) => integer(seen(call).length)),
  zscore: command(3, "", (call) => bulk(new Map(read(call, word(call, 1), "zset")?.v ?? []).get(word(call, 2)))),
  zmscore: command(-3, "", (call) => {
    const scores = new Map(read(call, word(call, 1), "zset")?.v ?? []);
    return bulks(call.words.slice(2).map((member) => scores.get(member)));
  }),
  zscan: command(-3, "", (call) => page(read(call, word(call, 1), "zset")?.v ?? [], { ...scanOf(call.words.slice(2)), begin: 0, count: Infinity }, ([member]) => member, (pair) => pair)),
  zunion: command(-3, "", combine("union", false)),
  zinter: command(-3, "", combine("inter", false)),
  zdiff: command(-3, "", combine("diff", false)),
  zunionstore: command(-4, "wm", combine("union", true)),
  zinterstore: command(-4, "wm", combine("inter", true)),
  zdiffstore: command(-4, "wm", combine("diff", true)),
};
