import { findCondition, isTrue } from "../../apimachinery/conditions";
import { cpuMilli, quantityFrom, quantityMilli } from "../../apimachinery/quantity";
import { instantOf } from "../../apimachinery/time";
import type { Pod } from "../../resources/core/pod/pod";
import type { PodMetric, PodMetrics } from "./metrics";

/** How far a ratio may be from one without anything happening. */
export interface Tolerances {
  readonly scaleDown: number;
  readonly scaleUp: number;
}

/** What a calculation looks at besides the metric itself. Times in milliseconds. */
export interface Situation {
  readonly pods: readonly Pod[];
  readonly tolerances: Tolerances;
  readonly now: number;
  /** How long after its start a pod's CPU is taken with caution, as `--horizontal-pod-autoscaler-cpu-initialization-period`. */
  readonly cpuInitialization: number;
  /** As `--horizontal-pod-autoscaler-initial-readiness-delay`. */
  readonly readinessDelay: number;
}

/** How many replicas a metric asks for, and what it stands at. */
export interface Proposal {
  readonly replicas: number;
  readonly usage: number;
  /** Percent of requests, for resource metrics with such a target. */
  readonly utilization?: number;
}

/** A proposal, or why there is none. */
export type Calculated = Proposal | { readonly error: string };

const MAX_INT32 = 2_147_483_647;
const MAX_INT64 = 9_223_372_036_854_775_807;
const NO_PODS = "no pods returned by selector while calculating replica count";
const NO_METRICS = "did not receive metrics for targeted pods (pods might be unready)";

const whole = (value: number): number => Math.max(-MAX_INT32 - 1, Math.min(MAX_INT32, value));
const ceil = (value: number): number => whole(Math.ceil(value));
const long = (value: number): number => Math.min(MAX_INT64, value);
const total = (values: Iterable<PodMetric>): number => {
  let sum = 0;
  for (const { value } of values) sum += value;
  return sum;
};

function within({ scaleDown, scaleUp }: Tolerances, ratio: number): boolean {
  return 1 - scaleDown <= ratio && ratio <= 1 + scaleUp;
}

interface Groups {
  readonly ready: number;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
  readonly ignored: readonly string[];
}

/** Which pods count, which are not to be believed yet, which say nothing. Upstream: groupPods. */
export function groupPods({ pods, now, cpuInitialization, readinessDelay }: Situation, metrics: PodMetrics, resource: string): Groups {
  const unready: string[] = [];
  const missing: string[] = [];
  const ignored: string[] = [];
  let ready = 0;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const metric = metrics.get(name);
    if (deletionTimestamp !== undefined || pod.status?.phase === "Failed") ignored.push(name);
    else if (pod.status?.phase === "Pending") unready.push(name);
    else if (metric === undefined) missing.push(name);
    else if (resource === "cpu" && cold(pod, metric, now, cpuInitialization, readinessDelay)) unready.push(name);
    else ready += 1;
  }
  return { ready, unready, missing, ignored };
}

/** Is a pod's CPU figure still that of its starting up? */
function cold({ status }: Pod, metric: PodMetric, now: number, cpuInitialization: number, readinessDelay: number): boolean {
  const condition = findCondition(status?.conditions, "Ready");
  if (condition === undefined || status?.startTime === undefined) return true;
  const start = instantOf(status.startTime) ?? 0;
  const turned = condition.lastTransitionTime === undefined ? start : (instantOf(condition.lastTransitionTime) ?? start);
  if (start + cpuInitialization > now) return condition.status === "False" || metric.at < turned + metric.window;
  return condition.status === "False" && start + readinessDelay > turned;
}

function without(metrics: PodMetrics, ...names: readonly (readonly string[])[]): Map<string, PodMetric> {
  const rest = new Map(metrics);
  for (const name of names.flat()) rest.delete(name);
  return rest;
}

