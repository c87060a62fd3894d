import type { Pod } from "../resources/core/pod/pod";
import type { NodeBoard } from "./board";
import { FindingsByPlace } from "./candidates";
import { enough, filterNode, NOT_NAMED, preFilter, type AcrossNodes, type Counted, type FilterOutcome, type Rejection } from "./cycle";
import type { Cycle, NodeInfo, SchedulerPlugin } from "./framework";
import { MAX_SCORE } from "./framework";
import { withPod } from "./node-info";
import type { Nominations } from "./nominations";
import { claimNames } from "../resources/core/pod/claim-names";
import { affinityByBoard } from "./plugins/interpodaffinity/by-board";
import { termsOf } from "./plugins/interpodaffinity/terms";
import { spreadByBoard } from "./plugins/podtopologyspread/by-board";
import { hasDisks } from "./plugins/volumerestrictions/index";

/** From how many nodes on the board's sums are used. Below, every plugin is asked about every node, and the answers are kept. */
export const QUICK_FROM = 100;
/** Most kinds of pods remembered at a time. */
const KEPT = 64;
const LOOKS_ACROSS: ReadonlySet<string> = new Set(["PodTopologySpread", "InterPodAffinity"]);

/** What was found out about nodes for pods that are all alike. Right for a node as long as its version is the same. */
interface Likes {
  readonly layout: number;
  readonly active: readonly SchedulerPlugin[];
  readonly names: ReadonlySet<string> | undefined;
  readonly stamps: Float64Array;
  readonly rejections: (Rejection | undefined)[];
  /** Sums of the weighed scores that nothing brings to a scale. */
  readonly base: Float64Array;
  readonly plain: readonly SchedulerPlugin[];
  /** Scores that are brought to 0..100 by their maximum among the nodes that fit. */
  readonly scaled: readonly { readonly plugin: SchedulerPlugin; readonly raw: Float64Array }[];
  readonly images: number;
  readonly words: Map<string, Rejection>;
  /** While no node at all will do: how many are refused in which words, as of a tick of the board. */
  none: { readonly counts: Map<Rejection, number>; tick: number } | undefined;
  findings: FindingsByPlace | undefined;
}

/** The quick way through a cycle: the same decision as asking every plugin about every node. */
export interface QuickCycle {
  find(start: number, nominated: Pick<Nominations, "on">): FilterOutcome & { readonly looked: number };
  /** Names of the best of what {@link find} found, in order. */
  best(): readonly string[];
}

/** Remembers, for a scheduler's life, what identical pods get from nodes that did not change. */
export function createQuickCycles(plugins: readonly SchedulerPlugin[]): (cycle: Cycle, board: NodeBoard) => QuickCycle | undefined {
  const local = plugins.filter(({ name }) => !LOOKS_ACROSS.has(name));
  const remembered = new Map<string, Likes>();
  return (cycle, board) => {
    const { pod, nodes } = cycle;
    if (nodes.length < QUICK_FROM || claimNames(pod).length > 0 || hasDisks(pod) || termsOf(pod).error !== undefined || local.some((plugin) => plugin.scoringError?.(pod) !== undefined)) return undefined;
    const key = likeness(pod);
    let likes = remembered.get(key);
    if (!likes || likes.layout !== board.layout || likes.images !== board.images) {
      const { active, nodeNames, refused } = preFilter(local, cycle);
      if (refused) return undefined;
      likes = fresh(local, active, nodeNames, cycle, board);
      remembered.delete(key);
      const [oldest] = remembered.keys();
      if (remembered.size >= KEPT && oldest !== undefined) remembered.delete(oldest);
      remembered.set(key, likes);
    }
    return quickCycle(cycle, board, likes, key);
  };
}

function fresh(local: readonly SchedulerPlugin[], active: readonly SchedulerPlugin[], names: ReadonlySet<string> | undefined, cycle: Cycle, board: NodeBoard): Likes {
  const count = cycle.nodes.length;
  // Without images on any node every node scores the same for them.
  const scoring = local.filter((plugin) => plugin.score && (plugin.name !== "ImageLocality" || board.images > 0) && plugin.preScore?.(cycle, []).code !== "Skip");
  return {
    layout: board.layout,
    active: active.filter((plugin) => plugin.filter),
    names,
    stamps: new Float64Array(count).fill(-1),
    rejections: new Array<Rejection | undefined>(count).fill(undefined),
    base: new Float64Array(count),
    plain: scoring.filter((plugin) => !plugin.normalize),
    scaled: scoring.filter((plugin) => plugin.normalize).map((plugin) => ({ plugin, raw: new Float64Array(count) })),
    images: board.images,
    words: new Map(),
    none: undefined,
    findings: undefined,
  };
}

