/** What a Job's pods say of themselves. Upstream: job_controller.go, indexed_job_utils.go, backoff_utils.go. */
import { compareNumbers, compareStrings } from "../../apimachinery/compare";
import { findCondition } from "../../apimachinery/conditions";
import { POD } from "../../apimachinery/kinds";
import { keyOf } from "../../apimachinery/meta";
import { instantOf } from "../../apimachinery/time";
import type { Client } from "../../client/client";
import type { Job } from "../../resources/batch/job/job";
import type { ContainerStatus, Pod } from "../../resources/core/pod/pod";
import { isReady, readySince, restartsOf } from "../pod-state";

/** Keeps a pod until its Job has counted it. */
export const TRACKING = "batch.kubernetes.io/job-tracking";
/** Annotation and label with a pod's completion index. */
export const COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index";
/** Failures of the pod's index before it, when each index has its own limit. */
export const INDEX_FAILURES = "batch.kubernetes.io/job-index-failure-count";
/** Failures of the pod's index that the failure policy told to ignore. */
export const INDEX_IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count";

/** Does the Job number its pods? */
export function isIndexed(job: Job): boolean {
  return job.spec.completionMode === "Indexed";
}

/** Does each index have its own retries? */
export function limitsPerIndex(job: Job): boolean {
  return isIndexed(job) && job.spec.backoffLimitPerIndex !== undefined;
}

/** Is a pod replaced only once it has really ended? Upstream: onlyReplaceFailedPods. */
export function replacesOnlyEnded(job: Job): boolean {
  return job.spec.podReplacementPolicy === "Failed" || job.spec.podFailurePolicy !== undefined;
}

/** Does the pod wait for its Job to count it? */
export function isTracked(pod: Pod): boolean {
  return (pod.metadata.finalizers ?? []).includes(TRACKING);
}

/** The pod's completion index; undefined when it has none that can be read. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX] ?? "";
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}

/** The pod's index when it is one of the Job's. */
export function validIndex(job: Job, pod: Pod): number | undefined {
  const index = indexOf(pod);
  return index !== undefined && index < (job.spec.completions ?? 0) ? index : undefined;
}

/** Has the pod failed, or, where terminating pods are replaced at once, is it on its way out without success? Upstream: isPodFailed. */
export function hasFailed(pod: Pod, job: Job): boolean {
  if (pod.status?.phase === "Failed") return true;
  return !replacesOnlyEnded(job) && pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== "Succeeded";
}

function counted(pod: Pod, annotation: string): number {
  const text = pod.metadata.annotations?.[annotation] ?? "";
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
}

/** Failures of the pod's index before this pod. */
export function indexFailures(pod: Pod): number {
  return counted(pod, INDEX_FAILURES);
}

/** Ignored failures of the pod's index before this pod. */
export function indexIgnored(pod: Pod): number {
  return counted(pod, INDEX_IGNORED);
}

/**
 * When the pod ended: the last of its containers, else the moment it ceased to be ready, else the start of its
 * deletion, else its birth. Upstream: getFinishedTime.
 */
export function finishedAt(pod: Pod): number {
  const condition = findCondition(pod.status?.conditions, "Ready");
  const unready = condition?.status === "False" ? instantOf(condition.lastTransitionTime ?? "") : undefined;
  const deleted = instantOf(pod.metadata.deletionTimestamp ?? "");
  const begun = deleted === undefined ? undefined : deleted - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return containersEnded(pod) ?? unready ?? begun ?? instantOf(pod.metadata.creationTimestamp) ?? 0;
}

function containersEnded(pod: Pod): number | undefined {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name }) => name));
  const helpers = (pod.status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name));
  return latestEnd(latestEnd(undefined, pod.status?.containerStatuses ?? []), helpers);
}

function latestEnd(known: number | undefined, statuses: readonly ContainerStatus[]): number | undefined {
  let latest = known;
  for (const { state } of statuses) {
    const ended = instantOf(state.terminated?.finishedAt ?? "");
    if (ended === undefined) return undefined;
    latest = Math.max(latest ?? ended, ended);
  }
  return latest;
}

/** Lets a pod go. The pod as stored then; undefined when it went with it. */
export function releasePod(client: Client, pod: Pod): Pod | undefined {
  const current = client.get<Pod>(POD, keyOf(pod));
  if (!current || current.metadata.uid !== pod.metadata.uid || !isTracked(current)) return current;
  const { finalizers = [], ...rest } = current.metadata;
  const kept = finalizers.filter((name) => name !== TRACKING);
  client.update<Pod>({ ...current, metadata: kept.length === 0 ? rest : { ...rest, finalizers: kept } });
  return client.get<Pod>(POD, keyOf(pod));
}

const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** Which of two pods goes first when there are too many: unassigned, pending, unready, newly ready, restarted, young. Upstream: controller.ActivePods. */
function dispensableFirst(a: Pod, b: Pod): number {
  const [readyA, readyB] = [isReady(a), isReady(b)];
  const young = (x: number | undefined, y: number | undefined): number => compareNumbers(y ?? 0, x ?? 0);
  return (
    compareNumbers(a.spec.nodeName ? 1 : 0, b.spec.nodeName ? 1 : 0) ||
    compareNumbers(PHASE_RANK[a.status?.phase ?? ""] ?? 0, PHASE_RANK[b.status?.phase ?? ""] ?? 0) ||
    compareNumbers(readyA ? 1 : 0, readyB ? 1 : 0) ||
    (readyA && readyB ? young(readySince(a), readySince(b)) : 0) ||
    compareNumbers(restartsOf(b), restartsOf(a)) ||
    compareStrings(b.metadata.creationTimestamp, a.metadata.creationTimestamp) ||
    compareStrings(a.metadata.name, b.metadata.name)
  );
}

/** At least `count` pods to remove: first those whose index is not the Job's or is taken twice, then the most dispensable. Upstream: activePodsForRemoval. */
export function surplusOf(job: Job, pods: readonly Pod[], count: number): readonly Pod[] {
  const ordered = [...pods].sort(dispensableFirst);
  if (!isIndexed(job)) return ordered.slice(0, count);
  const keeper = new Map<number, Pod>();
  for (const pod of ordered) {
    const index = validIndex(job, pod);
    if (index !== undefined) keeper.set(index, pod);
  }
  const kept = new Set(keeper.values());
  const rest = ordered.filter((pod) => kept.has(pod));
  const removed = ordered.filter((pod) => !kept.has(pod));
  return [...removed, ...rest.slice(0, Math.max(0, count - removed.length))];
}
