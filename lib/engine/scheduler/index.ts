import { podCondition, setCondition, sharedList, type Condition } from "../apimachinery/conditions";
import { Memory } from "../apimachinery/memory";
import { deepEqual } from "../apimachinery/compare";
import { CSI_DRIVER, CSI_NODE, CSI_STORAGE_CAPACITY, NAMESPACE, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, STORAGE_CLASS, VOLUME_ATTACHMENT } from "../apimachinery/kinds";
import { restated } from "../apimachinery/members";
import { keyOf, keyText, parseKey, refOf, type ObjectRef } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import { ApiError } from "../apimachinery/api-error";
import type { Component, ComponentContext } from "../client/component";
import { isRefused } from "../client/retry";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Pod } from "../resources/core/pod/pod";
import { resourceFor } from "../resources/index";
import type { Table } from "../sim/state";
import type { StoreEvent } from "../client/component";
import { createNodeBoard, type NodeBoard } from "./board";
import { bestNodes, drawOne, findNodes, scoreNodes, scoringFailure, type FilterOutcome, type Score } from "./cycle";
import { helpedBy } from "./events";
import type { Cycle, SchedulingTrace } from "./framework";
import { failureMessage } from "./message";
import { POD_DISRUPTION_BUDGET, preempt, type Budget, type Preemption } from "./preemption";
import { defaultProfile } from "./profile";
import { createQuickCycles, QUICK_FROM, type QuickCycle } from "./quick";
import { createNominations, type Nominations } from "./nominations";
import { schedulingQueue } from "./queue";
import { forgetTraces, noteTrace } from "./trace";

/** The scheduler a pod asks for when it names none. */
const NAME = "default-scheduler";

const RESERVING = defaultProfile.filter(({ reserve }) => reserve);

/** What stands before the words of preemption since devices are claimed dynamically; pods here claim none. */
const NO_CLAIMS = "no new claims to deallocate, ";

const assumedOf = ({ state }: ComponentContext): Table<string> => state.table("scheduler:assumed");
const nominatedOf = ({ state }: ComponentContext): Table<string> => state.table("scheduler:nominated");

/** What the scheduler of one composition has at hand: memories that only make it quicker. */
interface Desk {
  readonly board: NodeBoard;
  readonly nominations: Nominations;
  readonly quick: (cycle: Cycle, board: NodeBoard) => QuickCycle | undefined;
}

/**
 * The scheduler: takes one waiting pod at a time, asks every plugin about every node, and binds the pod to
 * the best that fits, or says why none does. Composed once per cluster, for its picture of the nodes.
 * Upstream: pkg/scheduler.
 *
 * @simplified In clusters of 100 nodes or more only attempts that failed are recorded, with their message and without every node's answer.
 */
export function createScheduler(): Component {
  const board = createNodeBoard();
  const cache: Desk = { board, quick: createQuickCycles(defaultProfile), nominations: createNominations((node) => board.touch(node)) };
  return {
    name: "scheduler",
    eventSource: NAME,
    watches: [POD, NODE, PERSISTENT_VOLUME_CLAIM, PERSISTENT_VOLUME, STORAGE_CLASS, NAMESPACE, CSI_DRIVER, CSI_STORAGE_CAPACITY, CSI_NODE, VOLUME_ATTACHMENT],
    observe: (event, context) => observe(event, cache, context),
    work(context) {
      const key = schedulingQueue(context.state).take();
      if (key === undefined) return false;
      const pod = context.client.get<Pod>(POD, parseKey(key));
      if (pod && waits(pod)) scheduleOne(pod, key, cache, context);
      return true;
    },
  };
}

function waits(pod: Pod): boolean {
  const ours = (pod.spec.schedulerName ?? NAME) === NAME;
  return ours && (pod.spec.nodeName ?? "") === "" && pod.metadata.deletionTimestamp === undefined && !isFinished(pod) && (pod.spec.schedulingGates ?? []).length === 0;
}

function observe(event: StoreEvent, cache: Desk, context: ComponentContext): void {
  const queue = schedulingQueue(context.state);
  if (event.kind === POD) observePod(event, cache, context);
  cache.board.observe(event);
  if (queue.hasWaiting()) {
    const helped = helpedBy(event);
    if (helped === "*" || helped.length > 0) queue.wake(helped, context);
  }
  if (event.kind === PERSISTENT_VOLUME_CLAIM) for (const key of assumedOf(context).keys()) queue.add(key, 0);
}

