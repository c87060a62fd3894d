import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import { affinityKeys } from "./plugins/interpodaffinity/terms";

/** Where a node stands among the nodes; -1 when it is not among them. */
export interface Place {
  index: number;
}

/** Pods that no selector can tell apart: the same namespace, labels and affinity, all terminating or none. */
export interface Group {
  readonly key: string;
  readonly sample: Pod;
  /** How many of them stand where. */
  readonly counts: Map<Place, number>;
  total: number;
  readonly tallies: { readonly tally: Sum; readonly amount: number }[];
}

/** Sums over pods: per node, and per value of a node label where one is named. Kept up as pods come and go. */
export interface Tally {
  readonly perNode: Float64Array;
  /** By number of the value; only nodes of the mask count. */
  readonly byValue: Float64Array;
  /** Which values there are among the nodes of the mask. */
  readonly present: Uint8Array;
  readonly domains: number;
  /** The number of each node's value, -1 without the label. */
  readonly ids: Int32Array;
  /** Has every node the label? */
  readonly complete: boolean;
}

interface Sum extends Tally {
  readonly amount: (sample: Pod) => number;
  readonly mask: Uint8Array | undefined;
}

/** What a tally sums: an amount for each pod, over nodes by a label. */
export interface TallySpec {
  /** Two specs of one name are taken to be the same. */
  readonly name: string;
  readonly topologyKey: string;
  readonly amount: (sample: Pod) => number;
  /** By place: does the node count for its value? Asked for once; absent: all do. */
  readonly mask?: (() => Uint8Array) | undefined;
}

/** The values of a node label: how many there are, the number of each node's, and whether every node has one. */
interface Values {
  readonly ids: Int32Array;
  readonly size: number;
  readonly complete: boolean;
}

/** All sums a scheduler keeps. */
export interface Tallies {
  add(pod: Pod, place: Place): Group;
  remove(group: Group, place: Place): void;
  /** The sum asked for, begun now if it is not kept yet. */
  tally(spec: TallySpec): Tally;
  /** While this number stays, every sum given out is kept up. */
  readonly epoch: number;
  /** Node label → the number of its value by place, -1 without. */
  values(topologyKey: string): Values;
  /** Labels that affinity terms of running pods speak of. */
  affineKeys(): readonly string[];
  /** The nodes are others now. */
  setPlaces(places: readonly Place[]): void;
  /** Forgets every sum: what they rest on changed. */
  clear(): void;
}

/** Most sums kept at a time; the oldest makes way. */
const KEPT = 256;