/** What every pod asks for of a resource, in thousandths: the pod's own request, else its containers'. Upstream: calculateRequests. */
export function requestsOf(pods: readonly Pod[], container: string, resource: string): ReadonlyMap<string, number> | { readonly error: string } {
  const requests = new Map<string, number>();
  const milli = (text: string): number => (resource === "cpu" ? cpuMilli(text) : Number(quantityMilli(quantityFrom(text))));
  for (const { metadata, spec } of pods) {
    const own = container === "" ? spec.resources?.requests?.[resource] : undefined;
    if (own !== undefined) {
      requests.set(metadata.name, milli(own));
      continue;
    }
    const counted = [...spec.containers, ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always")];
    let sum = 0;
    for (const { name, resources } of counted) {
      if (container !== "" && container !== name) continue;
      const request = resources?.requests?.[resource];
      if (request === undefined) return { error: `missing request for ${resource} in container ${name} of Pod ${metadata.name}` };
      sum += milli(request);
    }
    requests.set(metadata.name, sum);
  }
  return requests;
}

interface Ratio {
  readonly ratio: number;
  readonly usage: number;
  readonly utilization?: number;
}

function utilizationRatio(metrics: PodMetrics, requests: ReadonlyMap<string, number>, target: number): Ratio | { readonly error: string } {
  let [used, asked, entries] = [0, 0, 0];
  for (const [name, { value }] of metrics) {
    const request = requests.get(name);
    if (request === undefined) continue;
    used += value;
    asked += request;
    entries += 1;
  }
  if (asked === 0) return { error: "no metrics returned matched known pods" };
  const utilization = Math.trunc((used * 100) / asked);
  return { ratio: utilization / target, utilization, usage: Math.trunc(used / entries) };
}

function usageRatio(metrics: PodMetrics, target: number): Ratio {
  const usage = Math.trunc(total(metrics.values()) / metrics.size);
  return { ratio: usage / target, usage };
}

/** How a kind of metric turns into a ratio, and what a pod that says nothing is taken to use. */
interface Measure {
  ratio(metrics: PodMetrics): Ratio | { readonly error: string };
  /** When scaling down; on the way up it is nought. */
  fallback(pod: string): number;
}

/** Replicas for a metric with one value a pod. Upstream: GetResourceReplicas, calcPlainMetricReplicas. */
function fromPods(situation: Situation, current: number, given: PodMetrics, resource: string, measureOf: () => Measure | { readonly error: string }): Calculated {
  const { pods, tolerances } = situation;
  if (pods.length === 0) return { error: NO_PODS };
  const groups = groupPods(situation, given, resource);
  const metrics = without(given, groups.ignored, groups.unready);
  if (metrics.size === 0) return { error: NO_METRICS };
  const measure = measureOf();
  if ("error" in measure) return measure;
  const first = measure.ratio(metrics);
  if ("error" in first) return first;
  const { ratio, usage, utilization } = first;
  const answer = (replicas: number): Proposal => ({ replicas, usage, ...(utilization === undefined ? {} : { utilization }) });
  const withUnready = groups.unready.length > 0 && ratio > 1;
  if (!withUnready && groups.missing.length === 0) return answer(within(tolerances, ratio) ? current : ceil(ratio * groups.ready));
  const assumed = (value: number): PodMetric => ({ at: situation.now, window: 0, value });
  if (ratio < 1) for (const name of groups.missing) metrics.set(name, assumed(measure.fallback(name)));
  else if (ratio > 1) for (const name of groups.missing) metrics.set(name, assumed(0));
  if (withUnready) for (const name of groups.unready) metrics.set(name, assumed(0));
  const again = measure.ratio(metrics);
  if ("error" in again) return again;
  if (within(tolerances, again.ratio) || (ratio < 1 && again.ratio > 1) || (ratio > 1 && again.ratio < 1)) return answer(current);
  const replicas = ceil(again.ratio * metrics.size);
  if ((again.ratio < 1 && replicas > current) || (again.ratio > 1 && replicas < current)) return answer(current);
  return answer(replicas);
}

/** For a share of what pods request. */
export function resourceReplicas(situation: Situation, current: number, metrics: PodMetrics, target: number, resource: string, container: string): Calculated {
  return fromPods(situation, current, metrics, resource, () => {
    const requests = requestsOf(situation.pods, container, resource);
    if ("error" in requests) return requests;
    const share = Math.max(100, target);
    return { ratio: (given) => utilizationRatio(given, requests, target), fallback: (pod) => Math.trunc(((requests.get(pod) ?? 0) * share) / 100) };
  });
}

/** For an average a pod. `resource` is empty for metrics that are no resource. */
export function averageReplicas(situation: Situation, current: number, metrics: PodMetrics, target: number, resource: string): Calculated {
  return fromPods(situation, current, metrics, resource, () => ({ ratio: (given) => usageRatio(given, target), fallback: () => target }));
}

/** For one value that all replicas share. Upstream: getUsageRatioReplicaCount. */
export function valueReplicas({ pods, tolerances }: Situation, current: number, usage: number, target: number): Calculated {
  const ratio = usage / target;
  if (current === 0) return { replicas: ceil(ratio), usage: long(usage) };
  if (within(tolerances, ratio)) return { replicas: current, usage: long(usage) };
  if (pods.length === 0) return { error: `unable to calculate ready pods: ${NO_PODS}` };
  const ready = pods.filter(({ status }) => status?.phase === "Running" && isTrue(status.conditions, "Ready")).length;
  return { replicas: ceil(ratio * ready), usage: long(usage) };
}

/** For one value to be divided among the replicas. Upstream: GetExternalPerPodMetricReplicas. */
export function perPodReplicas({ tolerances }: Situation, current: number, usage: number, target: number): Proposal {
  const share = current === 0 ? 0 : long(Math.ceil(usage / current));
  const replicas = within(tolerances, usage / (target * current)) ? current : ceil(usage / target);
  return { replicas, usage: share };
}
