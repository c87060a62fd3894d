import { bytesOf, cpuMilli, quantityMilli, quantityValue } from "../apimachinery/quantity";
import { podRequests, type ResourcePod } from "../apimachinery/qos";
import { deepEqual, sortedEntries } from "../apimachinery/compare";
import { POD } from "../apimachinery/kinds";
import type { Container, Pod, ResourceList, ResourceRequirements } from "../resources/core/pod/pod";
import { isFinished } from "../resources/core/pod/lifecycle";
import { aboutPod, isSidecar, memoryOf, remember, rememberContainer, without, type Kubelet, type KubeletPod } from "./kubelet-pod";
import { amountsOf, resizeNeedsRestart } from "./resize-policy";

/** Does a container run with what it asks for? */
export function isGiven(container: Container, given: ResourceRequirements | undefined): boolean {
  return container.resources === given || deepEqual(worthKeeping(container.resources) ? container.resources : {}, given ?? {});
}

/** What a container asks for, when that is more than nothing: remembered while it runs. */
export function worthKeeping(resources: ResourceRequirements | undefined): resources is ResourceRequirements {
  return resources !== undefined && (Object.keys(resources.requests ?? {}).length > 0 || Object.keys(resources.limits ?? {}).length > 0);
}

interface Amount {
  readonly cpu: number;
  readonly memory: number;
}

function asked(pod: Pod): Amount {
  const requests = podRequests(pod as unknown as ResourcePod);
  const [cpu, memory] = [requests.get("cpu"), requests.get("memory")];
  return { cpu: cpu === undefined ? 0 : Number(quantityMilli(cpu)), memory: memory === undefined ? 0 : Number(quantityValue(memory)) };
}

/** The pod as it has been given its resources, whatever it asks for now. */
export function asGiven(record: KubeletPod, pod: Pod): Pod {
  const given = (list: readonly Container[] | undefined): readonly Container[] =>
    (list ?? []).map((container) => {
      const { resources } = memoryOf(record, container.name);
      return record.containers[container.name] === undefined || resources === container.resources ? container : { ...without(container, "resources"), ...(resources ? { resources } : {}) };
    });
  return { ...pod, spec: { ...pod.spec, containers: given(pod.spec.containers), ...(pod.spec.initContainers ? { initContainers: given(pod.spec.initContainers) } : {}) } };
}

/** What all pods of a machine but one have been given. */
function usedByOthers(kubelet: Kubelet, record: KubeletPod): Amount {
  let used: Amount = { cpu: 0, memory: 0 };
  for (const other of kubelet.client.onNode<Pod>(POD, record.node)) {
    if (other.metadata.uid === record.uid || isFinished(other)) continue;
    const memory = kubelet.pods.get(other.metadata.uid);
    const amount = asked(memory ? asGiven(memory, other) : other);
    used = { cpu: used.cpu + amount.cpu, memory: used.memory + amount.memory };
  }
  return used;
}

/** Why a pod's new amounts cannot be given on its machine, if they cannot. Upstream: pkg/kubelet/allocation canResizePod. */
function obstacle(kubelet: Kubelet, record: KubeletPod, pod: Pod): { readonly reason: "Deferred" | "Infeasible"; readonly message: string } | undefined {
  const node = kubelet.optionsOf(record.node);
  if (!node) return undefined;
  const capacity: Amount = { cpu: cpuMilli(node.cpu), memory: bytesOf(node.memory) };
  const wanted = asked(pod);
  for (const name of ["memory", "cpu"] as const) {
    if (wanted[name] > capacity[name]) return { reason: "Infeasible", message: `Node didn't have enough capacity: ${name}, requested: ${wanted[name]}, capacity: ${capacity[name]}` };
  }
  const before = asked(asGiven(record, pod));
  if (wanted.cpu <= before.cpu && wanted.memory <= before.memory) return undefined;
  const used = usedByOthers(kubelet, record);
  for (const name of ["cpu", "memory"] as const) {
    if (wanted[name] > before[name] && used[name] + wanted[name] > capacity[name]) return { reason: "Deferred", message: `Node didn't have enough resource: ${name}, requested: ${wanted[name]}, used: ${used[name]}, capacity: ${capacity[name]}` };
  }
  return undefined;
}

