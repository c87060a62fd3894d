import { ApiError } from "../../apimachinery/api-error";
import { deepEqual } from "../../apimachinery/compare";
import { CRON_JOB, JOB } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { refOf } from "../../apimachinery/meta";
import { controllerOwner, isControlledBy } from "../../apimachinery/owner";
import { instantOf, rfc1123, timestamp } from "../../apimachinery/time";
import { isTimeZone } from "../../apimachinery/time-zones";
import { writeStatus } from "../../client/client";
import type { CronJob, Job } from "../../resources/batch/job/job";
import { millis } from "../../sim/clock";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { endOf, isFinishedJob } from "../job/verdict";
import { activeRef, cleanUp, deleteJob, jobFor, jobName, jobsOf, type ActiveRef } from "./jobs";
import { mostRecentStart, nextLook, timetableOf, type Timetable } from "./schedule";

/**
 * Creates a Job at each time of a schedule, and keeps a short history of them.
 * Upstream: pkg/controller/cronjob.
 */
export const cronJobController: Controller = {
  name: "cronjob",
  eventSource: "cronjob-controller",
  reconciles: CRON_JOB,
  watches: [{ kind: JOB, owner: CRON_JOB, wakes: controllerOwner(CRON_JOB) }],
  patience: ({ object, previous }, _client, now) => millis(object.kind === "CronJob" && previous !== undefined ? untilNext(object as CronJob, previous as CronJob, now) : 0),
  reconcile,
};

/** A changed schedule makes up for nothing: it is looked at when its next time comes. */
function untilNext(cronJob: CronJob, before: CronJob, now: number): number {
  if (cronJob.spec.schedule === before.spec.schedule && cronJob.spec.timeZone === before.spec.timeZone) return 0;
  const timetable = timetableOf(cronJob);
  return "error" in timetable ? 0 : Math.max(0, nextLook(cronJob, timetable, now) ?? 0);
}

interface Desk {
  readonly cronJob: CronJob;
  active: readonly ActiveRef[];
  lastScheduleTime: string | undefined;
  lastSuccessfulTime: string | undefined;
}

type Teller = (type: "Normal" | "Warning", reason: string, message: string) => void;

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const { client, event } = context;
  const cronJob = client.get<CronJob>(CRON_JOB, key);
  if (!cronJob) return;
  const tell: Teller = (type, reason, message) => event({ ...refOf(cronJob), uid: cronJob.metadata.uid }, type, reason, message);
  const { active = [], lastScheduleTime, lastSuccessfulTime } = cronJob.status ?? {};
  const desk: Desk = { cronJob, active, lastScheduleTime, lastSuccessfulTime };
  const jobs = jobsOf(cronJob, context);
  const removed = cleanUp(cronJob, jobs, context);
  desk.active = desk.active.filter(({ uid }) => !removed.has(uid ?? ""));
  noteJobs(desk, jobs, tell, context);
  const outcome = cronJob.metadata.deletionTimestamp === undefined && cronJob.spec.suspend !== true ? start(desk, tell, context) : {};
  const status = {
    ...(desk.active.length > 0 ? { active: desk.active } : {}),
    ...(desk.lastScheduleTime === undefined ? {} : { lastScheduleTime: desk.lastScheduleTime }),
    ...(desk.lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime: desk.lastSuccessfulTime }),
  };
  if (!deepEqual(status, cronJob.status ?? {})) writeStatus(client, cronJob, status);
  if (outcome.failure) throw outcome.failure;
  return outcome.wait === undefined ? undefined : { requeueAfter: millis(Math.max(0, outcome.wait)) };
}

/** Brings `active` and the time of the last success up to date with the Jobs there are. */
function noteJobs(desk: Desk, jobs: readonly Job[], tell: Teller, { client }: ControllerContext): void {
  for (const job of jobs) {
    const { uid, name } = job.metadata;
    const listed = desk.active.some((one) => one.uid === uid);
    const end = endOf(job);
    if (!listed && !end) tell("Warning", "UnexpectedJob", `Saw a job that the controller did not create or forgot: ${name}`);
    else if (listed && end) {
      desk.active = desk.active.filter((one) => one.uid !== uid);
      tell("Normal", "SawCompletedJob", `Saw completed job: ${name}, condition: ${end.type}`);
    } else if (end?.type === "Complete") noteSuccess(desk, job.status?.completionTime);
  }
  for (const { uid, name = "", namespace = "" } of desk.active) {
    if (jobs.some((job) => job.metadata.uid === uid) || client.get(JOB, { namespace, name })) continue;
    tell("Normal", "MissingJob", `Active job went missing: ${name}`);
    desk.active = desk.active.filter((one) => one.uid !== uid);
  }
}