/** No sums yet. */
export function createTallies(nodeOf: (place: Place) => Node | undefined): Tallies {
  const groups = new Map<string, Group>();
  const affine = new Map<string, number>();
  const sums = new Map<string, Sum>();
  const topologies = new Map<string, Values>();
  const state: { places: readonly Place[]; last: Group | undefined; epoch: number } = { places: [], last: undefined, epoch: 0 };

  const join = (group: Group, sum: Sum): number => {
    const amount = sum.amount(group.sample);
    if (amount !== 0) group.tallies.push({ tally: sum, amount });
    return amount;
  };
  const count = (group: Group, place: Place, sign: 1 | -1): void => {
    const standing = (group.counts.get(place) ?? 0) + sign;
    if (standing === 0) group.counts.delete(place);
    else group.counts.set(place, standing);
    group.total += sign;
    if (place.index >= 0) for (const { tally, amount } of group.tallies) book(tally, place.index, sign * amount);
  };
  const groupOf = (pod: Pod): Group => {
    // Siblings come one after the other.
    if (state.last && state.last.total > 0 && isSibling(state.last.sample, pod)) return state.last;
    const key = groupKey(pod);
    let group = groups.get(key);
    if (!group) {
      groups.set(key, (group = { key, sample: pod, counts: new Map(), total: 0, tallies: [] }));
      for (const sum of sums.values()) join(group, sum);
      for (const label of affinityKeys(pod)) affine.set(label, (affine.get(label) ?? 0) + 1);
    }
    return (state.last = group);
  };
  const clear = (): void => {
    state.epoch += 1;
    sums.clear();
    topologies.clear();
    for (const group of groups.values()) group.tallies.length = 0;
  };
  const values: Tallies["values"] = (topologyKey) => {
    let known = topologies.get(topologyKey);
    if (!known) topologies.set(topologyKey, (known = numbered(state.places, topologyKey, nodeOf)));
    return known;
  };
  return {
    add(pod, place) {
      const group = groupOf(pod);
      count(group, place, 1);
      return group;
    },
    remove(group, place) {
      count(group, place, -1);
      if (group.total > 0) return;
      groups.delete(group.key);
      for (const label of affinityKeys(group.sample)) {
        const left = (affine.get(label) ?? 0) - 1;
        if (left > 0) affine.set(label, left);
        else affine.delete(label);
      }
    },
    tally({ name, topologyKey, amount, mask: masked }) {
      const known = sums.get(name);
      if (known) return known;
      const mask = masked?.();
      const { ids, size, complete } = values(topologyKey);
      const sum: Sum = { amount, mask, ids, complete, perNode: new Float64Array(state.places.length), byValue: new Float64Array(size), ...domainsOf(ids, size, mask) };
      for (const group of groups.values()) {
        const each = join(group, sum);
        if (each !== 0) for (const [place, pods] of group.counts) if (place.index >= 0) book(sum, place.index, each * pods);
      }
      const [oldest] = sums;
      if (sums.size >= KEPT && oldest) {
        state.epoch += 1;
        sums.delete(oldest[0]);
        for (const group of groups.values()) dropFrom(group, oldest[1]);
      }
      sums.set(name, sum);
      return sum;
    },
    values,
    get epoch() {
      return state.epoch;
    },
    affineKeys: () => [...affine.keys()],
    setPlaces(places) {
      state.places = places;
      clear();
    },
    clear,
  };
}

function book(sum: Sum, place: number, amount: number): void {
  sum.perNode[place] = (sum.perNode[place] ?? 0) + amount;
  const value = sum.ids[place] ?? -1;
  if (value >= 0 && (sum.mask === undefined || sum.mask[place] === 1)) sum.byValue[value] = (sum.byValue[value] ?? 0) + amount;
}

function dropFrom(group: Group, sum: Sum): void {
  const at = group.tallies.findIndex(({ tally }) => tally === sum);
  if (at >= 0) group.tallies.splice(at, 1);
}

function domainsOf(ids: Int32Array, size: number, mask: Uint8Array | undefined): { readonly present: Uint8Array; readonly domains: number } {
  const present = new Uint8Array(size);
  let domains = 0;
  ids.forEach((value, place) => {
    if (value < 0 || present[value] === 1 || (mask !== undefined && mask[place] !== 1)) return;
    present[value] = 1;
    domains += 1;
  });
  return { present, domains };
}

function numbered(places: readonly Place[], topologyKey: string, nodeOf: (place: Place) => Node | undefined): Values {
  const numbers = new Map<string, number>();
  const ids = new Int32Array(places.length).fill(-1);
  places.forEach((place, i) => {
    const value = nodeOf(place)?.metadata.labels?.[topologyKey];
    if (value === undefined) return;
    let number = numbers.get(value);
    if (number === undefined) numbers.set(value, (number = numbers.size));
    ids[i] = number;
  });
  return { ids, size: numbers.size, complete: !ids.includes(-1) };
}

/** Would both be of one group, told by identity alone? */
function isSibling({ metadata: a, spec }: Pod, { metadata: b, spec: other }: Pod): boolean {
  return a.labels === b.labels && a.namespace === b.namespace && spec.affinity === other.affinity && (a.deletionTimestamp === undefined) === (b.deletionTimestamp === undefined);
}

function groupKey({ metadata, spec }: Pod): string {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const affinity = podAffinity || podAntiAffinity ? JSON.stringify([podAffinity, podAntiAffinity]) : "";
  return `${metadata.namespace ?? ""}\n${metadata.deletionTimestamp === undefined ? "" : "!"}\n${JSON.stringify(metadata.labels ?? {})}\n${affinity}`;
}
