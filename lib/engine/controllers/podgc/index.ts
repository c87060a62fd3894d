import { compareStrings } from "../../apimachinery/compare";
import { findCondition, setCondition } from "../../apimachinery/conditions";
import { NODE, POD } from "../../apimachinery/kinds";
import { keyOf, keyText, refOf, type ObjectKey } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";
import type { Node } from "../../resources/core/node/node";
import type { Pod } from "../../resources/core/pod/pod";
import { millis } from "../../sim/clock";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { isFinished } from "../pod-state";
import { TIMERS } from "../../sim/timers";

/** How long a node must be gone before its pods are believed gone too. Upstream: podgc quarantineTime. */
const QUARANTINE = TIMERS.nodes.goneQuarantine.ms;
/** Most finished pods that are kept, as `--terminated-pod-gc-threshold`, and how often they are counted. */
const MOST_FINISHED = 12_500;
const COUNT_EVERY = TIMERS.nodes.podGc.ms;
const NONE: readonly ObjectKey[] = [];
/** A key no node has: that of the round that is made every twenty seconds while there is a reason. */
const ROUND: readonly ObjectKey[] = [{ namespace: "", name: "" }];
const OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

/**
 * Removes pods nobody will ever remove: those of nodes that no longer exist, and terminating ones of nodes that an
 * administrator has declared out of service, or that never came to a node. Upstream: pkg/controller/podgc.
 * Of finished pods the evicted and then the oldest go once there are more than 12500.
 */
export const podGarbageCollector: Controller = {
  name: "pod-garbage-collector",
  reconciles: NODE,
  watches: [
    {
      kind: POD,
      unless: "status",
      wakes: (object, client) => {
        const pod = object as Pod;
        if (!pod.spec.nodeName) return pod.metadata.deletionTimestamp === undefined ? NONE : ROUND;
        const key = { namespace: "", name: pod.spec.nodeName };
        const node = client.get<Node>(NODE, key);
        return node === undefined || (pod.metadata.deletionTimestamp !== undefined && isOut(node)) ? [key] : NONE;
      },
    },
    { kind: POD, wakes: (pod) => (isFinished(pod as Pod) ? ROUND : NONE) },
  ],
  reconcile,
};

const isOut = (node: Node): boolean => (node.spec?.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const { client, state, now } = context;
  if (key.name === "") return goRound(context);
  const missing = state.table<number>("podgc:missing");
  const node = client.get<Node>(NODE, key);
  const pods = client.onNode<Pod>(POD, key.name);
  if (node) {
    missing.delete(key.name);
    const ready = findCondition(node.status?.conditions, "Ready")?.status;
    if (isOut(node) && ready !== "True") for (const pod of pods) if (pod.metadata.deletionTimestamp !== undefined) force(pod, undefined, context);
    return;
  }
  if (pods.length === 0) return missing.delete(key.name);
  const since = missing.get(key.name) ?? now;
  missing.set(key.name, since);
  if (now < since + QUARANTINE) return { requeueAfter: millis(since + QUARANTINE - now) };
  for (const pod of pods) force(pod, "PodGC: node no longer exists", context);
  missing.delete(key.name);
}

const isEvicted = ({ status }: Pod): boolean => status?.phase === "Failed" && status.reason === "Evicted";

function goRound(context: ControllerContext): ReconcileResult {
  const { client, state, now } = context;
  const counts = state.table<number>("podgc:count");
  const due = counts.get("due");
  if (due === undefined || now < due) {
    counts.set("due", due ?? now + COUNT_EVERY);
    return { requeueAfter: millis((due ?? now + COUNT_EVERY) - now) };
  }
  counts.delete("due");
  const pods = client.list<Pod>(POD);
  // What no kubelet ever had, and a finalizer keeps, nobody else says the end of.
  for (const pod of pods) if (!pod.spec.nodeName && pod.metadata.deletionTimestamp !== undefined) force(pod, undefined, context);
  if (pods.length <= MOST_FINISHED) return;
  const finished = pods.filter(isFinished);
  if (finished.length <= MOST_FINISHED) return;
  const oldest = [...finished].sort((a, b) => Number(isEvicted(b)) - Number(isEvicted(a)) || compareStrings(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "") || compareStrings(keyText(keyOf(a)), keyText(keyOf(b))));
  for (const pod of oldest.slice(0, finished.length - MOST_FINISHED)) client.delete(refOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
}

function force(pod: Pod, message: string | undefined, { client, now }: ControllerContext): void {
  if (!isFinished(pod)) {
    const { generation } = pod.metadata;
    const observed = generation === undefined ? {} : { observedGeneration: generation };
    const conditions = message === undefined ? pod.status?.conditions : setCondition(pod.status?.conditions, { type: "DisruptionTarget", ...observed, status: "True", reason: "DeletionByPodGC", message, lastTransitionTime: timestamp(now) });
    client.updateStatus<Pod>({ ...pod, status: { ...pod.status, phase: "Failed", ...(conditions === undefined ? {} : { conditions }) } });
  }
  client.delete(refOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
}
