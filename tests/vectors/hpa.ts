import { HORIZONTAL_POD_AUTOSCALER, POD } from "@/lib/engine/apimachinery/kinds";
import { ApiError } from "@/lib/engine/apimachinery/api-error";
import { kindId, type JsonObject, type KindId, type KubeObject, type ObjectKey } from "@/lib/engine/apimachinery/meta";
import { cpuMilli } from "@/lib/engine/apimachinery/quantity";
import { instantOf, timestamp } from "@/lib/engine/apimachinery/time";
import type { EventRecorder } from "@/lib/engine/client/events";
import { averageReplicas, perPodReplicas, resourceReplicas, valueReplicas, type Calculated, type Situation } from "@/lib/engine/controllers/horizontal/calculator";
import { evaluate } from "@/lib/engine/controllers/horizontal/evaluate";
import { noAdapters, type Measured, type MetricsClient, type PodMetric, type PodMetrics } from "@/lib/engine/controllers/horizontal/metrics";
import { DEFAULTS, reconcileAutoscaler, type Look } from "@/lib/engine/controllers/horizontal/reconcile";
import type { HorizontalPodAutoscaler, Pod } from "@/lib/engine/models";
import { resourceFor, resources } from "@/lib/engine/resources/index";
import { compare, type Adapter, type VectorCase } from "./adapter";

/** The periods upstream's own tests give the autoscaler. */
const SETTINGS = { ...DEFAULTS, cpuInitialization: 120_000, readinessDelay: 10_000, scaleUpLimitFactor: 8 };
const MINUTE = 60_000;
/** Long before and at the time of a test that names none. */
const NOW = 1_000_000_000;

type Input = Readonly<Record<string, unknown>>;
type List<T> = readonly T[] | null | undefined;

const nowOf = (input: Input): number => instantOf(typeof input["nowApprox"] === "string" ? input["nowApprox"] : "") ?? NOW;

/** `behaviour/hpa`: the replica calculator alone, and one look of the controller. */
export const hpa: Adapter = (vector) => {
  const op = vector.input["op"];
  if (op === "replicaCalculator") return calculator(vector);
  return op === "hpaController" ? controller(vector) : { skip: `no adapter for ${String(op)}` };
};

interface Made {
  readonly name: string;
  readonly phase: string;
  readonly ready: string;
  readonly start: number;
  readonly leaving: boolean;
  /** A request for each of the two containers; undefined for none. */
  readonly request: string | undefined;
}

function podOf({ name, phase, ready, start, leaving, request }: Made, resource: string): Pod {
  const container = (which: string): JsonObject => ({ name: which, resources: request === undefined ? {} : { requests: { [resource]: request } } });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "test-namespace", uid: name, labels: { name: "test-pod" }, ...(leaving ? { deletionTimestamp: timestamp(NOW) } : {}) },
    spec: { containers: [container("container1"), container("container2")] },
    status: { phase, startTime: timestamp(start), conditions: [{ type: "Ready", status: ready, lastTransitionTime: timestamp(start) }] },
  } as unknown as Pod;
}

function podsOf(count: number, input: Input, words: { readonly readiness: string; readonly start: string; readonly phase: string; readonly deleted: string }, request: (i: number) => string | undefined, resource: string): readonly Pod[] {
  const at = <T>(field: string, i: number, fallback: T): T => (input[field] as List<T>)?.[i] ?? fallback;
  return Array.from({ length: count }, (_, i) => {
    const start = instantOf(at(words.start, i, "")) ?? 0;
    return podOf({ name: `test-pod-${i}`, phase: at(words.phase, i, "Running"), ready: at(words.readiness, i, "True"), start, leaving: at(words.deleted, i, false), request: request(i) }, resource);
  });
}

