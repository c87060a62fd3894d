/**
 * Counting pods that ended, each exactly once: a pod is first written down by uid, then let go, then counted.
 * Upstream: trackJobStatusAndRemoveFinalizers.
 */
import { deepEqual, compareNumbers, compareStrings } from "../../apimachinery/compare";
import type { Condition } from "../../apimachinery/conditions";
import { writeStatus } from "../../client/client";
import type { Job } from "../../resources/batch/job/job";
import type { Pod } from "../../resources/core/pod/pod";
import type { ControllerContext } from "../controller";
import { hasIndex, textOf, totalOf, withIndexes } from "./indexes";
import { matchPodFailurePolicy } from "./policies";
import { hasFailed, indexOf, isIndexed, isTracked, releasePod, validIndex } from "./pods";
import { conditionNow, type JobStatus, type View } from "./view";

/** Most pods written down at once. Upstream: MaxUncountedPods. */
const MOST_UNCOUNTED = 500;

interface Uncounted {
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
}

const uncountedOf = ({ uncountedTerminatedPods: uncounted }: JobStatus): Uncounted => ({ succeeded: uncounted?.succeeded ?? [], failed: uncounted?.failed ?? [] });

function withUncounted(status: JobStatus, { succeeded, failed }: Uncounted): JobStatus {
  return { ...status, uncountedTerminatedPods: { ...(succeeded.length > 0 ? { succeeded } : {}), ...(failed.length > 0 ? { failed } : {}) } };
}

/** Counts those written down whose pods have been let go. Upstream: cleanUncountedPodsWithoutFinalizers. */
function settled(status: JobStatus, held: ReadonlySet<string>): JobStatus {
  const { succeeded, failed } = uncountedOf(status);
  const left = { succeeded: succeeded.filter((uid) => held.has(uid)), failed: failed.filter((uid) => held.has(uid)) };
  const done = (status.succeeded ?? 0) + succeeded.length - left.succeeded.length;
  const lost = (status.failed ?? 0) + failed.length - left.failed.length;
  return withUncounted({ ...status, ...(done > 0 ? { succeeded: done } : {}), ...(lost > 0 ? { failed: lost } : {}) }, left);
}

/** What is to be written down, and whose pods may go afterwards. */
interface Tally extends Uncounted {
  readonly indexes: readonly number[];
  readonly release: readonly Pod[];
  readonly full: boolean;
}

function tally(view: View, status: JobStatus, verdict: Condition | undefined): Tally {
  const { job, known } = view;
  const uncounted = uncountedOf(status);
  const found = { succeeded: [...uncounted.succeeded], failed: [...uncounted.failed], indexes: [] as number[], release: [] as Pod[] };
  const order = (a: Pod, b: Pod): number => (isIndexed(job) ? compareNumbers(indexOf(a) ?? -1, indexOf(b) ?? -1) : 0) || compareStrings(a.metadata.name, b.metadata.name);
  for (const pod of [...view.pods].sort(order)) {
    const failed = hasFailed(pod, job);
    if (!isTracked(pod) || !mayGo(view, pod, failed, verdict)) continue;
    const { uid } = pod.metadata;
    found.release.push(pod);
    if (pod.status?.phase === "Succeeded" && !known.failed.has(uid)) {
      const index = validIndex(job, pod);
      if (!isIndexed(job)) {
        if (!known.succeeded.has(uid)) found.succeeded.push(uid);
      } else if (index !== undefined && !hasIndex(view.before, index)) found.indexes.push(index);
    } else if ((failed || (verdict !== undefined && verdict.type !== "SuccessCriteriaMet")) && !known.failed.has(uid) && (!isIndexed(job) || validIndex(job, pod) !== undefined)) {
      if (matchPodFailurePolicy(job.spec.podFailurePolicy, pod).counts) found.failed.push(uid);
    }
    if (found.indexes.length + found.succeeded.length + found.failed.length >= MOST_UNCOUNTED) return { ...found, full: true };
  }
  return { ...found, full: false };
}

/** May a pod be counted now? One that failed waits for its successor when its index keeps count. Upstream: canRemoveFinalizer. */
function mayGo({ job, waiting }: View, pod: Pod, failed: boolean, verdict: Condition | undefined): boolean {
  if (job.metadata.deletionTimestamp !== undefined || verdict !== undefined || pod.status?.phase === "Succeeded") return true;
  if (!failed) return false;
  const index = indexOf(pod);
  return index === undefined || waiting.get(index)?.metadata.uid !== pod.metadata.uid;
}

function indexedCounts(view: View, status: JobStatus, newIndexes: readonly number[]): JobStatus {
  const done = withIndexes(view.done, newIndexes);
  const { completedIndexes: _old, ...rest } = status;
  const text = textOf(done);
  const succeeded = totalOf(done);
  return {
    ...rest,
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(text === "" ? {} : { completedIndexes: text }),
    ...(view.failedIndexes === undefined ? {} : { failedIndexes: textOf(view.failedIndexes) }),
  };
}

/** The condition that is shown while pods still end, and the one that ends the Job. */
function stages(status: JobStatus, verdict: Condition | undefined, now: number): { readonly interim: readonly Condition[]; readonly final: Condition | undefined } {
  if (verdict === undefined || verdict.type === "Failed") return { interim: [], final: verdict };
  const final = conditionNow(verdict.type === "FailureTarget" ? "Failed" : "Complete", "True", verdict.reason ?? "", verdict.message ?? "", now);
  return { interim: (status.conditions ?? []).some(({ type }) => type === verdict.type) ? [] : [verdict], final };
}

/** The look's result, to be written down. */
export interface Result {
  readonly status: JobStatus;
  readonly terminating: number;
  readonly verdict: Condition | undefined;
}

/**
 * Writes the status, lets counted pods go, and ends the Job once nothing is left to count and no pod still runs.
 * `flushed` is called when the counts are safe. Returns the condition that ended the Job in this look.
 */
export function track(view: View, { status, terminating, verdict }: Result, context: ControllerContext, flushed: () => void): Condition | undefined {
  const { client, now } = context;
  const held = new Set(view.pods.filter(isTracked).map(({ metadata }) => metadata.uid));
  const found = tally(view, settled(status, held), verdict);
  const { interim, final } = stages(status, verdict, now);
  const noted = withUncounted(settled(status, held), found);
  const counted = isIndexed(view.job) ? indexedCounts(view, noted, found.indexes) : noted;
  const first: JobStatus = interim.length === 0 ? counted : { ...counted, conditions: [...(counted.conditions ?? []), ...interim] };
  // As upstream, a start time alone is not worth a write.
  if (!sameButStart(first, view.job.status)) {
    writeStatus(client, view.job, first);
    flushed();
  }
  for (const pod of found.release) {
    releasePod(client, pod);
    held.delete(pod.metadata.uid);
  }
  const second = settled(first, held);
  const left = uncountedOf(second);
  const ends = final !== undefined && !found.full && left.succeeded.length + left.failed.length === 0 && terminating === 0;
  const last = ends ? finished(second, final) : second;
  if (!deepEqual(last, first)) writeStatus(client, view.job, last);
  return ends ? final : undefined;
}

function sameButStart(a: JobStatus, b: Job["status"]): boolean {
  return deepEqual({ ...a, startTime: "" }, { ...b, startTime: "" });
}

function finished(status: JobStatus, final: Condition): JobStatus {
  const conditions = [...(status.conditions ?? []), final];
  return { ...status, conditions, ...(final.type === "Complete" && final.lastTransitionTime !== undefined ? { completionTime: final.lastTransitionTime } : {}) };
}
