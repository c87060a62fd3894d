import { deepEqual } from "../apimachinery/compare";
import { claimName } from "../resources/core/pod/claim-names";
import type { Container, Pod } from "../resources/core/pod/pod";
import type { NodeBoard } from "./board";
import type { FindingsByPlace } from "./candidates";
import { filterNode, type Rejection } from "./cycle";
import type { Cycle, NodeInfo, SchedulerPlugin } from "./framework";
import { withPod } from "./node-info";
import type { Nominations } from "./nominations";
import { createSpread, type Spread } from "./plugins/podtopologyspread/by-board";
import { hasDisks } from "./plugins/volumerestrictions/index";

/** What is known of a place: nothing, that the pod fits there, that it does not. */
export const UNKNOWN = 0;
/** The pod fits there. */
export const FITS = 1;
/** It does not. */
export const REFUSED = 2;

/** Who is expected where. */
export type Expected = Pick<Nominations, "on">;

/** What was found out about nodes for pods that are all alike. Right for a node as long as its version is the same. */
export interface Likes {
  readonly key: string;
  readonly layout: number;
  readonly active: readonly SchedulerPlugin[];
  readonly names: ReadonlySet<string> | undefined;
  readonly stamps: Float64Array;
  /** By place, as of {@link tick}. */
  readonly known: Uint8Array;
  tick: number;
  readonly rejections: (Rejection | undefined)[];
  /** Sums of the weighed scores that nothing brings to a scale. */
  readonly base: Float64Array;
  readonly plain: readonly SchedulerPlugin[];
  /** Scores that are brought to 0..100 by their maximum among the nodes that fit. */
  readonly scaled: readonly Scaled[];
  readonly images: number;
  readonly words: Map<string, Rejection>;
  readonly spread: Spread;
  /** While no node at all will do: how many are refused in which words, as of a tick of the board. */
  none: { readonly counts: Map<Rejection, number>; tick: number } | undefined;
  findings: FindingsByPlace | undefined;
}

/** Scores by place of a plugin, and how many of them are not nought. */
export interface Scaled {
  readonly plugin: SchedulerPlugin;
  readonly raw: Float64Array;
  some: number;
}

/** Nothing known yet of pods of a likeness. */
export function createLikes(key: string, local: readonly SchedulerPlugin[], active: readonly SchedulerPlugin[], names: ReadonlySet<string> | undefined, cycle: Cycle, board: NodeBoard): Likes {
  const count = cycle.nodes.length;
  // Without images on any node every node scores the same for them.
  const scoring = local.filter((plugin) => plugin.score && (plugin.name !== "ImageLocality" || board.images > 0) && plugin.preScore?.(cycle, []).code !== "Skip");
  return {
    key,
    layout: board.layout,
    active: active.filter((plugin) => plugin.filter),
    names,
    stamps: new Float64Array(count).fill(-1),
    known: new Uint8Array(count),
    tick: board.tick,
    rejections: new Array<Rejection | undefined>(count).fill(undefined),
    base: new Float64Array(count),
    plain: scoring.filter((plugin) => !plugin.normalize),
    scaled: scoring.filter((plugin) => plugin.normalize).map((plugin) => ({ plugin, raw: new Float64Array(count), some: 0 })),
    images: board.images,
    words: new Map(),
    spread: createSpread(),
    none: undefined,
    findings: undefined,
  };
}

/** Forgets what is known of places that changed. */
export function refresh(likes: Likes, board: NodeBoard): void {
  if (likes.tick === board.tick) return;
  const { stamps, known } = likes;
  const { versions } = board;
  const changed = board.changedSince(likes.tick);
  if (changed) for (const place of changed) known[place] = stamps[place] === versions[place] ? (known[place] as number) : UNKNOWN;
  else for (let place = 0; place < known.length; place += 1) if (stamps[place] !== versions[place]) known[place] = UNKNOWN;
  likes.tick = board.tick;
}

/** What the filters say of a node, with those expected there and without. */
export function verdict(cycle: Cycle, likes: Likes, info: NodeInfo, nominated: Expected): Rejection | undefined {
  const others = nominated.on(info.node.metadata.name, cycle.pod);
  const crowded = others && filterNode(likes.active, cycle, others.reduce(withPod, info));
  const rejection = crowded ?? filterNode(likes.active, cycle, info);
  return rejection && interned(likes, rejection);
}

