import fc from "fast-check";
import { describe, it } from "vitest";
import { CRON_JOB, JOB, POD, type Cluster, type Job, type JsonObject, type Pod } from "@/lib/engine";
import { settings } from "./generators";
import { PLACE, rough, wait, type Act } from "./histories";
import { alive, atRest, ended, endsForGood, leavesNothing, must, played, type Witness } from "./replay";

const NODES = 2;
/** Until then a Job that waits to try again may look as if it did nothing. */
const LONGEST_BACK_OFF = 660_000;
const INDEX = "batch.kubernetes.io/job-completion-index";
const TRACKING = "batch.kubernetes.io/job-tracking";
const scripts = ["exit 0", "sleep 3", "sleep 30", "sleep 2; exit 1", "exit 3", "if [ $JOB_COMPLETION_INDEX = 1 ]; then exit 1; fi; sleep 3", "if [ $JOB_COMPLETION_INDEX = 0 ]; then exit 42; fi", "n=$(date +%S); sleep 5; exit $((n % 2))", "trap 'exit 0' TERM; sleep 400", "sleep 400"];
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 2 });
/** Without the members that are absent. */
const present = (object: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject => Object.fromEntries(Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));

const failures = fc.constantFrom<JsonObject>({ action: "FailJob", onExitCodes: { operator: "In", values: [3] } }, { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] }, { action: "Count", onExitCodes: { operator: "NotIn", values: [3] } }, { action: "FailIndex", onExitCodes: { operator: "In", values: [42, 1] } });
const successes = fc.constantFrom<JsonObject>({ succeededCount: 1 }, { succeededIndexes: "0,2" }, { succeededIndexes: "0-3", succeededCount: 2 });
const spec = fc
  .record({
    completions: fc.integer({ min: 0, max: 5 }),
    work: fc.nat(3),
    parallelism: maybe(fc.integer({ min: 0, max: 4 })),
    indexed: fc.boolean(),
    backoffLimit: maybe(fc.integer({ min: 0, max: 3 })),
    perIndex: maybe(fc.integer({ min: 0, max: 2 })),
    restartPolicy: fc.constantFrom("Never", "Never", "OnFailure"),
    script: fc.constantFrom(...scripts),
    suspend: fc.nat(5),
    activeDeadlineSeconds: maybe(fc.integer({ min: 1, max: 60 })),
    ttlSecondsAfterFinished: maybe(fc.integer({ min: 0, max: 40 })),
    rule: maybe(failures),
    success: maybe(successes),
    podReplacementPolicy: maybe(fc.constantFrom("Failed", "TerminatingOrFailed")),
  })
  .map(({ completions, work, indexed, perIndex, restartPolicy, script, suspend, rule, success, podReplacementPolicy, ...rest }): JsonObject => {
    const never = restartPolicy === "Never";
    const limited = indexed && never ? perIndex : undefined;
    const ruled = never && (rule?.["action"] !== "FailIndex" || limited !== undefined) ? rule : undefined;
    return present({
      ...rest,
      completions: indexed || work > 0 ? completions : undefined,
      completionMode: indexed ? "Indexed" : undefined,
      backoffLimitPerIndex: limited,
      suspend: suspend === 0 ? true : undefined,
      podFailurePolicy: ruled && { rules: [ruled] },
      podReplacementPolicy: ruled ? "Failed" : podReplacementPolicy,
      successPolicy: indexed && success ? { rules: [success] } : undefined,
      template: { spec: { restartPolicy, terminationGracePeriodSeconds: 5, containers: [{ name: "c", image: "busybox:1.36", command: ["sh", "-c", script] }] } },
    });
  });

const names = fc.constantFrom("one", "two");
const job = fc.tuple(names, spec).map(([name, of]): Act => ({ do: "put", object: { apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace: PLACE }, spec: of } }));
const cron = fc.tuple(spec, fc.constantFrom("Allow", "Forbid", "Replace"), maybe(fc.constantFrom(5, 100)), fc.nat(3)).map(([of, concurrencyPolicy, startingDeadlineSeconds, kept]): Act => {
  const scheduled = present({ schedule: "*/2 * * * *", concurrencyPolicy, startingDeadlineSeconds, successfulJobsHistoryLimit: kept, failedJobsHistoryLimit: kept, jobTemplate: { spec: { ...of, suspend: false } } });
  return { do: "put", object: { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "tick", namespace: PLACE }, spec: scheduled } };
});
const change = (name: string, body: JsonObject): Act => ({ do: "patch", kind: JOB, name, body: { spec: body } });
const deed: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: wait },
  { weight: 3, arbitrary: job },
  { weight: 1, arbitrary: cron },
  { weight: 2, arbitrary: fc.tuple(names, fc.integer({ min: 0, max: 4 })).map(([name, parallelism]) => change(name, { parallelism })) },
  { weight: 2, arbitrary: fc.tuple(names, fc.boolean()).map(([name, suspend]) => change(name, { suspend })) },
  { weight: 3, arbitrary: rough(NODES) },
  { weight: 1, arbitrary: fc.tuple(names, fc.constantFrom("Background" as const, "Foreground" as const, "Orphan" as const)).map(([name, propagation]): Act => ({ do: "delete", kind: JOB, name, propagation })) },
);
const history = fc.tuple(fc.oneof({ weight: 4, arbitrary: job }, { weight: 1, arbitrary: cron }), fc.array(deed, { minLength: 2, maxLength: 10 })).map(([first, rest]): readonly Act[] => [first, ...rest, { do: "patch", kind: CRON_JOB, name: "tick", body: { spec: { suspend: true } } }]);

