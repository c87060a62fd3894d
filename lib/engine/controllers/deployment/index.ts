import { findCondition } from "../../apimachinery/conditions";
import { DEPLOYMENT, POD, REPLICA_SET } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { keyOf } from "../../apimachinery/meta";
import { controllerOf, controllerOwner } from "../../apimachinery/owner";
import { writeStatus, type Client } from "../../client/client";
import type { Deployment } from "../../resources/apps/deployment/deployment";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import type { Pod } from "../../resources/core/pod/pod";
import { millis } from "../../sim/clock";
import { adopters, claim } from "../claims";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { deadlineOf, isRolling } from "./limits";
import { syncRevisions, type ReplicaSets } from "./replica-sets";
import { recreate } from "./recreate";
import { roll } from "./rolling";
import { cleanUp, isScaling, rescale } from "./scaling";
import { countedStatus, deadlineWait, rolloutStatus, sameStatus, withCondition, type DeploymentStatus } from "./status";

const ownerOf = controllerOwner(DEPLOYMENT);

/**
 * Keeps one ReplicaSet per pod template and moves pods from the old ones to the new at the pace of the
 * strategy; remembers revisions, so that a rollback is nothing but an old template applied again.
 * Upstream: pkg/controller/deployment.
 */
export const deploymentController: Controller = {
  name: "deployment",
  eventSource: "deployment-controller",
  stepwise: true,
  reconciles: DEPLOYMENT,
  watches: [
    {
      kind: REPLICA_SET,
      wakes: (replicaSet, client) => {
        const owner = ownerOf(replicaSet);
        return owner.length > 0 ? owner : adopters<Deployment>(DEPLOYMENT, replicaSet, client);
      },
    },
    { kind: POD, owner: REPLICA_SET, only: "DELETED", while: DEPLOYMENT, wakes: (pod, client) => waitingForItsEnd(pod as Pod, client) },
  ],
  reconcile,
};

/** A Recreate Deployment starts its new pods when the last old one is gone: only then does a pod concern it. */
function waitingForItsEnd(pod: Pod, client: Client): readonly ObjectKey[] {
  const owner = controllerOf(pod);
  if (owner?.kind !== "ReplicaSet" || client.get(POD, keyOf(pod)) !== undefined) return [];
  const replicaSet = client.get<ReplicaSet>(REPLICA_SET, { namespace: pod.metadata.namespace ?? "", name: owner.name });
  const key = replicaSet ? ownerOf(replicaSet)[0] : undefined;
  const deployment = key ? client.get<Deployment>(DEPLOYMENT, key) : undefined;
  return key && deployment && !isRolling(deployment) ? [key] : [];
}

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const { client } = context;
  const deployment = client.get<Deployment>(DEPLOYMENT, key);
  if (!deployment) return;
  const list = claim<ReplicaSet>(client, deployment, REPLICA_SET, deployment.spec.selector);
  if (deployment.metadata.deletionTimestamp !== undefined) {
    const sets = syncRevisions(deployment, list, false, context);
    return write(sets.deployment, countedStatus(sets.deployment, sets.all, sets.fresh, context.now), context);
  }
  const noted = notePause(deployment, context);
  const sets = syncRevisions(noted, list, false, context);
  if (sets.deployment.spec.paused === true || isScaling(sets.deployment, sets)) return resize(sets, context);
  // A new ReplicaSet is seen by its controller before the old ones shrink: its creation wakes us again.
  if (isRolling(sets.deployment) && !sets.fresh) return void roll(sets, context);
  const after = isRolling(sets.deployment) ? roll(sets, context) : recreate(sets, context);
  // Whoever has just noted a revision holds an old version of the Deployment: upstream's status write fails on it and comes with the next look.
  if (after.deployment.metadata.resourceVersion !== noted.metadata.resourceVersion) return;
  return write(after.deployment, rolloutStatus(after.deployment, after.all, after.fresh, context.now), context);
}

/** The ReplicaSets as stored now: resizing changed them. */
function currentOf(list: readonly ReplicaSet[], { client }: ControllerContext): readonly ReplicaSet[] {
  return list.flatMap((replicaSet) => client.get<ReplicaSet>(REPLICA_SET, keyOf(replicaSet)) ?? []);
}

function resize(sets: ReplicaSets, context: ControllerContext): ReconcileResult {
  const { deployment } = sets;
  rescale(deployment, sets, context);
  if (deployment.spec.paused === true) cleanUp(deployment, sets.old, context);
  const all = currentOf(sets.all, context);
  const fresh = all.find((replicaSet) => replicaSet.metadata.uid === sets.fresh?.metadata.uid);
  return write(deployment, countedStatus(deployment, all, fresh, context.now), context);
}

function write(deployment: Deployment, status: DeploymentStatus, { client, now }: ControllerContext): ReconcileResult {
  if (!sameStatus(deployment.status, status)) {
    writeStatus(client, deployment, status);
    return;
  }
  const wait = deadlineWait(deployment, status, now);
  return wait === undefined ? undefined : { requeueAfter: millis(wait) };
}

/** Pausing stops the clock of the progress deadline, resuming starts it anew. Upstream: checkPausedConditions. */
function notePause(deployment: Deployment, { client, now }: ControllerContext): Deployment {
  const current = findCondition(deployment.status?.conditions, "Progressing");
  if (deadlineOf(deployment) === undefined || current?.reason === "ProgressDeadlineExceeded") return deployment;
  const paused = deployment.spec.paused === true;
  const told = current?.reason === "DeploymentPaused";
  if (paused === told) return deployment;
  const condition = paused
    ? ({ type: "Progressing", status: "Unknown", reason: "DeploymentPaused", message: "Deployment is paused" } as const)
    : ({ type: "Progressing", status: "Unknown", reason: "DeploymentResumed", message: "Deployment is resumed" } as const);
  return client.updateStatus<Deployment>({ ...deployment, status: { ...deployment.status, conditions: withCondition(deployment.status?.conditions ?? [], condition, now) } });
}
