import { ApiError } from "@/lib/engine/apimachinery/api-error";
import { goDuration } from "@/lib/engine/apimachinery/duration";
import { nextTime, parseCron } from "@/lib/engine/apimachinery/cron";
import { CRON_JOB, JOB } from "@/lib/engine/apimachinery/kinds";
import type { JsonObject } from "@/lib/engine/apimachinery/meta";
import { instantOf, timestamp } from "@/lib/engine/apimachinery/time";
import { jobName, SCHEDULED_AT } from "@/lib/engine/controllers/cronjob/jobs";
import { mostRecentStart, nextLook, timetableOf } from "@/lib/engine/controllers/cronjob/schedule";
import type { CronJob, Job } from "@/lib/engine/models";
import { millis, seconds } from "@/lib/engine/sim/clock";
import { play, podsIn, scriptedCluster } from "@/lib/engine/testing/scripted";
import { compare, type Adapter, type VectorCase } from "./adapter";

const NS = "default";
const MISSED = { none: 0, few: 1, many: 2 };

function next({ input, expected }: VectorCase): ReturnType<Adapter> {
  const schedule = parseCron(input["schedule"] as string);
  if ("error" in schedule) return compare({ error: schedule.error }, expected);
  if ("error" in expected) return { pass: false, got: schedule };
  const times: string[] = [];
  let at = instantOf(input["after"] as string);
  for (let i = 0; i < 5 && at !== undefined; i += 1) {
    at = nextTime(schedule, at, input["timeZone"] as string);
    times.push(at === undefined ? "never" : timestamp(at));
  }
  return compare({ next: times }, expected);
}

function whole(input: VectorCase["input"]): { readonly cronJob: CronJob; readonly now: number } {
  const cronJob = input["cj"] as CronJob;
  return { cronJob, now: instantOf(input["now"] as string) ?? 0 };
}

function recent({ input, expected }: VectorCase): ReturnType<Adapter> {
  const { cronJob, now } = whole(input);
  const timetable = timetableOf(cronJob);
  if ("error" in timetable) return { pass: false, got: timetable };
  const due = mostRecentStart(cronJob, timetable, now, input["includeStartingDeadlineSeconds"] === true);
  const told = "error" in due ? [timestamp(due.earliest), null, 0, due.error] : [timestamp(due.earliest), due.recent === undefined ? null : timestamp(due.recent), MISSED[due.missed], null];
  return compare({ result: told }, expected);
}

function look({ input, expected }: VectorCase): ReturnType<Adapter> {
  const { cronJob, now } = whole(input);
  const timetable = timetableOf(cronJob);
  if ("error" in timetable) return { pass: false, got: timetable };
  return compare({ result: goDuration(nextLook(cronJob, timetable, now) ?? 0) }, expected);
}

function create({ input, expected }: VectorCase): ReturnType<Adapter> {
  const cluster = scriptedCluster([]);
  try {
    const { spec } = cluster.as("admin").create<CronJob>({ ...(input["object"] as JsonObject) }, { dryRun: true });
    const { schedule, timeZone = null, concurrencyPolicy, suspend, successfulJobsHistoryLimit, failedJobsHistoryLimit, startingDeadlineSeconds = null } = spec;
    return compare({ accepted: true, spec: { schedule, timeZone, concurrencyPolicy, suspend, successfulJobsHistoryLimit, failedJobsHistoryLimit, startingDeadlineSeconds } }, expected);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return compare({ accepted: false, message: error.status.message }, expected);
  }
}

/** Created in the middle of minute 0; seen a quarter past each of the next three minutes. */
function ticks({ input, expected }: VectorCase): ReturnType<Adapter> {
  const cluster = scriptedCluster();
  const given = input["object"] as JsonObject & { readonly metadata: { readonly name: string } };
  cluster.advance(seconds(30));
  cluster.as("admin").create({ ...given, metadata: { ...given.metadata, namespace: NS } });
  const reader = cluster.as("test");
  const afterTick: unknown[] = [];
  for (let tick = 1; tick <= 3; tick += 1) {
    for (let waited = tick === 1 ? 15 : 0; waited < 60; waited += 1) {
      cluster.advance(seconds(1));
      for (const pod of podsIn(cluster, NS)) {
        if (pod.metadata.deletionTimestamp !== undefined) play(cluster, pod, "gone");
        else if (given.metadata.name === "hist" && pod.status?.phase === "Pending") play(cluster, pod, "succeeded");
      }
    }
    cluster.advance(millis(0));
    const cronJob = reader.get<CronJob>(CRON_JOB, { namespace: NS, name: given.metadata.name });
    const at = (text: string | undefined): number | null => (text === undefined ? null : (instantOf(text) ?? 0) / 60_000);
    const jobs = reader.list<Job>(JOB, { namespace: NS }).map((job) => ({
      tick: at(job.metadata.annotations?.[SCHEDULED_AT]),
      nameIsCronJobDashMinutesSinceEpoch: cronJob !== undefined && job.metadata.name === jobName(cronJob, instantOf(job.metadata.annotations?.[SCHEDULED_AT] ?? "") ?? 0),
      scheduledAtAnnotation: job.metadata.annotations?.[SCHEDULED_AT] !== undefined,
      deleting: job.metadata.deletionTimestamp !== undefined,
      succeeded: job.status?.succeeded ?? 0,
    }));
    afterTick.push({ jobs, active: (cronJob?.status?.active ?? []).length, lastScheduleTick: at(cronJob?.status?.lastScheduleTime) });
  }
  return compare({ afterTick }, expected);
}

/** `behaviour/cron`: the schedule language, which start is due, and CronJobs over three minutes. */
export const cron: Adapter = (vector, file) => {
  const { op } = vector.input;
  if (op === "nextTimes") return next(vector);
  if (op === "parseError") return next(vector);
  if (op === "mostRecentScheduleTime") return recent(vector);
  if (op === "nextScheduleTimeDuration") return look(vector);
  if (op === "createCronJob") return create(vector);
  if (op === "cronJobTicks") return ticks(vector);
  return { skip: `not the dialect of CronJobs: ${String(op)} in ${file}` };
};
