import { hash32 } from "../apimachinery/canonical";
import { compareStrings } from "../apimachinery/compare";
import { keyOf, keyText } from "../apimachinery/meta";
import type { Pod } from "../resources/core/pod/pod";
import type { FindingsByPlace } from "./candidates";
import { passes, SUCCESS, type Cycle, type NodeInfo, type Refusal, type SchedulerPlugin, type Status } from "./framework";
import { withPod } from "./node-info";

/** Why a node was turned down, and by whom. */
export interface Rejection {
  readonly plugin: string;
  readonly status: Refusal;
}

/** A plugin that looks across nodes, ready for one pod: sums instead of lists of pods. */
export interface AcrossNodes {
  /** Why the node in that place will not do; undefined when it will, absent when this plugin has nothing to say. */
  readonly refuse?: (place: number, node: NodeInfo) => Rejection | undefined;
  /** Adds its weighed scores to the totals. */
  readonly score?: (contest: Contest) => void;
}

/** Places that fit and what was said for them so far. The lists are longer than the contest, and used again for the next one. */
export interface Contest {
  count: number;
  readonly places: Int32Array;
  readonly totals: Float64Array;
  /** For whoever scores, to reckon in. */
  readonly raw: Float64Array;
  readonly best: Int32Array;
}

/** What the filters made of the nodes. */
export interface FilterOutcome {
  readonly feasible: readonly NodeInfo[];
  /** By node. Nodes not looked at are not here. */
  readonly rejected: ReadonlyMap<string, Rejection>;
  /** A plugin that turned the pod down before any node was looked at. */
  readonly refused?: Rejection;
  /** Plugins whose `filter` concerns this pod, in order. */
  readonly active: readonly SchedulerPlugin[];
  /** What {@link rejected} comes to, where it was counted instead of listed. */
  readonly counted?: Counted;
}

/** Refusals by their words. */
export interface Counted {
  readonly texts: ReadonlyMap<string, number>;
  readonly plugins: readonly string[];
  /** Would removing pods not help in that place? */
  readonly helpless: (place: number) => boolean;
  /** What preemption found for pods of the same likeness where nothing changed since. Absent when plugins look across nodes. */
  readonly findings?: FindingsByPlace;
}

/** Asks every plugin once about the pod. Plugins that skip are left out of what follows. */
export function preFilter(plugins: readonly SchedulerPlugin[], cycle: Cycle): { readonly active: readonly SchedulerPlugin[]; readonly nodeNames?: ReadonlySet<string>; readonly refused?: Rejection } {
  const active: SchedulerPlugin[] = [];
  let nodeNames: ReadonlySet<string> | undefined;
  for (const plugin of plugins) {
    const status = plugin.preFilter?.(cycle) ?? SUCCESS;
    if (!passes(status)) return { active, refused: { plugin: plugin.name, status } };
    if (status.code === "Skip") continue;
    active.push(plugin);
    if (status.nodeNames) {
      const names = new Set(status.nodeNames);
      nodeNames = nodeNames ? new Set([...nodeNames].filter((name) => names.has(name))) : names;
    }
  }
  return { active, ...(nodeNames ? { nodeNames } : {}) };
}

/** The first refusal of a node, if any. */
export function filterNode(active: readonly SchedulerPlugin[], cycle: Cycle, node: NodeInfo): Rejection | undefined {
  for (const plugin of active) {
    const status: Status = plugin.filter?.(cycle, node) ?? SUCCESS;
    if (!passes(status)) return { plugin: plugin.name, status };
  }
  return undefined;
}

/** Do all these plugins let the pod run there? */
export function fitsOn(active: readonly SchedulerPlugin[], cycle: Cycle, node: NodeInfo): boolean {
  for (const plugin of active) if (!(plugin.fits ? plugin.fits(cycle, node) : passes(plugin.filter?.(cycle, node) ?? SUCCESS))) return false;
  return true;
}

/** How many fitting nodes are enough. Upstream: numFeasibleNodesToFind with adaptive percentage. */
export function enough(count: number): number {
  if (count < 100) return count;
  const percentage = Math.max(5, 50 - Math.trunc(count / 125));
  return Math.max(100, Math.trunc((count * percentage) / 100));
}

/** Why a node that `preFilter` left out will not do. */
export const NOT_NAMED: Rejection = {
  plugin: "NodeAffinity",
  status: { code: "UnschedulableAndUnresolvable", messages: ["node(s) didn't satisfy plugin(s) [NodeAffinity]"], reasons: [] },
};

/**
 * The nodes the pod can run on. In clusters of 100 nodes or more, looking stops once enough were found, and the next
 * pod's look begins where this one ended (`start` and the number looked at). Pods nominated for a node count there.
 * Where preemption made room for the pod is looked at first, and is enough. Upstream: evaluateNominatedNode.
 */
