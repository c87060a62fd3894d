import { findCondition, isTrue } from "../apimachinery/conditions";
import { instantOf } from "../apimachinery/time";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Pod } from "../resources/core/pod/pod";

export { isFinished };

/** Does the pod count as one of its controller's replicas: neither ended nor on its way out? Upstream: controller.IsPodActive. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** Is the pod on its way out, its processes still there? Upstream: controller.IsPodTerminating. */
export function isTerminating(pod: Pod): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp !== undefined;
}

/** Is its `Ready` condition true? */
export function isReady(pod: Pod): boolean {
  return isTrue(pod.status?.conditions, "Ready");
}

/** Since when it has been ready, in milliseconds of virtual time; undefined when it is not or does not say. */
export function readySince(pod: Pod): number | undefined {
  const condition = findCondition(pod.status?.conditions, "Ready");
  if (condition?.status !== "True" || condition.lastTransitionTime === undefined) return undefined;
  return instantOf(condition.lastTransitionTime);
}

/** Has it been ready for `minReadySeconds`? Upstream: podutil.IsPodAvailable. */
export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  if (!isReady(pod)) return false;
  if (minReadySeconds === 0) return true;
  const since = readySince(pod);
  return since !== undefined && since + minReadySeconds * 1000 <= now;
}

/** Milliseconds until the next of these pods becomes available by waiting alone; undefined when none will. */
export function nextAvailability(pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined {
  if (minReadySeconds === 0) return undefined;
  let soonest: number | undefined;
  for (const pod of pods) {
    const since = readySince(pod);
    if (since === undefined) continue;
    const wait = since + minReadySeconds * 1000 - now;
    if (wait > 0 && (soonest === undefined || wait < soonest)) soonest = wait;
  }
  return soonest;
}

/** Restarts of the pod's most restarted ordinary container. */
export function restartsOf(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((most, status) => (status.restartCount > most ? status.restartCount : most), 0);
}
