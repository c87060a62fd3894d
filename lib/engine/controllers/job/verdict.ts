/** Whether a Job is at its end. Upstream: the first half of syncJob. */
import { findCondition, type Condition } from "../../apimachinery/conditions";
import { instantOf } from "../../apimachinery/time";
import type { Job } from "../../resources/batch/job/job";
import { restartsIncludingInit } from "./restarts";
import { totalOf } from "./indexes";
import { matchPodFailurePolicy, matchSuccessPolicy } from "./policies";
import { hasFailed, isIndexed } from "./pods";
import { conditionNow, type View } from "./view";

/** Has the Job ended, one way or the other? */
export function isFinishedJob(job: Job): boolean {
  return endOf(job) !== undefined;
}

/** The condition that ended the Job. */
export function endOf(job: Job): Condition | undefined {
  return (job.status?.conditions ?? []).find(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True");
}

const isSet = (condition: Condition | undefined): condition is Condition => condition?.status === "True";

/**
 * The condition that ends the Job, if anything does: what an earlier look decided, a failure policy, too many
 * failures, the deadline, failed indexes, or a success policy, in this order.
 */
export function verdictOf(view: View, now: number): Condition | undefined {
  const { job, status } = view;
  const success = findCondition(status.conditions, "SuccessCriteriaMet");
  if (isSet(success)) return success;
  const target = findCondition(status.conditions, "FailureTarget");
  if (isSet(target)) return conditionNow("Failed", "True", target.reason ?? "", target.message ?? "", now);
  const fail = (reason: string, message: string): Condition => conditionNow("FailureTarget", "True", reason, message, now);
  const message = policyMessage(view);
  if (message !== undefined) return fail("PodFailurePolicy", message);
  if (view.failed > (job.spec.backoffLimit ?? 6) || restartsExceeded(view)) return fail("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  if (deadlineWait(job, now) === 0) return fail("DeadlineExceeded", "Job was active longer than specified deadline");
  return isIndexed(job) ? indexedVerdict(view, fail, now) : undefined;
}

function indexedVerdict({ job, failedIndexes, done }: View, fail: (reason: string, message: string) => Condition, now: number): Condition | undefined {
  const { completions = 0, maxFailedIndexes, successPolicy } = job.spec;
  const failed = totalOf(failedIndexes ?? []);
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) return fail("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
  if (failed > 0 && failed + totalOf(done) >= completions) return fail("FailedIndexes", "Job has failed indexes");
  const met = matchSuccessPolicy(successPolicy, completions, done);
  return met === undefined ? undefined : conditionNow("SuccessCriteriaMet", "True", "SuccessPolicy", met, now);
}

function policyMessage({ job, pods }: View): string | undefined {
  if (job.spec.podFailurePolicy === undefined) return undefined;
  for (const pod of pods) {
    const message = hasFailed(pod, job) ? matchPodFailurePolicy(job.spec.podFailurePolicy, pod).message : undefined;
    if (message !== undefined) return message;
  }
  return undefined;
}

/** With `OnFailure` containers are restarted in place, and their restarts count. Upstream: pastBackoffLimitOnFailure. */
function restartsExceeded({ job, pods }: View): boolean {
  if (job.spec.template.spec.restartPolicy !== "OnFailure") return false;
  const limit = job.spec.backoffLimit ?? 6;
  const restarts = pods.filter(({ status }) => status?.phase === "Running" || status?.phase === "Pending").reduce((sum, pod) => sum + restartsIncludingInit(pod), 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Milliseconds until the Job's deadline, 0 when it is past; undefined when it has none or its clock stands still. */
export function deadlineWait({ spec, status }: Job, now: number): number | undefined {
  const started = instantOf(status?.startTime ?? "");
  if (spec.activeDeadlineSeconds === undefined || started === undefined || spec.suspend === true) return undefined;
  return Math.max(0, started + spec.activeDeadlineSeconds * 1000 - now);
}
