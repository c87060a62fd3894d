import type { Container, ContainerState, ContainerStatus, Pod, PodStatus } from "../resources/core/pod/pod";
import { isSidecar } from "./kubelet-pod";
import { isStaticPod } from "./oom-score";

/** What is said of a container nobody can find any more, or that never began. */
const NOT_FOUND = { exitCode: 137, reason: "ContainerStatusUnknown", message: "The container could not be located when the pod was terminated" } as const;

/**
 * The last a kubelet says of a pod that is stopped for good: none of its containers waits any more, and its phase is
 * one of the two that end, so that whoever counts pods can count it. Upstream: status manager TerminatePod.
 */
export function lastWord(pod: Pod, status: PodStatus): PodStatus {
  const inits = status.initContainerStatuses ?? [];
  const mains = status.containerStatuses ?? [];
  const phase = isStaticPod(pod) || status.phase === "Succeeded" ? status.phase : "Failed";
  const attempted = lastAttempted(inits);
  return {
    ...status,
    ...(phase === undefined ? {} : { phase }),
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits.map((one, i) => (i <= attempted ? ended(one) : one)) }),
    ...(mains.length === 0 ? {} : { containerStatuses: hasInitialized(pod, mains, inits) ? mains.map(ended) : mains }),
  };
}

function ended(status: ContainerStatus): ContainerStatus {
  if (status.state.terminated) return status;
  const state: ContainerState = { terminated: NOT_FOUND };
  return { ...status, state };
}

const hasBegun = ({ state, lastState }: ContainerStatus): boolean => state.waiting === undefined || lastState.terminated !== undefined;

/** The last init container that was ever begun; the first where none was. Upstream: initializedContainers. */
function lastAttempted(inits: readonly ContainerStatus[]): number {
  for (let i = inits.length - 1; i > 0; i -= 1) if (hasBegun(inits[i] as ContainerStatus)) return i;
  return 0;
}

/** Was it ever the main containers' turn? Upstream: hasPodInitialized. */
function hasInitialized(pod: Pod, mains: readonly ContainerStatus[], inits: readonly ContainerStatus[]): boolean {
  const last: Container | undefined = pod.spec.initContainers?.at(-1);
  if (last === undefined || mains.some(hasBegun)) return true;
  const status = inits.find(({ name }) => name === last.name);
  if (isSidecar(last)) return status?.started === true;
  return status?.state.terminated?.exitCode === 0 || status?.lastState.terminated?.exitCode === 0;
}
