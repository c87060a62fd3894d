/** A Job and its pods as one look sees them. Upstream: syncJobCtx and what fills it. */
import type { Condition } from "../../apimachinery/conditions";
import { timestamp } from "../../apimachinery/time";
import type { Job } from "../../resources/batch/job/job";
import type { Pod } from "../../resources/core/pod/pod";
import { isActive, isReady, isTerminating } from "../pod-state";
import { nextBackoff, type Backoff } from "./backoff";
import { hasIndex, parseIndexes, totalOf, withIndexes, type Indexes } from "./indexes";
import { matchPodFailurePolicy } from "./policies";
import { finishedAt, hasFailed, indexFailures, indexIgnored, indexOf, isIndexed, isTracked, limitsPerIndex, validIndex } from "./pods";

/** A Job's status, once written. */
export type JobStatus = NonNullable<Job["status"]>;

/** What a look knows before it acts. */
export interface View {
  readonly job: Job;
  readonly status: JobStatus;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly backoff: Backoff;
  readonly known: { readonly succeeded: ReadonlySet<string>; readonly failed: ReadonlySet<string> };
  /** Of an Indexed Job: indexes done before this look, and with it. */
  readonly before: Indexes;
  readonly done: Indexes;
  /** Of a Job whose indexes have their own limit. */
  readonly failedIndexes: Indexes | undefined;
  /** The failed pod of an index that nobody has replaced yet: it keeps the count of failures until somebody does. */
  readonly waiting: ReadonlyMap<number, Pod>;
}

/** A condition that came about now. */
export function conditionNow(type: string, status: Condition["status"], reason: string, message: string, now: number): Condition {
  const stamp = timestamp(now);
  return { type, status, lastProbeTime: stamp, lastTransitionTime: stamp, reason, message };
}

/** Pods that ended and are not counted yet. */
function uncountedPods(job: Job, pods: readonly Pod[], known: ReadonlySet<string>): readonly Pod[] {
  return pods.filter((pod) => isTracked(pod) && !known.has(pod.metadata.uid) && (!isIndexed(job) || validIndex(job, pod) !== undefined));
}

/** Looks at a Job and its pods. `remembered` is the back-off record of the looks before. */
export function viewOf(job: Job, pods: readonly Pod[], remembered: Backoff | undefined): View {
  const status: JobStatus = { ...job.status, uncountedTerminatedPods: job.status?.uncountedTerminatedPods ?? {} };
  const known = { succeeded: new Set(status.uncountedTerminatedPods?.succeeded ?? []), failed: new Set(status.uncountedTerminatedPods?.failed ?? []) };
  const active = pods.filter(isActive);
  const newlyDone = uncountedPods(job, pods, known.succeeded).filter((pod) => pod.status?.phase === "Succeeded");
  const newlyFailed = uncountedPods(job, pods, known.failed).filter((pod) => hasFailed(pod, job));
  const counting = job.spec.podFailurePolicy ? newlyFailed.filter((pod) => matchPodFailurePolicy(job.spec.podFailurePolicy, pod).counts) : newlyFailed;
  const completions = job.spec.completions ?? 0;
  const before = isIndexed(job) ? parseIndexes(status.completedIndexes ?? "", completions) : [];
  const done = isIndexed(job) ? withIndexes(before, validIndexes(job, pods.filter((pod) => pod.status?.phase === "Succeeded" && isTracked(pod)))) : [];
  const failedIndexes = limitsPerIndex(job) ? failedOf(job, pods) : undefined;
  return {
    job,
    status,
    pods,
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter(isTerminating).length,
    succeeded: isIndexed(job) ? totalOf(done) : (status.succeeded ?? 0) + newlyDone.length + known.succeeded.size,
    failed: (status.failed ?? 0) + counting.length + known.failed.size,
    backoff: nextBackoff(remembered, newlyDone, newlyFailed),
    known,
    before,
    done,
    failedIndexes,
    waiting: failedIndexes === undefined ? new Map() : waitingPods(job, pods, active, done, failedIndexes),
  };
}

function validIndexes(job: Job, pods: readonly Pod[]): readonly number[] {
  return pods.flatMap((pod) => validIndex(job, pod) ?? []);
}

function failedOf(job: Job, pods: readonly Pod[]): Indexes {
  const before = parseIndexes(job.status?.failedIndexes ?? "", job.spec.completions ?? 0);
  return withIndexes(before, validIndexes(job, pods.filter((pod) => isTracked(pod) && failsIndex(job, pod))));
}

/** Is this failure one too many for the pod's index? Upstream: isIndexFailed. */
export function failsIndex(job: Job, pod: Pod): boolean {
  if (!hasFailed(pod, job)) return false;
  const { counts, action } = matchPodFailurePolicy(job.spec.podFailurePolicy, pod);
  return action === "FailIndex" || (counts && indexFailures(pod) >= (job.spec.backoffLimitPerIndex ?? 0));
}

function waitingPods(job: Job, pods: readonly Pod[], active: readonly Pod[], done: Indexes, failed: Indexes): ReadonlyMap<number, Pod> {
  const taken = new Set(active.map(indexOf));
  const waiting = new Map<number, Pod>();
  const failures = (pod: Pod): number => indexFailures(pod) + indexIgnored(pod);
  for (const pod of pods) {
    const index = isTracked(pod) && hasFailed(pod, job) ? validIndex(job, pod) : undefined;
    if (index === undefined || taken.has(index) || hasIndex(done, index) || hasIndex(failed, index)) continue;
    const other = waiting.get(index);
    if (!other || (failures(other) <= failures(pod) && finishedAt(pod) >= finishedAt(other))) waiting.set(index, pod);
  }
  return waiting;
}
