import { bytesOf, cpuMilli, quantityMilli, quantityValue } from "../apimachinery/quantity";
import { NODE, POD } from "../apimachinery/kinds";
import { podRequests, qosClass, type ResourcePod } from "../apimachinery/qos";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import type { Kubelet } from "./kubelet-pod";
import { isCriticalPod } from "./oom-score";

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
  if (pressed !== undefined) return { reason: "Evicted", message: `The node had condition: [${pressed}]. ` };
  const scheduled = (pod.status?.conditions ?? []).some(({ type }) => type === "PodScheduled");
  if (scheduled || isCriticalPod(pod)) return undefined;
  return misplaced(kubelet, node, pod) ?? noRoom(kubelet, node, pod);
}

/** Bound to a machine its own selector does not name. */
function misplaced(kubelet: Kubelet, node: string, pod: Pod): Rejection | undefined {
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  if (selector.length === 0) return undefined;
  const labels = kubelet.client.get<Node>(NODE, { namespace: "", name: node })?.metadata.labels ?? {};
  if (selector.every(([key, value]) => labels[key] === value)) return undefined;
  return { reason: "NodeAffinity", message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
}

function underPressure(kubelet: Kubelet, node: string, pod: Pod): string | undefined {
  const pressure = kubelet.pressure.get(node);
  if (!pressure || isCriticalPod(pod)) return undefined;
  if (pressure.disk !== undefined) return "DiskPressure";
  const tolerated = (pod.spec.tolerations ?? []).some(({ key, effect }) => (key === undefined || key === "" || key === "node.kubernetes.io/memory-pressure") && (effect === undefined || effect === "" || effect === "NoSchedule"));
  return qosClass(pod as unknown as ResourcePod) === "BestEffort" && !tolerated ? "MemoryPressure" : undefined;
}

function noRoom(kubelet: Kubelet, node: string, pod: Pod): Rejection | undefined {
  const machine = kubelet.optionsOf(node);
  if (!machine) return undefined;
  const others = kubelet.client.onNode<Pod>(POD, node).filter((other) => other.metadata.uid !== pod.metadata.uid && !isFinished(other) && kubelet.pods.has(other.metadata.uid));
  const most = machine.pods ?? 110;
  if (others.length + 1 > most) return { reason: "OutOfpods", message: `Node didn't have enough resource: pods, requested: 1, used: ${others.length}, capacity: ${most}` };
  for (const [name, capacity, measure] of [
    ["cpu", cpuMilli(machine.cpu), quantityMilli],
    ["memory", bytesOf(machine.memory), quantityValue],
  ] as const) {
    const asks = (one: Pod): number => {
      const amount = podRequests(one as unknown as ResourcePod).get(name);
      return amount === undefined ? 0 : Number(measure(amount));
    };
    const wanted = asks(pod);
    if (wanted === 0) continue;
    const used = others.reduce((sum, other) => sum + asks(other), 0);
    if (used + wanted > capacity) return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, requested: ${wanted}, used: ${used}, capacity: ${capacity}` };
  }
  return undefined;
}
