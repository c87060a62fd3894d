import type { Condition } from "../apimachinery/conditions";
import { findCondition } from "../apimachinery/conditions";
import type { Container, ContainerStatus, Pod, PodStatus } from "../resources/core/pod/pod";
import { isSidecar } from "./kubelet-pod";
import { isStaticPod } from "./oom-score";
import { mayRestart, RESTARTING_ALL } from "./restart";

type Phase = NonNullable<PodStatus["phase"]>;

interface Counts {
  pendingInit: number;
  pendingSidecars: number;
  /** Failed init containers that nothing restarts. */
  failedInit: number;
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
  /** Stopped ones that will run again. */
  restartable: number;
}

/** The phase of a pod from its containers' states. Upstream: pkg/kubelet/kubelet_pods.go getPhase. */
export function podPhase(pod: Pod, statuses: readonly ContainerStatus[], isTerminal: boolean, hasInitialized: boolean): Phase {
  const counts = count(pod, statuses);
  if (counts.failedInit > 0) return "Failed";
  if (counts.pendingInit > 0 || (counts.pendingSidecars > 0 && !hasInitialized) || counts.waiting > 0) return "Pending";
  if (counts.running > 0 && counts.unknown === 0) return "Running";
  if (counts.running === 0 && counts.stopped > 0 && counts.unknown === 0) {
    const all = counts.stopped === counts.succeeded;
    if (isTerminal && !isStaticPod(pod)) return all ? "Succeeded" : "Failed";
    if (counts.restartable > 0) return "Running";
    return all ? "Succeeded" : "Failed";
  }
  return "Pending";
}

function count(pod: Pod, statuses: readonly ContainerStatus[]): Counts {
  const counts: Counts = { pendingInit: 0, pendingSidecars: 0, failedInit: 0, unknown: 0, running: 0, waiting: 0, stopped: 0, succeeded: 0, restartable: 0 };
  for (const container of pod.spec.initContainers ?? []) {
    const status = named(statuses, container.name);
    if (isSidecar(container)) countSidecar(counts, status);
    else countInit(counts, pod, container, status);
  }
  for (const container of pod.spec.containers) countMain(counts, pod, container, named(statuses, container.name));
  return counts;
}

/** The status of that name. A pod has few containers. Upstream: podutil.GetContainerStatus. */
function named(statuses: readonly ContainerStatus[], name: string): ContainerStatus | undefined {
  return statuses.find((status) => status.name === name);
}

function countInit(counts: Counts, pod: Pod, container: Container, status: ContainerStatus | undefined): void {
  const ended = status?.state.terminated ?? (status?.state.waiting ? status.lastState?.terminated : undefined);
  if (!ended || ended.reason === RESTARTING_ALL) counts.pendingInit += 1;
  else if (ended.exitCode !== 0 && !mayRestart(pod, container, ended.exitCode)) counts.failedInit += 1;
}

function countSidecar(counts: Counts, status: ContainerStatus | undefined): void {
  if (!status) counts.unknown += 1;
  else if (status.state.running) {
    if (status.started !== true) counts.pendingSidecars += 1;
    counts.running += 1;
  } else if (status.state.terminated) return;
  else if (status.state.waiting) {
    if (status.lastState?.terminated) return;
    counts.pendingSidecars += 1;
    counts.waiting += 1;
  } else {
    counts.pendingSidecars += 1;
    counts.unknown += 1;
  }
}

function countMain(counts: Counts, pod: Pod, container: Container, status: ContainerStatus | undefined): void {
  if (status?.state.running) counts.running += 1;
  else if (status?.state.terminated) {
    counts.stopped += 1;
    if (status.state.terminated.exitCode === 0) counts.succeeded += 1;
    if (mayRestart(pod, container, status.state.terminated.exitCode)) counts.restartable += 1;
  } else if (status?.state.waiting) {
    if (status.lastState?.terminated) {
      counts.stopped += 1;
      const { exitCode, reason } = status.lastState.terminated;
      if (reason === RESTARTING_ALL || mayRestart(pod, container, exitCode)) counts.restartable += 1;
    } else counts.waiting += 1;
  } else counts.unknown += 1;
}

