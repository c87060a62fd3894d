/** Lists, sets and values that may be absent. Upstream: apiserver/pkg/cel/library/lists.go, cel-go/ext. */
import { compareValues, equal } from "../compare";
import { CelError, List, Optional, type Value } from "../values";
import { operators } from "./arithmetic";
import { list, noOverload, whole, type Fn, type Functions } from "./function";
import { isZero } from "./standard";
import { indexOfText, lastIndexOfText } from "./strings";

const BIGGEST = 1_000_000;

const isSorted: Fn = ([range]) => {
  const items = list(range).items();
  return items.every((item, i) => i === 0 || compareValues(items[i - 1] ?? null, item) <= 0);
};

const sum: Fn = ([range], context) => {
  const items = list(range).items();
  const [first, ...rest] = items;
  if (first === undefined) return 0n;
  return rest.reduce<Value>((total, item) => operators["_+_"]?.([total, item], context) ?? null, first);
};

function extreme(name: string, better: (order: number) => boolean): Fn {
  return ([range]) => {
    const [first, ...rest] = list(range).items();
    if (first === undefined) throw new CelError(`${name} called on empty list`);
    return rest.reduce((best, item) => (better(compareValues(item, best)) ? item : best), first);
  };
}

const indexOf: Fn = (args, context) => {
  const [range, item = null] = args;
  if (!(range instanceof List)) return indexOfText(args, context);
  return BigInt(range.items().findIndex((other) => equal(other, item)));
};

const lastIndexOf: Fn = (args, context) => {
  const [range, item = null] = args;
  if (!(range instanceof List)) return lastIndexOfText(args, context);
  const places = range.items().flatMap((other, i) => (equal(other, item) ? [i] : []));
  return BigInt(places[places.length - 1] ?? -1);
};

const distinct: Fn = ([range], context) => {
  const items = list(range).items();
  context.spend(items.length * items.length);
  return new List(items.filter((item, i) => !items.slice(0, i).some((other) => equal(other, item))));
};

function flattened(items: readonly Value[], depth: number): readonly Value[] {
  return items.flatMap((item) => (item instanceof List ? (depth > 1 ? flattened(item.items(), depth - 1) : item.items()) : [item]));
}

const slice: Fn = ([range, start, end]) => {
  const items = list(range).items();
  const [from, to] = [whole(start), whole(end)];
  if (from < 0 || to < 0) throw new CelError(`cannot slice(${from}, ${to}), negative indexes not supported`);
  if (from > to) throw new CelError(`cannot slice(${from}, ${to}), start index must be less than or equal to end index`);
  if (to > items.length) throw new CelError(`cannot slice(${from}, ${to}), list is length ${items.length}`);
  return new List(items.slice(from, to));
};

const range: Fn = ([count], context) => {
  const length = Math.max(0, whole(count));
  context.spend(length);
  if (length > BIGGEST) throw new CelError("range size too large");
  return new List(Array.from({ length }, (_item, i) => BigInt(i)));
};

const reverse: Fn = ([value = null]) => {
  if (typeof value === "string") return [...value].reverse().join("");
  return new List([...list(value).items()].reverse());
};

const containsAll = (a: List, b: List): boolean => b.items().every((item) => a.items().some((other) => equal(item, other)));

function sets(decide: (a: List, b: List) => boolean): Fn {
  return ([a, b], context) => {
    context.spend(list(a).length * list(b).length);
    return decide(list(a), list(b));
  };
}

function optional(value: Value | undefined): Optional {
  return value instanceof Optional ? value : noOverload();
}

const unwrap: Fn = ([range_]) => new List(list(range_).items().flatMap((item) => { const { value } = optional(item); return value === undefined ? [] : [value]; }));

const valueIn: Fn = ([holder]) => {
  const { value } = optional(holder);
  if (value === undefined) throw new CelError("optional.none() dereference");
  return value;
};

/** Functions over lists, sets and optional values. */
export const lists: Functions = {
  isSorted,
  sum,
  min: extreme("min", (order) => order < 0),
  max: extreme("max", (order) => order > 0),
  indexOf,
  lastIndexOf,
  distinct,
  flatten: ([range_, depth]) => new List(flattened(list(range_).items(), depth === undefined ? 1 : whole(depth))),
  slice,
  sort: ([range_]) => new List([...list(range_).items()].sort(compareValues)),
  "lists.range": range,
  reverse,
  first: ([range_]) => new Optional(list(range_).items()[0]),
  last: ([range_]) => new Optional(list(range_).items()[list(range_).length - 1]),
  "sets.contains": sets(containsAll),
  "sets.equivalent": sets((a, b) => containsAll(a, b) && containsAll(b, a)),
  "sets.intersects": sets((a, b) => a.items().some((item) => b.items().some((other) => equal(item, other)))),
  "optional.of": ([value]) => new Optional(value),
  "optional.none": () => new Optional(undefined),
  "optional.ofNonZeroValue": ([value = null]) => new Optional(isZero(value) ? undefined : value),
  hasValue: ([holder]) => optional(holder).value !== undefined,
  value: valueIn,
  or: ([holder, other]) => (optional(holder).value === undefined ? optional(other) : optional(holder)),
  orValue: ([holder, other = null]) => optional(holder).value ?? other,
  "optional.unwrap": unwrap,
  unwrapOpt: unwrap,
};

