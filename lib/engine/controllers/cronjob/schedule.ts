/** Which start is due. Upstream: pkg/controller/cronjob/utils.go. */
import { nextTime, parseCron, type CronSchedule } from "../../apimachinery/cron";
import { instantOf } from "../../apimachinery/time";
import type { CronJob } from "../../resources/batch/job/job";

/** A moment after the due time, so that a look never comes too early. Upstream: nextScheduleDelta. */
const DELTA = 100;

/** A schedule and the zone it lives in. */
export interface Timetable {
  readonly schedule: CronSchedule;
  readonly zone: string;
}

/** The timetable of a CronJob, or why it has none. */
export function timetableOf({ spec }: CronJob): Timetable | { readonly error: string } {
  const schedule = parseCron(spec.schedule);
  return "error" in schedule ? schedule : { schedule, zone: spec.timeZone ?? "UTC" };
}

/** How many starts were missed. */
export type Missed = "none" | "few" | "many";

/** What is due: `earliest` is where the search began, `recent` the last start at or before now that was not made. */
export type Due = { readonly earliest: number; readonly recent: number | undefined; readonly missed: Missed } | { readonly earliest: number; readonly error: string };

/**
 * The most recent start that is due. Counting what was missed is an estimate by the distance of the first two, as
 * upstream's; more than a hundred is many. A deadline moves the beginning of the search forward when it counts.
 */
export function mostRecentStart(cronJob: CronJob, { schedule, zone }: Timetable, now: number, withDeadline: boolean): Due {
  const earliest = earliestOf(cronJob, now, withDeadline);
  const first = nextTime(schedule, earliest, zone);
  const second = first === undefined ? undefined : nextTime(schedule, first, zone);
  if (first !== undefined && now < first) return { earliest, recent: undefined, missed: "none" };
  if (first !== undefined && second !== undefined && now < second) return { earliest, recent: first, missed: "none" };
  const apart = first === undefined || second === undefined ? 0 : Math.round((second - first) / 1000);
  if (first === undefined || apart < 1) return { earliest, error: "time difference between two schedules is less than 1 second" };
  const count = Math.floor(Math.floor((now - first) / 1000) / apart) + 1;
  let recent: number | undefined;
  let at = nextTime(schedule, first + (count - 2) * apart * 1000, zone);
  while (at !== undefined && at <= now) {
    recent = at;
    at = nextTime(schedule, at, zone);
  }
  return { earliest, recent, missed: count > 100 ? "many" : count > 0 ? "few" : "none" };
}

function earliestOf({ metadata, spec, status }: CronJob, now: number, withDeadline: boolean): number {
  const since = instantOf(status?.lastScheduleTime ?? metadata.creationTimestamp) ?? 0;
  const deadline = spec.startingDeadlineSeconds;
  return withDeadline && deadline !== undefined ? Math.max(since, now - deadline * 1000) : since;
}

/** Milliseconds until the CronJob must be looked at for its next start; undefined when there is none. */
export function nextLook(cronJob: CronJob, timetable: Timetable, now: number): number | undefined {
  const due = mostRecentStart(cronJob, timetable, now, false);
  const from = "error" in due ? now : (due.recent ?? (due.missed === "none" ? due.earliest : now));
  const next = nextTime(timetable.schedule, from, timetable.zone);
  return next === undefined ? undefined : next + DELTA - now;
}