function calculator({ input, expected }: VectorCase): ReturnType<Adapter> {
  const current = input["currentReplicas"] as number;
  const phases = input["podPhase"] as List<string>;
  const resource = input["resource"] as { readonly name: string; readonly levels: readonly (readonly number[])[]; readonly requests: List<string>; readonly targetUtilization: number; readonly podNames: List<string> } | null;
  const container = String(input["container"] ?? "");
  const pods = podsOf(Math.max(current, phases?.length ?? 0), input, { readiness: "podReadiness", start: "podStartTime", phase: "podPhase", deleted: "podDeletionTimestamp" }, (i) => resource?.requests?.[i], resource?.name ?? "");
  const tolerances = (input["tolerances"] as Situation["tolerances"] | null) ?? { scaleDown: 0.1, scaleUp: 0.1 };
  const now = nowOf(input);
  const situation: Situation = { pods, tolerances, now, cpuInitialization: SETTINGS.cpuInitialization, readinessDelay: SETTINGS.readinessDelay };
  const measured = (value: number): PodMetric => ({ at: now, window: MINUTE, value });
  if (resource) {
    const which = container === "" ? undefined : container === "container1" ? 0 : 1;
    const values = resource.levels.flatMap((levels, i): readonly [string, PodMetric][] => {
      const value = which === undefined ? levels.reduce((sum, one) => sum + one, 0) : levels[which];
      return value === undefined ? [] : [[resource.podNames?.[i] ?? `test-pod-${i}`, measured(value)]];
    });
    const got = values.length === 0 ? unmeasured(resource.name, situation) : resourceReplicas(situation, current, new Map(values), resource.targetUtilization, resource.name, container);
    return verdict(got, expected, { "resource.expectedUtilization": "utilization" in got ? (got.utilization ?? 0) : 0, "resource.expectedValue": "usage" in got ? got.usage : 0 });
  }
  const got = metricReplicas(situation, current, input["metric"] as unknown as MetricInput, measured);
  return verdict(got, expected, { "metric.expectedUsage": "usage" in got ? got.usage : 0 });
}

/** Upstream's calculator asks for the metrics itself; ours is given them, and what cannot be had is told before it is asked. */
function unmeasured(name: string, situation: Situation): Calculated {
  const metrics = { ...noAdapters, resource: () => ({ error: "no metrics returned from resource metrics API" }) };
  const told = evaluate({ type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization: 1 } } }, { metrics, namespace: "test-namespace", situation, spec: 1, status: 1 });
  return { error: "why" in told ? told.why : "" };
}

interface MetricInput {
  readonly levels: readonly number[];
  readonly metricType: number;
  readonly targetUsage: number;
  readonly perPodTargetUsage: number;
}

/** Upstream's test tells apart: 0 object, 1 object a pod, 2 external, 3 external a pod, 4 pods. */
function metricReplicas(situation: Situation, current: number, { levels, metricType, targetUsage, perPodTargetUsage }: MetricInput, measured: (value: number) => PodMetric): Calculated {
  const sum = levels.reduce((all, one) => all + one, 0);
  if (metricType === 0 || metricType === 2) return valueReplicas(situation, current, sum, targetUsage);
  if (metricType === 1 || metricType === 3) return perPodReplicas(situation, current, sum, perPodTargetUsage);
  return averageReplicas(situation, current, new Map(levels.map((level, i) => [`test-pod-${i}`, measured(level)])), targetUsage, "");
}

function verdict(got: Calculated, expected: Input, shown: Input): ReturnType<Adapter> {
  const error = (expected["expectedError"] as { readonly $error: string } | null | undefined)?.$error;
  if (error !== undefined) return "error" in got && got.error.includes(error) ? { pass: true } : { pass: false, got };
  if ("error" in got) return { pass: false, got };
  const wanted = Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== null && value !== undefined));
  const ours: Record<string, unknown> = { expectedReplicas: got.replicas };
  for (const key of Object.keys(wanted)) if (key in shown) ours[key] = shown[key];
  return compare(ours, wanted);
}

/** A cluster of one autoscaler, its target and its pods, none of which an API server would have taken. */
interface Stage {
  readonly status: { value?: HorizontalPodAutoscaler["status"] };
  readonly scaled: number[];
  readonly events: string[];
}

function controller({ input, expected }: VectorCase): ReturnType<Adapter> {
  const name = String(input["name"]);
  const stage: Stage = { status: {}, scaled: [], events: [] };
  const event: EventRecorder = (_about, _type, reason, message) => void stage.events.push(`${reason} ${message}`);
  const autoscaler = autoscalerOf(input);
  const look: Look = { client: clientOf(input, name, autoscaler, stage) as unknown as Look["client"], event, now: nowOf(input), metrics: metricsOf(input, name), settings: { ...SETTINGS, ownTolerance: !/tolerance_is_ignored/.test(name), scaleToZero: name.endsWith("HPAScaleToZero=true") } };
  // Two tests are about stabilisation: one begins without earlier recommendations, one with that of the present size.
  const memory = { ups: [], downs: [], ...(/Stabilize/.test(name) ? {} : { recommendations: [] }) };
  reconcileAutoscaler(autoscaler, memory, look);
  return judge(input, expected, stage);
}

