import type { ContainerRecord } from "../machine/records";
import type { Container, Pod } from "../resources/core/pod/pod";
import { millis } from "../sim/clock";
import { containerHash } from "./container-hash";
import { allContainers, containerNamed, isSidecar, memoryOf, remember, rememberContainer, without, type Kubelet, type KubeletPod } from "./kubelet-pod";
import { computePodActions, wantsFreshStart, type RuntimeContainer, type RuntimePod } from "./pod-actions";
import { applyResize, isGiven } from "./resize";
import { amountsOf } from "./resize-policy";
import { tryStart } from "./start";
import { killContainer } from "./stop";

/** From taking a pod's containers away until they begin again. */
const RESET_TIME = millis(1000);

/** Was a container made in an earlier sandbox? Then its machine was switched off meanwhile, or the pod began again. */
function isStale(record: KubeletPod, container: Container, sandbox: number): boolean {
  return memoryOf(record, container.name).sandbox !== sandbox;
}

/** Starts, replaces and stops containers of a pod whose sandbox is ready. One step: what takes time is booked. */
export function runContainers(kubelet: Kubelet, record: KubeletPod, pod: Pod, sandbox: number): void {
  applyResize(kubelet, record, pod);
  const current = kubelet.pods.get(record.uid) ?? record;
  if (allRun(kubelet, current, pod, sandbox)) return;
  const runtime = runtimePod(kubelet, current, pod, sandbox);
  const actions = computePodActions(pod, runtime);
  for (const { name, message } of actions.containersToKill) {
    const container = containerNamed(pod, name);
    if (container && !memoryOf(current, name).killing) killContainer(kubelet, current, pod, container, message);
  }
  const known = new Set(runtime.containers.map(({ name }) => name));
  const start = (list: readonly Container[] | undefined, index: number): boolean => {
    const container = list?.[index];
    if (!container || kubelet.machines.container(record.uid, container.name)?.state === "running") return false;
    return tryStart(kubelet, kubelet.pods.get(record.uid) ?? record, pod, container, !known.has(container.name));
  };
  for (const index of actions.ephemeralContainersToStart) if (start(pod.spec.ephemeralContainers, index)) return;
  for (const index of actions.initContainersToStart) if (start(pod.spec.initContainers, index)) return;
  for (const index of actions.containersToStart) if (start(pod.spec.containers, index)) return;
}

/** Does every container that shall run do so, as it is specified? By far the commonest answer, so it is found without making anything. */
function allRun(kubelet: Kubelet, record: KubeletPod, pod: Pod, sandbox: number): boolean {
  const fine = (container: Container): boolean => {
    const made = kubelet.machines.container(record.uid, container.name);
    const memory = memoryOf(record, container.name);
    return made?.state === "running" && !isStale(record, container, sandbox) && memory.image?.asked === container.image && isGiven(container, memory.resources);
  };
  if (!pod.spec.containers.every(fine)) return false;
  if (!(pod.spec.initContainers ?? []).every((container) => !isSidecar(container) || fine(container))) return false;
  return (pod.spec.ephemeralContainers ?? []).every((container) => kubelet.machines.container(record.uid, container.name) !== undefined);
}

function stateOf({ state, exitCode = 0 }: ContainerRecord): Pick<RuntimeContainer, "state" | "exitCode"> {
  return { state, exitCode };
}

/** The pod as the machine has it now, for the rules to look at. */
function runtimePod(kubelet: Kubelet, record: KubeletPod, pod: Pod, sandbox: number): RuntimePod {
  const containers = allContainers(pod).flatMap((container): readonly RuntimeContainer[] => {
    const made = kubelet.machines.container(record.uid, container.name);
    if (!made || isStale(record, container, sandbox)) return [];
    const memory = memoryOf(record, container.name);
    return [
      {
        name: container.name,
        id: made.id,
        ...stateOf(made),
        changed: memory.killing === undefined && memory.image !== undefined && containerHash(container) !== containerHash({ name: container.name, image: memory.image.asked }),
        ...(memory.started ? { startup: "success" as const } : {}),
        ...(memory.killing === undefined && !record.resize ? { actual: amountsOf(memory.resources, pod.spec.resources) } : {}),
      },
    ];
  });
  const known = new Set(containers.map(({ name }) => name));
  return { sandbox: { ready: true, attempt: sandbox, ip: record.ip ?? "", onHostNetwork: pod.spec.hostNetwork === true }, begun: pod.spec.containers.some(({ name }) => known.has(name)), containers };
}

/** Has it a rule that could ask for that? Asked at every look, so nothing is made for it. */
function mayBeginAgain({ spec }: Pod): boolean {
  return ruled(spec.containers) || ruled(spec.initContainers) || ruled(spec.ephemeralContainers);
}

function ruled(containers: readonly Container[] | undefined): boolean {
  if (containers) for (const { restartPolicyRules } of containers) if (restartPolicyRules) return true;
  return false;
}

/**
 * Begins a pod again in its sandbox when one of its containers asked for that by the way it ended:
 * all are taken away at once, without hooks or grace, and start as the first time. True while that goes on.
 * Upstream: RestartAllContainers.
 */
export function restartEverything(kubelet: Kubelet, record: KubeletPod, pod: Pod): boolean {
  if (record.restartingAll === "now") return true;
  if (!mayBeginAgain(pod)) return false;
  const sandbox = kubelet.machines.pod(record.uid);
  if (sandbox?.ready !== true) return false;
  const runtime = runtimePod(kubelet, record, pod, sandbox.attempt);
  if (!computePodActions(pod, runtime, wantsFreshStart(pod, runtime.containers)).resetAll) return false;
  remember(kubelet, record.uid, (old) => ({ ...old, op: undefined, token: old.token + 1, probes: {}, restartingAll: "now" }));
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    const made = kubelet.machines.container(record.uid, container.name);
    if (!made) continue;
    if (made.state === "running") kubelet.machines.kill(made.id);
    rememberContainer(kubelet, record.uid, container.name, (memory) => ({ ...without(without(without(memory, "killing"), "waiting"), "sandbox"), started: false, ready: false, reset: made.attempt }));
  }
  kubelet.after(RESET_TIME, { k: "reset", uid: record.uid });
  return true;
}

/** A pod's containers are gone: they may begin again. */
export function resetEnded(kubelet: Kubelet, uid: string): void {
  remember(kubelet, uid, (old) => (old.restartingAll === "now" ? { ...old, restartingAll: "done" } : old));
  kubelet.wake(uid);
}
