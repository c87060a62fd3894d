import { instantOf } from "../apimachinery/time";
import type { Pod } from "../resources/core/pod/pod";
import { millis } from "../sim/clock";
import { remember, type Kubelet, type KubeletPod } from "./kubelet-pod";

/** The instant from which a pod has been active for too long, when it has such a limit. */
function deadlineOf(pod: Pod, record: KubeletPod): number | undefined {
  const limit = pod.spec.activeDeadlineSeconds;
  return limit === undefined ? undefined : (instantOf(record.startTime) ?? 0) + limit * 1000;
}

/**
 * Has the pod been active for too long? While it has not, its kubelet will look again when it has, also when the limit
 * was set or lowered after the pod began. Upstream: active_deadline.go.
 */
export function isOverdue(kubelet: Kubelet, record: KubeletPod, pod: Pod): boolean {
  const at = deadlineOf(pod, record);
  if (at === undefined) return false;
  const left = at - kubelet.clock.now();
  if (left <= 0) return true;
  if (record.deadline !== at) {
    remember(kubelet, record.uid, (old) => ({ ...old, deadline: at }));
    kubelet.after(millis(left), { k: "sync", uid: record.uid });
  }
  return false;
}
