import { ApiError } from "../../apimachinery/api-error";
import { podTemplateHash } from "../../apimachinery/hash";
import { DAEMON_SET, NODE, POD } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { keyOf, refOf } from "../../apimachinery/meta";
import { controllerOwner } from "../../apimachinery/owner";
import { writeStatus } from "../../client/client";
import type { DaemonSet } from "../../resources/apps/daemonset/daemonset";
import type { Node } from "../../resources/core/node/node";
import type { Pod } from "../../resources/core/pod/pod";
import { millis } from "../../sim/clock";
import { byAge } from "../age";
import { adopters, claim } from "../claims";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { ensureRevision, REVISION_HASH, revisionsOf, truncateHistory } from "../history";
import { isAvailable, isReady, nextAvailability } from "../pod-state";
import { slowStart } from "../slow-start";
import { belongsOn, daemonPod, targetNode } from "./placement";
import { decide, rollout, type NodePods } from "./decide";

const ownerOf = controllerOwner(DAEMON_SET);

/**
 * Keeps one pod on every node that suits it, cordoned or troubled ones included, and replaces them node by node.
 * Upstream: pkg/controller/daemon.
 */
export const daemonSetController: Controller = {
  name: "daemonset",
  eventSource: "daemonset-controller",
  reconciles: DAEMON_SET,
  watches: [
    {
      kind: POD,
      wakes: (pod, client) => {
        const owner = ownerOf(pod);
        return owner.length > 0 ? owner : adopters<DaemonSet>(DAEMON_SET, pod, client);
      },
    },
    { kind: NODE, wakes: (_node, client) => client.list<DaemonSet>(DAEMON_SET).map(keyOf) },
  ],
  reconcile,
};

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const { client, now } = context;
  const set = client.get<DaemonSet>(DAEMON_SET, key);
  if (!set) return;
  const known = revisionsOf(client, set);
  const current = ensureRevision(client, set, known, REVISION_HASH, () => podTemplateHash(set.spec.template, set.status?.collisionCount));
  const hash = current.metadata.labels?.[REVISION_HASH] ?? "";
  const pods = claim<Pod>(client, set, POD, set.spec.selector);
  const places = placesOf(set, pods, client.list<Node>(NODE));
  const failure = set.metadata.deletionTimestamp === undefined ? manage(set, places, hash, context) : undefined;
  writeStatus(client, set, statusOf(set, places, hash, now));
  const live = new Set([current.metadata.name, ...pods.map((pod) => `${set.metadata.name}-${pod.metadata.labels?.[REVISION_HASH] ?? ""}`)]);
  truncateHistory(client, revisionsOf(client, set), live, set.spec.revisionHistoryLimit ?? 10);
  if (failure) throw failure;
  const wait = nextAvailability(pods, set.spec.minReadySeconds ?? 0, now);
  return wait === undefined ? undefined : { requeueAfter: millis(wait) };
}

function placesOf(set: DaemonSet, pods: readonly Pod[], nodes: readonly Node[]): readonly NodePods[] {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const name = targetNode(pod);
    const list = byNode.get(name);
    if (list) list.push(pod);
    else byNode.set(name, [pod]);
  }
  const present = nodes.map((node): NodePods => ({ node: node.metadata.name, ...belongsOn(set, node), pods: (byNode.get(node.metadata.name) ?? []).sort(byAge) }));
  const known = new Set(nodes.map((node) => node.metadata.name));
  // Pods of nodes that are no more: the pod garbage collector's, and ours where they were never scheduled.
  const lost = [...byNode].filter(([name]) => !known.has(name)).map(([node, own]): NodePods => ({ node, run: false, stay: false, pods: own }));
  return [...present, ...lost];
}

function manage(set: DaemonSet, places: readonly NodePods[], hash: string, context: ControllerContext): ApiError | undefined {
  const about = { ...refOf(set), uid: set.metadata.uid };
  const { client, event, now } = context;
  const plan = decide(set, places, hash, now);
  for (const { reason, message } of plan.events) event(about, "Warning", reason, message);
  const nothingToManage = plan.create.length === 0 && plan.remove.length === 0;
  const rolling = (set.spec.updateStrategy?.type ?? "RollingUpdate") === "RollingUpdate";
  const moves = rolling && nothingToManage ? rollout(set, places, hash, now) : { create: [], remove: [] };
  for (const pod of [...plan.remove, ...moves.remove]) {
    client.delete(refOf(pod), { preconditions: { uid: pod.metadata.uid } });
    event(about, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
  }
  const wanted = [...plan.create, ...moves.create];
  return slowStart(wanted.length, (i) => {
    try {
      const pod = client.create<Pod>(daemonPod(set, wanted[i] ?? "", hash));
      event(about, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status.message.includes("because it is being terminated")) return undefined;
      event(about, "Warning", "FailedCreate", `Error creating: ${error.status.message}`);
      return error;
    }
  });
}

function statusOf(set: DaemonSet, places: readonly NodePods[], hash: string, now: number): DaemonSet["status"] {
  const sum = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const { run, pods } of places) {
    const [first] = pods;
    if (!run) {
      if (first) sum.misscheduled += 1;
      continue;
    }
    sum.desired += 1;
    if (!first) continue;
    sum.current += 1;
    if (pods.some((pod) => pod.metadata.labels?.[REVISION_HASH] === hash)) sum.updated += 1;
    const alive = pods.find((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod)) ?? first;
    if (isReady(alive)) sum.ready += 1;
    if (isAvailable(alive, set.spec.minReadySeconds ?? 0, now)) sum.available += 1;
  }
  const unavailable = sum.desired - sum.available;
  const collisions = set.status?.collisionCount;
  return {
    currentNumberScheduled: sum.current,
    numberMisscheduled: sum.misscheduled,
    desiredNumberScheduled: sum.desired,
    numberReady: sum.ready,
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(sum.updated > 0 ? { updatedNumberScheduled: sum.updated } : {}),
    ...(sum.available > 0 ? { numberAvailable: sum.available } : {}),
    ...(unavailable > 0 ? { numberUnavailable: unavailable } : {}),
    ...(collisions === undefined ? {} : { collisionCount: collisions }),
  };
}