const ends = ({ status }: Job): readonly string[] => (status?.conditions ?? []).flatMap(({ type, status: is }) => ((type === "Complete" || type === "Failed") && is === "True" ? [type] : []));

/** Pods are made only while they are wanted, and never two for one index. */
const makesNoneTooMany: Witness = ({ kind, type, object }, world) => {
  if (kind !== POD || type !== "ADDED") return;
  const owner = world.of<Job>(JOB).find(({ metadata }) => metadata.uid === object.metadata.ownerReferences?.[0]?.uid);
  if (!owner) return must(object.metadata.ownerReferences === undefined, () => `pod ${object.metadata.name} of a Job that is gone`);
  must(ends(owner).length === 0 && owner.spec.suspend !== true, () => `pod ${object.metadata.name} of a Job that has ended or rests`);
  const active = world.owned<Pod>(POD, owner).filter(alive);
  must(active.length <= (owner.spec.parallelism ?? 1), () => `${active.length} active pods of ${owner.spec.parallelism}`);
  if (owner.spec.completionMode !== "Indexed") return;
  const indexes = active.map(({ metadata }) => Number(metadata.annotations?.[INDEX]));
  must(new Set(indexes).size === indexes.length && indexes.every((index) => index < (owner.spec.completions ?? 0)), () => `indexes ${indexes.join()} of ${owner.spec.completions}`);
};

/** A Job ends once, with everything counted; what was counted stays so. */
const endsOnce: Witness = ({ kind, object, previous }) => {
  if (kind !== JOB || previous === undefined) return;
  const [was, is] = [previous as Job, object as Job];
  const [before, after] = [ends(was), ends(is)];
  const { status, spec: wanted } = is;
  must(after.length <= 1 && (before.length === 0 || before[0] === after[0]), () => `ended as ${before.join()} and as ${after.join()}`);
  for (const count of ["succeeded", "failed"] as const) must((status?.[count] ?? 0) >= (was.status?.[count] ?? 0), () => `${count} was ${was.status?.[count]} and is ${status?.[count]}`);
  if (wanted.completionMode === "Indexed") must((status?.succeeded ?? 0) <= (wanted.completions ?? 0), () => `${status?.succeeded} succeeded of ${wanted.completions}`);
  if (after.length === 0 || before.length > 0) return;
  const { succeeded = [], failed = [] } = status?.uncountedTerminatedPods ?? {};
  must((status?.active ?? 0) + succeeded.length + failed.length === 0, () => `ended with pods that run or are not counted: ${JSON.stringify(status)}`);
  if (after[0] !== "Complete") return;
  must(status?.completionTime !== undefined, () => "complete, nobody knows since when");
  must(wanted.successPolicy !== undefined || (status?.succeeded ?? 0) >= (wanted.completions ?? 0), () => `complete with ${status?.succeeded} of ${wanted.completions}`);
};

function restIsTrue(cluster: Cluster): void {
  const reader = cluster.as("reader");
  for (const one of reader.list<Job>(JOB, { namespace: PLACE })) {
    const { name, uid } = one.metadata;
    const pods = reader.ownedBy<Pod>(POD, uid);
    const live = pods.filter(alive).length;
    const over = ends(one).length > 0;
    must((one.status?.active ?? 0) === live && (one.status?.terminating ?? 0) === 0, () => `${name}: ${live} pods, ${JSON.stringify(one.status)}`);
    must(over || live > 0 || one.spec.suspend === true || one.spec.parallelism === 0, () => `${name} stands still: ${JSON.stringify(one.status)}`);
    must(!over || one.spec.ttlSecondsAfterFinished === undefined, () => `${name} outlives its time`);
    // A failed pod keeps the count of its index until somebody replaces it.
    const keeps = one.spec.suspend === true && one.spec.backoffLimitPerIndex !== undefined;
    must(keeps || pods.every((pod) => !ended(pod) || pod.metadata.finalizers?.includes(TRACKING) !== true), () => `${name} has pods that ended and are not let go`);
  }
}

/** A pod that an index's count waits in stays until its Job goes on. */
const waits = (cluster: Cluster): boolean => cluster.as("reader").list<Job>(JOB, { namespace: PLACE }).some(({ spec: of }) => of.suspend === true && of.backoffLimitPerIndex !== undefined);

describe("a Job promises that", () => {
  it("itRunsWhatIsWantedAndEndsOnce", () => {
    fc.assert(
      fc.property(history, (acts) => {
        const cluster = played(NODES, acts, (event, world, now) => [endsForGood, makesNoneTooMany, endsOnce].forEach((witness) => witness(event, world, now)));
        const settled = atRest(cluster, LONGEST_BACK_OFF);
        leavesNothing(cluster, settled && !waits(cluster));
        if (settled) restIsTrue(cluster);
      }),
      settings(120),
    );
  });
});
