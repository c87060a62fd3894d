import { qosClass, podRequests, type ResourcePod } from "../apimachinery/qos";
import { bytesOf, quantityValue } from "../apimachinery/quantity";
import type { Container, Pod } from "../resources/core/pod/pod";

const GUARANTEED = -997;
const BEST_EFFORT = 1000;
/** Priority from which on a pod is one the system cannot do without. */
const SYSTEM_CRITICAL = 2_000_000_000;

/** Annotation by which a kubelet tells where a pod came from. */
export const CONFIG_SOURCE = "kubernetes.io/config.source";
/** Annotation of the API's image of a static pod. */
export const CONFIG_MIRROR = "kubernetes.io/config.mirror";

/** Does a pod come from a file on its machine? Upstream: types.IsStaticPod. */
export function isStaticPod(pod: Pod): boolean {
  const source = pod.metadata.annotations?.[CONFIG_SOURCE];
  return source !== undefined && source !== "api";
}

/** Is it one the system cannot do without? Upstream: types.IsCriticalPod. */
export function isCriticalPod(pod: Pod): boolean {
  return isStaticPod(pod) || pod.metadata.annotations?.[CONFIG_MIRROR] !== undefined || (pod.spec.priority ?? 0) >= SYSTEM_CRITICAL;
}

function memoryOf(list: Readonly<Record<string, string>> | undefined): number {
  const text = list?.["memory"];
  return text === undefined ? 0 : bytesOf(text);
}

/** What of the pod's own memory request no container has asked for, shared equally. */
function sharePerContainer(pod: Pod): number {
  const whole = memoryOf(pod.spec.resources?.requests);
  if (whole === 0) return 0;
  const { resources: _own, overhead: _overhead, ...spec } = pod.spec;
  const asked = podRequests({ spec } as unknown as ResourcePod).get("memory");
  const taken = asked === undefined ? 0 : Number(quantityValue(asked));
  const count = pod.spec.containers.length + (pod.spec.initContainers ?? []).length;
  return count === 0 ? 0 : Math.trunc((whole - taken) / count);
}

/**
 * How ready the kernel is to kill a container's processes when the machine runs out of memory:
 * from -997 (last) to 1000 (first). Upstream: pkg/kubelet/qos GetContainerOOMScoreAdjust.
 */
export function oomScore(pod: Pod, container: Container, capacity: number): number {
  if (isCriticalPod(pod) && pod.spec.priorityClassName === "system-node-critical") return GUARANTEED;
  const quality = qosClass(pod as unknown as ResourcePod);
  if (quality !== "Burstable") return quality === "Guaranteed" ? GUARANTEED : BEST_EFFORT;
  const share = sharePerContainer(pod);
  const scoreOf = (one: Container): number => 1000 - Math.trunc((1000 * (memoryOf(one.resources?.requests) + share)) / capacity);
  const isSidecar = container.restartPolicy === "Always" && (pod.spec.initContainers ?? []).some((init) => init.name === container.name);
  const own = scoreOf(container);
  // A sidecar is killed no sooner than the last of the containers it serves.
  const score = isSidecar ? Math.min(own, Math.max(...pod.spec.containers.map(scoreOf))) : own;
  if (score < 1000 + GUARANTEED) return 1000 + GUARANTEED;
  return score === BEST_EFFORT ? BEST_EFFORT - 1 : score;
}
