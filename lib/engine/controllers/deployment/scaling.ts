import { compareNumbers, compareStrings } from "../../apimachinery/compare";
import { refOf } from "../../apimachinery/meta";
import type { Deployment } from "../../resources/apps/deployment/deployment";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import { byAge, byYouth } from "../age";
import type { ControllerContext } from "../controller";
import { DESIRED_REPLICAS, MAX_REPLICAS, revisionOf } from "./annotations";
import { isRolling, maxSurge, sizeOf, totalSize } from "./limits";
import { remembered, scale, type ReplicaSets } from "./replica-sets";

const active = (replicaSets: readonly ReplicaSet[]): readonly ReplicaSet[] => replicaSets.filter((replicaSet) => sizeOf(replicaSet) > 0);

/** Has somebody changed `spec.replicas` since its ReplicaSets were last sized? */
export function isScaling(deployment: Deployment, { all }: ReplicaSets): boolean {
  return active(all).some((replicaSet) => {
    const desired = remembered(replicaSet, DESIRED_REPLICAS);
    return desired !== undefined && desired !== (deployment.spec.replicas ?? 1);
  });
}

/**
 * Brings the ReplicaSets to the Deployment's size without advancing a rollout: the only active one takes it
 * all; in the middle of a rollout each gets its share. Upstream: deployment/sync.go scale.
 */
export function rescale(deployment: Deployment, sets: ReplicaSets, context: ControllerContext): void {
  const desired = deployment.spec.replicas ?? 1;
  const only = activeOrLatest(sets.fresh, sets.old);
  if (only) {
    if (sizeOf(only) !== desired) scale(deployment, only, desired, context);
    return;
  }
  if (isSaturated(deployment, sets.fresh)) {
    for (const old of active([...sets.old].sort(byAge))) scale(deployment, old, 0, context);
    return;
  }
  if (isRolling(deployment)) proportionally(deployment, active(sets.all), context);
}

/** The only ReplicaSet of some size, or when none has any the latest one; undefined while several have. Upstream: FindActiveOrLatest. */
export function activeOrLatest(fresh: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const running = active([...old, ...(fresh ? [fresh] : [])]);
  if (running.length === 0) return fresh ?? [...old].sort(byYouth)[0];
  return running.length === 1 ? running[0] : undefined;
}

function isSaturated(deployment: Deployment, fresh: ReplicaSet | undefined): boolean {
  const desired = deployment.spec.replicas ?? 1;
  return fresh !== undefined && sizeOf(fresh) === desired && remembered(fresh, DESIRED_REPLICAS) === desired && (fresh.status?.availableReplicas ?? 0) === desired;
}

function proportionally(deployment: Deployment, running: readonly ReplicaSet[], context: ControllerContext): void {
  const desired = deployment.spec.replicas ?? 1;
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = allowed - totalSize(running);
  // Larger ones first; of equal ones the newest when growing, the oldest when shrinking.
  const ordered = [...running].sort((a, b) => compareNumbers(sizeOf(b), sizeOf(a)) || (toAdd > 0 ? byYouth(a, b) : byAge(a, b)));
  let added = 0;
  const sizes = ordered.map((replicaSet) => {
    const share = proportion(deployment, replicaSet, toAdd, added);
    added += share;
    return sizeOf(replicaSet) + share;
  });
  ordered.forEach((replicaSet, i) => {
    const leftover = i === 0 && toAdd !== 0 ? toAdd - added : 0;
    scale(deployment, replicaSet, Math.max(0, (sizes[i] ?? 0) + leftover), context);
  });
}

/** A ReplicaSet's share of what is to be added (or, below nought, taken away) when `added` has been given out. Upstream: GetReplicaSetProportion. */
export function proportion(deployment: Deployment, replicaSet: ReplicaSet, toAdd: number, added: number): number {
  if (sizeOf(replicaSet) === 0 || toAdd === 0 || toAdd === added) return 0;
  const share = fraction(deployment, replicaSet);
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
}

function fraction(deployment: Deployment, replicaSet: ReplicaSet): number {
  const size = sizeOf(replicaSet);
  const desired = deployment.spec.replicas ?? 1;
  if (desired === 0) return -size;
  const before = remembered(replicaSet, MAX_REPLICAS) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return Math.floor((size * (desired + maxSurge(deployment))) / before + 0.5) - size;
}

/** Removes empty old ReplicaSets beyond `revisionHistoryLimit`, oldest revision first. Upstream: cleanupDeployment. */
export function cleanUp(deployment: Deployment, old: readonly ReplicaSet[], { client }: ControllerContext): void {
  const limit = deployment.spec.revisionHistoryLimit;
  if (limit === undefined || limit === 2147483647) return;
  const alive = old.filter((replicaSet) => replicaSet.metadata.deletionTimestamp === undefined);
  const surplus = alive.length - limit;
  if (surplus <= 0) return;
  const ordered = [...alive].sort((a, b) => compareNumbers(revisionOf(a), revisionOf(b)) || byAge(a, b) || compareStrings(a.metadata.name, b.metadata.name));
  for (const replicaSet of ordered.slice(0, surplus)) {
    const { status, metadata } = replicaSet;
    const busy = (status?.replicas ?? 0) !== 0 || sizeOf(replicaSet) !== 0 || (metadata.generation ?? 0) > (status?.observedGeneration ?? 0);
    if (!busy) client.delete(refOf(replicaSet), { propagation: "Background" });
  }
}
