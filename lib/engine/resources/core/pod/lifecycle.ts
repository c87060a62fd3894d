import type { Pod } from "./pod";

/** Has the pod ended for good? Upstream: podutil.IsPodTerminal. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}
