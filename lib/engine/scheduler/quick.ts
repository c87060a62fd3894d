import type { Pod } from "../resources/core/pod/pod";
import type { NodeBoard } from "./board";
import { enough, filterNode, NOT_NAMED, preFilter, type AcrossNodes, type FilterOutcome, type Rejection } from "./cycle";
import type { Cycle, NodeInfo, SchedulerPlugin } from "./framework";
import { MAX_SCORE } from "./framework";
import { nodeInfo } from "./node-info";
import { claimNames } from "./pod-claims";
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
  readonly scorers: readonly { readonly plugin: SchedulerPlugin; readonly raw: Float64Array }[];
  images: number;
}

/** The quick way through a cycle: the same decision as asking every plugin about every node. */
export interface QuickCycle {
  find(start: number, nominated: ReadonlyMap<string, readonly Pod[]>): FilterOutcome & { readonly looked: number };
  /** Names of the best of what {@link find} found, in order. */
  best(): readonly string[];
}

/** Remembers, for a scheduler's life, what identical pods get from nodes that did not change. */
export function createQuickCycles(plugins: readonly SchedulerPlugin[]): (cycle: Cycle, board: NodeBoard) => QuickCycle | undefined {
  const local = plugins.filter(({ name }) => !LOOKS_ACROSS.has(name));
  const remembered = new Map<string, Likes>();
  return (cycle, board) => {
    const { pod, nodes } = cycle;
    if (nodes.length < QUICK_FROM || claimNames(pod).length > 0 || hasDisks(pod) || termsOf(pod).error !== undefined) return undefined;
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
    scorers: scoring.map((plugin) => ({ plugin, raw: new Float64Array(count) })),
    images: board.images,
  };
}

/** Whatever of a pod plugins read: pods of one likeness fare alike everywhere. */
function likeness({ metadata, spec, status }: Pod): string {
  const containers = spec.containers.map(({ image, ports, resources }) => [image, ports, resources]);
  const inits = (spec.initContainers ?? []).map(({ image, ports, resources, restartPolicy }) => [image, ports, resources, restartPolicy]);
  const { resources, overhead } = spec as Pod["spec"] & { readonly resources?: unknown; readonly overhead?: unknown };
  return JSON.stringify([metadata.namespace, metadata.labels, spec.nodeName, spec.nodeSelector, spec.affinity, spec.tolerations, spec.topologySpreadConstraints, containers, inits, resources, overhead, status?.nominatedNodeName === undefined ? 0 : 1]);
}

function quickCycle(cycle: Cycle, board: NodeBoard, likes: Likes, key: string): QuickCycle {
  const { nodes } = cycle;
  const across: readonly AcrossNodes[] = [spreadByBoard(cycle, board, key), affinityByBoard(cycle, board, key)];
  const found: { places: Int32Array } = { places: new Int32Array(0) };
  const look = (place: number): Rejection | undefined => {
    const info = nodes[place] as NodeInfo;
    if (likes.stamps[place] !== board.versions[place]) judge(cycle, board, likes, place, info);
    const rejection = likes.rejections[place];
    if (rejection) return rejection;
    for (const { refuse } of across) {
      const refusal = refuse?.(place, info);
      if (refusal) return refusal;
    }
    return undefined;
  };
  return {
    find(start, nominated) {
      const wanted = likes.names && [...likes.names].map((name) => board.indexOf(name)).filter((place) => place >= 0).sort((a, b) => a - b);
      const total = wanted ? wanted.length : nodes.length;
      const limit = enough(total);
      const places = new Int32Array(Math.min(limit, total));
      const refused: [number, Rejection][] = [];
      let fitting = 0;
      let looked = 0;
      for (; looked < total && fitting < limit; looked += 1) {
        const at = (start + looked) % total;
        const place = wanted ? (wanted[at] as number) : at;
        const others = nominated.size === 0 ? undefined : nominated.get((nodes[place] as NodeInfo).node.metadata.name);
        const crowded = others && filterNode(likes.active, cycle, nodeInfo((nodes[place] as NodeInfo).node, [...(nodes[place] as NodeInfo).pods, ...others]));
        const rejection = crowded ?? look(place);
        if (rejection) refused.push([place, rejection]);
        else places[fitting++] = place;
      }
      found.places = places.subarray(0, fitting);
      const name = (place: number): string => (nodes[place] as NodeInfo).node.metadata.name;
      const told = fitting > 0 ? [] : refused.map(([place, rejection]) => [name(place), rejection] as const);
      const unnamed = fitting > 0 || !likes.names ? [] : nodes.filter(({ node }) => !likes.names?.has(node.metadata.name)).map(({ node }) => [node.metadata.name, NOT_NAMED] as const);
      return { feasible: fitting > 0 ? [nodes[found.places[0] as number] as NodeInfo] : [], rejected: new Map([...unnamed, ...told]), active: likes.active, looked };
    },
    best: () => bestOf(nodes, likes, across, found.places),
  };
}

function judge(cycle: Cycle, board: NodeBoard, likes: Likes, place: number, info: NodeInfo): void {
  const rejection = filterNode(likes.active, cycle, info);
  likes.rejections[place] = rejection;
  if (!rejection) for (const { plugin, raw } of likes.scorers) raw[place] = plugin.score?.(cycle, info) ?? 0;
  likes.stamps[place] = board.versions[place] ?? 0;
}

function bestOf(nodes: readonly NodeInfo[], likes: Likes, across: readonly AcrossNodes[], places: Int32Array): readonly string[] {
  const name = (place: number): string => (nodes[place] as NodeInfo).node.metadata.name;
  if (places.length === 1) return [name(places[0] as number)];
  const totals = new Float64Array(places.length);
  for (const { plugin, raw } of likes.scorers) addLocal(plugin, raw, places, totals);
  for (const { score } of across) score?.(places, totals);
  let best = -1;
  for (const total of totals) if (total > best) best = total;
  const top: number[] = [];
  totals.forEach((total, i) => {
    if (total === best) top.push(places[i] as number);
  });
  return top.sort((a, b) => a - b).map(name);
}

/** Plugins that look at one node are brought to 0..100 by their maximum, or not at all. */
function addLocal(plugin: SchedulerPlugin, raw: Float64Array, places: Int32Array, totals: Float64Array): void {
  const weight = plugin.weight ?? 1;
  if (!plugin.normalize) {
    for (let i = 0; i < places.length; i += 1) totals[i] = (totals[i] as number) + (raw[places[i] as number] as number) * weight;
    return;
  }
  const reverse = plugin.lessIsBetter === true;
  let max = 0;
  for (const place of places) if ((raw[place] as number) > max) max = raw[place] as number;
  for (let i = 0; i < places.length; i += 1) {
    const scaled = max === 0 ? 0 : Math.trunc((MAX_SCORE * (raw[places[i] as number] as number)) / max);
    totals[i] = (totals[i] as number) + (reverse ? MAX_SCORE - scaled : scaled) * weight;
  }
}
