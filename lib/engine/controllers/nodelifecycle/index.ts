import { deepEqual } from "../../apimachinery/compare";
import { findCondition, isTrue, setCondition, type Condition } from "../../apimachinery/conditions";
import { LEASE, NODE, POD } from "../../apimachinery/kinds";
import { keyOf, keyText, refOf, type ObjectKey } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";
import { workQueue } from "../../client/component";
import type { Node, Taint } from "../../resources/core/node/node";
import type { Pod } from "../../resources/core/pod/pod";
import { millis } from "../../sim/clock";
import type { StateTree } from "../../sim/state";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { leaveLine, turnToEvict } from "./zones";
import { TIMERS } from "../../sim/timers";

/** How long a kubelet may be silent before its node counts as lost, as `--node-monitor-grace-period`. */
const MONITOR_GRACE = TIMERS.nodes.monitorGrace.ms;
/** Node name → instant of the last heartbeat, while the kubelet is silent; the kubelet writes it. */
const HEARTBEAT = "kubelet:heartbeat";

/** Notes that a node's kubelet has fallen silent, or with `undefined` that it is heard again, and has the node looked at. */
export function noteSilence(state: StateTree, node: string, since: number | undefined): void {
  const heartbeats = state.table<number>(HEARTBEAT);
  if (since === undefined) heartbeats.delete(node);
  else if (!heartbeats.has(node)) heartbeats.set(node, since);
  workQueue(state, NAME).add(keyText({ namespace: "", name: node }));
}

/** How often a cluster without a ready node is looked at again, as `--node-monitor-period`. */
const MONITOR_PERIOD = TIMERS.nodes.monitorPeriod.ms;
const NAME = "nodelifecycle";
const NOT_READY = "node.kubernetes.io/not-ready";
const UNREACHABLE = "node.kubernetes.io/unreachable";
const PRESSURES: readonly (readonly [string, string])[] = [
  ["MemoryPressure", "node.kubernetes.io/memory-pressure"],
  ["DiskPressure", "node.kubernetes.io/disk-pressure"],
  ["PIDPressure", "node.kubernetes.io/pid-pressure"],
  ["NetworkUnavailable", "node.kubernetes.io/network-unavailable"],
];
const UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
const MANAGED: ReadonlySet<string> = new Set([NOT_READY, UNREACHABLE, UNSCHEDULABLE, ...PRESSURES.map(([, taint]) => taint)]);

/**
 * Notices nodes whose kubelet has fallen silent, says so on the node and on its pods, and turns conditions into
 * taints. Upstream: pkg/controller/nodelifecycle.
 * A zone is emptied one node at a time; when no node at all is ready nothing is evicted.
 */
export function nodeLifecycle(grace = MONITOR_GRACE): Controller {
  return { ...CONTROLLER, reconcile: (key, context) => reconcile(key, context, grace) };
}

const CONTROLLER: Omit<Controller, "reconcile"> = {
  name: NAME,
  eventSource: "node-controller",
  reconciles: NODE,
  watches: [{ kind: LEASE, wakes: ({ metadata }) => (metadata.namespace === "kube-node-lease" ? [{ namespace: "", name: metadata.name }] : []) }],
};

function reconcile(key: ObjectKey, context: ControllerContext, grace: number): ReconcileResult {
  const { client, state, now } = context;
  const node = client.get<Node>(NODE, key);
  if (!node) return leaveLine(key.name, state);
  const silentSince = state.table<number>(HEARTBEAT).get(key.name);
  const due = silentSince === undefined ? undefined : silentSince + grace;
  const lost = due !== undefined && now >= due;
  const marked = lost ? markLost(node, context) : node;
  const wait = taint(marked, context);
  if (wait !== undefined) return { requeueAfter: millis(wait) };
  return due === undefined || lost ? undefined : { requeueAfter: millis(due - now) };
}

function markLost(node: Node, context: ControllerContext): Node {
  const { client, event, now } = context;
  const ready = findCondition(node.status?.conditions, "Ready");
  if (ready?.status === "Unknown") return node;
  const stamp = timestamp(now);
  const conditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"].reduce<readonly Condition[]>((list, type) => {
    const posted = findCondition(list, type);
    const [reason, message] = posted ? ["NodeStatusUnknown", "Kubelet stopped posting node status."] : ["NodeStatusNeverUpdated", "Kubelet never posted node status."];
    const heartbeat = posted?.lastHeartbeatTime === undefined ? {} : { lastHeartbeatTime: posted.lastHeartbeatTime };
    return setCondition(list, { type, status: "Unknown", reason, message, ...heartbeat, lastTransitionTime: stamp });
  }, node.status?.conditions ?? []);
  const written = client.updateStatus<Node>({ ...node, status: { ...node.status, conditions } });
  if (ready?.status === "True") {
    event({ ...refOf(node), uid: node.metadata.uid }, "Normal", "NodeNotReady", `Node ${node.metadata.name} status is now: NodeNotReady`);
    markPods(node.metadata.name, stamp, context);
  }
  return written;
}

