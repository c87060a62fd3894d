import { describe, expect, it } from "vitest";
import { nextTime, parseCron } from "../../apimachinery/cron";
import { CRON_JOB, EVENT, JOB } from "../../apimachinery/kinds";
import type { JsonObject } from "../../apimachinery/meta";
import { instantOf, timestamp } from "../../apimachinery/time";
import type { Cluster } from "../../cluster";
import type { CronJob, Job } from "../../resources/batch/job/job";
import type { Event } from "../../resources/core/event/event";
import { seconds } from "../../sim/clock";
import { play, podsIn, scriptedCluster } from "../../testing/scripted";

const admin = (cluster: Cluster) => cluster.as("admin");
const key = { namespace: "default", name: "c" };

function create(cluster: Cluster, schedule: string, spec: JsonObject = {}): void {
  const template = { spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "busybox" }] } } } };
  admin(cluster).create({ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "c" }, spec: { schedule, jobTemplate: template, ...spec } });
}

const jobs = (cluster: Cluster): readonly Job[] => admin(cluster).list<Job>(JOB, { namespace: "default" });
const said = (cluster: Cluster): readonly string[] => admin(cluster).list<Event>(EVENT, { namespace: "default" }).filter(({ involvedObject }) => involvedObject.kind === "CronJob").map(({ reason, message }) => `${reason ?? ""}: ${message ?? ""}`);

/** The next times of a schedule in a zone. */
function times(schedule: string, zone: string, after: string, count: number): readonly string[] {
  const read = parseCron(schedule);
  if ("error" in read) return [read.error];
  const found: string[] = [];
  for (let at = instantOf(after); at !== undefined && found.length < count; ) {
    at = nextTime(read, at, zone);
    if (at !== undefined) found.push(timestamp(at));
  }
  return found;
}

