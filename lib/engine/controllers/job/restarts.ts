import type { Pod } from "../../resources/core/pod/pod";

/** Restarts of all of a pod's containers together, init containers included. */
export function restartsIncludingInit(pod: Pod): number {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].reduce((sum, { restartCount }) => sum + restartCount, 0);
}
