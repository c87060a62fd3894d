import { isTrue, setCondition, type Condition } from "../../apimachinery/conditions";
import { HORIZONTAL_POD_AUTOSCALER, POD } from "../../apimachinery/kinds";
import { labelSelectorMatches } from "../../apimachinery/labels";
import { refOf } from "../../apimachinery/meta";
import { quantityFrom, quantityMilli } from "../../apimachinery/quantity";
import { timestamp } from "../../apimachinery/time";
import { writeStatus, type Client } from "../../client/client";
import type { EventRecorder } from "../../client/events";
import type { HorizontalPodAutoscaler, ScalingRules } from "../../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";
import type { Pod } from "../../resources/core/pod/pod";
import { evaluate, UNKNOWN_METRIC, type Evaluated } from "./evaluate";
import type { MetricsClient } from "./metrics";
import { normalize, withChange, type Memory } from "./normalize";
import { scaleTo, selectorError, targetOf, type Target } from "./target";
import { TIMERS } from "../../sim/timers";

type Status = NonNullable<HorizontalPodAutoscaler["status"]>;

/** Flags of the autoscaler; times in milliseconds, upstream's defaults in {@link DEFAULTS}. */
export interface AutoscalerSettings {
  readonly tolerance: number;
  readonly downscaleStabilization: number;
  readonly cpuInitialization: number;
  readonly readinessDelay: number;
  readonly scaleUpLimitFactor: number;
  /** The HPAConfigurableTolerance gate: may `behavior` name tolerances? */
  readonly ownTolerance: boolean;
  /** The HPAScaleToZero gate. */
  readonly scaleToZero: boolean;
}

/** As kube-controller-manager starts without flags. */
export const DEFAULTS: AutoscalerSettings = { tolerance: 0.1, downscaleStabilization: TIMERS.workloads.downscaleStabilization.ms, cpuInitialization: TIMERS.workloads.cpuInitialization.ms, readinessDelay: TIMERS.workloads.readinessDelay.ms, scaleUpLimitFactor: 2, ownTolerance: true, scaleToZero: false };

/** What one look at an autoscaler may use. */
export interface Look {
  readonly client: Pick<Client, "get" | "served" | "list" | "selected" | "patch" | "updateStatus">;
  readonly event: EventRecorder;
  readonly now: number;
  readonly metrics: MetricsClient;
  readonly settings: AutoscalerSettings;
}

/** An autoscaler under examination: conditions are gathered until the status is written. */
interface Exam extends Look {
  readonly hpa: HorizontalPodAutoscaler;
  readonly conditions: { list: readonly Condition[] };
}

/** Looks at one autoscaler, scales its target when needed, writes its status, and returns what to remember. Upstream: reconcileAutoscaler. */
export function reconcileAutoscaler(hpa: HorizontalPodAutoscaler, before: Memory, look: Look): Memory {
  const known = hpa.status?.conditions ?? [];
  const exam: Exam = { ...look, hpa, conditions: { list: look.settings.scaleToZero ? known : known.filter(({ type }) => type !== "ScaledToZero") } };
  const target = targetOf(look.client, hpa.spec.scaleTargetRef, hpa.metadata.namespace ?? "");
  if ("error" in target) {
    tell(exam, "Warning", "FailedGetScale", target.error);
    condition(exam, "AbleToScale", ["False", "FailedGetScale", `the HPA controller was unable to get the target's current scale: ${target.error}`]);
    write(exam, hpa.status ?? { desiredReplicas: 0 });
    return before;
  }
  condition(exam, "AbleToScale", ["True", "SucceededGetScale", "the HPA controller was able to get the target's current scale"]);
  const memory = before.recommendations === undefined ? { ...before, recommendations: [{ at: look.now, replicas: target.replicas }] } : before;
  return decide(exam, target, memory);
}

interface Decision {
  readonly desired: number;
  readonly why: string;
  readonly metrics?: Status["currentMetrics"];
  readonly memory: Memory;
  readonly rescale: boolean;
}