function observePod({ type, object, previous }: StoreEvent, { nominations }: Desk, context: ComponentContext): void {
  const pod = object as Pod;
  const isBound = (pod.spec.nodeName ?? "") !== "";
  // Bound before and bound now: it is nobody's to place, and what was noted of it was forgotten when it was bound.
  if (isBound && (type === "DELETED" || (type === "MODIFIED" && ((previous as Pod | undefined)?.spec.nodeName ?? "") !== ""))) {
    if (type === "DELETED") forgetTraces(context.state, pod);
    return;
  }
  const key = keyText(keyOf(pod));
  const queue = schedulingQueue(context.state);
  if (type === "DELETED" || isBound) {
    queue.forget(key);
    // Mostly there is nothing to forget, and looking a new text up is dear.
    for (const table of [assumedOf(context), nominatedOf(context)]) if (table.size > 0) table.delete(key);
    nominations.delete(key);
    if (type === "DELETED") forgetTraces(context.state, pod);
    return;
  }
  const before = previous as Pod | undefined;
  // Its own status is our doing; a change of spec or labels is a new chance.
  const news = before === undefined || !deepEqual(before.spec, pod.spec) || !deepEqual(before.metadata.labels, pod.metadata.labels);
  if (news && waits(pod)) queue.add(key, pod.spec.priority ?? 0);
}

function scheduleOne(pod: Pod, key: string, cache: Desk, context: ComponentContext): void {
  const { client, state } = context;
  const assumed = assumedOf(context);
  const { board, nominations } = cache;
  nominations.sync(nominatedOf(context), client);
  const nodes = board.nodes(client, assumed);
  const held = assumed.get(key);
  const cycle: Cycle = { pod, client, nodes, memo: new Map() };
  if (held !== undefined) return finish(cycle, key, held, cache, context);
  const start = state.cell<number>("scheduler:next-node", 0);
  const quick = cache.quick(cycle, board);
  const outcome = quick ? quick.find(start.get(), nominations) : findNodes(defaultProfile, cycle, nominatedPods(pod, context), start.get());
  if (nodes.length >= 100) start.set((start.get() + outcome.looked) % nodes.length);
  if (outcome.feasible.length === 0) return reject(cycle, key, outcome, nominations, context);
  const failure = quick ? undefined : scoringFailure(defaultProfile, cycle, outcome.feasible);
  if (failure !== undefined) return fail(pod, key, failure, context);
  const { best, scores } = quick ? { best: quick.best(), scores: [] } : scored(cycle, outcome);
  const chosen = best.length === 1 ? best.at(0) : drawOne(best, pod, schedulingQueue(state).attempts(key), saltOf(context));
  if (!quick) noteTrace(state, traceOf(pod, outcome, scores, context, chosen === undefined ? {} : { chosen }));
  if (chosen !== undefined) finish(cycle, key, chosen, cache, context);
}

function scored(cycle: Cycle, { feasible }: FilterOutcome): { readonly best: readonly string[]; readonly scores: readonly Score[] } {
  const scores = feasible.length === 1 ? [] : scoreNodes(defaultProfile, cycle, feasible);
  return { best: bestNodes(feasible, scores), scores };
}

/** The cluster's own number for drawing among equals; taken from the seed once. */
function saltOf({ state, random }: ComponentContext): number {
  const salt = state.cell<number>("scheduler:salt", -1);
  if (salt.get() < 0) salt.set(random.next());
  return salt.get();
}

/** Pods that preemption made room for elsewhere and that are no less important than this one: their place is taken. */
function nominatedPods(pod: Pod, context: ComponentContext): ReadonlyMap<string, readonly Pod[]> {
  const table = nominatedOf(context);
  if (table.size === 0) return new Map();
  const byNode = new Map<string, Pod[]>();
  for (const key of table.keys()) {
    const other = context.client.get<Pod>(POD, parseKey(key));
    if (!other || other.metadata.uid === pod.metadata.uid || (other.spec.priority ?? 0) < (pod.spec.priority ?? 0)) continue;
    const node = table.get(key) ?? "";
    byNode.set(node, [...(byNode.get(node) ?? []), other]);
  }
  return byNode;
}

