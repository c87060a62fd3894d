import { deepEqual } from "../../apimachinery/compare";
import { setCondition } from "../../apimachinery/conditions";
import { NODE, POD } from "../../apimachinery/kinds";
import type { JsonObject } from "../../apimachinery/meta";
import { keyOf, keyText, parseKey, refOf } from "../../apimachinery/meta";
import { tolerates } from "../../apimachinery/taints";
import { timestamp } from "../../apimachinery/time";
import { workQueue, type Component, type ComponentContext } from "../../client/component";
import { isRefused } from "../../client/retry";
import type { Node, Taint } from "../../resources/core/node/node";
import type { Pod } from "../../resources/core/pod/pod";
import { seconds, type Timer } from "../../sim/clock";
import type { Table } from "../../sim/state";
import type { StoreEvent } from "../../client/component";
import { patience } from "./patience";

const NAME = "tainteviction";
const pendingOf = ({ state }: ComponentContext): Table<Timer> => state.table("tainteviction:pending");
const evicting = (node: Node | undefined): readonly Taint[] => (node?.spec?.taints ?? []).filter(({ effect }) => effect === "NoExecute");

/**
 * Deletes pods from nodes with a NoExecute taint they do not tolerate, or no longer: at once, or when the
 * shortest of their `tolerationSeconds` is over. Upstream: pkg/controller/tainteviction.
 */
export const taintEviction: Component = {
  name: NAME,
  eventSource: "taint-eviction-controller",
  watches: [NODE, { kind: POD, unless: "status" }],
  observe,
  work(context) {
    const key = workQueue(context.state, NAME).take();
    if (key === undefined) return false;
    consider(key, context);
    return true;
  },
  onTimer(message, context) {
    const { key } = message as JsonObject;
    pendingOf(context).delete(key as string);
    const pod = context.client.get<Pod>(POD, parseKey(key as string));
    if (pod) evict(pod, context);
  },
};

function observe({ kind, type, object, previous }: StoreEvent, context: ComponentContext): void {
  const queue = workQueue(context.state, NAME);
  if (kind === NODE) {
    if (deepEqual(evicting(object as Node), evicting(previous as Node | undefined))) return;
    for (const pod of context.client.onNode<Pod>(POD, object.metadata.name)) queue.add(keyText(keyOf(pod)));
    return;
  }
  const pod = object as Pod;
  const key = keyText(keyOf(pod));
  if (type === "DELETED") return cancel(key, context);
  const before = previous as Pod | undefined;
  const moved = before?.spec.nodeName !== pod.spec.nodeName || !deepEqual(before?.spec.tolerations, pod.spec.tolerations);
  if (!moved || !pod.spec.nodeName) return;
  if (evicting(context.client.get<Node>(NODE, { namespace: "", name: pod.spec.nodeName })).length > 0) queue.add(key);
}

function cancel(key: string, context: ComponentContext): void {
  const timer = pendingOf(context).get(key);
  if (!timer) return;
  context.clock.cancel(timer);
  pendingOf(context).delete(key);
  context.event({ kind: POD, ...parseKey(key) }, "Normal", "TaintManagerEviction", `Cancelling deletion of Pod ${key}`);
}

function consider(key: string, context: ComponentContext): void {
  const pod = context.client.get<Pod>(POD, parseKey(key));
  if (!pod || !pod.spec.nodeName) return;
  const taints = evicting(context.client.get<Node>(NODE, { namespace: "", name: pod.spec.nodeName }));
  if (taints.length === 0) return cancel(key, context);
  // Of several tolerations of one taint the first counts, whatever the others say.
  const used = taints.flatMap((taint) => (pod.spec.tolerations ?? []).find((toleration) => tolerates(toleration, taint)) ?? []);
  if (used.length < taints.length) {
    cancel(key, context);
    return evict(pod, context);
  }
  const stay = patience(used);
  if (stay === Infinity) return cancel(key, context);
  const wait = seconds(stay);
  // A clock that runs is neither set back nor put forward by a second taint.
  if (pendingOf(context).get(key)) return;
  if (wait === 0) return evict(pod, context);
  pendingOf(context).set(key, context.clock.after(wait, NAME, { key }));
}

function evict(pod: Pod, context: ComponentContext): void {
  const { client, clock } = context;
  context.event({ ...refOf(pod), uid: pod.metadata.uid }, "Normal", "TaintManagerEviction", `Marking for deletion Pod ${keyText(keyOf(pod))}`);
  if (pod.metadata.deletionTimestamp !== undefined) return;
  const conditions = setCondition(pod.status?.conditions, {
    type: "DisruptionTarget",
    status: "True",
    reason: "DeletionByTaintManager",
    message: "Taint manager: deleting due to NoExecute taint",
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    lastTransitionTime: timestamp(clock.now()),
  });
  client.updateStatus<Pod>({ ...pod, status: { ...pod.status, conditions } });
  // As upstream, a pod the API keeps is left alone until something about it or its node changes.
  isRefused(NAME, keyText(keyOf(pod)), context, () => client.delete(refOf(pod), { preconditions: { uid: pod.metadata.uid } }));
}
