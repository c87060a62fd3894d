import { bytesOf, cpuMilli, quantityMilli, quantityValue } from "../apimachinery/quantity";
import { NODE, POD } from "../apimachinery/kinds";
import { podRequests, qosClass, type ResourcePod } from "../apimachinery/qos";
import { firstUntoleratedTaint, isTolerated } from "../apimachinery/taints";
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
  const scheduled = (pod.status?.conditions ?? []).some(({ type }) => type === "PodScheduled");
  if (scheduled || isCriticalPod(pod)) return undefined;
  return noRoom(kubelet, node, pod) ?? misplaced(kubelet, node, pod);
}

/** Bound to a machine its own selector or affinity does not name, or whose taints send pods away. Upstream: AdmissionCheck, generalFilter. */
function misplaced(kubelet: Kubelet, node: string, pod: Pod): Rejection | undefined {
  const found = kubelet.client.get<Node>(NODE, { namespace: "", name: node });
  if (!found) return undefined;
  const failed = (reason: string, why: string): Rejection => ({ reason, message: `Predicate ${reason} failed: ${why}` });
  if (!nodeMatchesPod(pod, found)) return failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
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