/** Prepares and binds. What must happen outside first (a volume to be made) leaves the pod assumed on its node until it has. */
function finish(cycle: Cycle, key: string, chosen: string, { board }: Desk, context: ComponentContext): void {
  const { pod, nodes, client } = cycle;
  const info = nodes[board.indexOf(chosen)];
  const assumed = assumedOf(context);
  if (!info) {
    assumed.delete(key);
    board.assume(pod);
    schedulingQueue(context.state).add(key, pod.spec.priority ?? 0);
    return;
  }
  const waiting = RESERVING.some((plugin) => plugin.reserve?.(cycle, info) === "wait");
  if (waiting) {
    if (assumed.has(key)) return;
    assumed.set(key, chosen);
    board.assume(pod);
    return;
  }
  // A volume bound just now may have annotated nothing of the pod; read it again all the same.
  const current = client.get<Pod>(POD, keyOf(pod)) ?? pod;
  const status = withoutNomination(current.status ?? {});
  const conditions = placed(status.conditions ?? [], context);
  try {
    client.update<Pod>({ ...current, spec: { ...current.spec, nodeName: chosen }, status: { ...status, conditions } }, { subresource: "binding" });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    context.event(subjectOf(pod), "Warning", "FailedScheduling", `binding rejected: ${error.status.message}`);
    schedulingQueue(context.state).failed(key, ["*"], context.clock.now());
    return;
  }
  context.event(subjectOf(pod), "Normal", "Scheduled", ["Successfully assigned ", key, " to ", chosen].join(""));
}

/** Whom an Event is about. */
function subjectOf({ metadata: { namespace = "", name, uid } }: Pod): ObjectRef & { readonly uid: string } {
  return { kind: POD, namespace, name, uid };
}

function withoutNomination(status: NonNullable<Pod["status"]>): NonNullable<Pod["status"]> {
  if (status.nominatedNodeName === undefined) return status;
  const { nominatedNodeName: _done, ...rest } = status;
  return rest;
}

/** What is said of all pods placed in one second. */
const scheduledAt = new Memory<Condition>(100);

function scheduled(lastTransitionTime: string): Condition {
  return Object.freeze({ type: "PodScheduled", status: "True", lastTransitionTime });
}

function placed(conditions: readonly Condition[], context: ComponentContext): readonly Condition[] {
  return sharedList(setCondition(conditions, scheduledAt.of(timestamp(context.clock.now()), scheduled)));
}

function reject(cycle: Cycle, key: string, outcome: FilterOutcome, nominations: Nominations, context: ComponentContext): void {
  const { client, state, clock } = context;
  const { pod, nodes } = cycle;
  const budgets = resourceFor(POD_DISRUPTION_BUDGET) ? client.list<Budget>(POD_DISRUPTION_BUDGET) : [];
  const preemption: Preemption | undefined = outcome.refused || nodes.length === 0 ? undefined : preempt(defaultProfile, cycle, outcome, budgets, (node, other) => nominations.on(node, other));
  const made = preemption !== undefined && "node" in preemption ? preemption : undefined;
  const said = preemption !== undefined && "message" in preemption ? `${NO_CLAIMS}${preemption.message}` : outcome.refused ? "not found" : "";
  const message = failureMessage(nodes.length, outcome, said);
  const plugins = outcome.refused ? [outcome.refused.plugin] : (outcome.counted?.plugins ?? [...new Set([...outcome.rejected.values()].map(({ plugin }) => plugin))]);
  schedulingQueue(state).failed(key, nodes.length === 0 ? ["*"] : plugins, clock.now());
  if (nodes.length < QUICK_FROM) noteTrace(state, traceOf(pod, outcome, [], context, { message }));
  else noteTrace(state, { pod: keyOf(pod), at: clock.now(), filtered: [], scored: [], message });
  context.event(subjectOf(pod), "Warning", "FailedScheduling", message);
  if (made) {
    for (const other of nominations.below(made.node, pod)) yieldPlace(other, nominations, context);
    nominations.set(key, made.node, pod);
    nominate(pod, key, made, context);
  }
  const current = client.get<Pod>(POD, keyOf(pod));
  if (!current) return;
  const condition = unplaced(pod, "Unschedulable", message, context);
  // The place it waited for cannot be had any more: it is free for others.
  const lost = preemption !== undefined && "hopeless" in preemption;
  if (lost) giveUp(key, nominations, context);
  const status = { ...(lost ? withoutNomination(current.status ?? {}) : current.status), ...(made ? { nominatedNodeName: made.node } : {}) };
  client.updateStatus(restated(current, current.metadata, { ...status, conditions: setCondition(status.conditions, condition) }));
}

