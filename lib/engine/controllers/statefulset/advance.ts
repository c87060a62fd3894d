import { ApiError } from "../../apimachinery/api-error";
import { compareNumbers } from "../../apimachinery/compare";
import type { StatefulSet } from "../../resources/apps/statefulset/statefulset";
import type { Pod } from "../../resources/core/pod/pod";
import type { ControllerContext } from "../controller";
import { templateOf } from "../history";
import { isAvailable, isFinished, isReady } from "../pod-state";
import { maxUnavailable, ordinalOf, revisionOfPod, startOf, versionedPod, type podOf, type Revisions, type VersionedTemplate } from "./identity";
import { claimIsStale, createPod, deletePod, ensureClaims, keepIdentity, keepRetention } from "./pods";

/** Everything one look at a set needs. */
interface Work {
  readonly set: StatefulSet;
  readonly revisions: Revisions;
  readonly context: ControllerContext;
  /** One at a time, in order; false with `podManagementPolicy: Parallel`. */
  readonly ordered: boolean;
  readonly firstUnhealthy: Pod | undefined;
}

const terminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const runningAndReady = (pod: Pod): boolean => pod.status?.phase === "Running" && isReady(pod);
const healthy = (pod: Pod): boolean => runningAndReady(pod) && !terminating(pod);
const available = (pod: Pod, { set, context }: Work): boolean => runningAndReady(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, context.now);

/**
 * One step of a StatefulSet: fill the missing ordinals from below, then remove the surplus from above, then replace
 * what is of an old revision from above. Returns what the API refused. Upstream: stateful_set_control.go updateStatefulSet.
 */
export function advance(set: StatefulSet, pods: readonly Pod[], revisions: Revisions, context: ControllerContext): ApiError | undefined {
  const start = startOf(set);
  const count = set.spec.replicas ?? 1;
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]));
  const inRange = (ordinal: number): boolean => ordinal >= start && ordinal < start + count;
  const condemned = pods.filter((pod) => !inRange(ordinalOf(set, pod))).sort((a, b) => compareNumbers(ordinalOf(set, b), ordinalOf(set, a)));
  const replicas = Array.from({ length: count }, (_, i) => byOrdinal.get(start + i));
  const firstUnhealthy = [...replicas, ...condemned.slice().reverse()].find((pod) => pod !== undefined && !healthy(pod));
  const missing = replicas.some((pod) => pod === undefined);
  const work: Work = { set, revisions, context, ordered: set.spec.podManagementPolicy !== "Parallel", firstUnhealthy: missing ? undefined : firstUnhealthy };
  try {
    const waits = replicas.map((pod, i) => [pod, start + i] as const);
    for (const [pod, ordinal] of waits) if (fill(work, pod, ordinal) && work.ordered) return undefined;
    for (const pod of condemned) keepRetention(set, pod, context);
    for (const pod of condemned) if (condemn(work, pod)) return undefined;
    renew(work, replicas);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** Brings one ordinal forward; true when the rest must wait, if there is an order. */
function fill(work: Work, pod: Pod | undefined, ordinal: number): boolean {
  const { set, context, ordered } = work;
  if (!pod) {
    if (claimIsStale(set, ordinal, context)) return true;
    createPod(set, draftOf(work, ordinal), ordinal, context);
    return ordered;
  }
  if (isFinished(pod)) {
    if (!terminating(pod)) deletePod(set, pod, context);
    return true;
  }
  if (pod.status?.phase === "Pending" && !terminating(pod)) ensureClaims(set, ordinal, pod.metadata.name, context);
  if (ordered && (terminating(pod) || !runningAndReady(pod) || !available(pod, work))) return true;
  keepIdentity(set, pod, context);
  keepRetention(set, pod, context);
  return false;
}

function draftOf({ set, revisions: { current, update } }: Work, ordinal: number): ReturnType<typeof podOf> {
  const versioned = (revision: Revisions["current"]): VersionedTemplate => ({ template: templateOf(revision, set.spec.template), name: revision.metadata.name });
  return versionedPod(set, versioned(current), versioned(update), ordinal);
}

/** Removes a pod beyond the wanted size; true when the rest must wait. */
function condemn(work: Work, pod: Pod): boolean {
  const { set, context, ordered, firstUnhealthy } = work;
  if (terminating(pod)) return ordered;
  if (ordered && (!runningAndReady(pod) || !available(pod, work)) && pod !== firstUnhealthy) return true;
  deletePod(set, pod, context);
  return ordered;
}

/** Replaces pods of old revisions from the highest ordinal down, waiting for each to be available. */
function renew(work: Work, replicas: readonly (Pod | undefined)[]): void {
  const { set, revisions, context } = work;
  const strategy = set.spec.updateStrategy;
  if (strategy?.type === "OnDelete") return;
  const lowest = strategy?.rollingUpdate?.partition ?? 0;
  const allowed = maxUnavailable(strategy?.rollingUpdate?.maxUnavailable, set.spec.replicas ?? 1);
  let away = 0;
  for (let i = replicas.length - 1; i >= lowest && away < allowed; i -= 1) {
    const pod = replicas[i];
    if (!pod) {
      away += 1;
      continue;
    }
    if (revisionOfPod(pod) !== revisions.update.metadata.name && !terminating(pod)) {
      deletePod(set, pod, context);
      away += 1;
    } else if (terminating(pod) || !available(pod, work)) away += 1;
  }
}
