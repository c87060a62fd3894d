import { compareNumbers, compareStrings } from "../../apimachinery/compare";
import { instantOf } from "../../apimachinery/time";
import type { Pod } from "../../resources/core/pod/pod";
import { isActive, isReady, readySince, restartsOf } from "../pod-state";

/** Annotation by which a pod asks to go later (higher) or sooner (lower) than its siblings. */
export const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

interface Candidate {
  readonly pod: Pod;
  /** Active siblings on the same node: crowded nodes give first. */
  readonly rank: number;
  readonly cost: number;
  readonly ready: boolean;
}

/**
 * The pods to remove when there are `surplus` too many: unassigned before assigned, pending before
 * running, unready before ready, cheap before dear, crowded before spread, newly ready before
 * long ready, restarted before steady, young before old.
 *
 * `related` are the pods of all ReplicaSets of the same owner. Upstream: replica_set.go getPodsToDelete, controller.ActivePodsWithRanks.
 */
export function victims(pods: readonly Pod[], related: readonly Pod[], surplus: number, now: number): readonly Pod[] {
  if (surplus >= pods.length) return pods;
  const onNode = new Map<string, number>();
  for (const pod of related) {
    if (!isActive(pod)) continue;
    const node = pod.spec.nodeName ?? "";
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const candidates = pods.map((pod): Candidate => ({ pod, rank: onNode.get(pod.spec.nodeName ?? "") ?? 0, cost: costOf(pod), ready: isReady(pod) }));
  return candidates.sort((a, b) => before(a, b, now)).slice(0, surplus).map(({ pod }) => pod);
}

function costOf(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST] ?? "";
  // As upstream: a value it cannot read counts as none, and leading zeros or plus signs are not read.
  return /^(0|-?[1-9][0-9]{0,9})$/.test(text) ? Number(text) : 0;
}

function before(a: Candidate, b: Candidate, now: number): number {
  return (
    compareNumbers(a.pod.spec.nodeName ? 1 : 0, b.pod.spec.nodeName ? 1 : 0) ||
    compareNumbers(PHASE_RANK[a.pod.status?.phase ?? ""] ?? 0, PHASE_RANK[b.pod.status?.phase ?? ""] ?? 0) ||
    compareNumbers(a.ready ? 1 : 0, b.ready ? 1 : 0) ||
    compareNumbers(a.cost, b.cost) ||
    compareNumbers(b.rank, a.rank) ||
    (a.ready && b.ready ? byTime(readySince(a.pod), readySince(b.pod), a.pod, b.pod, now) : 0) ||
    compareNumbers(restartsOf(b.pod), restartsOf(a.pod)) ||
    byTime(instantOf(a.pod.metadata.creationTimestamp), instantOf(b.pod.metadata.creationTimestamp), a.pod, b.pod, now) ||
    compareStrings(a.pod.metadata.name, b.pod.metadata.name)
  );
}

/** Shorter times first, compared by order of magnitude so that siblings of about one age are picked by uid. Upstream: logarithmic scale down. */
function byTime(a: number | undefined, b: number | undefined, one: Pod, other: Pod, now: number): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  const difference = magnitude(now - a) - magnitude(now - b);
  return difference !== 0 ? difference : compareStrings(one.metadata.uid, other.metadata.uid);
}

/** The whole binary logarithm of a time in nanoseconds; -1 for none. */
function magnitude(milliseconds: number): number {
  let rest = milliseconds * 1_000_000;
  let log = -1;
  while (rest >= 1) {
    rest /= 2;
    log += 1;
  }
  return log;
}