/**
 * The attempt came to nothing though nodes fit.
 *
 * @simplified Upstream tries again after a back-off; here when a node's labels change, for the same would come of it.
 */
function fail(pod: Pod, key: string, message: string, context: ComponentContext): void {
  const { client, clock, state } = context;
  schedulingQueue(state).failed(key, ["NodeAffinity"], clock.now());
  noteTrace(state, { pod: keyOf(pod), at: clock.now(), filtered: [], scored: [], message });
  context.event(subjectOf(pod), "Warning", "FailedScheduling", message);
  const current = client.get<Pod>(POD, keyOf(pod));
  if (current) client.updateStatus<Pod>({ ...current, status: { ...current.status, conditions: setCondition(current.status?.conditions, unplaced(pod, "SchedulerError", message, context)) } });
}

function unplaced({ metadata }: Pod, reason: string, message: string, { clock }: ComponentContext): Condition {
  const generation = metadata.generation === undefined ? {} : { observedGeneration: metadata.generation };
  return { type: "PodScheduled", status: "False", reason, message, lastProbeTime: null, lastTransitionTime: timestamp(clock.now()), ...generation };
}

/** Nobody waits for that place any more. */
function giveUp(key: string, nominations: Nominations, context: ComponentContext): void {
  nominatedOf(context).delete(key);
  nominations.delete(key);
}

/** A less important pod no longer finds the room that was made for it: it looks anew. */
function yieldPlace(pod: Pod, nominations: Nominations, context: ComponentContext): void {
  const key = keyText(keyOf(pod));
  giveUp(key, nominations, context);
  const current = context.client.get<Pod>(POD, keyOf(pod));
  if (!current) return;
  context.client.updateStatus<Pod>({ ...current, status: withoutNomination(current.status ?? {}) });
  schedulingQueue(context.state).add(key, pod.spec.priority ?? 0);
}

/** Removes the victims and keeps the place for the pod they make room for. */
function nominate(pod: Pod, key: string, { node, victims }: { readonly node: string; readonly victims: readonly Pod[] }, context: ComponentContext): void {
  const { client, clock } = context;
  nominatedOf(context).set(key, node);
  const condition = podCondition("DisruptionTarget", "True", "PreemptionByScheduler", `${NAME}: preempting to accommodate a higher priority pod`, undefined, timestamp(clock.now()));
  for (const victim of victims) {
    const current = client.get<Pod>(POD, keyOf(victim));
    if (!current || current.metadata.deletionTimestamp !== undefined) continue;
    client.updateStatus(restated(current, current.metadata, { ...current.status, conditions: setCondition(current.status?.conditions, condition) }));
    // A victim the API keeps makes no room: the pod tries again when something wakes it.
    if (isRefused(NAME, keyText(keyOf(current)), context, () => client.delete(refOf(current), { preconditions: { uid: current.metadata.uid } }))) return;
    context.event(subjectOf(current), "Normal", "Preempted", `Preempted by pod ${pod.metadata.uid} on node ${node}`);
  }
}

function traceOf(pod: Pod, outcome: FilterOutcome, scores: readonly Score[], { clock }: ComponentContext, end: Pick<SchedulingTrace, "chosen" | "message">): SchedulingTrace {
  const refused = outcome.refused ? [{ node: "", plugin: outcome.refused.plugin, status: outcome.refused.status }] : [];
  const filtered = [...outcome.rejected].map(([node, { plugin, status }]) => ({ node, plugin, status }));
  return { pod: keyOf(pod), at: clock.now(), filtered: [...refused, ...filtered], scored: scores, ...end };
}