type Draft = Omit<Condition, "lastTransitionTime" | "lastProbeTime">;

const NO_NAMES: readonly string[] = [];

/** `ContainersReady`. Upstream: pkg/kubelet/status/generate.go. */
export function containersReady(pod: Pod, statuses: readonly ContainerStatus[] | undefined, phase: string): Draft {
  const type = "ContainersReady";
  if (!statuses) return { type, status: "False", reason: "UnknownContainerStatuses" };
  const judged = pod.spec.initContainers === undefined ? (pod.spec.containers ?? []) : [...pod.spec.initContainers.filter(isSidecar), ...(pod.spec.containers ?? [])];
  let unknown: readonly string[] = NO_NAMES;
  let unready: readonly string[] = NO_NAMES;
  for (const { name } of judged) {
    const status = named(statuses, name);
    if (!status) unknown = unknown.concat(name);
    else if (!status.ready) unready = unready.concat(name);
  }
  if (phase === "Succeeded" && unknown.length === 0) return { type, status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  const message = listed(unknown, "unknown", unready, "unready");
  return message === "" ? { type, status: "True" } : { type, status: "False", reason: "ContainersNotReady", message };
}

/** `Ready`: containers and readiness gates. Upstream: pkg/kubelet/status/generate.go. */
export function podReady(pod: Pod, conditions: readonly Condition[] | undefined, statuses: readonly ContainerStatus[] | undefined, phase: string, containers = containersReady(pod, statuses, phase)): Draft {
  const { status, reason, message } = containers;
  if (status !== "True") return message === undefined ? { type: "Ready", status, reason: reason ?? "" } : { type: "Ready", status, reason: reason ?? "", message };
  if (!pod.spec.readinessGates) return { type: "Ready", status: "True" };
  const problems = pod.spec.readinessGates.flatMap(({ conditionType }) => {
    const condition = findCondition(conditions, conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === "True" ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  if (problems.length > 0) return { type: "Ready", status: "False", reason: "ReadinessGatesNotReady", message: problems.join(", ") };
  return { type: "Ready", status: "True" };
}

const NONE: readonly Container[] = [];

/** `Initialized`. Upstream: pkg/kubelet/status/generate.go. */
export function podInitialized(pod: Pod, statuses: readonly ContainerStatus[] | undefined, phase: string): Draft {
  const type = "Initialized";
  const inits = pod.spec.initContainers ?? NONE;
  if (inits.length === 0) return phase === "Succeeded" ? { type, status: "True", reason: "PodCompleted" } : { type, status: "True" };
  if (!statuses && inits.length > 0) return { type, status: "False", reason: "UnknownContainerStatuses" };
  const of = (container: Container): ContainerStatus | undefined => named(statuses ?? [], container.name);
  const unknown = inits.filter((container) => !of(container)).map((container) => container.name);
  const incomplete = inits.filter((container) => {
    const status = of(container);
    return status !== undefined && (isSidecar(container) ? status.started !== true : !status.ready);
  });
  if (phase === "Succeeded" && unknown.length === 0) return { type, status: "True", reason: "PodCompleted" };
  // A pod whose own containers have started was initialised, whatever becomes of its init containers.
  if (pod.spec.containers.some((container) => hasStarted(of(container)))) return { type, status: "True" };
  const message = listed(unknown, "unknown", incomplete.map((container) => container.name), "incomplete");
  return message === "" ? { type, status: "True" } : { type, status: "False", reason: "ContainersNotInitialized", message };
}

/** Has a container run, now or before? Upstream: kubecontainer.HasAnyRegularContainerStarted. */
function hasStarted(status: ContainerStatus | undefined): boolean {
  if (!status) return false;
  return status.state.running !== undefined || status.state.terminated !== undefined || status.lastState?.terminated !== undefined;
}

function listed(first: readonly string[], firstWord: string, second: readonly string[], secondWord: string): string {
  if (first.length + second.length === 0) return "";
  const part = (names: readonly string[], word: string): readonly string[] => (names.length > 0 ? [`containers with ${word} status: [${names.join(" ")}]`] : []);
  return [...part(first, firstWord), ...part(second, secondWord)].join(", ");
}