/** Nobody can say that the pods of a lost node still serve, so they stop counting as ready. */
function markPods(node: string, stamp: string, { client, event }: ControllerContext): void {
  for (const pod of client.onNode<Pod>(POD, node)) {
    const ready = findCondition(pod.status?.conditions, "Ready");
    if (ready?.status !== "True") continue;
    const conditions = setCondition(pod.status?.conditions, { ...ready, status: "False", lastTransitionTime: stamp });
    client.updateStatus<Pod>({ ...pod, status: { ...pod.status, conditions } });
    event({ ...refOf(pod), uid: pod.metadata.uid }, "Warning", "NodeNotReady", "Node is not ready");
  }
}

/** Makes the taints say what the conditions say. The answer is how long to wait before looking again; undefined when nothing is left to do. */
function taint(node: Node, context: ControllerContext): number | undefined {
  const { client, now } = context;
  const before = node.spec?.taints ?? [];
  const own = before.filter(({ key, effect }) => effect !== "NoSchedule" || !MANAGED.has(key));
  const kept = before.filter(({ key, effect }) => effect === "NoSchedule" && MANAGED.has(key));
  const wanted = troublesOf(node);
  const noSchedule = wanted.map((key): Taint => kept.find((one) => one.key === key) ?? { key, effect: "NoSchedule", timeAdded: timestamp(now) });
  const scheduling = sameKeys(kept, wanted) ? node : withTaints(node, [...own, ...noSchedule], context);
  const current = scheduling.spec?.taints ?? [];
  const ready = findCondition(node.status?.conditions, "Ready")?.status;
  const down = ready !== "True" && ready !== undefined;
  const stopped = down && nobodyIsReady(client);
  const evicting = !down || stopped ? undefined : ready === "Unknown" ? UNREACHABLE : NOT_READY;
  const others = current.filter(({ key, effect }) => effect !== "NoExecute" || (key !== NOT_READY && key !== UNREACHABLE) || key === evicting);
  const present = others.some(({ key, effect }) => effect === "NoExecute" && key === evicting);
  // A node that has one of the two taints changes it at once; a node that has neither waits for its turn.
  const wait = evicting === undefined || present || others.length < current.length ? undefined : turnToEvict(scheduling, context);
  if (evicting === undefined || present) leaveLine(node.metadata.name, context.state);
  const adds = evicting !== undefined && !present && wait === undefined;
  const next = adds ? [...others, { key: evicting, effect: "NoExecute", timeAdded: timestamp(now) } as const] : others;
  if (!deepEqual(next, current)) withTaints(scheduling, next, context);
  return stopped ? MONITOR_PERIOD : wait;
}

function sameKeys(taints: readonly Taint[], keys: readonly string[]): boolean {
  return taints.length === keys.length && keys.every((key) => taints.some((one) => one.key === key));
}

function nobodyIsReady(client: ControllerContext["client"]): boolean {
  return !client.list<Node>(NODE).some((node) => isTrue(node.status?.conditions, "Ready"));
}

/** Keys of the taints a node's conditions call for. */
function troublesOf(node: Node): readonly string[] {
  const ready = findCondition(node.status?.conditions, "Ready")?.status;
  return [
    ...(ready === "False" ? [NOT_READY] : ready === "Unknown" ? [UNREACHABLE] : []),
    ...PRESSURES.filter(([condition]) => isTrue(node.status?.conditions, condition)).map(([, key]) => key),
    ...(node.spec?.unschedulable === true ? [UNSCHEDULABLE] : []),
  ];
}

function withTaints(node: Node, taints: readonly Taint[], { client }: ControllerContext): Node {
  const current = client.get<Node>(NODE, keyOf(node)) ?? node;
  const { taints: _old, ...spec } = current.spec ?? {};
  return client.update<Node>({ ...current, spec: taints.length === 0 ? spec : { ...spec, taints } });
}
