import { compareStrings } from "../apimachinery/compare";
import { bytesOf, cpuMilli, quantityMilli, quantityValue } from "../apimachinery/quantity";
import { NODE, POD } from "../apimachinery/kinds";
import { podRequests, qosClass, type ResourcePod } from "../apimachinery/qos";
import { firstUntoleratedTaint, isTolerated } from "../apimachinery/taints";
import { ANY_ADDRESS, hostPorts, portTaken } from "../resources/core/pod/host-ports";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Node } from "../resources/core/node/node";
import { nodeMatchesPod } from "../resources/core/node/node-selector";
import type { Pod } from "../resources/core/pod/pod";
import type { Kubelet } from "./kubelet-pod";
import { CONFIG_SOURCE, isCriticalPod } from "./oom-score";
import { PRESSURE_CONDITION, SCARCE } from "./shortage";

const MEMORY_PRESSURE = { key: "node.kubernetes.io/memory-pressure", effect: "NoSchedule" };

/** Why a kubelet does not take a pod. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/**
 * Why the kubelet of a machine refuses a pod it is asked to run for the first time: the machine is short of
 * something, or, where no scheduler has looked, there is no room. Upstream: pkg/kubelet/lifecycle, eviction Admit.
 *
 * @simplified Pods the scheduler bound are not measured against the machine again.
 */
export function rejection(kubelet: Kubelet, node: string, pod: Pod): Rejection | undefined {
  const pressed = underPressure(kubelet, node, pod);
  if (pressed.length > 0) return { reason: "Evicted", message: `The node had condition: [${pressed.join(" ")}]. ` };
  const foreign = forOtherSystem(pod);
  if (foreign) return foreign;
  const scheduled = (pod.status?.conditions ?? []).some(({ type }) => type === "PodScheduled");
  if (scheduled) return undefined;
  // A pod the cluster cannot do without is taken although there is no room.
  return (isCriticalPod(pod) ? undefined : noRoom(kubelet, node, pod)) ?? misplaced(kubelet, node, pod);
}

const SYSTEM = "linux";

/** Made for machines of another operating system. Upstream: rejectPodAdmissionBasedOnOSSelector, …OnOSField. */
function forOtherSystem({ metadata, spec }: Pod): Rejection | undefined {
  const label = metadata.labels?.["kubernetes.io/os"];
  if (label !== undefined && label !== SYSTEM) return { reason: "PodOSSelectorNodeLabelDoesNotMatch", message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label" };
  const { os } = spec as { readonly os?: { readonly name: string } };
  return os && os.name !== SYSTEM ? { reason: "PodOSNotSupported", message: "Failed to admit pod as the OS field doesn't match node OS" } : undefined;
}

/** Bound to a machine its own selector or affinity does not name, whose ports are taken, or whose taints send pods away. Upstream: AdmissionCheck, generalFilter. */
function misplaced(kubelet: Kubelet, node: string, pod: Pod): Rejection | undefined {
  const found = kubelet.client.get<Node>(NODE, { namespace: "", name: node });
  if (!found) return undefined;
  const failed = (reason: string, why: string): Rejection => ({ reason, message: `Predicate ${reason} failed: ${why}` });
  if (!nodeMatchesPod(pod, found)) return failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
  if (portsTaken(pod, othersOn(kubelet, node, pod))) return failed("NodePorts", "node(s) didn't have free ports for the requested pod ports");
  const isStatic = pod.metadata.annotations?.[CONFIG_SOURCE] === "file";
  if (!isStatic && firstUntoleratedTaint(found.spec?.taints ?? [], pod.spec.tolerations ?? [], ["NoExecute"])) return failed("TaintToleration", "node(s) had taints that the pod didn't tolerate");
  return undefined;
}

/** What the machine is short of, when that keeps the pod away: short of memory alone it takes pods that asked for some, or that tolerate it. */
function underPressure(kubelet: Kubelet, node: string, pod: Pod): readonly string[] {
  const pressure = kubelet.pressure.get(node);
  if (!pressure || isCriticalPod(pod)) return [];
  const short = SCARCE.filter((what) => pressure[what] !== undefined);
  const onlyMemory = short.every((what) => what === "memory");
  if (onlyMemory && (qosClass(pod as unknown as ResourcePod) !== "BestEffort" || isTolerated(MEMORY_PRESSURE, pod.spec.tolerations ?? []))) return [];
  return short.map((what) => PRESSURE_CONDITION[what]);
}

function othersOn(kubelet: Kubelet, node: string, pod: Pod): readonly Pod[] {
  return kubelet.client.onNode<Pod>(POD, node).filter((other) => other.metadata.uid !== pod.metadata.uid && !isFinished(other) && kubelet.pods.has(other.metadata.uid));
}

function portsTaken(pod: Pod, others: readonly Pod[]): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  const taken = new Map<string, string[]>();
  for (const { protocol = "TCP", hostPort, hostIP } of others.flatMap(hostPorts)) {
    const key = `${protocol}/${hostPort}`;
    taken.set(key, [...(taken.get(key) ?? []), hostIP || ANY_ADDRESS]);
  }
  return wanted.some((port) => portTaken(taken, port));
}

/** Of what is counted here only what the machine has at all is asked for: somebody else hands out the rest. Upstream: removeMissingExtendedResources, fitsRequest. */
function noRoom(kubelet: Kubelet, node: string, pod: Pod): Rejection | undefined {
  const machine = kubelet.optionsOf(node);
  if (!machine) return undefined;
  const others = othersOn(kubelet, node, pod);
  const most = machine.pods ?? 110;
  if (others.length + 1 > most) return { reason: "OutOfpods", message: `Node didn't have enough resource: pods, requested: 1, used: ${others.length}, capacity: ${most}` };
  const asked = podRequests(pod as unknown as ResourcePod);
  const list: Readonly<Record<string, string>> = { ...kubelet.client.get<Node>(NODE, { namespace: "", name: node })?.status?.allocatable, cpu: machine.cpu, memory: machine.memory };
  const rest = [...asked.keys()].filter((name) => !BEFORE_OTHERS.includes(name) && list[name] !== undefined).sort(compareStrings);
  for (const name of [...BEFORE_OTHERS, ...rest]) {
    const capacity = name === "cpu" ? cpuMilli(list[name]) : bytesOf(list[name]);
    const asks = (amounts: ReturnType<typeof podRequests>): number => {
      const amount = amounts.get(name);
      return amount === undefined ? 0 : Number(name === "cpu" ? quantityMilli(amount) : quantityValue(amount));
    };
    const wanted = asks(asked);
    if (wanted === 0) continue;
    const used = others.reduce((sum, other) => sum + asks(podRequests(other as unknown as ResourcePod)), 0);
    if (used + wanted > capacity) return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, requested: ${wanted}, used: ${used}, capacity: ${capacity}` };
  }
  return undefined;
}

/** In this order, before whatever else a pod asks for. */
const BEFORE_OTHERS: readonly string[] = ["cpu", "memory", "ephemeral-storage"];
