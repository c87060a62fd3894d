import { revisionHash } from "../../apimachinery/hash";
import { CONTROLLER_REVISION, PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET } from "../../apimachinery/kinds";
import { keyOf, type ObjectKey } from "../../apimachinery/meta";
import { controllerOwner } from "../../apimachinery/owner";
import { writeStatus } from "../../client/client";
import type { ControllerRevision } from "../../resources/apps/deployment/deployment";
import type { StatefulSet } from "../../resources/apps/statefulset/statefulset";
import type { Pod } from "../../resources/core/pod/pod";
import { millis } from "../../sim/clock";
import { adopters, claim } from "../claims";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { ensureRevision, revisionsOf, truncateHistory } from "../history";
import { isAvailable, isFinished, isReady, nextAvailability } from "../pod-state";
import { ordinalOf, revisionOfPod, type Revisions } from "./identity";
import { advance } from "./advance";

const ownerOf = controllerOwner(STATEFUL_SET);
const HASH_LABEL = "controller.kubernetes.io/hash";

/**
 * Keeps pods with names, numbers and volumes of their own: starts them in order, ends them in reverse order, and
 * never has two of one name. A pod whose node is lost keeps its name until it is really gone.
 * Upstream: pkg/controller/statefulset.
 */
export const statefulSetController: Controller = {
  name: "statefulset",
  eventSource: "statefulset-controller",
  reconciles: STATEFUL_SET,
  watches: [
    {
      kind: POD,
      owner: STATEFUL_SET,
      while: STATEFUL_SET,
      wakes: (pod, client) => {
        const owner = ownerOf(pod);
        return owner.length > 0 ? owner : adopters<StatefulSet>(STATEFUL_SET, pod, client);
      },
    },
    { kind: CONTROLLER_REVISION, wakes: (revision) => ownerOf(revision) },
    {
      // A stale claim that went lets its ordinal be filled; claims know their set only by label and name.
      kind: PERSISTENT_VOLUME_CLAIM,
      wakes: (volume, client) =>
        client.get(PERSISTENT_VOLUME_CLAIM, { namespace: volume.metadata.namespace ?? "", name: volume.metadata.name })
          ? []
          : client
              .list<StatefulSet>(STATEFUL_SET, { namespace: volume.metadata.namespace ?? "" })
              .filter((set) => (set.spec.volumeClaimTemplates ?? []).some(({ metadata }) => volume.metadata.name.startsWith(`${metadata.name}-${set.metadata.name}-`)))
              .map(({ metadata }) => ({ namespace: metadata.namespace ?? "", name: metadata.name })),
    },
  ],
  reconcile,
};

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const { client, now } = context;
  const set = client.get<StatefulSet>(STATEFUL_SET, key);
  if (!set) return;
  const pods = claim<Pod>(client, set, POD, set.spec.selector).filter((pod) => ordinalOf(set, pod) >= 0);
  const known = revisionsOf(client, set);
  const dying = set.metadata.deletionTimestamp !== undefined;
  // What the collector has taken of a dying set's history is not made again.
  const update = dying ? known.at(-1) : ensureRevision(client, set, known, HASH_LABEL, (data) => revisionHash(data, set.status?.collisionCount ?? 0));
  if (!update) return;
  const current = known.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update;
  const revisions: Revisions = { current, update };
  const failure = dying ? undefined : advance(set, pods, revisions, context);
  writeStatus(client, set, statusOf(set, pods, revisions, renewed(set, pods, revisions, client), now));
  prune(set, pods, revisions, context);
  if (failure) throw failure;
  const wait = nextAvailability(pods, set.spec.minReadySeconds ?? 0, now);
  return wait === undefined ? undefined : { requeueAfter: millis(wait) };
}

/** Pods of the present revision that were just removed to be made anew: of them, unlike of others, the status tells at once. */
function renewed(set: StatefulSet, pods: readonly Pod[], { current, update }: Revisions, client: ControllerContext["client"]): number {
  if (current.metadata.name === update.metadata.name) return 0;
  const wanted = (pod: Pod): boolean => ordinalOf(set, pod) < (set.spec.ordinals?.start ?? 0) + (set.spec.replicas ?? 1);
  const old = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && !isFinished(pod) && wanted(pod) && revisionOfPod(pod) === current.metadata.name);
  return old.filter((pod) => client.get<Pod>(POD, keyOf(pod))?.metadata.deletionTimestamp !== undefined).length;
}

function prune(set: StatefulSet, pods: readonly Pod[], { current, update }: Revisions, { client }: ControllerContext): void {
  const live = new Set([current.metadata.name, update.metadata.name, ...pods.map(revisionOfPod)]);
  truncateHistory(client, client.ownedBy<ControllerRevision>(CONTROLLER_REVISION, set.metadata.uid), live, set.spec.revisionHistoryLimit ?? 10);
}

/** As upstream, the status tells of the pods seen at the start; what was just made or removed wakes us again. */
function statusOf(set: StatefulSet, pods: readonly Pod[], { current, update }: Revisions, gone: number, now: number): StatefulSet["status"] {
  const count = (test: (pod: Pod) => boolean): number => pods.filter(test).length;
  const alive = (pod: Pod): boolean => pod.metadata.deletionTimestamp === undefined;
  const ready = (pod: Pod): boolean => pod.status?.phase === "Running" && isReady(pod);
  const readyReplicas = count(ready);
  const updatedReplicas = count((pod) => alive(pod) && revisionOfPod(pod) === update.metadata.name);
  const currentReplicas = count((pod) => alive(pod) && revisionOfPod(pod) === current.metadata.name) - gone;
  const desired = set.spec.replicas ?? 1;
  const rolling = (set.spec.updateStrategy?.type ?? "RollingUpdate") === "RollingUpdate";
  const done = rolling && updatedReplicas === desired && readyReplicas === desired && pods.length === desired;
  const settled = done ? updatedReplicas : currentReplicas;
  return {
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    replicas: pods.length,
    ...(readyReplicas > 0 ? { readyReplicas } : {}),
    ...(settled > 0 ? { currentReplicas: settled } : {}),
    ...(updatedReplicas > 0 ? { updatedReplicas } : {}),
    availableReplicas: count((pod) => ready(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, now)),
    currentRevision: (done ? update : current).metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
    ...(set.status?.conditions === undefined ? {} : { conditions: set.status.conditions }),
  };
}