describe("schedules", () => {
  it("skip the hour that Madrid's clocks skip, and fire twice in the one they repeat", () => {
    expect(times("30 2 * * *", "Europe/Madrid", "2026-03-28T12:00:00Z", 2)).toEqual(["2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"]);
    expect(times("30 2 * * *", "Europe/Madrid", "2026-10-24T12:00:00Z", 2)).toEqual(["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]);
  });

  it("know Morocco's Ramadan and never find 30 February", () => {
    expect(times("0 12 * * *", "Africa/Casablanca", "2026-02-14T12:00:00Z", 2)).toEqual(["2026-02-15T12:00:00Z", "2026-02-16T12:00:00Z"]);
    expect(times("0 12 * * *", "Africa/Casablanca", "2026-03-22T12:00:00Z", 1)).toEqual(["2026-03-23T11:00:00Z"]);
    expect(times("0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z", 1)).toEqual([]);
  });

  // What robfig/cron 3.0.1 itself answers.
  it.each([
    ["26 * * 2-8 *", "Australia/Lord_Howe", "2025-04-05T14:19:02Z", ["2025-04-05T14:26:00Z", "2025-04-05T15:56:00Z"]],
    ["* 9-17 12 * 3", "America/St_Johns", "2025-03-30T00:34:33Z", ["2025-04-02T11:30:00Z", "2025-04-02T11:31:00Z"]],
    ["* */5 28/10 *,6/1,5 */1", "Pacific/Chatham", "2026-11-13T05:44:03Z", ["2026-11-27T10:15:00Z", "2026-11-27T10:16:00Z"]],
    ["TZ=Local 1 1 * * *", "America/New_York", "2025-11-02T05:59:33Z", ["2025-11-03T01:01:00Z", "2025-11-04T01:01:00Z"]],
    ["@every .5h", "Europe/Berlin", "2024-09-19T19:11:17Z", ["2024-09-19T19:41:17Z", "2024-09-19T20:11:17Z"]],
    ["@every 1µs", "", "2025-10-26T01:06:11Z", ["2025-10-26T01:06:12Z", "2025-10-26T01:06:13Z"]],
    ["50 * 14-3-1-2 * 3/2,sun-1", "", "2025-03-09T07:10:16Z", ["too many hyphens: 14-3-1-2"]],
    ["*/5 22/3 20- Mar 6-5", "", "2024-02-29T00:54:47Z", ['failed to parse int from : strconv.Atoi: parsing "": invalid syntax']],
    ["26-29/1 ? 7/1 * 6-3", "", "2025-11-02T04:36:49Z", ["beginning of range (6) beyond end of range (3): 6-3"]],
  ])("%j in %s after %s", (schedule, zone, after, expected) => {
    expect(times(schedule, zone, after, 2)).toEqual(expected);
  });
});

describe("the cronjob controller", () => {
  it("keeps as many finished jobs as its history may hold, and clears what is left with the cron job", () => {
    const cluster = scriptedCluster();
    create(cluster, "* * * * *", { successfulJobsHistoryLimit: 2 });
    for (let minute = 0; minute < 6; minute += 1) {
      cluster.advance(seconds(62));
      for (const pod of podsIn(cluster)) play(cluster, pod, pod.metadata.deletionTimestamp === undefined ? "succeeded" : "gone");
      cluster.advance(seconds(3));
    }
    expect(jobs(cluster)).toHaveLength(2);
    expect(admin(cluster).get<CronJob>(CRON_JOB, key)?.status?.lastSuccessfulTime).toBeDefined();
    admin(cluster).delete({ kind: CRON_JOB, ...key }, { propagation: "Background" });
    cluster.advance(seconds(10));
    for (const pod of podsIn(cluster)) if (pod.metadata.deletionTimestamp !== undefined) play(cluster, pod, "gone");
    cluster.advance(seconds(2));
    expect([jobs(cluster).length, podsIn(cluster).length]).toEqual([0, 0]);
  });

  it("says why it does not start a job: one runs, too late, too many missed", () => {
    const cluster = scriptedCluster();
    create(cluster, "* * * * *", { concurrencyPolicy: "Forbid" });
    cluster.advance(seconds(200));
    expect(jobs(cluster)).toHaveLength(1);
    expect(said(cluster)).toContain("JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid");
    const late = scriptedCluster();
    create(late, "* * * * *", { suspend: true });
    late.advance(seconds(3 * 3600));
    admin(late).patch({ kind: CRON_JOB, ...key }, { type: "merge", body: { spec: { suspend: false } } });
    late.advance(seconds(1));
    expect(said(late)).toContain("TooManyMissedTimes: too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew");
    expect(jobs(late)).toHaveLength(1);
    const strict = scriptedCluster();
    create(strict, "0 * * * *", { suspend: true, startingDeadlineSeconds: 3600 });
    strict.advance(seconds(3600 + 600));
    admin(strict).patch({ kind: CRON_JOB, ...key }, { type: "merge", body: { spec: { suspend: false, startingDeadlineSeconds: 60 } } });
    strict.advance(seconds(1));
    expect(jobs(strict)).toEqual([]);
  });

  it("waits for the next time of a changed schedule", () => {
    const cluster = scriptedCluster();
    create(cluster, "0 * * * *");
    cluster.advance(seconds(1830));
    admin(cluster).patch({ kind: CRON_JOB, ...key }, { type: "merge", body: { spec: { schedule: "*/5 * * * *" } } });
    cluster.advance(seconds(60));
    expect(jobs(cluster)).toEqual([]);
    cluster.advance(seconds(240));
    expect(jobs(cluster).map(({ metadata }) => metadata.name)).toEqual(["c-29453795"]);
  });

  it("names its zone in the time it gives a job", () => {
    const cluster = scriptedCluster();
    create(cluster, "30 1 * * *", { timeZone: "Europe/Madrid" });
    cluster.advance(seconds(3600));
    expect(jobs(cluster).map(({ metadata }) => [metadata.name, metadata.annotations?.["batch.kubernetes.io/cronjob-scheduled-timestamp"]])).toEqual([["c-29453790", "2026-01-01T01:30:00+01:00"]]);
  });
});
