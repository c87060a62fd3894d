/** The Jobs of a CronJob. Upstream: getJobFromTemplate2, removeOldestJobs. */
import { ApiError } from "../../apimachinery/api-error";
import { compareStrings } from "../../apimachinery/compare";
import { JOB } from "../../apimachinery/kinds";
import { refOf, type JsonObject } from "../../apimachinery/meta";
import { controllerRef } from "../../apimachinery/owner";
import { EPOCH_DAYS, timestamp } from "../../apimachinery/time";
import { offsetAt } from "../../apimachinery/time-zones";
import type { CronJob, Job } from "../../resources/batch/job/job";
import type { ControllerContext } from "../controller";
import { endOf } from "../job/verdict";

/** When the Job was meant to start, in the CronJob's zone. */
export const SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/** One entry of `status.active`. */
export type ActiveRef = NonNullable<NonNullable<CronJob["status"]>["active"]>[number];

/** `backup-29453761`: the scheduled minute since 1970 makes a start's name its own. */
export function jobName(cronJob: CronJob, scheduled: number): string {
  return `${cronJob.metadata.name}-${Math.floor(scheduled / 60_000) + EPOCH_DAYS * 1440}`;
}

function localTime(scheduled: number, zone: string | undefined): string {
  const { offset } = offsetAt(zone ?? "UTC", scheduled);
  if (offset === 0) return timestamp(scheduled);
  const minutes = Math.abs(offset) / 60_000;
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${timestamp(scheduled + offset).slice(0, -1)}${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The Job of one start, to be created. */
export function jobFor(cronJob: CronJob, scheduled: number): JsonObject {
  const { jobTemplate, timeZone } = cronJob.spec;
  const { labels, annotations } = (jobTemplate.metadata ?? {}) as { readonly labels?: JsonObject; readonly annotations?: JsonObject };
  const metadata = {
    name: jobName(cronJob, scheduled),
    namespace: cronJob.metadata.namespace ?? "",
    ...(labels === undefined ? {} : { labels }),
    annotations: { ...annotations, [SCHEDULED_AT]: localTime(scheduled, timeZone) },
    ownerReferences: [{ ...controllerRef(cronJob) }],
  };
  return { apiVersion: "batch/v1", kind: "Job", metadata, spec: jobTemplate.spec as unknown as JsonObject };
}

/** Removes a Job and tells; false when the API refused. */
export function deleteJob(cronJob: CronJob, job: Job, { client, event }: ControllerContext): boolean {
  const about = { ...refOf(cronJob), uid: cronJob.metadata.uid };
  try {
    client.delete(refOf(job), { propagation: "Background", preconditions: { uid: job.metadata.uid } });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    event(about, "Warning", "FailedDelete", `Deleted job: ${error.status.message}`);
    return false;
  }
  event(about, "Normal", "SuccessfulDelete", `Deleted job ${job.metadata.name}`);
  return true;
}

/** Removes what the history limits leave no room for, oldest first. Returns the uids removed. */
export function cleanUp(cronJob: CronJob, jobs: readonly Job[], context: ControllerContext): ReadonlySet<string> {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
  const removed = new Set<string>();
  for (const [type, limit] of [["Complete", successfulJobsHistoryLimit], ["Failed", failedJobsHistoryLimit]] as const) {
    if (limit === undefined) continue;
    const ended = jobs.filter((job) => endOf(job)?.type === type).sort(byStart);
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) if (deleteJob(cronJob, job, context)) removed.add(job.metadata.uid);
  }
  return removed;
}

function byStart(a: Job, b: Job): number {
  const [one, other] = [a.status?.startTime, b.status?.startTime];
  if (one === undefined || other === undefined) return (one === undefined ? 1 : 0) - (other === undefined ? 1 : 0) || compareStrings(a.metadata.name, b.metadata.name);
  return compareStrings(one, other) || compareStrings(a.metadata.name, b.metadata.name);
}

/** The reference `status.active` keeps of a Job. */
export function activeRef(job: Job): ActiveRef {
  const { name, namespace = "", uid, resourceVersion } = job.metadata;
  return { apiVersion: job.apiVersion, kind: job.kind, name, namespace, uid, resourceVersion };
}

/** The Jobs a CronJob controls, by name of the CronJob. */
export function jobsOf(cronJob: CronJob, { client }: ControllerContext): readonly Job[] {
  return client.ownedBy<Job>(JOB, cronJob.metadata.uid).filter((job) => (job.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === cronJob.metadata.uid));
}