function decide(exam: Exam, target: Target, memory: Memory): Memory {
  const { spec } = exam.hpa;
  const current = target.replicas;
  const min = spec.minReplicas ?? 1;
  const wasZeroed = exam.settings.scaleToZero && isTrue(exam.conditions.list, "ScaledToZero");
  if (current === 0 && !(wasZeroed && (min !== 0 || measuresOutside(exam)))) {
    condition(exam, "ScalingActive", ["False", "ScalingDisabled", "scaling is disabled since the replica count of the target is zero"]);
    return finish(exam, target, { desired: current, why: "", memory, rescale: false });
  }
  if (current > spec.maxReplicas) return finish(exam, target, { desired: spec.maxReplicas, why: "Current number of replicas above Spec.MaxReplicas", memory, rescale: true });
  if (current < min && !(wasZeroed && current === 0)) return finish(exam, target, { desired: min, why: "Current number of replicas below Spec.MinReplicas", memory, rescale: true });
  const found = byMetrics(exam, target);
  if ("error" in found) {
    write(exam, statusOf(exam, current, exam.hpa.status?.desiredReplicas ?? 0, found.metrics));
    tell(exam, "Warning", "FailedComputeMetricsReplicas", found.error);
    return memory;
  }
  const wanted = Math.max(0, found.replicas);
  const why = wanted > current ? `${found.name} above target` : wanted < current ? "All metrics below target" : "";
  const { downscaleStabilization, scaleUpLimitFactor } = exam.settings;
  const normal = normalize(spec.behavior, memory, { current, min, max: spec.maxReplicas, now: exam.now, downscaleStabilization, scaleUpLimitFactor }, wanted);
  condition(exam, "AbleToScale", normal.able);
  condition(exam, "ScalingLimited", normal.limited);
  return finish(exam, target, { desired: normal.replicas, why, metrics: found.metrics, memory: { ...memory, recommendations: normal.recommendations }, rescale: normal.replicas !== current });
}

function finish(exam: Exam, target: Target, { desired, why, metrics, memory, rescale }: Decision): Memory {
  const current = target.replicas;
  if (!rescale) {
    write(exam, statusOf(exam, current, current, metrics));
    return memory;
  }
  const refused = scaleTo(exam.client, target, desired);
  if (refused !== undefined) {
    tell(exam, "Warning", "FailedRescale", `New size: ${desired}; reason: ${why}; error: ${refused}`);
    condition(exam, "AbleToScale", ["False", "FailedUpdateScale", `the HPA controller was unable to update the target scale: ${refused}`]);
    write(exam, statusOf(exam, current, exam.hpa.status?.desiredReplicas ?? 0, metrics));
    return memory;
  }
  condition(exam, "AbleToScale", ["True", "SucceededRescale", `the HPA controller was able to update the target scale to ${desired}`]);
  tell(exam, "Normal", "SuccessfulRescale", `New size: ${desired}; reason: ${why}`);
  if (exam.settings.scaleToZero) zeroed(exam, current, desired);
  write(exam, { ...statusOf(exam, current, desired, metrics), lastScaleTime: timestamp(exam.now) });
  return withChange(exam.hpa.spec.behavior, memory, current, desired, exam.now);
}

/** Is there a metric that can be had while no pod runs? Only then may the autoscaler scale to zero and back. */
function measuresOutside({ hpa }: Exam): boolean {
  return (hpa.spec.metrics ?? []).some(({ type }) => type === "Object" || type === "External");
}

/** Notes whose zero it is: only a zero the autoscaler made itself is one it leaves again. */
function zeroed(exam: Exam, current: number, desired: number): void {
  const own = current > 0 && desired === 0 && exam.hpa.spec.minReplicas === 0 && measuresOutside(exam);
  condition(exam, "ScaledToZero", own ? ["True", "ScaledToZero", "the HPA controller scaled the workload to zero"] : ["False", "NotScaledToZero", "the HPA controller did not scale the workload to zero"]);
}

type Metrics = NonNullable<Status["currentMetrics"]>;