/** The new amounts as the events of a resize tell them. */
function told(pod: Pod, error?: string): string {
  const sorted = (list: ResourceList | undefined, name: string) => (list === undefined ? {} : { [name]: Object.fromEntries(sortedEntries(list)) });
  const part = ({ name, resources }: Container) => ({ name, resources: { ...sorted(resources?.limits, "limits"), ...sorted(resources?.requests, "requests") } });
  return JSON.stringify({ ...(pod.spec.initContainers ? { initContainers: pod.spec.initContainers.filter(isSidecar).map(part) } : {}), containers: pod.spec.containers.map(part), generation: pod.metadata.generation ?? 1, ...(error === undefined ? {} : { error }) });
}

/**
 * Gives running containers the amounts their specification now asks for, when the machine has them; those whose
 * policy asks for it are restarted by {@link computePodActions} instead. What cannot be given is a condition of the pod.
 *
 * @simplified A resize that can be made is made at once, so `PodResizeInProgress` shows only when it fails; one put off is tried again whenever the pod is looked at, not by priority.
 */
export function applyResize(kubelet: Kubelet, record: KubeletPod, pod: Pod): void {
  const isChanged = (container: Container): boolean => {
    const { killing, resources } = memoryOf(record, container.name);
    return killing === undefined && !isGiven(container, resources) && kubelet.machines.container(record.uid, container.name)?.state === "running";
  };
  const changed = pod.spec.containers.filter(isChanged);
  if (pod.spec.initContainers) changed.unshift(...pod.spec.initContainers.filter((container) => isSidecar(container) && isChanged(container)));
  if (changed.length === 0) {
    if (record.resize) remember(kubelet, record.uid, (old) => without(old, "resize"));
    return;
  }
  const generation = pod.metadata.generation ?? 1;
  const event = kubelet.event(record.node);
  const problem = obstacle(kubelet, record, pod);
  if (problem) {
    const { resize } = record;
    if (resize?.reason === problem.reason && resize.message === problem.message && resize.generation === generation) return;
    remember(kubelet, record.uid, (old) => ({ ...old, resize: { generation, ...problem } }));
    event(aboutPod(record), "Warning", `Resize${problem.reason}`, `Pod resize ${problem.reason}: ${told(pod, problem.message)}`);
    if (problem.reason === "Deferred") kubelet.waiting.set(record.uid, 1);
    return;
  }
  const tooSmall = changed.flatMap((container) => belowUsage(kubelet, record, pod, container))[0];
  if (tooSmall !== undefined) {
    if (record.resize?.message === tooSmall) return;
    remember(kubelet, record.uid, (old) => ({ ...old, resize: { generation, reason: "Error", message: tooSmall } }));
    event(aboutPod(record), "Warning", "ResizeError", `Pod resize error: ${told(pod, tooSmall)}`);
    return;
  }
  event(aboutPod(record), "Normal", "ResizeStarted", `Pod resize started: ${told(pod)}`);
  let restarts = false;
  for (const container of changed) {
    if (resizeNeedsRestart(pod, container, amountsOf(memoryOf(record, container.name).resources, pod.spec.resources))) {
      restarts = true;
      continue;
    }
    give(kubelet, record, container);
  }
  remember(kubelet, record.uid, (old) => without(old, "resize"));
  if (!restarts) event(aboutPod(record), "Normal", "ResizeCompleted", `Pod resize completed: ${told(pod)}`);
}

/** Lowering a memory limit under what is in use would kill the container, so it is not done. */
function belowUsage(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container): readonly string[] {
  if (resizeNeedsRestart(pod, container, amountsOf(memoryOf(record, container.name).resources, pod.spec.resources))) return [];
  const { memoryLimit } = amountsOf(container.resources);
  const used = kubelet.machines.containerUsage(record.uid, container.name).memoryBytes;
  return memoryLimit > 0 && used >= memoryLimit ? [`attempting to set container "${container.name}" memory limit (${memoryLimit}) below current usage (${used})`] : [];
}

/** A container that had to be started again for its new amounts has them now. */
export function resizedByRestart(kubelet: Kubelet, record: KubeletPod, pod: Pod): void {
  kubelet.event(record.node)(aboutPod(record), "Normal", "ResizeCompleted", `Pod resize completed: ${told(pod)}`);
}

function give(kubelet: Kubelet, record: KubeletPod, container: Container): void {
  const made = kubelet.machines.container(record.uid, container.name);
  const { cpuLimit, memoryLimit } = amountsOf(container.resources);
  if (made) kubelet.machines.setLimits(made.id, { cpuLimit, memoryLimit });
  rememberContainer(kubelet, record.uid, container.name, (memory) => ({ ...without(memory, "resources"), ...(worthKeeping(container.resources) ? { resources: container.resources } : {}) }));
}
