import { ApiError } from "../../apimachinery/api-error";
import { findCondition, isTrue, type Condition } from "../../apimachinery/conditions";
import { POD, REPLICA_SET } from "../../apimachinery/kinds";
import { matches } from "../../apimachinery/labels";
import { oncePerRun } from "../../apimachinery/last";
import type { ObjectKey } from "../../apimachinery/meta";
import { refOf } from "../../apimachinery/meta";
import { controllerOf, controllerOwner } from "../../apimachinery/owner";
import { timestamp } from "../../apimachinery/time";
import { writeStatus } from "../../client/client";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import type { Pod } from "../../resources/core/pod/pod";
import { millis } from "../../sim/clock";
import { adopters, claim, selectorOf } from "../claims";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { slowStart } from "../slow-start";
import { podFromTemplate } from "../pod-template";
import { isActive, isAvailable, isTerminating, nextAvailability } from "../pod-state";
import { victims } from "./victims";

/** Most pods created or removed in one look. Upstream: replicaset.BurstReplicas. */
const BURST = 500;
/** Pods a set may be given in one second, and how many once it has had that many: upstream's client is held to 20 requests a second. */
const AT_ONCE = 5000;
const THEREAFTER = 100;

const ownerOf = controllerOwner(REPLICA_SET);

/**
 * Keeps as many pods as `spec.replicas` says: adopts and releases by label, creates the missing,
 * removes the surplus in upstream's order, and tells what it sees in `status`.
 * Upstream: pkg/controller/replicaset/replica_set.go.
 */
export const replicaSetController: Controller = {
  name: "replicaset",
  eventSource: "replicaset-controller",
  stepwise: true,
  reconciles: REPLICA_SET,
  watches: [
    {
      kind: POD,
      owner: REPLICA_SET,
      while: REPLICA_SET,
      wakes: (pod, client) => {
        const owner = ownerOf(pod);
        return owner.length > 0 ? owner : adopters<ReplicaSet>(REPLICA_SET, pod, client);
      },
    },
  ],
  reconcile,
};

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const replicaSet = context.client.get<ReplicaSet>(REPLICA_SET, key);
  return replicaSet && keepReplicas(replicaSet, context);
}

/** One look at a ReplicaSet, or at what can be seen as one: `tell` says what of the status its kind has room for. */
export function keepReplicas(replicaSet: ReplicaSet, context: ControllerContext, tell: (status: ReplicaSet["status"]) => unknown = (status) => status): ReconcileResult {
  const { client, now } = context;
  const owned = claim<Pod>(client, replicaSet, POD, replicaSet.spec.selector);
  const active = owned.filter(isActive);
  const difference = active.length - (replicaSet.spec.replicas ?? 1);
  const room = difference < 0 ? roomFor(owned, now) : BURST;
  const failure = replicaSet.metadata.deletionTimestamp === undefined ? manage(replicaSet, active, Math.max(difference, -room), context) : undefined;
  // As upstream, the status tells of the pods seen at the start; what was just made or removed wakes us again.
  const status = statusOf(replicaSet, active, owned.length === active.length ? 0 : owned.filter(isTerminating).length, difference, failure, now);
  writeStatus(client, replicaSet, tell(status));
  if (failure) throw failure;
  if (room === 0) return { requeueAfter: millis(1000) };
  const wait = nextAvailability(active, replicaSet.spec.minReadySeconds ?? 0, now);
  return wait === undefined ? undefined : { requeueAfter: millis(wait) };
}

/**
 * How many pods a set may make now. One that asks for a thousand million, or whose pods end as soon as they begin, grows
 * with time and not within an instant.
 */
function roomFor(owned: readonly Pod[], now: number): number {
  if (owned.length < AT_ONCE - BURST) return BURST;
  const second = timestamp(now);
  const young = owned.filter(({ metadata }) => metadata.creationTimestamp === second).length;
  return Math.min(BURST, Math.max(0, (owned.length < AT_ONCE ? AT_ONCE : THEREAFTER) - young));
}

