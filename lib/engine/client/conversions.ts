/** Events and autoscalers between their versions. Upstream: pkg/apis/events/v1, pkg/apis/autoscaling/v1 (conversion.go). */
import type { Json, JsonObject } from "../apimachinery/meta";

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
const part = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** Moves fields to other names; those it does not name stay where they are. */
function renamed(object: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [names[key] ?? key, value]));
}

const EVENT_NAMES: Readonly<Record<string, string>> = {
  involvedObject: "regarding",
  message: "note",
  reportingComponent: "reportingController",
  source: "deprecatedSource",
  firstTimestamp: "deprecatedFirstTimestamp",
  lastTimestamp: "deprecatedLastTimestamp",
  count: "deprecatedCount",
};
const BACK = Object.fromEntries(Object.entries(EVENT_NAMES).map(([from, to]) => [to, from]));

/** A v1 Event as events.k8s.io/v1 has it. */
export function eventFromStorage(event: JsonObject): JsonObject {
  return { ...renamed(event, EVENT_NAMES), apiVersion: "events.k8s.io/v1" };
}

/** An events.k8s.io/v1 Event as it is stored. */
export function eventToStorage(event: JsonObject): JsonObject {
  return { ...renamed(event, BACK), apiVersion: "v1" };
}

const METRICS = "autoscaling.alpha.kubernetes.io/metrics";
const BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";

/** The share of CPU a metric of v2 asks for, when that is all it asks. */
function cpuTarget(metric: Json): Json | undefined {
  const resource = part(part(metric)["resource"]);
  const target = part(resource["target"]);
  return part(metric)["type"] === "Resource" && resource["name"] === "cpu" ? target["averageUtilization"] : undefined;
}

function annotated(metadata: JsonObject, added: JsonObject): JsonObject {
  return Object.keys(added).length === 0 ? metadata : { ...metadata, annotations: { ...part(metadata["annotations"]), ...added } };
}

/** An autoscaling/v2 autoscaler as v1 has it: what v1 has no field for is an annotation. */
export function scalerFromStorage(scaler: JsonObject): JsonObject {
  const { metrics = [], behavior, ...spec } = part(scaler["spec"]);
  const list = Array.isArray(metrics) ? (metrics as readonly Json[]) : [];
  const at = list.findIndex((metric) => cpuTarget(metric) !== undefined);
  const cpu = cpuTarget(list[at] ?? null);
  const others = list.filter((_metric, index) => index !== at);
  const { currentMetrics, conditions: _conditions, ...status } = part(scaler["status"]);
  const current = (Array.isArray(currentMetrics) ? (currentMetrics as readonly Json[]) : []).map((metric) => part(part(part(metric)["resource"])["current"])["averageUtilization"]).find((value) => value !== undefined);
  const added: JsonObject = { ...(others.length > 0 ? { [METRICS]: JSON.stringify(others) } : {}), ...(behavior === undefined ? {} : { [BEHAVIOR]: JSON.stringify(behavior) }) };
  return {
    ...scaler,
    apiVersion: "autoscaling/v1",
    metadata: annotated(part(scaler["metadata"]), added),
    spec: { ...spec, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) },
    ...(scaler["status"] === undefined ? {} : { status: { ...status, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) } }),
  };
}

function parsed(text: Json | undefined): Json | undefined {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** An autoscaling/v1 autoscaler as it is stored. */
export function scalerToStorage(scaler: JsonObject): JsonObject {
  const metadata = part(scaler["metadata"]);
  const { [METRICS]: written, [BEHAVIOR]: behaves, ...annotations } = part(metadata["annotations"]);
  const { targetCPUUtilizationPercentage: cpu, ...spec } = part(scaler["spec"]);
  const others = parsed(written);
  const behavior = parsed(behaves);
  const metrics: readonly Json[] = [
    ...(Array.isArray(others) ? (others as readonly Json[]) : []),
    ...(cpu === undefined || cpu === null ? [] : [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpu } } }]),
  ];
  const { currentCPUUtilizationPercentage: current, ...status } = part(scaler["status"]);
  const now = current === undefined ? {} : { currentMetrics: [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization: current, averageValue: "0" } } }] };
  return {
    ...scaler,
    apiVersion: "autoscaling/v2",
    metadata: metadata["annotations"] === undefined ? metadata : { ...metadata, annotations },
    spec: { ...spec, ...(metrics.length > 0 ? { metrics } : {}), ...(isObject(behavior) ? { behavior } : {}) },
    ...(scaler["status"] === undefined ? {} : { status: { ...status, ...now } }),
  };
}
