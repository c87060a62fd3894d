import { ApiError } from "../apimachinery/api-error";
import { millis } from "../sim/clock";
import { remember, type Kubelet } from "./kubelet-pod";

/** From a refusal of the API until it is asked again. Upstream: syncFrequency, 1m. */
const RETRY = 60_000;

/** What the API answers to a request about a pod; undefined when it refuses, and then the kubelet looks at the pod again at its next turn. */
export function unlessRefused<T>(kubelet: Kubelet, uid: string, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const now = kubelet.clock.now();
    const booked = kubelet.pods.get(uid)?.apiRetry;
    if (booked === undefined || booked <= now) {
      remember(kubelet, uid, (old) => ({ ...old, apiRetry: now + RETRY }));
      kubelet.after(millis(RETRY), { k: "sync", uid });
    }
    return undefined;
  }
}
