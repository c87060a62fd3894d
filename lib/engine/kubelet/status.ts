import { findCondition, podCondition, sharedList, type Condition } from "../apimachinery/conditions";
import { deepEqual } from "../apimachinery/compare";
import { deepFreeze } from "../apimachinery/freeze";
import { POD } from "../apimachinery/kinds";
import { restated } from "../apimachinery/members";
import { Memory } from "../apimachinery/memory";
import { qosClass } from "../apimachinery/qos";
import { timestamp } from "../apimachinery/time";
import type { ContainerRecord, PodRecord } from "../machine/records";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Container, ContainerState, ContainerStatus, Pod, PodStatus } from "../resources/core/pod/pod";
import { isSidecar, memoryOf, type ContainerMemory, type Kubelet, type KubeletPod } from "./kubelet-pod";
import { lastWord } from "./last-word";
import { mirror } from "./static-pods";
import { mayRestart, RESTARTING_ALL } from "./restart";
import { containersReady, podInitialized, podPhase, podReady } from "./phase";

type Draft = Omit<Condition, "lastTransitionTime" | "lastProbeTime">;

/** The id of a container as statuses write it. */
export function containerID(container: ContainerRecord): string {
  return `containerd://${container.runtimeId}`;
}

function terminated(container: ContainerRecord): NonNullable<ContainerState["terminated"]> {
  return {
    exitCode: container.exitCode ?? 0,
    reason: container.reason ?? "Error",
    ...(container.message === undefined ? {} : { message: container.message }),
    startedAt: timestamp(container.startedAt ?? 0),
    finishedAt: timestamp(container.finishedAt ?? 0),
    containerID: containerID(container),
  };
}

/** The status of one container. Upstream: convertToAPIContainerStatuses. */
function containerStatus(kubelet: Kubelet, record: KubeletPod, sandbox: PodRecord | undefined, container: Container, isInit: boolean, idle: string, leaving = false): ContainerStatus {
  const memory = memoryOf(record, container.name);
  const made = sandbox?.containers[container.name];
  const current = made && kubelet.machines.containerWithId(made.current);
  const previous = made?.previous === undefined ? undefined : kubelet.machines.containerWithId(made.previous);
  const sidecar = isInit && isSidecar(container);
  const running = current?.state === "running";
  const hooked = record.op?.kind === "postStart" && record.op.container === container.name;
  const before: ContainerState = previous ? { terminated: previous.attempt === memory.reset ? TAKEN_AWAY : terminated(previous) } : NOTHING;
  const reset = record.restartingAll === "now" && current !== undefined && current.attempt === memory.reset;
  let state: ContainerState;
  let lastState = before;
  if (!current) {
    state = waitingFor(memory, idle);
    lastState = NOTHING;
  } else if (reset) {
    state = { waiting: { reason: RESTARTING_ALL, message: TAKEN_AWAY.message } };
    lastState = { terminated: TAKEN_AWAY };
  } else if (current.attempt === memory.reset) {
    state = waitingFor(memory, idle);
    lastState = { terminated: TAKEN_AWAY };
  } else if (running) state = hooked ? idling(idle) : runningSince(timestamp(current.startedAt ?? 0));
  else if (memory.waiting && !leaving) {
    state = { waiting: memory.waiting };
    lastState = { terminated: terminated(current) };
    // In a deleted pod nothing waits to begin again.
  } else state = { terminated: terminated(current) };
  const ready = isInit && !sidecar ? current?.state === "exited" && current.exitCode === 0 && !memory.waiting : running && !hooked && memory.ready;
  const { name } = container;
  const restartCount = (current?.attempt ?? 0) + (reset ? 1 : 0);
  const image = memory.image?.name ?? container.image ?? "";
  const imageID = memory.image?.id ?? "";
  const started = running && !hooked && (isInit && !sidecar ? false : memory.started);
  // Each in one piece: objects put together alike share their shape, which V8 rewards; spreads do not.
  if (!current) return { name, state, lastState, ready, restartCount, image, imageID, started };
  const { resources } = running ? memory : NO_MEMORY;
  if (!resources) return { name, state, lastState, ready, restartCount, image, imageID, containerID: containerID(current), started };
  if (!resources.requests) return { name, state, lastState, ready, restartCount, image, imageID, containerID: containerID(current), started, resources };
  return { name, state, lastState, ready, restartCount, image, imageID, containerID: containerID(current), started, allocatedResources: resources.requests, resources };
}

const NO_MEMORY: { readonly resources?: ContainerMemory["resources"] } = {};

/** The state of what has not been. */
const NOTHING: ContainerState = Object.freeze({});

/** States that thousands of containers are in alike are kept once. */
const idleStates = new Memory<ContainerState>(10);
const runningStates = new Memory<ContainerState>(1000);

function idling(reason: string): ContainerState {
  return idleStates.of(reason, (text) => deepFreeze({ waiting: { reason: text } }));
}

