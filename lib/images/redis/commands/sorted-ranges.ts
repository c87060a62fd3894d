import { byBytes, change, count, decimal, put, read, remove, span, syntax, written } from "../keyspace";
import { command, type Call, type Commands } from "../model";
import { bulks, integer, Refused, type Reply } from "../reply";
import { pairsOf, scoredOf, type Scored } from "./sorted-sets";

type By = "rank" | "score" | "lex";

interface Range {
  readonly by: By;
  readonly from: string;
  readonly to: string;
  readonly isReversed: boolean;
  readonly withScores: boolean;
  readonly limit: readonly [skip: number, most: number] | undefined;
}

/** A bound of scores: is a score on the inner side of it? */
function scoreBound(text: string, isLower: boolean): (score: number) => boolean {
  const isOpen = text.startsWith("(");
  const bound = decimal(isOpen ? text.slice(1) : text, "ERR min or max is not a float");
  return (score) => (isLower ? (isOpen ? score > bound : score >= bound) : isOpen ? score < bound : score <= bound);
}

function lexBound(text: string, isLower: boolean): (member: string) => boolean {
  if (text === "-" || text === "+") return () => (text === "-") === isLower;
  if (!/^[[(]/.test(text)) throw new Refused("ERR min or max not valid string range item");
  const bound = text.slice(1);
  const closed = text.startsWith("[");
  return (member) => {
    const order = byBytes(member, bound);
    return order === 0 ? closed : isLower ? order > 0 : order < 0;
  };
}

/** The members between two scores, or two names; both bounds given lowest first. */
function between(members: readonly Scored[], by: "score" | "lex", low: string, high: string): readonly Scored[] {
  if (by === "lex") {
    const [above, below] = [lexBound(low, true), lexBound(high, false)];
    return members.filter(([member]) => above(member) && below(member));
  }
  const [above, below] = [scoreBound(low, true), scoreBound(high, false)];
  return members.filter(([, score]) => above(score) && below(score));
}

function within(members: readonly Scored[], range: Range): readonly Scored[] {
  const { by, from, to, isReversed, limit } = range;
  if (by === "rank") {
    const all = isReversed ? [...members].reverse() : members;
    return all.slice(...span(all.length, count(from), count(to)));
  }
  const found = isReversed ? [...between(members, by, to, from)].reverse() : between(members, by, from, to);
  if (!limit) return found;
  const [skip, most] = limit;
  return skip < 0 ? [] : found.slice(skip, most < 0 ? undefined : skip + most);
}

/** Options after the bounds of a range. */
function rangeOf(words: readonly string[], given: Partial<Range>, isFree: boolean): Range {
  const [from = "", to = "", ...options] = words;
  let range: Range = { by: "rank", isReversed: false, withScores: false, limit: undefined, ...given, from, to };
  for (let i = 0; i < options.length; i += 1) {
    const option = (options[i] ?? "").toUpperCase();
    if (option === "WITHSCORES" && range.by !== "lex") range = { ...range, withScores: true };
    else if (option === "LIMIT" && i + 2 < options.length) range = { ...range, limit: [count(options[i + 1]), count(options[(i += 2)])] };
    else if (isFree && option === "BYSCORE") range = { ...range, by: "score" };
    else if (isFree && option === "BYLEX") range = { ...range, by: "lex" };
    else if (isFree && option === "REV") range = { ...range, isReversed: true };
    else syntax();
  }
  if (range.limit && range.by === "rank") throw new Refused("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  if (range.withScores && range.by === "lex") throw new Refused("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  return range;
}

function shown(given: Partial<Range>, isFree = false) {
  return (call: Call): Reply => {
    const range = rangeOf(call.words.slice(2), given, isFree);
    const members = (read(call, call.words[1] ?? "", "zset")?.v ?? []).map(([member, score]): Scored => [member, decimal(score)]);
    return bulks(within(members, range).flatMap(([member, score]) => (range.withScores ? [member, written(score)] : [member])));
  };
}

function zrangestore(call: Call): Reply {
  const [, to = "", from = "", ...rest] = call.words;
  const found = within(scoredOf(call, from), rangeOf(rest, {}, true));
  if (found.length === 0) remove(call, to);
  else put(call, to, { k: "zset", v: pairsOf(found) });
  return integer(found.length);
}

function counted(by: "score" | "lex") {
  return (call: Call): Reply => integer(between(scoredOf(call, call.words[1] ?? ""), by, call.words[2] ?? "", call.words[3] ?? "").length);
}

function removed(by: By) {
  return (call: Call): Reply => {
    const [, key = "", from = "", to = ""] = call.words;
    const all = scoredOf(call, key);
    const gone = new Set(within(all, { by, from, to, isReversed: false, withScores: false, limit: undefined }));
    if (gone.size > 0) change(call, key, { k: "zset", v: pairsOf(all.filter((one) => !gone.has(one))) });
    return integer(gone.size);
  };
}

/** Ranges of sorted sets: by place, by score, by name. */
export const sortedRanges: Commands = {
  zrange: command(-4, "", shown({}, true)),
  zrevrange: command(-4, "", shown({ isReversed: true })),
  zrangebyscore: command(-4, "", shown({ by: "score" })),
  zrevrangebyscore: command(-4, "", shown({ by: "score", isReversed: true })),
  zrangebylex: command(-4, "", shown({ by: "lex" })),
  zrevrangebylex: command(-4, "", shown({ by: "lex", isReversed: true })),
  zrangestore: command(-5, "wm", zrangestore),
  zcount: command(4, "", counted("score")),
  zlexcount: command(4, "", counted("lex")),
  zremrangebyrank: command(4, "w", removed("rank")),
  zremrangebyscore: command(4, "w", removed("score")),
  zremrangebylex: command(4, "w", removed("lex")),
};
