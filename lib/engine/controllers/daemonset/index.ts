import { ApiError } from "../../apimachinery/api-error";
import { podTemplateHash } from "../../apimachinery/hash";
import { DAEMON_SET, NODE, POD } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { keyOf, keyText, refOf } from "../../apimachinery/meta";
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
import { isAvailable, isFinished, isReady, nextAvailability } from "../pod-state";
import { slowStart } from "../slow-start";
import { belongsOn, daemonPod, targetNode } from "./placement";
import { decide, rollout, type Moves, type NodePods } from "./decide";
import { failuresOf, forget, pauseFailures } from "./failures";

/** Most pods created or removed in one look. Upstream: BurstReplicas. */
const BURST = 250;

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
      owner: DAEMON_SET,
      while: DAEMON_SET,
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
  if (!set) {
    forget(failuresOf(context), keyText(key));
    return;
  }
  if (Object.keys(set.spec.selector).length === 0) {
    context.event({ ...refOf(set), uid: set.metadata.uid }, "Warning", "SelectingAll", "This daemon set is selecting all pods. A non-empty selector is required.");
    return;
  }
  // Of a set on its way out it is not sure what of its history is left: nothing is done for it, nor told of it.
  if (set.metadata.deletionTimestamp !== undefined) return;
  const known = revisionsOf(client, set);
  const current = ensureRevision(client, set, known, REVISION_HASH, () => podTemplateHash(set.spec.template, set.status?.collisionCount));
  const hash = current.metadata.labels?.[REVISION_HASH] ?? "";
  const { places, pods } = lookAround(set, context);
  const step = manage(set, places, hash, context);
  const update = step.acted ? STILL : replace(set, places, hash, context);
  writeStatus(client, set, statusOf(set, places, hash, now));
  const live = new Set([current.metadata.name, ...pods.map((pod) => `${set.metadata.name}-${pod.metadata.labels?.[REVISION_HASH] ?? ""}`)]);
  truncateHistory(client, revisionsOf(client, set), live, set.spec.revisionHistoryLimit ?? 10);
  const failure = step.failure ?? update.failure;
  if (failure) throw failure;
  const waits = [nextAvailability(pods, set.spec.minReadySeconds ?? 0, now), step.wait].filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : { requeueAfter: millis(Math.min(...waits)) };
}

/** The set's pods, by node. */
export function lookAround(set: DaemonSet, { client }: ControllerContext): { readonly places: readonly NodePods[]; readonly pods: readonly Pod[] } {
  const pods = claim<Pod>(client, set, POD, set.spec.selector);
  return { places: placesOf(set, pods, client.list<Node>(NODE)), pods };
}

/** Upstream: podByCreationTimestampAndPhase. */
function placedFirst(a: Pod, b: Pod): number {
  return Number((a.spec.nodeName ?? "") === "") - Number((b.spec.nodeName ?? "") === "") || byAge(a, b);
}

function placesOf(set: DaemonSet, pods: readonly Pod[], nodes: readonly Node[]): readonly NodePods[] {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    // One that has ended and is on its way out takes nobody's place.
    if (pod.metadata.deletionTimestamp !== undefined && isFinished(pod)) continue;
    const name = targetNode(pod);
    const list = byNode.get(name);
    if (list) list.push(pod);
    else byNode.set(name, [pod]);
  }
  const present = nodes.map((node): NodePods => ({ node: node.metadata.name, ...belongsOn(set, node), pods: (byNode.get(node.metadata.name) ?? []).sort(placedFirst) }));
  const known = new Set(nodes.map((node) => node.metadata.name));
  // Pods of nodes that are no more are the pod garbage collector's; ours are those that were never scheduled.
  const lost = [...byNode].filter(([name]) => !known.has(name)).map(([node, own]): NodePods => ({ node, run: false, stay: false, pods: own.filter(({ spec }) => (spec.nodeName ?? "") === "") }));
  return [...present, ...lost];
}

/** What a step came to: whether it did anything, what the API refused, and when to look again. */
interface Step {
  readonly acted: boolean;
  readonly failure?: ApiError;
  readonly wait?: number;
}

const STILL: Step = { acted: false };

/** Creates what is missing and removes what is too much, whatever the revision. Upstream: manage. */
export function manage(set: DaemonSet, places: readonly NodePods[], hash: string, context: ControllerContext): Step {
  const { now } = context;
  const about = { ...refOf(set), uid: set.metadata.uid };
  const plan = decide(set, places, hash, now);
  const patience = pauseFailures(plan.ended, failuresOf(context), keyText(keyOf(set)), now);
  for (const { type, reason, message } of plan.ended.filter(({ pod }) => !patience.waiting.has(pod))) context.event(about, type, reason, message);
  const remove = plan.remove.filter((pod) => !patience.waiting.has(pod));
  const failure = act(set, { create: plan.create, remove }, hash, context);
  return { acted: plan.create.length > 0 || remove.length > 0, ...(failure === undefined ? {} : { failure }), ...(patience.wait === undefined ? {} : { wait: patience.wait }) };
}

/** Replaces pods of older revisions at the pace of the strategy. Upstream: rollingUpdate. */
export function replace(set: DaemonSet, places: readonly NodePods[], hash: string, context: ControllerContext): Step {
  if ((set.spec.updateStrategy?.type ?? "RollingUpdate") !== "RollingUpdate") return STILL;
  const moves = rollout(set, places, hash, context.now);
  const failure = act(set, moves, hash, context);
  return { acted: moves.create.length > 0 || moves.remove.length > 0, ...(failure === undefined ? {} : { failure }) };
}

function act(set: DaemonSet, moves: Moves, hash: string, { client, event }: ControllerContext): ApiError | undefined {
  const about = { ...refOf(set), uid: set.metadata.uid };
  for (const pod of moves.remove.slice(0, BURST)) {
    client.delete(refOf(pod), { preconditions: { uid: pod.metadata.uid } });
    event(about, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
  }
  return slowStart(Math.min(moves.create.length, BURST), (i) => {
    try {
      const pod = client.create<Pod>(daemonPod(set, moves.create[i] ?? "", hash));
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

/** What is told of a node is what its oldest pod is, on its way out or not. Upstream: updateDaemonSetStatus. */
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
    if (first.metadata.labels?.[REVISION_HASH] === hash) sum.updated += 1;
    if (isReady(first)) sum.ready += 1;
    if (isAvailable(first, set.spec.minReadySeconds ?? 0, now)) sum.available += 1;
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
