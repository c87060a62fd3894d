import { instantOf } from "../apimachinery/time";
import type { Pod } from "../resources/core/pod/pod";
import type { KubeletPod } from "./kubelet-pod";

/** The instant from which a pod has been active for too long, when it has such a limit. Upstream: active_deadline.go. */
export function deadlineOf(pod: Pod, record: KubeletPod): number | undefined {
  const limit = pod.spec.activeDeadlineSeconds;
  return limit === undefined ? undefined : (instantOf(record.startTime) ?? 0) + limit * 1000;
}