/** Whatever of a pod plugins read: pods of one likeness fare alike everywhere. */
function likeness({ metadata, spec }: Pod): string {
  const containers = spec.containers.map(({ image, ports, resources }) => [image, ports, resources]);
  const inits = (spec.initContainers ?? []).map(({ image, ports, resources, restartPolicy }) => [image, ports, resources, restartPolicy]);
  const { resources, overhead } = spec as Pod["spec"] & { readonly resources?: unknown; readonly overhead?: unknown };
  return JSON.stringify([metadata.namespace, metadata.labels, spec.nodeName, spec.nodeSelector, spec.affinity, spec.tolerations, spec.topologySpreadConstraints, containers, inits, resources, overhead, spec.priority]);
}

function quickCycle(cycle: Cycle, board: NodeBoard, likes: Likes, key: string): QuickCycle {
  const { nodes } = cycle;
  const across: readonly AcrossNodes[] = [spreadByBoard(cycle, board, key), affinityByBoard(cycle, board, key)];
  const looksAcross = across.some(({ refuse }) => refuse);
  const found: { places: Int32Array } = { places: new Int32Array(0) };
  const own = cycle.pod.status?.nominatedNodeName === undefined ? -1 : board.indexOf(cycle.pod.status.nominatedNodeName);
  const look = (place: number, nominated: Pick<Nominations, "on">): Rejection | undefined => {
    const info = nodes[place] as NodeInfo;
    if (place !== own && likes.stamps[place] !== board.versions[place]) judge(cycle, board, likes, place, info, nominated);
    // Where the pod itself is nominated it does not stand in its own way; elsewhere all of its likeness fare alike.
    const rejection = place === own ? verdict(cycle, likes, info, nominated) : likes.rejections[place];
    if (rejection || !looksAcross) return rejection;
    for (const { refuse } of across) {
      const refusal = refuse?.(place, info);
      if (refusal) return refusal;
    }
    return undefined;
  };
  const fits = (places: Int32Array, looked: number): FilterOutcome & { readonly looked: number } => {
    found.places = places;
    return { feasible: [nodes[places[0] as number] as NodeInfo], rejected: new Map(), active: likes.active, looked };
  };
  const nowhere = (counts: ReadonlyMap<Rejection, number>, refusalAt: (place: number) => Rejection | undefined, looked: number): FilterOutcome & { readonly looked: number } => {
    return { feasible: [], rejected: new Map(), active: likes.active, looked, counted: countedOf(likes, counts, refusalAt, looksAcross, board) };
  };
  const refusalAt = (place: number): Rejection | undefined => likes.rejections[place];
  return {
    find(start, nominated) {
      const wanted = likes.names && [...likes.names].map((name) => board.indexOf(name)).filter((place) => place >= 0).sort((a, b) => a - b);
      if (own >= 0 && (wanted?.includes(own) ?? true) && !look(own, nominated)) return fits(Int32Array.of(own), 0);
      const plain = !looksAcross && !wanted && own < 0;
      if (plain && likes.none && stillNone(cycle, board, likes, likes.none, nominated)) return nowhere(likes.none.counts, refusalAt, nodes.length);
      const total = wanted ? wanted.length : nodes.length;
      const limit = enough(total);
      const places = new Int32Array(Math.min(limit, total));
      const refused = new Map<number, Rejection>();
      const counts = new Map<Rejection, number>();
      let fitting = 0;
      let looked = 0;
      for (; looked < total && fitting < limit; looked += 1) {
        const at = (start + looked) % total;
        const place = wanted ? (wanted[at] as number) : at;
        const rejection = look(place, nominated);
        if (!rejection) places[fitting++] = place;
        else if (fitting === 0) {
          counts.set(rejection, (counts.get(rejection) ?? 0) + 1);
          if (!plain) refused.set(place, rejection);
        }
      }
      if (fitting > 0) return fits(places.subarray(0, fitting), looked);
      if (plain) likes.none = { counts, tick: board.tick };
      else if (total < nodes.length) counts.set(NOT_NAMED, nodes.length - total);
      return nowhere(counts, plain ? refusalAt : (place) => refused.get(place) ?? NOT_NAMED, looked);
    },
    best: () => bestOf(nodes, likes, across, found.places),
  };
}

