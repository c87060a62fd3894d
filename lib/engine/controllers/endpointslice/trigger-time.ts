import { compareStrings } from "../../apimachinery/compare";
import type { Pod } from "../../resources/core/pod/pod";
import type { Service } from "../../resources/core/service/service";
import { isReady } from "../pod-state";

/** When what led to an object's latest endpoints happened. */
export const TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

type Annotations = Readonly<Record<string, string>>;

/** Of the pods already written down, by uid, whether they were ready. */
export type KnownPods = ReadonlyMap<string, boolean>;

/**
 * The moment that explains a write of a Service's endpoints: of the first, the Service's creation; of the others, the earliest
 * change of readiness among pods that are new or not as written. Undefined when none explains it, as when a pod went.
 * Upstream: endpointslice/util TriggerTimeTracker.
 *
 * @simplified What changed is seen from what is written, not from the last look: a pod without an address is new when it gets one.
 */
export function triggerTime(service: Service, pods: readonly Pod[], known: KnownPods | undefined): string | undefined {
  if (known === undefined) return service.metadata.creationTimestamp;
  const changes = pods.flatMap((pod) => (known.get(pod.metadata.uid) === isReady(pod) ? [] : (pod.status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? [])));
  return changes.sort(compareStrings)[0];
}

/** Annotations with that moment, or without it. */
export function withTriggerTime(annotations: Annotations | undefined, time: string | undefined): Annotations {
  const { [TRIGGER_TIME]: _before, ...rest } = annotations ?? {};
  return time === undefined ? rest : { ...rest, [TRIGGER_TIME]: time };
}