function waitingFor({ waiting }: ContainerMemory, idle: string): ContainerState {
  return waiting ? { waiting } : idling(idle);
}

function runningSince(startedAt: string): ContainerState {
  return runningStates.of(startedAt, (text) => deepFreeze({ running: { startedAt: text } }));
}

/** Addresses as status lists them, those of machines once for all pods there. */
const addressLists = new Memory<readonly { readonly ip: string }[]>(10_000);

function hostAddresses(ip: string): readonly { readonly ip: string }[] {
  return addressLists.of(ip, (text) => deepFreeze([{ ip: text }]));
}

/** One that was added to look at the others: never ready, never started again. */
function ephemeralStatus(kubelet: Kubelet, record: KubeletPod, sandbox: PodRecord | undefined, container: Container): ContainerStatus {
  const { started: _started, ...status } = containerStatus(kubelet, record, sandbox, container, false, "ContainerCreating");
  return { ...status, ready: false };
}

/** Conditions that come and go: all containers begin again, a change of resources, an eviction. */
function addPassing(drafts: Draft[], { restartingAll, resize, failure, finished }: KubeletPod, phase: string): void {
  if (restartingAll !== undefined) drafts.push(allRestarting(restartingAll === "now", phase));
  if (resize?.reason !== undefined) drafts.push({ type: resize.reason === "Error" ? "PodResizeInProgress" : "PodResizePending", status: "True", reason: resize.reason, ...(resize.message === undefined ? {} : { message: resize.message }) });
  if (failure?.disrupted && finished === true) drafts.push({ type: "DisruptionTarget", status: "True", reason: "TerminationByKubelet", message: failure.message });
}

