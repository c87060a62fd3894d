import { change, count, decimal, fits, held, read, syntax, whole } from "../keyspace";
import { command, type Call, type Commands } from "../model";
import { bulk, bulks, integer, OK, Refused, type Reply } from "../reply";
import { page, scanOf } from "./keys";
import { floatSum } from "./strings";

const word = ({ words }: Call, at: number): string => words[at] ?? "";
const fieldsOf = (call: Call, key: string): Map<string, string> => new Map(held(call, key, "hash")?.v ?? []);
const seen = (call: Call): ReadonlyMap<string, string> => new Map(read(call, word(call, 1), "hash")?.v ?? []);
const store = (call: Call, key: string, fields: ReadonlyMap<string, string>): void => change(call, key, { k: "hash", v: [...fields] });

function setFields(call: Call, answer: (added: number) => Reply): Reply {
  const [name = "", key = "", ...pairs] = call.words;
  if (pairs.length % 2 === 1) throw new Refused(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  const fields = fieldsOf(call, key);
  const before = fields.size;
  for (let i = 0; i < pairs.length; i += 2) fields.set(pairs[i] ?? "", pairs[i + 1] ?? "");
  store(call, key, fields);
  return answer(fields.size - before);
}

function hsetnx(call: Call): Reply {
  const [, key = "", field = "", value = ""] = call.words;
  const fields = fieldsOf(call, key);
  if (fields.has(field)) return integer(0);
  store(call, key, fields.set(field, value));
  return integer(1);
}

function hdel(call: Call): Reply {
  const [, key = "", ...names] = call.words;
  const fields = fieldsOf(call, key);
  const gone = names.filter((name) => fields.delete(name)).length;
  if (gone > 0) store(call, key, fields);
  return integer(gone);
}

function hincrby(call: Call): Reply {
  const [, key = "", field = "", amount] = call.words;
  const fields = fieldsOf(call, key);
  const sum = whole(fields.get(field) ?? "0", "ERR hash value is not an integer") + whole(amount);
  if (!fits(sum)) throw new Refused("ERR increment or decrement would overflow");
  store(call, key, fields.set(field, String(sum)));
  return integer(sum);
}

function hincrbyfloat(call: Call): Reply {
  const [, key = "", field = "", amount] = call.words;
  const fields = fieldsOf(call, key);
  const sum = floatSum(decimal(fields.get(field) ?? "0", "ERR hash value is not a float"), decimal(amount));
  store(call, key, fields.set(field, sum));
  return bulk(sum);
}

function hrandfield(call: Call): Reply {
  const all = [...seen(call)];
  const [, , given, withValues] = call.words;
  if (given === undefined) return bulk(all.length === 0 ? undefined : all[call.server.process.random(all.length)]?.[0]);
  if (withValues !== undefined && withValues.toUpperCase() !== "WITHVALUES") syntax();
  const chosen = drawn(call, all, count(given));
  return bulks(withValues === undefined ? chosen.map(([field]) => field) : chosen.flat());
}

/** Some items by chance: all different when the number is positive, with repetitions when it is negative. */
export function drawn<T>({ server }: Call, all: readonly T[], wanted: number): readonly T[] {
  if (all.length === 0) return [];
  if (wanted < 0) return Array.from({ length: Math.min(10_000, -wanted) }, () => all[server.process.random(all.length)] as T);
  const left = [...all];
  const chosen: T[] = [];
  while (chosen.length < wanted && left.length > 0) chosen.push(...left.splice(server.process.random(left.length), 1));
  return chosen;
}

function hscan(call: Call): Reply {
  const scan = { ...scanOf(call.words.slice(2)), begin: 0, count: Infinity };
  return page([...seen(call)], scan, ([field]) => field, ([field, value]) => (scan.noValues ? [field] : [field, value]));
}

/** Commands of hashes. */
export const hashes: Commands = {
  hset: command(-4, "wm", (call) => setFields(call, integer)),
  hmset: command(-4, "wm", (call) => setFields(call, () => OK)),
  hsetnx: command(4, "wm", hsetnx),
  hget: command(3, "", (call) => bulk(seen(call).get(word(call, 2)))),
  hmget: command(-3, "", (call) => {
    const fields = seen(call);
    return bulks(call.words.slice(2).map((name) => fields.get(name)));
  }),
  hgetall: command(2, "", (call) => bulks([...seen(call)].flat())),
  hkeys: command(2, "", (call) => bulks([...seen(call).keys()])),
  hvals: command(2, "", (call) => bulks([...seen(call).values()])),
  hlen: command(2, "", (call) => integer(seen(call).size)),
  hexists: command(3, "", (call) => integer(seen(call).has(word(call, 2)))),
  hstrlen: command(3, "", (call) => integer(seen(call).get(word(call, 2))?.length ?? 0)),
  hdel: command(-3, "w", hdel),
  hincrby: command(4, "wm", hincrby),
  hincrbyfloat: command(4, "wm", hincrbyfloat),
  hrandfield: command(-2, "", hrandfield),
  hscan: command(-3, "", hscan),
};