function judge(input: Input, expected: Input, { status, scaled, events }: Stage): ReturnType<Adapter> {
  const conditions = expected["expectedConditions"] as List<{ readonly type: string; readonly status: string; readonly reason: string }>;
  const three = (list: List<{ readonly type: string; readonly status: string; readonly reason?: string }>): unknown => (list ?? []).map((one) => [one.type, one.status, one.reason]);
  const before = input["specReplicas"] as number;
  const [last = before] = scaled.slice(-1);
  const cpu = status.value?.currentMetrics?.find((metric) => metric?.resource?.name === "cpu")?.resource?.current.averageUtilization;
  const verifiesCpu = input["verifyCPUCurrent"] === true && Number(input["CPUCurrent"]) > 0 && Number(input["CPUTarget"]) > 0 && scaled.length + (conditions?.length ?? 0) > 0 && !JSON.stringify(conditions ?? []).includes("Failed") && !JSON.stringify(conditions ?? []).includes("InvalidSelector");
  const got = {
    desired: status.value?.desiredReplicas,
    action: last > before ? "scale_up" : last < before ? "scale_down" : "none",
    ...(conditions ? { conditions: three(status.value?.conditions) } : {}),
    ...(verifiesCpu ? { cpu } : {}),
    ...(expected["verifyEvents"] === true ? { events: events.filter((one) => one.startsWith("SuccessfulRescale")) } : {}),
  };
  const rescaled = `SuccessfulRescale New size: ${String(expected["expectedDesiredReplicas"])}; reason: cpu resource utilization (percentage of request) above target`;
  const wanted = {
    desired: expected["expectedDesiredReplicas"],
    action: expected["expectedReportedReconciliationActionLabel"],
    ...(conditions ? { conditions: three(conditions) } : {}),
    ...(verifiesCpu ? { cpu: input["CPUCurrent"] } : {}),
    ...(expected["verifyEvents"] === true ? { events: expected["expectedDesiredReplicas"] === before ? [] : [rescaled] } : {}),
  };
  const result = compare(got, wanted);
  return "pass" in result && !result.pass ? { pass: false, got: { got, wanted, events } } : result;
}

const TARGET = { apiVersion: "v1", kind: "ReplicationController", name: "test-rc" };

function autoscalerOf(input: Input): HorizontalPodAutoscaler {
  const up = input["scaleUpRules"];
  const down = input["scaleDownRules"];
  const cpu = Number(input["CPUTarget"]) > 0 ? [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: input["CPUTarget"] } } }] : [];
  const behavior = up || down ? { behavior: { ...(up ? { scaleUp: up } : {}), ...(down ? { scaleDown: down } : {}) } } : {};
  const least = input["minReplicas"];
  const written = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "test-hpa", namespace: "test-namespace", uid: "hpa" },
    spec: { scaleTargetRef: input["resource"] ?? TARGET, ...(typeof least === "number" ? { minReplicas: least } : {}), maxReplicas: input["maxReplicas"], metrics: [...cpu, ...((input["metricsTarget"] as List<unknown>) ?? [])], ...behavior },
  } as unknown as KubeObject;
  const defaulted = resourceFor(HORIZONTAL_POD_AUTOSCALER)?.applyDefaults(written) as HorizontalPodAutoscaler;
  const replicas = input["specReplicas"] as number;
  return { ...defaulted, status: { currentReplicas: replicas, desiredReplicas: replicas, conditions: (input["initialConditions"] ?? []) as NonNullable<HorizontalPodAutoscaler["status"]>["conditions"] } } as HorizontalPodAutoscaler;
}

