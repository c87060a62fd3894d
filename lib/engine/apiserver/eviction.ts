import { ApiError, badRequest } from "../apimachinery/api-error";
import { findCondition, isTrue, setCondition } from "../apimachinery/conditions";
import { POD, POD_DISRUPTION_BUDGET } from "../apimachinery/kinds";
import type { KubeObject, ObjectKey, ObjectRef } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import type { Pod } from "../resources/core/pod/pod";
import { conditionsOf, covers } from "../resources/policy/poddisruptionbudget/budget";
import type { PodDisruptionBudget } from "../resources/policy/poddisruptionbudget/index";
import type { Body, DeleteOptions, EvictionOptions, ListRequest } from "./request";

/** What an eviction needs of the API server. */
export interface EvictionServer {
  get(ref: ObjectRef): KubeObject | undefined;
  list(request: ListRequest): readonly KubeObject[];
  update(body: Body, user: string, options: { readonly subresource: "status" }): KubeObject;
  delete(ref: ObjectRef, user: string, options: DeleteOptions): KubeObject;
}

type BudgetStatus = NonNullable<PodDisruptionBudget["status"]>;

/** Most pods a budget may have waiting to be seen leaving. Upstream: MaxDisruptedPodSize. */
const MOST_DISRUPTED = 2000;
/** Who writes what an eviction changes beside the deletion. */
const SERVER = "system:apiserver";

/**
 * Deletes a pod unless a disruption budget forbids it. Ended, pending and leaving pods are nobody's loss and go
 * unasked; a pod that is not ready may go when its budget is satisfied without it, or says `AlwaysAllow`.
 *
 * Upstream: pkg/registry/core/pod/storage/eviction.go.
 * @throws {ApiError} 404, 429 when the budget is spent, 500 when two budgets cover the pod.
 */
export function evict(api: EvictionServer, key: ObjectKey, user: string, now: number, options: EvictionOptions): void {
  const ref: ObjectRef = { kind: POD, ...key };
  const pod = api.get(ref) as Pod | undefined;
  if (!pod) throw new ApiError({ code: 404, reason: "NotFound", message: `pods ${JSON.stringify(key.name)} not found`, causes: [], details: { name: key.name, kind: "pods" } });
  const wanted = options.preconditions?.resourceVersion;
  if (wanted !== undefined && wanted !== "" && wanted !== pod.metadata.resourceVersion) throw badRequest("the resource version in the eviction's preconditions is not the pod's");
  if (!nobodysLoss(pod)) askBudget(api, pod, now, options.dryRun === true);
  if (options.dryRun === true) return;
  if (pod.metadata.deletionTimestamp === undefined) markDisrupted(api, pod, now);
  const { gracePeriodSeconds, propagation, preconditions } = options;
  const uid = preconditions?.uid;
  const deletion: DeleteOptions = {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagation === undefined ? {} : { propagation }),
    ...(uid === undefined ? {} : { preconditions: { uid } }),
  };
  api.delete(ref, user, deletion);
}

function nobodysLoss({ metadata, status }: Pod): boolean {
  const phase = status?.phase;
  return phase === "Succeeded" || phase === "Failed" || phase === "Pending" || phase === undefined || metadata.deletionTimestamp !== undefined;
}

function askBudget(api: EvictionServer, pod: Pod, now: number, dryRun: boolean): void {
  const namespace = pod.metadata.namespace ?? "";
  const budgets = (api.list({ kind: POD_DISRUPTION_BUDGET, namespace }) as readonly PodDisruptionBudget[]).filter((budget) => covers(budget, pod.metadata.labels));
  if (budgets.length > 1) {
    throw new ApiError({ code: 500, reason: "InternalError", unnamed: true, message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", causes: [] });
  }
  const [budget] = budgets;
  if (budget === undefined) return;
  const status = budget.status ?? { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  if (!isTrue(pod.status?.conditions, "Ready")) {
    if (budget.spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return;
    if (status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0) return;
  }
  spend(api, budget, status, pod.metadata.name, now, dryRun);
}

function spend(api: EvictionServer, budget: PodDisruptionBudget, status: BudgetStatus, pod: string, now: number, dryRun: boolean): void {
  const { name, generation = 1 } = budget.metadata;
  if ((status.observedGeneration ?? 0) < generation) throw tooMany(`The disruption budget ${name} is still being processed by the server.`, 10);
  if (status.disruptionsAllowed < 0) throw refused(name, "pdb disruptions allowed is negative");
  if (Object.keys(status.disruptedPods ?? {}).length > MOST_DISRUPTED) throw refused(name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  if (status.disruptionsAllowed === 0) throw tooMany(whyNot(name, status), 0);
  if (dryRun) return;
  const allowed = status.disruptionsAllowed - 1;
  const next: BudgetStatus = {
    ...status,
    disruptionsAllowed: allowed,
    disruptedPods: { ...status.disruptedPods, [pod]: timestamp(now) },
    ...(allowed === 0 ? { conditions: conditionsOf(status.conditions, 0, status.observedGeneration ?? generation, now) } : {}),
  };
  api.update({ ...budget, status: next } as unknown as Body, SERVER, { subresource: "status" });
}

function whyNot(name: string, status: BudgetStatus): string {
  const { status: value, reason = "", message = "" } = findCondition(status.conditions, "DisruptionAllowed") ?? {};
  const told = value === "False" && message !== "";
  // Of a budget that could not be worked out, the numbers mean nothing.
  if (told && reason === "SyncFailed") return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${message}`;
  if (status.currentHealthy <= status.desiredHealthy) return `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`;
  return `The disruption budget ${name} does not allow evicting pods currently${told ? ` (${reason}): ${message}` : ""}`;
}

function tooMany(message: string, retryAfterSeconds: number): ApiError {
  return new ApiError({
    code: 429,
    reason: "TooManyRequests",
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    causes: [],
    details: { causes: [{ reason: "DisruptionBudget", message }], ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }) },
  });
}

function refused(name: string, why: string): ApiError {
  return new ApiError({ code: 403, reason: "Forbidden", message: `poddisruptionbudget.policy ${JSON.stringify(name)} is forbidden: ${why}`, causes: [], details: { name, group: "policy", kind: "poddisruptionbudget" } });
}

/** Says on the pod why it goes. Upstream: addConditionAndDeletePod. */
function markDisrupted(api: EvictionServer, pod: Pod, now: number): void {
  const { generation } = pod.metadata;
  const conditions = setCondition(pod.status?.conditions, {
    type: "DisruptionTarget",
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status: "True",
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
    lastTransitionTime: timestamp(now),
  });
  api.update({ ...pod, status: { ...pod.status, conditions } } as unknown as Body, SERVER, { subresource: "status" });
}
