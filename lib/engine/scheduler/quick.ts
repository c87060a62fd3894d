import type { Pod } from "../resources/core/pod/pod";
import type { NodeBoard } from "./board";
import { FindingsByPlace } from "./candidates";
import { enough, NOT_NAMED, preFilter, type AcrossNodes, type Contest, type Counted, type FilterOutcome, type Rejection } from "./cycle";
import type { Cycle, NodeInfo, SchedulerPlugin } from "./framework";
import { MAX_SCORE } from "./framework";
import { count, createLikes, FITS, isKin, judge, likeness, minds, refresh, UNKNOWN, verdict, type Expected, type Likes, type Scaled } from "./likes";
import { affinityByBoard } from "./plugins/interpodaffinity/by-board";
import { termsOf } from "./plugins/interpodaffinity/terms";

/** From how many nodes on the board's sums are used. Below, every plugin is asked about every node, and the answers are kept. */
export const QUICK_FROM = 100;
/** Most kinds of pods remembered at a time. */
const KEPT = 64;
const LOOKS_ACROSS: ReadonlySet<string> = new Set(["PodTopologySpread", "InterPodAffinity"]);

type Found = FilterOutcome & { readonly looked: number };

/** Names of nodes, in order. */
export interface Names {
  readonly length: number;
  at(index: number): string | undefined;
}

/** The quick way through a cycle: the same decision as asking every plugin about every node. Each must be done with before the next begins. */
export interface QuickCycle {
  find(start: number, nominated: Expected): Found;
  /** Names of the best of what {@link find} found. */
  best(): Names;
}

/** Remembers, for a scheduler's life, what identical pods get from nodes that did not change. */
export function createQuickCycles(plugins: readonly SchedulerPlugin[]): (cycle: Cycle, board: NodeBoard) => QuickCycle | undefined {
  const local = plugins.filter(({ name }) => !LOOKS_ACROSS.has(name));
  const remembered = new Map<string, Likes>();
  const latest: { pod: Pod | undefined; key: string; contest: Contest } = { pod: undefined, key: "", contest: contestOf(0) };
  const likesOf = (key: string, cycle: Cycle, board: NodeBoard): Likes | undefined => {
    const known = remembered.get(key);
    if (known && known.layout === board.layout && known.images === board.images) return known;
    const { active, nodeNames, refused } = preFilter(local, cycle);
    if (refused) return undefined;
    const likes = createLikes(key, local, active, nodeNames, cycle, board);
    remembered.delete(key);
    const [oldest] = remembered.keys();
    if (remembered.size >= KEPT && oldest !== undefined) remembered.delete(oldest);
    remembered.set(key, likes);
    return likes;
  };
  return (cycle, board) => {
    const { pod, nodes } = cycle;
    if (nodes.length < QUICK_FROM || minds(pod)) return undefined;
    if (!latest.pod || !isKin(latest.pod, pod)) {
      if (termsOf(pod).error !== undefined || local.some((plugin) => plugin.scoringError?.(pod) !== undefined)) return undefined;
      latest.key = likeness(pod);
      latest.pod = pod;
    }
    const likes = likesOf(latest.key, cycle, board);
    if (likes && latest.contest.places.length !== nodes.length) latest.contest = contestOf(nodes.length);
    return likes && new Round(cycle, board, likes, latest.contest);
  };
}

function contestOf(nodes: number): Contest {
  return { count: 0, places: new Int32Array(nodes), totals: new Float64Array(nodes), raw: new Float64Array(nodes), best: new Int32Array(nodes) };
}

const NOBODY: ReadonlyMap<string, Rejection> = new Map();

class Round implements QuickCycle {
  private readonly across: readonly AcrossNodes[];
  private readonly looksAcross: boolean;
  /** Where the pod itself is expected; -1 for nowhere. */
  private readonly own: number;

