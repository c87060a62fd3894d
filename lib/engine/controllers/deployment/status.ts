import { deepEqual } from "../../apimachinery/compare";
import { findCondition, type Condition } from "../../apimachinery/conditions";
import { instantOf, timestamp } from "../../apimachinery/time";
import type { Deployment } from "../../resources/apps/deployment/deployment";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import { deadlineOf, maxUnavailable, totalActual, totalAvailable, totalSize } from "./limits";

/** A Deployment's status, once written. */
export type DeploymentStatus = NonNullable<Deployment["status"]>;

/** Adds or changes a condition as upstream's Deployment controller does: the same status and reason leave it untouched, message and times included. */
export function withCondition(conditions: readonly Condition[], next: Omit<Condition, "lastTransitionTime" | "lastUpdateTime">, now: number, since?: string): readonly Condition[] {
  const current = findCondition(conditions, next.type);
  if (current && current.status === next.status && current.reason === next.reason) return conditions;
  const stamp = timestamp(now);
  const lastTransitionTime = since ?? (current && current.status === next.status ? current.lastTransitionTime : undefined) ?? stamp;
  return [...conditions.filter((condition) => condition.type !== next.type), { ...next, lastUpdateTime: stamp, lastTransitionTime }];
}

/** Without the condition of a type. */
export function withoutCondition(conditions: readonly Condition[], type: string): readonly Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}

/** What the ReplicaSets' statuses add up to. Upstream: calculateStatus. */
export function countedStatus(deployment: Deployment, all: readonly ReplicaSet[], fresh: ReplicaSet | undefined, now: number): DeploymentStatus {
  const available = totalAvailable(all);
  const unavailable = Math.max(0, totalSize(all) - available);
  const enough = available >= (deployment.spec.replicas ?? 1) - maxUnavailable(deployment);
  const conditions = withCondition(
    deployment.status?.conditions ?? [],
    enough
      ? { type: "Available", status: "True", reason: "MinimumReplicasAvailable", message: "Deployment has minimum availability." }
      : { type: "Available", status: "False", reason: "MinimumReplicasUnavailable", message: "Deployment does not have minimum availability." },
    now,
  );
  const ready = all.reduce((sum, replicaSet) => sum + (replicaSet.status?.readyReplicas ?? 0), 0);
  const actual = totalActual(all);
  const updated = fresh ? totalActual([fresh]) : 0;
  const collisions = deployment.status?.collisionCount;
  return {
    ...(deployment.metadata.generation === undefined ? {} : { observedGeneration: deployment.metadata.generation }),
    ...(actual > 0 ? { replicas: actual } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(unavailable > 0 ? { unavailableReplicas: unavailable } : {}),
    terminatingReplicas: all.reduce((sum, replicaSet) => sum + (replicaSet.status?.terminatingReplicas ?? 0), 0),
    ...(collisions === undefined ? {} : { collisionCount: collisions }),
    conditions,
  };
}

/** Is every pod of the latest template, available, and alone? Upstream: DeploymentComplete. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = deployment.spec.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** Has a rollout got anywhere since the older status was written? Upstream: DeploymentProgressing. */
export function hasProgressed(old: DeploymentStatus | undefined, next: DeploymentStatus): boolean {
  const older = (status: DeploymentStatus | undefined): number => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (old?.updatedReplicas ?? 0) ||
    older(next) < older(old) ||
    (next.readyReplicas ?? 0) > (old?.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (old?.availableReplicas ?? 0)
  );
}

function hasTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  const deadline = deadlineOf(deployment);
  const condition = findCondition(status.conditions, "Progressing");
  if (deadline === undefined || !condition || condition.reason === "NewReplicaSetAvailable") return false;
  if (condition.reason === "ProgressDeadlineExceeded") return true;
  return (instantOf(condition.lastUpdateTime ?? "") ?? now) + deadline * 1000 < now;
}

/** The status of a rollout under way or done, with its `Progressing` condition. Upstream: syncRolloutStatus. */
export function rolloutStatus(deployment: Deployment, all: readonly ReplicaSet[], fresh: ReplicaSet | undefined, now: number): DeploymentStatus {
  const counted = countedStatus(deployment, all, fresh, now);
  const withFailure = (conditions: readonly Condition[]): DeploymentStatus => ({ ...counted, conditions: withReplicaFailure(conditions, all, fresh, now) });
  const conditions = counted.conditions ?? [];
  if (deadlineOf(deployment) === undefined) return withFailure(withoutCondition(conditions, "Progressing"));
  const current = findCondition(deployment.status?.conditions, "Progressing");
  const done = (counted.replicas ?? 0) === (counted.updatedReplicas ?? 0) && current?.reason === "NewReplicaSetAvailable";
  if (done) return withFailure(conditions);
  const subject = fresh ? `ReplicaSet "${fresh.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, counted)) {
    return withFailure(withCondition(conditions, { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", message: `${subject} has successfully progressed.` }, now));
  }
  if (hasProgressed(deployment.status, counted)) {
    // Removed and added, so that the time of the latest progress moves although status and reason stay.
    const since = current?.status === "True" ? current.lastTransitionTime : undefined;
    const rest = withoutCondition(conditions, "Progressing");
    return withFailure(withCondition(rest, { type: "Progressing", status: "True", reason: "ReplicaSetUpdated", message: `${subject} is progressing.` }, now, since));
  }
  if (hasTimedOut(deployment, counted, now)) {
    return withFailure(withCondition(conditions, { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: `${subject} has timed out progressing.` }, now));
  }
  return withFailure(conditions);
}

function withReplicaFailure(conditions: readonly Condition[], all: readonly ReplicaSet[], fresh: ReplicaSet | undefined, now: number): readonly Condition[] {
  const failing = [...(fresh ? [fresh] : []), ...all].map((replicaSet) => findCondition(replicaSet.status?.conditions, "ReplicaFailure")).find((condition) => condition !== undefined);
  if (!failing) return withoutCondition(conditions, "ReplicaFailure");
  const { status, reason = "", message = "" } = failing;
  return withCondition(conditions, { type: "ReplicaFailure", status, reason, message }, now);
}

/** Milliseconds until the deadline must be looked at again; undefined when nobody waits for it. Upstream: requeueStuckDeployment. */
export function deadlineWait(deployment: Deployment, status: DeploymentStatus, now: number): number | undefined {
  const deadline = deadlineOf(deployment);
  const condition = findCondition(deployment.status?.conditions, "Progressing");
  if (deadline === undefined || !condition || isComplete(deployment, status) || condition.reason === "ProgressDeadlineExceeded") return undefined;
  const due = (instantOf(condition.lastUpdateTime ?? "") ?? now) + deadline * 1000;
  return Math.max(0, due - now) + 1000;
}

/** Are two statuses the same for whoever reads them? */
export function sameStatus(a: DeploymentStatus | undefined, b: DeploymentStatus): boolean {
  return deepEqual(a, b);
}
