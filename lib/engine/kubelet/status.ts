import { findCondition, type Condition } from "../apimachinery/conditions";
import { deepEqual } from "../apimachinery/compare";
import { POD } from "../apimachinery/kinds";
import { qosClass } from "../apimachinery/qos";
import { timestamp } from "../apimachinery/time";
import type { ContainerRecord } from "../machine/records";
import type { Container, ContainerState, ContainerStatus, Pod, PodStatus } from "../resources/core/pod/pod";
import { allContainers, isSidecar, memoryOf, type Kubelet, type KubeletPod } from "./kubelet-pod";
import { containersReady, podInitialized, podPhase, podReady } from "./phase";

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
function containerStatus(kubelet: Kubelet, record: KubeletPod, container: Container, isInit: boolean, idle: string): ContainerStatus {
  const memory = memoryOf(record, container.name);
  const current = kubelet.machines.container(record.uid, container.name);
  const previous = kubelet.machines.container(record.uid, container.name, true);
  const sidecar = isInit && isSidecar(container);
  const running = current?.state === "running";
  const hooked = record.op?.kind === "postStart" && record.op.container === container.name;
  const before: ContainerState = previous ? { terminated: terminated(previous) } : {};
  const [state, lastState] = ((): [ContainerState, ContainerState] => {
    if (!current) return [{ waiting: memory.waiting ?? { reason: idle } }, {}];
    if (running) return hooked ? [{ waiting: { reason: idle } }, before] : [{ running: { startedAt: timestamp(current.startedAt ?? 0) } }, before];
    if (memory.waiting) return [{ waiting: memory.waiting }, { terminated: terminated(current) }];
    return [{ terminated: terminated(current) }, before];
  })();
  const ready = isInit && !sidecar ? current?.state === "exited" && current.exitCode === 0 && !memory.waiting : running && !hooked && memory.ready;
  return {
    name: container.name,
    state,
    lastState,
    ready,
    restartCount: current?.attempt ?? 0,
    image: memory.image?.name ?? container.image ?? "",
    imageID: memory.image?.id ?? "",
    ...(current ? { containerID: containerID(current) } : {}),
    started: running && !hooked && (isInit && !sidecar ? false : memory.started),
  };
}

/** The status of a pod as its kubelet sees it now. */
export function podStatus(kubelet: Kubelet, record: KubeletPod, pod: Pod): PodStatus {
  const inits = pod.spec.initContainers ?? [];
  const idle = inits.length > 0 ? "PodInitializing" : "ContainerCreating";
  const initStatuses = inits.map((container) => containerStatus(kubelet, record, container, true, idle));
  const statuses = pod.spec.containers.map((container) => containerStatus(kubelet, record, container, false, idle));
  const everything = [...initStatuses, ...statuses];
  const over = record.finished === true || record.ended === true;
  const hasInitialized = statuses.some((status) => status.state.running !== undefined || status.state.terminated !== undefined || status.lastState.terminated !== undefined);
  const phase = record.failure ? "Failed" : podPhase(pod, everything, over || record.stopping !== undefined, hasInitialized);
  const sandbox = kubelet.machines.pod(record.uid);
  const machine = kubelet.machines.machine(record.node);
  const hostIP = machine?.ips[0];
  const generation = pod.metadata.generation;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const now = timestamp(kubelet.clock.now());
  const drafts = [
    { type: "PodReadyToStartContainers", status: sandbox?.ready === true && record.finished !== true ? "True" : "False" } as const,
    podInitialized(pod, everything, phase),
    podReady(pod, pod.status?.conditions, everything, phase),
    containersReady(pod, everything, phase),
  ];
  const ip = record.ip ?? (over ? pod.status?.podIP : undefined);
  return {
    ...observed,
    phase,
    conditions: ordered(pod.status?.conditions ?? [], drafts.map((draft): Condition => ({ ...draft, ...observed, lastProbeTime: null, lastTransitionTime: now }))),
    ...(record.failure ?? {}),
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: [{ ip: hostIP }] }),
    ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }),
    startTime: record.startTime,
    ...(inits.length > 0 ? { initContainerStatuses: initStatuses } : {}),
    containerStatuses: statuses,
    qosClass: pod.status?.qosClass ?? qosClass(pod),
  };
}

/** The kubelet's conditions in its own order, then those of others (the scheduler's, readiness gates). */
function ordered(stored: readonly Condition[], own: readonly Condition[]): readonly Condition[] {
  const merged = own.map((condition): Condition => {
    const before = findCondition(stored, condition.type);
    return before?.status === condition.status && before.lastTransitionTime !== undefined ? { ...condition, lastTransitionTime: before.lastTransitionTime } : condition;
  });
  const types = new Set(own.map((condition) => condition.type));
  return [...merged, ...stored.filter((condition) => !types.has(condition.type))];
}

/** Writes a pod's status when it differs and the API can be reached. */
export function reportStatus(kubelet: Kubelet, uid: string): void {
  const record = kubelet.pods.get(uid);
  if (!record || !kubelet.machines.isUp(record.node)) return;
  const pod = kubelet.client.get<Pod>(POD, record);
  if (!pod || pod.metadata.uid !== uid) return;
  const status = podStatus(kubelet, record, pod);
  if (!deepEqual(pod.status, status)) kubelet.client.updateStatus<Pod>({ ...pod, status });
}

/** Will no main container of this pod run again, and is it not being deleted? */
export function hasCompleted(kubelet: Kubelet, record: KubeletPod, pod: Pod): boolean {
  const policy = pod.spec.restartPolicy ?? "Always";
  if (allContainers(pod).length === 0) return false;
  const exitOf = (container: Container): number | undefined => {
    const current = kubelet.machines.container(record.uid, container.name);
    return current?.state === "exited" ? (current.exitCode ?? 0) : undefined;
  };
  const failedInit = (pod.spec.initContainers ?? []).some((container) => !isSidecar(container) && (container.restartPolicy ?? policy) === "Never" && (exitOf(container) ?? 0) !== 0);
  if (failedInit) return !pod.spec.containers.some((container) => kubelet.machines.container(record.uid, container.name)?.state === "running");
  return pod.spec.containers.every((container) => {
    const code = exitOf(container);
    const own = container.restartPolicy ?? policy;
    return code !== undefined && (own === "Never" || (own === "OnFailure" && code === 0));
  });
}