/** Looks at a place, and notes what comes of it. */
export function judge(cycle: Cycle, board: NodeBoard, likes: Likes, place: number, nominated: Expected): void {
  const info = cycle.nodes[place] as NodeInfo;
  const rejection = verdict(cycle, likes, info, nominated);
  if (likes.none) recount(likes, likes.none.counts, likes.rejections[place], rejection);
  likes.rejections[place] = rejection;
  likes.known[place] = rejection ? REFUSED : FITS;
  if (!rejection) {
    let sum = 0;
    for (const plugin of likes.plain) sum += (plugin.score?.(cycle, info) ?? 0) * (plugin.weight ?? 1);
    likes.base[place] = sum;
    for (const scaled of likes.scaled) {
      const score = scaled.plugin.score?.(cycle, info) ?? 0;
      scaled.some += Number(score !== 0) - Number(scaled.raw[place] !== 0);
      scaled.raw[place] = score;
    }
  }
  likes.stamps[place] = board.versions[place] ?? 0;
}

/** While no node will do, refusals are counted; a place that says something else now counts as that, and one where the pod fits ends it. */
function recount(likes: Likes, counts: Map<Rejection, number>, before: Rejection | undefined, now: Rejection | undefined): void {
  if (!now) {
    likes.none = undefined;
    return;
  }
  if (before) count(counts, before, -1);
  count(counts, now, 1);
}

/** Counts one more, or one less. */
export function count(counts: Map<Rejection, number>, rejection: Rejection, by: 1 | -1): void {
  const left = (counts.get(rejection) ?? 0) + by;
  if (left > 0) counts.set(rejection, left);
  else counts.delete(rejection);
}

/** One object for all nodes refused in the same words: they are counted, not listed. */
function interned(likes: Likes, rejection: Rejection): Rejection {
  const words = `${rejection.plugin}\n${rejection.status.code}\n${rejection.status.messages.join("\n")}`;
  const known = likes.words.get(words);
  if (!known) likes.words.set(words, rejection);
  return known ?? rejection;
}

/** Whatever of a pod plugins read: pods of one likeness fare alike everywhere. */
export function likeness({ metadata, spec }: Pod): string {
  const containers = spec.containers.map(({ image, ports, resources }) => [image, ports, resources]);
  const inits = (spec.initContainers ?? []).map(({ image, ports, resources, restartPolicy }) => [image, ports, resources, restartPolicy]);
  const { resources, overhead } = spec as Spec;
  return JSON.stringify([metadata.namespace, metadata.labels, spec.nodeName, spec.nodeSelector, spec.affinity, spec.tolerations, spec.topologySpreadConstraints, containers, inits, resources, overhead, spec.priority]);
}

type Spec = Pod["spec"] & { readonly resources?: unknown; readonly overhead?: unknown };

/** Do two pods say the same in all that makes their {@link likeness}? Pods of one template share most of it. */
export function isKin({ metadata: m, spec: a }: Pod, { metadata: n, spec: b }: Pod): boolean {
  if (m.namespace !== n.namespace || a.nodeName !== b.nodeName || a.priority !== b.priority || !deepEqual(m.labels, n.labels)) return false;
  const [x, y] = [a as Spec, b as Spec];
  return (
    areKin(x.containers, y.containers) &&
    areKin(x.initContainers ?? NONE, y.initContainers ?? NONE) &&
    deepEqual(x.nodeSelector, y.nodeSelector) &&
    deepEqual(x.affinity, y.affinity) &&
    deepEqual(x.tolerations, y.tolerations) &&
    deepEqual(x.topologySpreadConstraints, y.topologySpreadConstraints) &&
    deepEqual(x.resources, y.resources) &&
    deepEqual(x.overhead, y.overhead)
  );
}

const NONE: readonly Container[] = Object.freeze([]);

function areKin(a: readonly Container[], b: readonly Container[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i] as Container, b[i] as Container];
    if (x !== y && (x.image !== y.image || x.restartPolicy !== y.restartPolicy || !deepEqual(x.resources, y.resources) || !deepEqual(x.ports, y.ports))) return false;
  }
  return true;
}

/** Does it matter to the pod which volumes a node can reach, or which disks are written to there? */
export function minds(pod: Pod): boolean {
  for (const volume of pod.spec.volumes ?? []) if (claimName(pod, volume) !== undefined) return true;
  return hasDisks(pod);
}