function clientOf(input: Input, name: string, autoscaler: HorizontalPodAutoscaler, stage: Stage): object {
  const ref = (input["resource"] ?? TARGET) as typeof TARGET;
  const labels = name.includes("InvalidSelectorMissing") ? {} : name.includes("InvalidSelectorUnparsable") ? { "cheddar cheese": "" } : { name: "test-pod" };
  const selector = ref.kind === "ReplicationController" ? labels : { matchLabels: labels };
  const target = { ...ref, metadata: { name: ref.name, namespace: "test-namespace", uid: "target" }, spec: { replicas: input["specReplicas"], selector }, status: { replicas: input["statusReplicas"] } };
  const requests = input["reportedCPURequests"] as List<string>;
  const half = (i: number): string => `${Math.trunc(cpuMilli(requests?.[i] ?? "1") / 2)}m`;
  const pods = podsOf(requests?.length ?? (input["statusReplicas"] as number), input, { readiness: "reportedPodReadiness", start: "reportedPodStartTime", phase: "reportedPodPhase", deleted: "reportedPodDeletionTimestamp" }, half, "cpu");
  const targetKind = kindId(ref.apiVersion, ref.kind);
  const rivals = rivalsOf(input);
  return {
    get: (kind: KindId, key: ObjectKey) => rivals.find(({ target: other }) => other.metadata.name === key.name)?.target ?? (kind === targetKind && key.name === ref.name && !name.includes("FailedGetScale") ? target : kind === HORIZONTAL_POD_AUTOSCALER ? autoscaler : undefined),
    served: () => resources,
    list: () => [autoscaler, ...rivals.map((one) => one.autoscaler)],
    selected: (kind: KindId) => (kind === POD ? pods.map((pod) => alsoLabelled(pod, rivals, name)) : []),
    patch: (_ref: unknown, patch: { readonly body: { readonly spec: { readonly replicas: number } } }) => {
      if (name.includes("FailedUpdateScale")) throw new ApiError({ code: 500, reason: "InternalError", message: "something went wrong!", causes: [] });
      stage.scaled.push(patch.body.spec.replicas);
      return target;
    },
    updateStatus: (object: HorizontalPodAutoscaler) => {
      stage.status.value = object.status;
      return object;
    },
  };
}

interface Rival {
  readonly autoscaler: HorizontalPodAutoscaler;
  readonly target: KubeObject;
  readonly labels: Readonly<Record<string, string>>;
}

/** The test of a partial overlap puts both autoscalers' labels on its pods. */
function alsoLabelled(pod: Pod, rivals: readonly Rival[], name: string): Pod {
  if (!name.includes("PartialSelectorOverlap")) return pod;
  const theirs = rivals.map(({ labels }) => labels).reduce((all, one) => ({ ...all, ...one }), {});
  return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...theirs } } };
}

/** Other autoscalers, of which the recording knows only what their targets select. */
function rivalsOf(input: Input): readonly Rival[] {
  const known = (input["hpaSelectors"] as { readonly selectingObjects?: Readonly<Record<string, { readonly selector: List<{ readonly key: string; readonly strValues: List<string> }> }>> } | null)?.selectingObjects ?? {};
  return Object.entries(known).flatMap(([key, { selector }]): readonly Rival[] => {
    const [namespace = "", name = ""] = key.split("/");
    if (name === "test-hpa") return [];
    const labels = Object.fromEntries((selector ?? []).map(({ key: label, strValues }) => [label, strValues?.[0] ?? ""]));
    const metadata = { name: `target-of-${name}`, namespace, uid: `target-of-${name}` };
    const ref = { ...TARGET, name: metadata.name };
    return [
      {
        autoscaler: { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name, namespace, uid: name }, spec: { scaleTargetRef: ref, maxReplicas: 10 } } as unknown as HorizontalPodAutoscaler,
        target: { ...ref, metadata, spec: { replicas: 1, selector: labels } } as unknown as KubeObject,
        labels,
      },
    ];
  });
}

/** What upstream's test reports: resource usage in two halves, custom and external metrics as they are. */
function metricsOf(input: Input, name: string): MetricsClient {
  const levels = (input["reportedLevels"] ?? []) as readonly number[];
  const fails = name.includes("FailedGetMetrics");
  const now = nowOf(input);
  const values = (value: (level: number) => number): Measured<PodMetrics> =>
    fails ? { error: "something went wrong!" } : levels.length === 0 ? { error: "no metrics returned from resource metrics API" } : { value: new Map(levels.map((level, i) => [`test-pod-${i}`, { at: now, window: MINUTE, value: value(level) }])) };
  return {
    resource: (_resource, _namespace, _pods, container) => values((level) => Math.trunc(level / 2) * (container === "" ? 2 : 1)),
    pods: () => values((level) => level),
    object: () => (fails ? { error: "something went wrong!" } : { value: levels[0] ?? 0 }),
    external: () => (fails || /Metrics?Empty/.test(name) ? { error: "no metrics returned from external metrics API" } : { value: levels }),
  };
}

