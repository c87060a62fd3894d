import { findCondition, setCondition } from "../../apimachinery/conditions";
import { POD, POD_DISRUPTION_BUDGET } from "../../apimachinery/kinds";
import { compileLabelSelector } from "../../apimachinery/labels";
import type { KubeObject, ObjectKey } from "../../apimachinery/meta";
import { keyOf, refOf } from "../../apimachinery/meta";
import { instantOf, timestamp } from "../../apimachinery/time";
import { writeStatus, type Client } from "../../client/client";
import type { LabelSelector } from "../../resources/apps/deployment/deployment";
import type { Pod } from "../../resources/core/pod/pod";
import { conditionsOf, covers } from "../../resources/policy/poddisruptionbudget/budget";
import type { PodDisruptionBudget } from "../../resources/policy/poddisruptionbudget/index";
import { millis } from "../../sim/clock";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { isReady } from "../pod-state";
import { selectorText } from "../selector-text";
import { expectationOf, type Reader } from "./expected";
import { TIMERS } from "../../sim/timers";

type Status = NonNullable<PodDisruptionBudget["status"]>;

/** How long an evicted pod may take to show that it is leaving before the budget counts it again. Upstream: DeletionTimeout. */
const DELETION_TIMEOUT = TIMERS.workloads.disruption.ms;

/**
 * Keeps the status of PodDisruptionBudgets: how many pods are healthy, how many must be, and how many may be evicted.
 * Upstream: pkg/controller/disruption.
 *
 * @simplified A pod's DisruptionTarget condition is not taken back when nobody deletes the pod within two minutes.
 */
export const disruptionController: Controller = {
  name: "disruption",
  eventSource: "controllermanager",
  reconciles: POD_DISRUPTION_BUDGET,
  watches: [{ kind: POD, while: POD_DISRUPTION_BUDGET, wakes: covering }],
  reconcile,
};

/** The budgets that cover a pod. */
function covering({ metadata }: KubeObject, client: Client): readonly ObjectKey[] {
  const all = client.list<PodDisruptionBudget>(POD_DISRUPTION_BUDGET, { namespace: metadata.namespace ?? "" });
  return all.filter((budget) => covers(budget, metadata.labels)).map(keyOf);
}

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const { client, event, now } = context;
  const budget = client.get<PodDisruptionBudget>(POD_DISRUPTION_BUDGET, key);
  if (!budget) return;
  const about = { ...refOf(budget), uid: budget.metadata.uid };
  const compiled = compileLabelSelector(budget.spec.selector);
  if ("error" in compiled) {
    event(about, "Warning", "NoPods", `Failed to get pods: ${compiled.error}`);
    return failSafe(budget, compiled.error, context);
  }
  const pods = client.selected<Pod>(POD, key.namespace, budget.spec.selector);
  if (pods.length === 0) event(about, "Normal", "NoPods", "No matching pods found");
  const { status, error, unmanaged } = assess(budget, pods, client, now);
  if (error !== undefined) {
    event(about, "Warning", "CalculateExpectedPodCountFailed", `Failed to calculate the number of expected pods: ${error}`);
    return failSafe(budget, error, context);
  }
  if (unmanaged.length > 0) event(about, "Warning", "UnmanagedPods", unmanagedMessage(budget.spec.selector));
  for (const pod of pods) if (overdue(budget, pod, now)) event({ ...refOf(pod), uid: pod.metadata.uid }, "Warning", "NotDeleted", `Pod was expected by PDB ${key.namespace}/${key.name} to be deleted but it wasn't`);
  writeStatus(client, budget, status);
  const waits = Object.values(status.disruptedPods ?? {}).map((since) => (instantOf(since) ?? now) + DELETION_TIMEOUT - now);
  return waits.length === 0 ? undefined : { requeueAfter: millis(Math.max(1, Math.min(...waits) + 1)) };
}

/** A budget's status as its pods and their controllers are now. Upstream: trySync, updatePdbStatus. */
export function assess(budget: PodDisruptionBudget, pods: readonly Pod[], reader: Reader, now: number): { readonly status: Status; readonly error?: string; readonly unmanaged: readonly string[] } {
  const expectation = expectationOf(budget, pods, reader);
  if ("error" in expectation) return { status: budget.status ?? EMPTY, error: expectation.error, unmanaged: [] };
  const { expected, desired, unmanaged } = expectation;
  const disrupted = stillDisrupted(budget, pods, now);
  const healthy = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined && isReady(pod)).length;
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
  const generation = budget.metadata.generation ?? 1;
  const status: Status = {
    observedGeneration: generation,
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
  };
  return { status: { ...status, conditions: conditionsOf(budget.status?.conditions, allowed, generation, now) }, unmanaged };
}

const EMPTY: Status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };

/** Pods evicted lately that have not yet begun to go. */
function stillDisrupted(budget: PodDisruptionBudget, pods: readonly Pod[], now: number): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const { metadata } of pods) {
    const since = budget.status?.disruptedPods?.[metadata.name];
    if (since === undefined || metadata.deletionTimestamp !== undefined) continue;
    if ((instantOf(since) ?? now) + DELETION_TIMEOUT >= now) result[metadata.name] = since;
  }
  return result;
}

function overdue(budget: PodDisruptionBudget, { metadata }: Pod, now: number): boolean {
  const since = budget.status?.disruptedPods?.[metadata.name];
  return since !== undefined && metadata.deletionTimestamp === undefined && (instantOf(since) ?? now) + DELETION_TIMEOUT < now;
}

/** When nothing can be known, nothing may be evicted. */
function failSafe(budget: PodDisruptionBudget, message: string, { client, now }: ControllerContext): void {
  const before = findCondition(budget.status?.conditions, "DisruptionAllowed");
  const observed = budget.metadata.generation ?? before?.observedGeneration ?? 1;
  const conditions = setCondition(budget.status?.conditions, { type: "DisruptionAllowed", status: "False", observedGeneration: observed, reason: "SyncFailed", message, lastTransitionTime: timestamp(now) });
  writeStatus(client, budget, { ...EMPTY, ...budget.status, disruptionsAllowed: 0, conditions });
}

function unmanagedMessage(selector: LabelSelector | undefined): string {
  return `Pods selected by this PodDisruptionBudget (selector: ${selectorText(selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
}