/** The highest of what the metrics ask for. One that cannot be had forbids scaling down. Upstream: computeReplicasForMetrics. */
function byMetrics(exam: Exam, target: Target): { readonly replicas: number; readonly name: string; readonly metrics: Metrics } | { readonly error: string; readonly metrics?: Metrics } {
  const { client, hpa, metrics, now } = exam;
  const namespace = hpa.metadata.namespace ?? "";
  const broken = selectorProblem(exam, target);
  if (broken !== undefined) return { error: broken };
  const pods = client.selected<Pod>(POD, namespace, target.selector);
  const rival = ambiguity(exam, target, pods);
  if (rival !== undefined) return { error: rival };
  const { cpuInitialization, readinessDelay } = exam.settings;
  const situation = { pods, now, tolerances: tolerancesOf(exam), cpuInitialization, readinessDelay };
  const specs = hpa.spec.metrics ?? [];
  const results = specs.map((spec) => {
    const one = evaluate(spec, { metrics, namespace, situation, spec: target.replicas, status: target.counted });
    if ("reason" in one) tell(exam, "Warning", one.reason, one.why);
    return one;
  });
  const shown = results.map((one) => ("status" in one ? one.status : UNKNOWN_METRIC));
  let [replicas, name] = [0, ""];
  for (const one of results) if ("status" in one && (replicas === 0 || one.replicas > replicas)) [replicas, name] = [one.replicas, one.name];
  const failed = results.filter((one): one is Extract<Evaluated, { readonly reason: string }> => "reason" in one);
  const [first] = failed;
  if (first !== undefined && (failed.length === specs.length || replicas < target.replicas)) {
    condition(exam, "ScalingActive", ["False", first.reason, `the HPA was unable to compute the replica count: ${first.why}`]);
    return { error: `invalid metrics (${failed.length} invalid out of ${specs.length}), first error is: ${first.error}`, metrics: shown };
  }
  condition(exam, "ScalingActive", ["True", "ValidMetricFound", `the HPA was able to successfully calculate a replica count from ${name}`]);
  return { replicas, name, metrics: shown };
}

function selectorProblem(exam: Exam, { selector, unreadable }: Target): string | undefined {
  if (selector === undefined) {
    tell(exam, "Warning", "SelectorRequired", "selector is required");
    condition(exam, "ScalingActive", ["False", "InvalidSelector", "the HPA target's scale is missing a selector"]);
    return "selector is required";
  }
  const wrong = unreadable ?? selectorError(selector);
  if (wrong === undefined) return undefined;
  const message = `couldn't convert selector into a corresponding internal selector object: ${wrong}`;
  tell(exam, "Warning", "InvalidSelector", message);
  condition(exam, "ScalingActive", ["False", "InvalidSelector", message]);
  return message;
}

/** Two autoscalers that would scale the same pods both keep still. */
function ambiguity(exam: Exam, target: Target, pods: readonly Pod[]): string | undefined {
  const { client, hpa } = exam;
  const namespace = hpa.metadata.namespace ?? "";
  const all = client.list<HorizontalPodAutoscaler>(HORIZONTAL_POD_AUTOSCALER, { namespace });
  if (all.length < 2) return undefined;
  const selecting = all.filter((other) => {
    if (other.metadata.uid === hpa.metadata.uid) return true;
    const theirs = targetOf(client, other.spec.scaleTargetRef, namespace);
    return "ref" in theirs && pods.some(({ metadata }) => labelSelectorMatches(theirs.selector, metadata.labels));
  });
  if (selecting.length < 2) return undefined;
  const message = `pods by selector ${target.selectorText} are controlled by multiple HPAs: [${selecting.map(({ metadata }) => `${namespace}/${metadata.name}`).join(" ")}]`;
  tell(exam, "Warning", "AmbiguousSelector", message);
  condition(exam, "ScalingActive", ["False", "AmbiguousSelector", message]);
  return message;
}

function tolerancesOf({ hpa, settings }: Exam): { readonly scaleDown: number; readonly scaleUp: number } {
  const own = (rules: ScalingRules | undefined): number => (rules?.tolerance === undefined || !settings.ownTolerance ? settings.tolerance : Number(quantityMilli(quantityFrom(rules.tolerance))) / 1000);
  return { scaleDown: own(hpa.spec.behavior?.scaleDown), scaleUp: own(hpa.spec.behavior?.scaleUp) };
}

function tell({ hpa, event }: Exam, type: "Normal" | "Warning", reason: string, message: string): void {
  event({ ...refOf(hpa), uid: hpa.metadata.uid }, type, reason, message);
}

function condition({ conditions, now }: Exam, type: string, [status, reason, message]: readonly ["True" | "False", string, string]): void {
  conditions.list = setCondition(conditions.list, { type, status, lastTransitionTime: timestamp(now), reason, message });
}

function statusOf({ hpa }: Exam, current: number, desired: number, metrics: Status["currentMetrics"] | undefined): Status {
  const { lastScaleTime } = hpa.status ?? {};
  return {
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    ...(current === 0 ? {} : { currentReplicas: current }),
    desiredReplicas: desired,
    currentMetrics: (metrics ?? null) as unknown as Metrics,
  };
}

function write({ client, conditions, hpa }: Exam, status: Status): void {
  writeStatus(client as Client, hpa, { ...status, conditions: conditions.list });
}

