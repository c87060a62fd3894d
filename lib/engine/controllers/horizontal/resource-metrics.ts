import type { ObjectKey } from "../../apimachinery/meta";
import { keyOf } from "../../apimachinery/meta";
import type { Client } from "../../client/client";
import type { ComponentContext } from "../../client/component";
import type { Pod } from "../../resources/core/pod/pod";
import { noAdapters, type MetricsClient, type PodMetric } from "./metrics";
import { TIMERS } from "../../sim/timers";

/** What a running container uses, and since when it runs. */
export interface Consumption {
  readonly name: string;
  readonly since: number;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** Where usage comes from: the machines, and whether somebody serves it. `refusal` is why nobody does. */
export interface UsageSource {
  /** What a pod's running containers use now; undefined when nobody can look. */
  containers(pod: ObjectKey): readonly Consumption[] | undefined;
  refusal(client: Client): string | undefined;
}

/** How often metrics-server looks, and the window it reports. */
const RESOLUTION = TIMERS.api.metricsResolution.ms;

/**
 * The metrics APIs of a cluster: resource metrics where a metrics-server answers, nothing else.
 *
 * @simplified Usage is that of this moment, not the average since metrics-server looked before: a burst shorter than that is seen whole or not at all.
 */
export function clusterMetrics(source: UsageSource): (context: ComponentContext) => MetricsClient {
  return ({ client, clock }) => ({
    ...noAdapters,
    resource(resource, _namespace, pods, container) {
      const refusal = source.refusal(client);
      if (refusal !== undefined) return { error: `unable to fetch metrics from resource metrics API: ${refusal} (get pods.metrics.k8s.io)` };
      const measured = new Map<string, PodMetric>();
      for (const pod of pods) {
        const metric = metricOf(source, pod, resource, container, clock.now());
        if (metric) measured.set(pod.metadata.name, metric);
      }
      return measured.size === 0 ? { error: "no metrics returned from resource metrics API" } : { value: measured };
    },
  });
}

/** In thousandths: millicores, or bytes times a thousand. A pod with a container younger than the last look is not known yet. */
function metricOf(source: UsageSource, pod: Pod, resource: string, container: string, now: number): PodMetric | undefined {
  if (resource !== "cpu" && resource !== "memory") return undefined;
  const at = now - (now % RESOLUTION);
  const used = source.containers(keyOf(pod)) ?? [];
  const counted = used.filter(({ name }) => container === "" || name === container);
  if (counted.length === 0 || used.some(({ since }) => since > at)) return undefined;
  const value = counted.reduce((sum, one) => sum + (resource === "cpu" ? one.cpuMilli : one.memoryBytes * 1000), 0);
  return { at, window: RESOLUTION, value };
}