/** Remembers the latest success; a Job still listed is taken off first, and looked at again. */
function noteSuccess(desk: Desk, ended: string | undefined): void {
  if (ended !== undefined && (instantOf(ended) ?? 0) > (instantOf(desk.lastSuccessfulTime ?? "") ?? -Infinity)) desk.lastSuccessfulTime = ended;
}

interface Outcome {
  readonly wait?: number | undefined;
  readonly failure?: ApiError;
}

/** Starts what is due, if concurrency and deadline allow. */
function start(desk: Desk, tell: Teller, context: ControllerContext): Outcome {
  const { cronJob } = desk;
  const { schedule, timeZone } = cronJob.spec;
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    tell("Warning", "UnknownTimeZone", `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`);
    return {};
  }
  const timetable = timetableOf(cronJob);
  if ("error" in timetable) {
    tell("Warning", "UnparseableSchedule", `unparseable schedule: ${JSON.stringify(schedule)} : ${timetable.error}`);
    return {};
  }
  const due = mostRecentStart(cronJob, timetable, context.now, true);
  if ("error" in due) {
    tell("Warning", "InvalidSchedule", `invalid schedule: ${schedule} : ${due.error}`);
    return {};
  }
  if (due.recent === undefined) return later(desk, timetable, context);
  if (due.missed === "many") tell("Warning", "TooManyMissedTimes", "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew");
  return startAt(desk, timetable, due.recent, tell, context);
}

/** Nothing to start now: another look at the next time, counted from what has been started. */
function later({ cronJob, lastScheduleTime }: Desk, timetable: Timetable, { now }: ControllerContext): Outcome {
  const seen = lastScheduleTime === undefined ? cronJob : { ...cronJob, status: { ...cronJob.status, lastScheduleTime } };
  return { wait: nextLook(seen, timetable, now) };
}

function startAt(desk: Desk, timetable: Timetable, scheduled: number, tell: Teller, context: ControllerContext): Outcome {
  const { cronJob } = desk;
  const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec;
  if (startingDeadlineSeconds !== undefined && scheduled + startingDeadlineSeconds * 1000 < context.now) {
    tell("Warning", "MissSchedule", `Missed scheduled time to start a job: ${rfc1123(scheduled)}`);
    return later(desk, timetable, context);
  }
  const name = jobName(cronJob, scheduled);
  if (desk.active.some((one) => one.name === name) || desk.lastScheduleTime === timestamp(scheduled)) return later(desk, timetable, context);
  if (concurrencyPolicy === "Forbid" && desk.active.length > 0) {
    tell("Normal", "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid");
    return later(desk, timetable, context);
  }
  if (concurrencyPolicy === "Replace") {
    for (const { namespace = "", name: running = "", uid } of desk.active) {
      const job = context.client.get<Job>(JOB, { namespace, name: running });
      if (job && deleteJob(cronJob, job, context)) desk.active = desk.active.filter((one) => one.uid !== uid);
    }
  }
  return create(desk, timetable, scheduled, tell, context);
}

function create(desk: Desk, timetable: Timetable, scheduled: number, tell: Teller, context: ControllerContext): Outcome {
  const { cronJob } = desk;
  try {
    const job = context.client.create<Job>(jobFor(cronJob, scheduled));
    tell("Normal", "SuccessfulCreate", `Created job ${job.metadata.name}`);
    desk.active = [...desk.active, activeRef(job)];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status.message.includes("because it is being terminated")) return {};
    if (error.status.reason !== "AlreadyExists") {
      tell("Warning", "FailedCreate", `Error creating job: ${error.status.message}`);
      return { failure: error };
    }
    const job = context.client.get<Job>(JOB, { namespace: cronJob.metadata.namespace ?? "", name: jobName(cronJob, scheduled) });
    if (!job || !isControlledBy(job, cronJob) || isFinishedJob(job)) return later(desk, timetable, context);
    desk.active = [...desk.active, activeRef(job)];
  }
  desk.lastScheduleTime = timestamp(scheduled);
  return later(desk, timetable, context);
}
