import { intOrPercentOf } from "../../apimachinery/intstr";
import type { Deployment } from "../../resources/apps/deployment/deployment";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";

/** Upstream's way of saying "no deadline". */
const NO_DEADLINE = 2147483647;

/** Does the Deployment replace pods little by little? */
export function isRolling(deployment: Deployment): boolean {
  return (deployment.spec.strategy?.type ?? "RollingUpdate") === "RollingUpdate";
}

/** How far a rollout may go above and below the wanted size. */
export interface Fenceposts {
  readonly surge: number;
  readonly unavailable: number;
}

/** Surge rounds up, unavailability down, and both cannot be nought at once. Upstream: ResolveFenceposts. */
export function fenceposts(maxSurge: number | string, maxUnavailable: number | string, desired: number): Fenceposts {
  const surge = intOrPercentOf(maxSurge, desired, true);
  const unavailable = intOrPercentOf(maxUnavailable, desired, false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

function fencepostsOf(deployment: Deployment): Fenceposts {
  const limits = deployment.spec.strategy?.rollingUpdate;
  return fenceposts(limits?.maxSurge ?? 0, limits?.maxUnavailable ?? 0, deployment.spec.replicas ?? 1);
}

/** How many pods above `spec.replicas` a rollout may have. */
export function maxSurge(deployment: Deployment): number {
  return isRolling(deployment) ? fencepostsOf(deployment).surge : 0;
}

/** How many of `spec.replicas` may be missing during a rollout. */
export function maxUnavailable(deployment: Deployment): number {
  const desired = deployment.spec.replicas ?? 1;
  return isRolling(deployment) && desired > 0 ? Math.min(fencepostsOf(deployment).unavailable, desired) : 0;
}

/** Does a rollout that gets nowhere count as failed after a while? */
export function deadlineOf(deployment: Deployment): number | undefined {
  const deadline = deployment.spec.progressDeadlineSeconds;
  return deadline === undefined || deadline === NO_DEADLINE ? undefined : deadline;
}

/** Wanted size of a ReplicaSet. */
export function sizeOf(replicaSet: ReplicaSet): number {
  return replicaSet.spec.replicas ?? 1;
}

/** Wanted sizes together. */
export function totalSize(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + sizeOf(replicaSet), 0);
}

/** Available pods together. */
export function totalAvailable(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + (replicaSet.status?.availableReplicas ?? 0), 0);
}

/** Pods that exist, together. */
export function totalActual(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + (replicaSet.status?.replicas ?? 0), 0);
}

/** The size the new ReplicaSet may grow to without exceeding the surge. Upstream: NewRSNewReplicas. */
export function newReplicaSetSize(deployment: Deployment, all: readonly ReplicaSet[], current: number): number {
  const desired = deployment.spec.replicas ?? 1;
  if (!isRolling(deployment)) return desired;
  const room = desired + maxSurge(deployment) - totalSize(all);
  return room <= 0 ? current : current + Math.min(room, desired - current);
}
