/** Sets of completion indexes as `1,3-5`. Upstream: pkg/controller/job/indexed_job_utils.go. */
import { compareNumbers } from "../../apimachinery/compare";

/** Consecutive indexes, both ends included. */
export interface Interval {
  readonly first: number;
  readonly last: number;
}

/** Intervals in order that neither touch nor overlap. */
export type Indexes = readonly Interval[];

/** How many indexes these are. */
export function totalOf(indexes: Indexes): number {
  return indexes.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** Is an index among them? */
export function hasIndex(indexes: Indexes, index: number): boolean {
  return indexes.some(({ first, last }) => first <= index && index <= last);
}

/** These and more; the given numbers may come in any order and more than once. */
export function withIndexes(indexes: Indexes, more: Iterable<number>): Indexes {
  return merged(indexes, [...more].map((index) => ({ first: index, last: index })));
}

/** Both sets as one. */
export function merged(a: Indexes, b: Indexes): Indexes {
  const result: Interval[] = [];
  for (const next of [...a, ...b].sort((x, y) => compareNumbers(x.first, y.first))) {
    const before = result.at(-1);
    if (before && next.first <= before.last + 1) result[result.length - 1] = { first: before.first, last: Math.max(before.last, next.last) };
    else result.push(next);
  }
  return result;
}

/** How many indexes are in both. */
export function commonOf(a: Indexes, b: Indexes): number {
  let count = 0;
  for (const x of a) for (const y of b) count += Math.max(0, Math.min(x.last, y.last) - Math.max(x.first, y.first) + 1);
  return count;
}

/** As the API writes them: two neighbours as `1,2`, three as `1-3`. */
export function textOf(indexes: Indexes): string {
  return indexes.map(({ first, last }) => (last === first ? String(first) : `${first}${last === first + 1 ? "," : "-"}${last}`)).join(",");
}

/** What a text says of indexes below `completions`; parts that cannot be read are passed over. */
export function parseIndexes(text: string, completions: number): Indexes {
  const result: Interval[] = [];
  for (const part of text.split(",")) {
    const match = /^([0-9]+)(?:-([0-9]+))?$/.exec(part);
    if (!match) continue;
    const first = Number(match[1]);
    if (first >= completions) break;
    const last = Math.min(Number(match[2] ?? match[1]), completions - 1);
    const before = result.at(-1);
    if (before?.last === first - 1) result[result.length - 1] = { first: before.first, last };
    else result.push({ first, last });
  }
  return result;
}

/** The lowest `count` indexes below `completions` that are not taken. Upstream: firstPendingIndexes. */
export function firstFree(taken: Indexes, count: number, completions: number): readonly number[] {
  const result: number[] = [];
  let candidate = 0;
  for (const { first, last } of [...taken, { first: completions, last: completions }]) {
    for (; candidate < completions && result.length < count && candidate < first; candidate += 1) result.push(candidate);
    candidate = Math.max(candidate, last + 1);
  }
  return result;
}
