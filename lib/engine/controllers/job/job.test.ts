import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT, JOB, POD } from "../../apimachinery/kinds";
import type { JsonObject } from "../../apimachinery/meta";
import { controllerOf } from "../../apimachinery/owner";
import type { Cluster } from "../../cluster";
import type { Job } from "../../resources/batch/job/job";
import type { Event } from "../../resources/core/event/event";
import type { Pod } from "../../resources/core/pod/pod";
import { seconds } from "../../sim/clock";
import { play, podsIn, scriptedCluster } from "../../testing/scripted";
import { isActive } from "../pod-state";
import { parseIndexes, textOf } from "./indexes";

const admin = (cluster: Cluster) => cluster.as("admin");
const key = { namespace: "default", name: "j" };

function start(cluster: Cluster, spec: JsonObject = {}): void {
  admin(cluster).create({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "j" }, spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "busybox" }] } }, ...spec } });
  cluster.advance(seconds(2));
}

const statusOf = (cluster: Cluster): NonNullable<Job["status"]> => admin(cluster).get<Job>(JOB, key)?.status ?? {};
const active = (cluster: Cluster): readonly Pod[] => podsIn(cluster).filter(isActive);
const reasons = (cluster: Cluster): readonly string[] => admin(cluster).list<Event>(EVENT, { namespace: "default" }).filter(({ involvedObject }) => involvedObject.kind === "Job").map(({ reason }) => reason ?? "");

/** Ends so many running pods, and lets those on their way out go. */
function end(cluster: Cluster, move: "succeeded" | "failed", count = 1): void {
  for (const pod of active(cluster).slice(0, count)) play(cluster, pod, move);
  cluster.advance(seconds(2));
  for (const pod of podsIn(cluster)) if (pod.metadata.deletionTimestamp !== undefined) play(cluster, pod, "gone");
  cluster.advance(seconds(2));
}

describe("the job controller", () => {
  it("waits ten seconds after a failure, twenty after the next, and gives up after the last", () => {
    const cluster = scriptedCluster();
    start(cluster, { backoffLimit: 2 });
    const births: number[] = [];
    for (let failure = 0; failure < 3; failure += 1) {
      end(cluster, "failed");
      const failed = cluster.now;
      while (active(cluster).length === 0 && cluster.now < failed + 60_000) cluster.advance(seconds(1));
      births.push(Math.round((cluster.now - failed + 4000) / 1000));
    }
    expect(births.slice(0, 2)).toEqual([10, 20]);
    expect(statusOf(cluster).conditions?.map(({ type, reason }) => [type, reason])).toEqual([["FailureTarget", "BackoffLimitExceeded"], ["Failed", "BackoffLimitExceeded"]]);
    expect(reasons(cluster)).toContain("BackoffLimitExceeded");
  });

  it("tells of no active pods while it waits before replacing one, although others run", () => {
    const cluster = scriptedCluster();
    start(cluster, { completions: 2, parallelism: 2 });
    for (const pod of podsIn(cluster)) play(cluster, pod, "ready");
    cluster.advance(seconds(2));
    expect(statusOf(cluster)).toMatchObject({ active: 2, ready: 2 });
    end(cluster, "failed");
    expect(active(cluster)).toHaveLength(1);
    expect([statusOf(cluster).active, statusOf(cluster).ready, statusOf(cluster).failed]).toEqual([undefined, 1, 1]);
    cluster.advance(seconds(12));
    expect(statusOf(cluster)).toMatchObject({ active: 2, ready: 1 });
  });

  it("stops the pods of a suspended job without counting them, and starts the clock anew when it is resumed", () => {
    const cluster = scriptedCluster();
    start(cluster, { completions: 2, parallelism: 2, activeDeadlineSeconds: 30 });
    const suspend = (value: boolean): void => {
      admin(cluster).patch({ kind: JOB, ...key }, { type: "merge", body: { spec: { suspend: value } } });
      cluster.advance(seconds(3));
    };
    suspend(true);
    expect(statusOf(cluster)).toMatchObject({ ready: 0, conditions: [{ type: "Suspended", status: "True", reason: "JobSuspended" }] });
    expect([statusOf(cluster).active, statusOf(cluster).failed]).toEqual([undefined, undefined]);
    cluster.advance(seconds(100));
    suspend(false);
    expect(statusOf(cluster)).toMatchObject({ active: 2, conditions: [{ type: "Suspended", status: "False", reason: "JobResumed" }] });
    expect(statusOf(cluster).startTime).toBe("2026-01-01T00:01:45Z");
  });

  it("replaces only pods that have ended when told so", () => {
    const cluster = scriptedCluster();
    start(cluster, { podReplacementPolicy: "Failed" });
    const [pod] = active(cluster);
    play(cluster, pod as Pod, "ready");
    admin(cluster).delete({ kind: POD, namespace: "default", name: pod?.metadata.name ?? "" });
    cluster.advance(seconds(20));
    expect([active(cluster).length, statusOf(cluster).terminating]).toEqual([0, 1]);
  });

  it("leaves the pods of a job that somebody else manages alone", () => {
    const cluster = scriptedCluster();
    start(cluster, { managedBy: "example.com/other" });
    expect(podsIn(cluster)).toEqual([]);
  });

  it("reads back the indexes it writes", () => {
    expect(textOf(parseIndexes("0,2,3,4,6,7", 10))).toBe("0,2-4,6,7");
    expect(textOf(parseIndexes("0-4,8-12", 10))).toBe("0-4,8,9");
  });

  it("counts every pod once and leaves no orphan, whatever happens and however it is deleted", () => {
    const spec = fc.record({ completions: fc.integer({ min: 1, max: 5 }), parallelism: fc.integer({ min: 1, max: 4 }), completionMode: fc.constantFrom("Indexed", "NonIndexed"), backoffLimit: fc.integer({ min: 0, max: 3 }) });
    const moves = fc.array(fc.constantFrom("succeeded" as const, "failed" as const), { maxLength: 8 });
    fc.assert(
      fc.property(spec, moves, fc.constantFrom("Background" as const, "Foreground" as const), (given, happenings, propagation) => {
        const cluster = scriptedCluster();
        start(cluster, given);
        for (const move of happenings) {
          end(cluster, move);
          const { succeeded = 0, failed = 0, uncountedTerminatedPods = {} } = statusOf(cluster);
          expect(succeeded + failed).toBeLessThanOrEqual(podsIn(cluster).length + given.completions + 4);
          expect(succeeded).toBeLessThanOrEqual(given.completions);
          expect(uncountedTerminatedPods).toEqual({});
          cluster.advance(seconds(60));
        }
        admin(cluster).delete({ kind: JOB, ...key }, { propagation });
        for (let round = 0; round < 3; round += 1) {
          cluster.advance(seconds(2));
          for (const pod of podsIn(cluster)) if (pod.metadata.deletionTimestamp !== undefined) play(cluster, pod, "gone");
        }
        cluster.advance(seconds(2));
        expect(podsIn(cluster).filter((pod) => controllerOf(pod) !== undefined)).toEqual([]);
        expect(admin(cluster).get(JOB, key)).toBeUndefined();
      }),
      { numRuns: 8 },
    );
  });
});