export function findNodes(plugins: readonly SchedulerPlugin[], cycle: Cycle, nominated: ReadonlyMap<string, readonly Pod[]>, start = 0): FilterOutcome & { readonly looked: number } {
  const { active, nodeNames, refused } = preFilter(plugins, cycle);
  if (refused) return { feasible: [], rejected: new Map(), active, refused, looked: 0 };
  const rejected = new Map<string, Rejection>();
  const feasible: NodeInfo[] = [];
  const { nodes } = cycle;
  const refusalOf = (node: NodeInfo): Rejection | undefined => {
    const others = nominated.get(node.node.metadata.name);
    const crowded = others ? filterNode(active, cycle, others.reduce(withPod, node)) : undefined;
    return crowded ?? filterNode(active, cycle, node);
  };
  const own = cycle.pod.status?.nominatedNodeName ?? "";
  const promised = own === "" || nodeNames?.has(own) === false ? undefined : nodes.find(({ node }) => node.metadata.name === own);
  if (promised && !refusalOf(promised)) return { feasible: [promised], rejected, active, looked: 0 };
  const wanted = nodeNames ? nodes.filter(({ node }) => nodeNames.has(node.metadata.name)) : nodes;
  if (nodeNames) for (const { node } of nodes) if (!nodeNames.has(node.metadata.name)) rejected.set(node.metadata.name, NOT_NAMED);
  const limit = enough(wanted.length);
  let looked = 0;
  for (; looked < wanted.length && feasible.length < limit; looked += 1) {
    const node = wanted[(start + looked) % wanted.length] as NodeInfo;
    const rejection = refusalOf(node);
    if (rejection) rejected.set(node.node.metadata.name, rejection);
    else feasible.push(node);
  }
  return { feasible, rejected, active, looked };
}

/** A plugin's opinion of a node, as given and as weighed. */
export interface Score {
  readonly node: string;
  readonly plugin: string;
  readonly raw: number;
  readonly weighted: number;
}

/** Why the fitting nodes cannot be scored, as upstream tells it. A single one needs no score. */
export function scoringFailure(plugins: readonly SchedulerPlugin[], { pod }: Cycle, feasible: readonly NodeInfo[]): string | undefined {
  if (feasible.length < 2) return undefined;
  for (const plugin of plugins) {
    const error = plugin.scoringError?.(pod);
    if (error !== undefined) return `running PreScore plugin "${plugin.name}": ${error}`;
  }
  return undefined;
}

/** Scores the fitting nodes with every plugin that has an opinion. */
export function scoreNodes(plugins: readonly SchedulerPlugin[], cycle: Cycle, feasible: readonly NodeInfo[]): readonly Score[] {
  return plugins.flatMap((plugin) => {
    const { score } = plugin;
    if (!score || plugin.preScore?.(cycle, feasible).code === "Skip") return [];
    const raw = new Map(feasible.map((node) => [node.node.metadata.name, score.call(plugin, cycle, node)]));
    const normal = new Map(raw);
    plugin.normalize?.(cycle, normal);
    const weight = plugin.weight ?? 1;
    return feasible.map((info) => {
      const name = info.node.metadata.name;
      return scoreOf(info, plugin.name, raw.get(name) ?? 0, (normal.get(name) ?? 0) * weight);
    });
  });
}

const given = new WeakMap<NodeInfo["node"], Map<string, Score>>();

/** The score as an object; the one given last time when it says the same, for traces keep very many of them. */
function scoreOf({ node }: NodeInfo, plugin: string, raw: number, weighted: number): Score {
  let known = given.get(node);
  if (!known) given.set(node, (known = new Map()));
  const last = known.get(plugin);
  if (last?.raw === raw && last.weighted === weighted) return last;
  const score: Score = { node: node.metadata.name, plugin, raw, weighted };
  known.set(plugin, score);
  return score;
}

/** The nodes that share the best total, in order of name. */
export function bestNodes(feasible: readonly NodeInfo[], scores: readonly Score[]): readonly string[] {
  const totals = new Map(feasible.map(({ node }) => [node.metadata.name, 0]));
  for (const { node, weighted } of scores) totals.set(node, (totals.get(node) ?? 0) + weighted);
  let best = -1;
  for (const total of totals.values()) if (total > best) best = total;
  return [...totals].filter(([, total]) => total === best).map(([node]) => node).sort(compareStrings);
}

/** One of the best nodes, drawn by the pod's own name and the cluster's salt, so that no other pod's draw moves it. */
export function drawOne(names: { readonly length: number; at(index: number): string | undefined }, pod: Pod, attempt: number, salt: number): string | undefined {
  return names.at(hash32(`${keyText(keyOf(pod))}#${attempt}`, salt) % Math.max(1, names.length));
}