/** Looks again at the places that changed since nothing fitted; false, and forgotten, when one fits now. */
function stillNone(cycle: Cycle, board: NodeBoard, likes: Likes, none: NonNullable<Likes["none"]>, nominated: Pick<Nominations, "on">): boolean {
  const changed = board.changedSince(none.tick);
  likes.none = undefined;
  if (!changed) return false;
  const { counts } = none;
  for (const place of changed) {
    const before = likes.rejections[place];
    if (likes.stamps[place] !== board.versions[place]) judge(cycle, board, likes, place, cycle.nodes[place] as NodeInfo, nominated);
    const now = likes.rejections[place];
    if (!now) return false;
    if (now === before || !before) continue;
    const left = (counts.get(before) ?? 0) - 1;
    if (left > 0) counts.set(before, left);
    else counts.delete(before);
    counts.set(now, (counts.get(now) ?? 0) + 1);
  }
  none.tick = board.tick;
  likes.none = none;
  return true;
}

/** Every refusal counted by its words; in places nobody looked at, the node was not among those named. */
function countedOf(likes: Likes, counts: ReadonlyMap<Rejection, number>, refusalAt: (place: number) => Rejection | undefined, looksAcross: boolean, board: NodeBoard): Counted {
  const texts = new Map<string, number>();
  for (const [{ status }, count] of counts) for (const message of status.messages) texts.set(message, (texts.get(message) ?? 0) + count);
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

/** One object for all nodes refused in the same words: they are counted, not listed. */
function interned(likes: Likes, rejection: Rejection): Rejection {
  const words = `${rejection.plugin}\n${rejection.status.code}\n${rejection.status.messages.join("\n")}`;
  const known = likes.words.get(words);
  if (!known) likes.words.set(words, rejection);
  return known ?? rejection;
}

function verdict(cycle: Cycle, likes: Likes, info: NodeInfo, nominated: Pick<Nominations, "on">): Rejection | undefined {
  const others = nominated.on(info.node.metadata.name, cycle.pod);
  const crowded = others && filterNode(likes.active, cycle, others.reduce(withPod, info));
  const rejection = crowded ?? filterNode(likes.active, cycle, info);
  return rejection && interned(likes, rejection);
}

function judge(cycle: Cycle, board: NodeBoard, likes: Likes, place: number, info: NodeInfo, nominated: Pick<Nominations, "on">): void {
  const rejection = verdict(cycle, likes, info, nominated);
  likes.rejections[place] = rejection;
  if (!rejection) {
    let sum = 0;
    for (const plugin of likes.plain) sum += (plugin.score?.(cycle, info) ?? 0) * (plugin.weight ?? 1);
    likes.base[place] = sum;
    for (const { plugin, raw } of likes.scaled) raw[place] = plugin.score?.(cycle, info) ?? 0;
  }
  likes.stamps[place] = board.versions[place] ?? 0;
}

function bestOf(nodes: readonly NodeInfo[], likes: Likes, across: readonly AcrossNodes[], places: Int32Array): readonly string[] {
  const name = (place: number): string => (nodes[place] as NodeInfo).node.metadata.name;
  if (places.length === 1) return [name(places[0] as number)];
  const totals = new Float64Array(places.length);
  const { base } = likes;
  for (let i = 0; i < places.length; i += 1) totals[i] = base[places[i] as number] as number;
  for (const { plugin, raw } of likes.scaled) addScaled(plugin, raw, places, totals);
  for (const { score } of across) score?.(places, totals);
  let best = -1;
  let top: number[] = [];
  for (let i = 0; i < totals.length; i += 1) {
    const total = totals[i] as number;
    if (total < best) continue;
    if (total > best) top = [];
    best = total;
    top.push(places[i] as number);
  }
  return top.sort((a, b) => a - b).map(name);
}

function addScaled(plugin: SchedulerPlugin, raw: Float64Array, places: Int32Array, totals: Float64Array): void {
  const weight = plugin.weight ?? 1;
  const reverse = plugin.lessIsBetter === true;
  let max = 0;
  for (let i = 0; i < places.length; i += 1) if ((raw[places[i] as number] as number) > max) max = raw[places[i] as number] as number;
  // The same for every node: it decides nothing.
  if (max === 0) return;
  for (let i = 0; i < places.length; i += 1) {
    const scaled = Math.trunc((MAX_SCORE * (raw[places[i] as number] as number)) / max);
    totals[i] = (totals[i] as number) + (reverse ? MAX_SCORE - scaled : scaled) * weight;
  }
}
