import { formatQuantity, milliQuantity, quantityFrom, quantityMilli } from "../../apimachinery/quantity";
import type { HorizontalPodAutoscaler, MetricIdentifier, MetricSpec, MetricTarget, MetricValue } from "../../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";
import { selectorText } from "../selector-text";
import { averageReplicas, perPodReplicas, resourceReplicas, valueReplicas, type Calculated, type Situation } from "./calculator";
import type { MetricsClient } from "./metrics";

type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler["status"]>["currentMetrics"]>[number];

/** What one metric came to: replicas, what to call it, what the status shows. Or which event tells why not, with what. */
export type Evaluated =
  | { readonly replicas: number; readonly name: string; readonly status: MetricStatus }
  | { readonly reason: string; readonly why: string; readonly error: string };

/** What a metric is evaluated for. `spec` and `status` are the target's replicas, wanted and counted. */
export interface Question {
  readonly metrics: MetricsClient;
  readonly namespace: string;
  readonly situation: Situation;
  readonly spec: number;
  readonly status: number;
}

/** The status of a metric that could not be had. */
export const UNKNOWN_METRIC = { type: "" } as unknown as MetricStatus;

const milli = (text: string): number => Number(quantityMilli(quantityFrom(text)));
const shown = (thousandths: number): string => formatQuantity(milliQuantity(Math.trunc(thousandths)));

/** Asks for one metric and says how many replicas it wants. Upstream: computeReplicasForMetric. */
export function evaluate(spec: MetricSpec, question: Question): Evaluated {
  if (spec.type === "Resource" && spec.resource) return resource(spec.resource, "", question);
  if (spec.type === "ContainerResource" && spec.containerResource) return resource(spec.containerResource, spec.containerResource.container, question);
  if (spec.type === "Pods" && spec.pods) return pods(spec.pods, question);
  if (spec.type === "Object" && spec.object) return object(spec.object, question);
  if (spec.type === "External" && spec.external) return external(spec.external, question);
  const error = `unknown metric source type ${JSON.stringify(spec.type)}`;
  return { reason: "InvalidMetricSourceType", why: error, error };
}

function resource(source: { readonly name: string; readonly target: MetricTarget }, container: string, question: Question): Evaluated {
  const { name, target } = source;
  const about = container === "" ? `${name} resource` : `${container} container`;
  const fail = (why: string): Evaluated => ({ reason: container === "" ? "FailedGetResourceMetric" : "FailedGetContainerResourceMetric", why, error: `failed to get ${about} metric value: ${why}` });
  const wantsAverage = target.averageValue !== undefined;
  const kind = wantsAverage ? "usage" : "utilization";
  if (!wantsAverage && target.averageUtilization === undefined) return fail("invalid resource metric source: neither an average utilization target nor an average value target was set");
  const { metrics, namespace, situation, spec } = question;
  const measured = metrics.resource(name, namespace, situation.pods, container);
  if ("error" in measured) return fail(`failed to get ${name} ${kind}: unable to get metrics for resource ${name}: ${measured.error}`);
  const found = wantsAverage
    ? averageReplicas(situation, spec, measured.value, milli(target.averageValue ?? "0"), name)
    : resourceReplicas(situation, spec, measured.value, target.averageUtilization ?? 0, name, container);
  if ("error" in found) return fail(`failed to get ${name} ${kind}: ${found.error}`);
  const current: MetricValue = { ...(found.utilization === undefined ? {} : { averageUtilization: found.utilization }), averageValue: shown(found.usage) };
  const called = wantsAverage ? `${name} resource` : container === "" ? `${name} resource utilization (percentage of request)` : `${name} container resource utilization (percentage of request)`;
  const status: MetricStatus = container === "" ? { type: "Resource", resource: { name, current } } : { type: "ContainerResource", containerResource: { name, container, current } };
  return { replicas: found.replicas, name: called, status };
}

function pods({ metric, target }: NonNullable<MetricSpec["pods"]>, { metrics, namespace, situation, spec }: Question): Evaluated {
  const fail = (why: string): Evaluated => ({ reason: "FailedGetPodsMetric", why, error: `failed to get pods metric value: ${why}` });
  const measured = metrics.pods(metric, namespace, situation.pods);
  if ("error" in measured) return fail(`unable to get metric ${metric.name}: ${measured.error}`);
  const found = averageReplicas(situation, spec, measured.value, milli(target.averageValue ?? "0"), "");
  if ("error" in found) return fail(found.error);
  return { replicas: found.replicas, name: `pods metric ${metric.name}`, status: { type: "Pods", pods: { metric, current: { averageValue: shown(found.usage) } } } };
}

function object({ describedObject, metric, target }: NonNullable<MetricSpec["object"]>, question: Question): Evaluated {
  const fail = (why: string): Evaluated => ({ reason: "FailedGetObjectMetric", why, error: `failed to get object metric value: ${target.type === "AverageValue" ? `failed to get ${metric.name} object metric: ` : ""}${why}` });
  const { metrics, namespace } = question;
  const measured = metrics.object(metric, namespace, describedObject);
  if ("error" in measured) return fail(`unable to get metric ${metric.name}: ${describedObject.kind} on ${namespace} ${describedObject.name}/${measured.error}`);
  const found = shared(target, measured.value, question);
  if (found === undefined) return fail("invalid object metric source: neither a value target nor an average value target was set");
  if ("error" in found) return fail(found.error);
  const current = target.averageValue === undefined || target.type === "Value" ? { value: shown(found.usage) } : { averageValue: shown(found.usage) };
  const called = "value" in current ? `${describedObject.kind} metric ${metric.name}` : externalName(metric);
  return { replicas: found.replicas, name: called, status: { type: "Object", object: { describedObject, metric, current } } };
}

function external({ metric, target }: NonNullable<MetricSpec["external"]>, question: Question): Evaluated {
  const fail = (why: string): Evaluated => {
    const what = target.averageValue === undefined ? `external metric ${metric.name}` : `${metric.name} external metric`;
    return { reason: "FailedGetExternalMetric", why, error: `failed to get ${metric.name} external metric value: failed to get ${what}: ${why}` };
  };
  const { metrics, namespace } = question;
  const measured = metrics.external(metric, namespace);
  if ("error" in measured) return fail(`unable to get external metric ${namespace}/${metric.name}/${selectorText(metric.selector)}: ${measured.error}`);
  const found = shared(target, measured.value.reduce((sum, one) => sum + one, 0), question);
  if (found === undefined) return { reason: "FailedGetExternalMetric", why: NEITHER, error: `failed to get ${metric.name} external metric value: ${NEITHER}` };
  if ("error" in found) return fail(found.error);
  const current = target.averageValue === undefined ? { value: shown(found.usage) } : { averageValue: shown(found.usage) };
  return { replicas: found.replicas, name: externalName(metric), status: { type: "External", external: { metric, current } } };
}

const NEITHER = "invalid external metric source: neither a value target nor an average value target was set";

function externalName({ name, selector }: MetricIdentifier): string {
  return `external metric ${name}(${selectorText(selector)})`;
}

/** Replicas for one value: shared by all, or so much for each. */
function shared(target: MetricTarget, usage: number, { situation, spec, status }: Question): Calculated | undefined {
  if (target.averageValue !== undefined && target.type !== "Value") return perPodReplicas(situation, status, usage, milli(target.averageValue));
  if (target.value !== undefined) return valueReplicas(situation, spec, usage, milli(target.value));
  return target.averageValue === undefined ? undefined : perPodReplicas(situation, status, usage, milli(target.averageValue));
}
