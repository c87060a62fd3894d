import type { Pod } from "../../resources/core/pod/pod";
import type { CrossVersionObjectReference, MetricIdentifier } from "../../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";

/** One pod's value of a metric, in thousandths. Instants and windows are in milliseconds. */
export interface PodMetric {
  readonly at: number;
  readonly window: number;
  readonly value: number;
}

/** Values by pod name. */
export type PodMetrics = ReadonlyMap<string, PodMetric>;

/** An answer of a metrics API, or what went wrong, as the controller's own client words it. */
export type Measured<T> = { readonly value: T } | { readonly error: string };

/**
 * The metrics APIs as the autoscaler asks them. Values are in thousandths.
 * Upstream: pkg/controller/podautoscaler/metrics.
 */
export interface MetricsClient {
  /** `metrics.k8s.io`: usage of pods, or of one container of each. */
  resource(resource: string, namespace: string, pods: readonly Pod[], container: string): Measured<PodMetrics>;
  /** `custom.metrics.k8s.io` about pods. */
  pods(metric: MetricIdentifier, namespace: string, pods: readonly Pod[]): Measured<PodMetrics>;
  /** `custom.metrics.k8s.io` about one object. */
  object(metric: MetricIdentifier, namespace: string, about: CrossVersionObjectReference): Measured<number>;
  /** `external.metrics.k8s.io`: every series that matches. */
  external(metric: MetricIdentifier, namespace: string): Measured<readonly number[]>;
}

const NO_CUSTOM = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered";

/** A cluster where nobody serves custom or external metrics, as one is without an adapter. */
export const noAdapters: Pick<MetricsClient, "pods" | "object" | "external"> = {
  pods: () => ({ error: NO_CUSTOM }),
  object: () => ({ error: NO_CUSTOM }),
  external: ({ name }) => ({ error: `unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)` }),
};