  constructor(
    private readonly cycle: Cycle,
    private readonly board: NodeBoard,
    private readonly likes: Likes,
    private readonly contest: Contest,
  ) {
    const spread = likes.spread.for(cycle, board, likes.key);
    const affinity = affinityByBoard(cycle, board, likes.key);
    this.across = [spread, affinity];
    this.looksAcross = (spread.refuse ?? affinity.refuse) !== undefined;
    const { nominatedNodeName } = cycle.pod.status ?? {};
    this.own = nominatedNodeName === undefined ? -1 : board.indexOf(nominatedNodeName);
  }

  find(start: number, nominated: Expected): Found {
    const { board, likes, own, looksAcross, cycle } = this;
    refresh(likes, board);
    const wanted = likes.names && [...likes.names].map((name) => board.indexOf(name)).filter((place) => place >= 0).sort((a, b) => a - b);
    if (own >= 0 && (wanted?.includes(own) ?? true) && !this.look(own, nominated)) return this.fits(Int32Array.of(own), 1, 0);
    const plain = !looksAcross && !wanted && own < 0;
    if (plain && likes.none && stillNone(cycle, board, likes, likes.none, nominated)) return this.nowhere(likes.none.counts, (place) => likes.rejections[place], cycle.nodes.length);
    return plain ? this.findPlainly(start, nominated) : this.findAmong(wanted, start, nominated);
  }

  best(): Names {
    const { cycle: { nodes }, contest: { best } } = this;
    const length = this.rank();
    // The places were looked at in order, going round once: what is smallest comes first.
    let first = 0;
    while (first + 1 < length && (best[first] as number) < (best[first + 1] as number)) first += 1;
    first = first + 1 < length ? first + 1 : 0;
    return { length, at: (index) => nodes[best[(first + index) % length] as number]?.node.metadata.name };
  }

  /** Of all nodes, when nothing but what is known of each by itself counts. */
  private findPlainly(start: number, nominated: Expected): Found {
    const { cycle, board, likes, contest: { places } } = this;
    const { known } = likes;
    const total = known.length;
    const limit = enough(total);
    let fitting = 0;
    let looked = 0;
    for (let place = start % total; looked < total && fitting < limit; looked += 1) {
      if (known[place] === UNKNOWN) judge(cycle, board, likes, place, nominated);
      if (known[place] === FITS) places[fitting++] = place;
      place = place + 1 === total ? 0 : place + 1;
    }
    if (fitting > 0) return this.fits(places, fitting, looked);
    const counts = new Map<Rejection, number>();
    for (let i = 0; i < total; i += 1) count(counts, likes.rejections[(start + i) % total] as Rejection, 1);
    likes.none = { counts, tick: board.tick };
    return this.nowhere(counts, (place) => likes.rejections[place], looked);
  }

  private findAmong(wanted: readonly number[] | undefined, start: number, nominated: Expected): Found {
    const { cycle: { nodes }, contest: { places } } = this;
    const total = wanted ? wanted.length : nodes.length;
    const limit = enough(total);
    const refused = new Map<number, Rejection>();
    const counts = new Map<Rejection, number>();
    let fitting = 0;
    let looked = 0;
    for (; looked < total && fitting < limit; looked += 1) {
      const at = (start + looked) % total;
      const place = wanted ? (wanted[at] as number) : at;
      const rejection = this.look(place, nominated);
      if (!rejection) places[fitting++] = place;
      else if (fitting === 0) {
        count(counts, rejection, 1);
        refused.set(place, rejection);
      }
    }
    if (fitting > 0) return this.fits(places, fitting, looked);
    if (total < nodes.length) counts.set(NOT_NAMED, nodes.length - total);
    return this.nowhere(counts, (place) => refused.get(place) ?? NOT_NAMED, looked);
  }

  private look(place: number, nominated: Expected): Rejection | undefined {
    const { cycle, board, likes, own, across } = this;
    if (place !== own && likes.known[place] === UNKNOWN) judge(cycle, board, likes, place, nominated);
    const info = cycle.nodes[place] as NodeInfo;
    // Where the pod itself is nominated it does not stand in its own way; elsewhere all of its likeness fare alike.
    const rejection = place === own ? verdict(cycle, likes, info, nominated) : likes.rejections[place];
    if (rejection || !this.looksAcross) return rejection;
    for (const one of across) {
      const refusal = one.refuse?.(place, info);
      if (refusal) return refusal;
    }
    return undefined;
  }