/** Upstream: GenerateAllContainersRestartingCondition. */
function allRestarting(now: boolean, phase: string): Draft {
  const type = "AllContainersRestarting";
  if (phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  if (phase === "Succeeded") return { type, status: "False", reason: "PodCompleted" };
  return now ? { type, status: "True", reason: "RestartAllContainersStarted", message: "container exited with restart policy rule" } : { type, status: "False" };
}

/** Conditions only a kubelet sets, and takes away again. */
const PASSING: ReadonlySet<string> = new Set(["PodResizePending", "PodResizeInProgress"]);

/** The end of a container that was taken away because the whole pod begins again. */
const TAKEN_AWAY = { exitCode: 137, reason: RESTARTING_ALL, message: "The container is removed because RestartAllContainers in place" } as const;

/** The status of a pod as its kubelet sees it now. */
export function podStatus(kubelet: Kubelet, record: KubeletPod, pod: Pod): PodStatus {
  const inits = pod.spec.initContainers ?? [];
  const idle = inits.length > 0 ? "PodInitializing" : "ContainerCreating";
  const leaving = pod.metadata.deletionTimestamp !== undefined;
  const sandbox = kubelet.machines.pod(record.uid);
  const initStatuses = inits.map((container) => containerStatus(kubelet, record, sandbox, container, true, idle, leaving));
  const before = pod.status?.containerStatuses ?? [];
  const statuses = pod.spec.containers.map((container, i) => kept(before[i], containerStatus(kubelet, record, sandbox, container, false, idle, leaving)));
  const ephemeral = (pod.spec.ephemeralContainers ?? []).map((container) => ephemeralStatus(kubelet, record, sandbox, container));
  const everything = inits.length === 0 ? statuses : [...initStatuses, ...statuses];
  const over = record.finished === true || record.ended === true;
  const hasInitialized = statuses.some((status) => status.state.running !== undefined || status.state.terminated !== undefined || status.lastState.terminated !== undefined);
  const phase = record.failure ? "Failed" : podPhase(pod, everything, over || record.stopping !== undefined, hasInitialized);
  const machine = kubelet.machines.machine(record.node);
  const hostIP = machine?.ips[0];
  const generation = pod.metadata.generation;
  const now = timestamp(kubelet.clock.now());
  const ready = containersReady(pod, everything, phase);
  const drafts: Draft[] = [
    { type: "PodReadyToStartContainers", status: sandbox?.ready === true && record.finished !== true ? "True" : "False" } as const,
    podInitialized(pod, everything, phase),
    podReady(pod, pod.status?.conditions, everything, phase, ready),
    ready,
  ];
  addPassing(drafts, record, phase);
  // Nobody but the kubelet says so of a pod that was bound when it was made.
  if (!findCondition(pod.status?.conditions ?? [], "PodScheduled")) drafts.push({ type: "PodScheduled", status: "True" });
  const ip = record.ip ?? (over ? pod.status?.podIP : undefined);
  // What may still run has not ended yet, whatever has been decided. Upstream: mergePodStatus.
  const ending = (phase === "Failed" || phase === "Succeeded") && !isFinished(pod) && everything.some(({ state }) => state.running !== undefined);
  const shown = ending ? (pod.status?.phase ?? "Pending") : phase;
  const conditions = ordered(pod.status?.conditions ?? [], drafts, generation, now);
  const { reason, message } = ending ? (pod.status ?? {}) : (record.failure ?? {});
  const hostIPs = pod.status?.hostIP === hostIP && pod.status?.hostIPs?.length === 1 ? pod.status.hostIPs : hostAddresses(hostIP ?? "");
  const podIPs = pod.status?.podIP === ip && pod.status?.podIPs?.length === 1 ? pod.status.podIPs : [{ ip: ip ?? "" }];
  const qos = pod.status?.qosClass ?? qosClass(pod);
  const { startTime } = record;
  // The commonest ones in one piece, as above.
  if (generation !== undefined && hostIP !== undefined && reason === undefined && message === undefined && inits.length + ephemeral.length === 0 && record.finished !== true) {
    if (ip === undefined) return { observedGeneration: generation, phase: shown, conditions, hostIP, hostIPs, startTime, containerStatuses: statuses, qosClass: qos };
    return { observedGeneration: generation, phase: shown, conditions, hostIP, hostIPs, podIP: ip, podIPs, startTime, containerStatuses: statuses, qosClass: qos };
  }
  const status: { -readonly [K in keyof PodStatus]: PodStatus[K] } = {};
  if (generation !== undefined) status.observedGeneration = generation;
  status.phase = shown;
  status.conditions = conditions;
  if (reason !== undefined) status.reason = reason;
  if (message !== undefined) status.message = message;
  if (hostIP !== undefined) {
    status.hostIP = hostIP;
    status.hostIPs = hostIPs;
  }
  if (ip !== undefined) {
    status.podIP = ip;
    status.podIPs = podIPs;
  }
  status.startTime = startTime;
  if (inits.length > 0) status.initContainerStatuses = initStatuses;
  status.containerStatuses = statuses;
  if (ephemeral.length > 0) status.ephemeralContainerStatuses = ephemeral;
  status.qosClass = qos;
  return record.finished === true && record.failure?.rejected !== true ? lastWord(pod, status) : status;
}

/** The kubelet's conditions in its own order, then those of others (the scheduler's, readiness gates). */
function ordered(stored: readonly Condition[], own: readonly Draft[], generation: number | undefined, now: string): readonly Condition[] {
  const merged: Condition[] = [];
  for (let i = 0; i < own.length; i += 1) {
    const { type, status, reason, message } = own[i] as Draft;
    // Nearly always it stands where it stood.
    const before = stored[i]?.type === type ? stored[i] : findCondition(stored, type);
    const since = before?.status === status && before.lastTransitionTime !== undefined ? before.lastTransitionTime : now;
    const isSame = before?.status === status && before.lastTransitionTime === since && before.observedGeneration === generation && before.reason === reason && before.message === message && before.lastProbeTime === null;
    merged.push(isSame ? before : podCondition(type, status, reason, message, generation, since));
  }
  // By number: what is stored is frozen, and going through a frozen list is slow.
  for (let i = 0; i < stored.length; i += 1) {
    const condition = stored[i] as Condition;
    if (own[i]?.type !== condition.type && !PASSING.has(condition.type) && !findCondition(merged, condition.type)) merged.push(condition);
  }
  return sharedList(merged);
}

/** The status as it was, when it says the same: what versions share need not be kept twice. */
function kept(before: ContainerStatus | undefined, status: ContainerStatus): ContainerStatus {
  return before !== undefined && deepEqual(before, status) ? before : status;
}

/** Writes a pod's status when it differs and the API can be reached. */
export function reportStatus(kubelet: Kubelet, uid: string): void {
  const record = kubelet.pods.get(uid);
  if (!record || !kubelet.machines.isUp(record.node)) return;
  const pod = record.isStatic ? mirror(kubelet, record) : kubelet.client.get<Pod>(POD, record);
  if (!pod || (pod.metadata.uid !== uid && !record.isStatic)) return;
  const status = podStatus(kubelet, record, pod);
  if (!deepEqual(pod.status, status)) kubelet.client.updateStatus<Pod>(restated(pod, pod.metadata, status) as Pod);
}

/** Will no main container of this pod run again, and is it not being deleted? */
export function hasCompleted(kubelet: Kubelet, record: KubeletPod, pod: Pod): boolean {
  if (pod.spec.containers.length === 0 || record.restartingAll === "now") return false;
  const ended = (container: Container): boolean => {
    if (memoryOf(record, container.name).made === 0) return false;
    const current = kubelet.machines.container(record.uid, container.name);
    return current?.state === "exited" && current.attempt !== memoryOf(record, container.name).reset && !mayRestart(pod, container, current.exitCode ?? 0);
  };
  const failedInit = (pod.spec.initContainers ?? []).some((container) => !isSidecar(container) && ended(container) && kubelet.machines.container(record.uid, container.name)?.exitCode !== 0);
  if (failedInit) return !pod.spec.containers.some((container) => kubelet.machines.container(record.uid, container.name)?.state === "running");
  return pod.spec.containers.every(ended);
}