function manage(replicaSet: ReplicaSet, active: readonly Pod[], difference: number, context: ControllerContext): ApiError | undefined {
  if (difference < 0) return createPods(replicaSet, Math.min(-difference, BURST), context);
  if (difference === 0) return undefined;
  const related = siblings(replicaSet, context).flatMap((sibling) => podsOf(sibling, context));
  for (const pod of victims(active, related, Math.min(difference, BURST), context.now)) {
    context.client.delete(refOf(pod), { preconditions: { uid: pod.metadata.uid } });
    context.event({ ...refOf(replicaSet), uid: replicaSet.metadata.uid }, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
  }
  return undefined;
}

function createPods(replicaSet: ReplicaSet, count: number, context: ControllerContext): ApiError | undefined {
  const about = { ...refOf(replicaSet), uid: replicaSet.metadata.uid };
  const draft = podFromTemplate(replicaSet.spec.template, replicaSet);
  return slowStart(count, () => {
    try {
      const pod = context.client.create<Pod>(draft);
      context.event(about, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // A namespace on its way out takes nothing new, and says so by itself.
      if (error.status.message.includes("because it is being terminated")) return undefined;
      context.event(about, "Warning", "FailedCreate", `Error creating: ${error.status.message}`);
      return error;
    }
  });
}

/** ReplicaSets of the same owner, this one included; a Deployment's old ones share nodes with the new. */
function siblings(replicaSet: ReplicaSet, { client }: ControllerContext): readonly ReplicaSet[] {
  const owner = controllerOf(replicaSet);
  return owner ? client.ownedBy<ReplicaSet>(REPLICA_SET, owner.uid) : [replicaSet];
}

function podsOf(replicaSet: ReplicaSet, { client }: ControllerContext): readonly Pod[] {
  return client.ownedBy<Pod>(POD, replicaSet.metadata.uid);
}

function statusOf(replicaSet: ReplicaSet, active: readonly Pod[], terminating: number, difference: number, failure: ApiError | undefined, now: number): ReplicaSet["status"] {
  const labels = selectorOf({ matchLabels: replicaSet.spec.template.metadata?.labels ?? {} });
  const wait = replicaSet.spec.minReadySeconds ?? 0;
  let fullyLabeledReplicas = 0;
  let readyReplicas = 0;
  let availableReplicas = 0;
  // In one go: a set that grows is looked at many times, and all its pods each time.
  // And those that are labelled, or as ready, as the one before share its labels or its list of conditions.
  const isLabelled = oncePerRun((own: Pod["metadata"]["labels"]) => matches(labels, own));
  const areReady = oncePerRun((conditions: readonly Condition[] | undefined) => isTrue(conditions, "Ready"));
  for (const pod of active) {
    if (isLabelled(pod.metadata.labels)) fullyLabeledReplicas += 1;
    if (!areReady(pod.status?.conditions)) continue;
    readyReplicas += 1;
    if (wait === 0 || isAvailable(pod, wait, now)) availableReplicas += 1;
  }
  const conditions = conditionsOf(replicaSet, difference, failure, now);
  return {
    replicas: active.length,
    ...(fullyLabeledReplicas > 0 ? { fullyLabeledReplicas } : {}),
    ...(readyReplicas > 0 ? { readyReplicas } : {}),
    ...(availableReplicas > 0 ? { availableReplicas } : {}),
    terminatingReplicas: terminating,
    ...(replicaSet.metadata.generation === undefined ? {} : { observedGeneration: replicaSet.metadata.generation }),
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

function conditionsOf(replicaSet: ReplicaSet, difference: number, failure: ApiError | undefined, now: number): readonly Condition[] {
  const present = replicaSet.status?.conditions ?? [];
  const told = findCondition(present, "ReplicaFailure");
  if (failure && !told) {
    const reason = difference < 0 ? "FailedCreate" : "FailedDelete";
    return [...present, { type: "ReplicaFailure", status: "True", reason, message: failure.status.message, lastTransitionTime: timestamp(now) }];
  }
  return failure ? present : present.filter((condition) => condition.type !== "ReplicaFailure");
}