  private fits(places: Int32Array, count: number, looked: number): Found {
    const { contest, cycle, likes } = this;
    contest.count = count;
    contest.places[0] = places[0] as number;
    return { feasible: [cycle.nodes[places[0] as number] as NodeInfo], rejected: NOBODY, active: likes.active, looked };
  }

  private nowhere(counts: ReadonlyMap<Rejection, number>, refusalAt: (place: number) => Rejection | undefined, looked: number): Found {
    return { feasible: [], rejected: NOBODY, active: this.likes.active, looked, counted: countedOf(this.likes, counts, refusalAt, this.looksAcross, this.board) };
  }

  /** Puts the places with the best total first in the contest's list of them, in the order they were looked at; how many there are. */
  private rank(): number {
    const { contest, likes: { base, scaled }, across } = this;
    const { count, places, totals, best } = contest;
    best[0] = places[0] as number;
    if (count === 1) return 1;
    for (let i = 0; i < count; i += 1) totals[i] = base[places[i] as number] as number;
    for (const one of scaled) if (one.some > 0) addScaled(one, contest);
    for (const one of across) one.score?.(contest);
    let most = -1;
    let length = 0;
    for (let i = 0; i < count; i += 1) {
      const total = totals[i] as number;
      if (total < most) continue;
      if (total > most) length = 0;
      most = total;
      best[length++] = places[i] as number;
    }
    return length;
  }
}

/** Looks again at the places that changed since nothing fitted; false when one fits now, or when too much did. */
function stillNone(cycle: Cycle, board: NodeBoard, likes: Likes, none: NonNullable<Likes["none"]>, nominated: Expected): boolean {
  const changed = board.changedSince(none.tick);
  if (changed) for (const place of changed) if (likes.known[place] === UNKNOWN) judge(cycle, board, likes, place, nominated);
  if (!changed) likes.none = undefined;
  else none.tick = board.tick;
  return likes.none !== undefined;
}

/** Every refusal counted by its words; in places nobody looked at, the node was not among those named. */
function countedOf(likes: Likes, counts: ReadonlyMap<Rejection, number>, refusalAt: (place: number) => Rejection | undefined, looksAcross: boolean, board: NodeBoard): Counted {
  const texts = new Map<string, number>();
  for (const [{ status }, number] of counts) for (const message of status.messages) texts.set(message, (texts.get(message) ?? 0) + number);
  return {
    texts,
    plugins: [...new Set([...counts.keys()].map(({ plugin }) => plugin))],
    helpless: (place) => refusalAt(place)?.status.code === "UnschedulableAndUnresolvable",
    ...(looksAcross ? {} : { findings: findingsOf(likes, board) }),
  };
}

function findingsOf(likes: Likes, board: NodeBoard): FindingsByPlace {
  const findings = (likes.findings ??= new FindingsByPlace(likes.stamps.length));
  findings.forget(board.changedSince(findings.tick));
  findings.tick = board.tick;
  return findings;
}

function addScaled({ plugin, raw }: Scaled, { count: fitting, places, totals }: Contest): void {
  const weight = plugin.weight ?? 1;
  const reverse = plugin.lessIsBetter === true;
  let max = 0;
  for (let i = 0; i < fitting; i += 1) if ((raw[places[i] as number] as number) > max) max = raw[places[i] as number] as number;
  // The same for every node: it decides nothing.
  if (max === 0) return;
  for (let i = 0; i < fitting; i += 1) {
    const scaled = Math.trunc((MAX_SCORE * (raw[places[i] as number] as number)) / max);
    totals[i] = (totals[i] as number) + (reverse ? MAX_SCORE - scaled : scaled) * weight;
  }
}
