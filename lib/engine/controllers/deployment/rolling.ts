import type { Deployment } from "../../resources/apps/deployment/deployment";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import { byAge } from "../age";
import type { ControllerContext } from "../controller";
import { maxUnavailable, newReplicaSetSize, sizeOf, totalAvailable, totalSize } from "./limits";
import { scale, syncRevisions, type ReplicaSets } from "./replica-sets";
import { cleanUp } from "./scaling";
import { isComplete } from "./status";

/**
 * One step of a rolling update: either the new ReplicaSet grows, or the old ones shrink; never both
 * in one look. Upstream: deployment/rolling.go.
 */
export function roll(sets: ReplicaSets, context: ControllerContext): ReplicaSets {
  const { deployment, fresh, old } = sets;
  if (!fresh) return syncRevisions(deployment, sets.all, true, context);
  // As upstream, the status written next counts what was there before this step.
  const grown = resizeFresh(deployment, fresh, sets.all, context);
  if (sizeOf(grown) !== sizeOf(fresh)) return sets;
  const shrunk = shrinkOld(deployment, old, grown, context);
  const moved = shrunk.some((replicaSet, i) => replicaSet !== old[i]);
  if (!moved && deployment.status && isComplete(deployment, deployment.status)) cleanUp(deployment, old, context);
  return sets;
}

function resizeFresh(deployment: Deployment, fresh: ReplicaSet, all: readonly ReplicaSet[], context: ControllerContext): ReplicaSet {
  const desired = deployment.spec.replicas ?? 1;
  const size = sizeOf(fresh);
  if (size === desired) return fresh;
  return scale(deployment, fresh, size > desired ? desired : newReplicaSetSize(deployment, all, size), context);
}

function shrinkOld(deployment: Deployment, old: readonly ReplicaSet[], fresh: ReplicaSet, context: ControllerContext): readonly ReplicaSet[] {
  if (totalSize(old) === 0) return old;
  const minAvailable = (deployment.spec.replicas ?? 1) - maxUnavailable(deployment);
  const freshUnavailable = sizeOf(fresh) - (fresh.status?.availableReplicas ?? 0);
  const room = totalSize(old) + sizeOf(fresh) - minAvailable - freshUnavailable;
  if (room <= 0) return old;
  const ordered = [...old].sort(byAge);
  const healthy = dropUnhealthy(deployment, ordered, room, context);
  return healthy === undefined ? old : dropAvailable(deployment, healthy, fresh, minAvailable, context);
}

/**
 * Pods that are not available serve nobody, so they go first. Undefined when a ReplicaSet still tells of more pods than
 * it is to have: how many are available will only be known when it has caught up. Upstream: cleanupUnhealthyReplicas.
 */
function dropUnhealthy(deployment: Deployment, old: readonly ReplicaSet[], room: number, context: ControllerContext): readonly ReplicaSet[] | undefined {
  let dropped = 0;
  const kept: ReplicaSet[] = [];
  for (const replicaSet of old) {
    const size = sizeOf(replicaSet);
    const unhealthy = dropped >= room || size === 0 ? 0 : size - (replicaSet.status?.availableReplicas ?? 0);
    if (unhealthy < 0) return undefined;
    const count = Math.min(room - dropped, unhealthy);
    dropped += count;
    kept.push(count === 0 ? replicaSet : scale(deployment, replicaSet, size - count, context));
  }
  return kept;
}

function dropAvailable(deployment: Deployment, old: readonly ReplicaSet[], fresh: ReplicaSet, minAvailable: number, context: ControllerContext): readonly ReplicaSet[] {
  const surplus = totalAvailable([...old, fresh]) - minAvailable;
  let dropped = 0;
  return old.map((replicaSet) => {
    const size = sizeOf(replicaSet);
    if (dropped >= surplus || size === 0) return replicaSet;
    const count = Math.min(size, surplus - dropped);
    dropped += count;
    return scale(deployment, replicaSet, size - count, context);
  });
}
