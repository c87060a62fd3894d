import { findCondition, type Condition } from "../../apimachinery/conditions";
import { JOB, POD } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { keyText, refOf } from "../../apimachinery/meta";
import { controllerOf, controllerOwner } from "../../apimachinery/owner";
import { timestamp } from "../../apimachinery/time";
import type { Client } from "../../client/client";
import type { Job } from "../../resources/batch/job/job";
import type { Pod } from "../../resources/core/pod/pod";
import { millis } from "../../sim/clock";
import { adopters, claim } from "../claims";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import type { Backoff } from "./backoff";
import { managePods, removePods, type Outcome } from "./manage";
import { isTracked, releasePod, TRACKING } from "./pods";
import { track } from "./track";
import { deadlineWait, isFinishedJob, verdictOf } from "./verdict";
import { conditionNow, viewOf, type JobStatus, type View } from "./view";
import { TIMERS } from "../../sim/timers";

/** Changes of pods and of a Job's status are looked at together, once a second. Upstream: SyncJobBatchPeriod. */
const BATCH = millis(TIMERS.workloads.jobBatch.ms);
const BUILT_IN = "kubernetes.io/job-controller";

const ownerOf = controllerOwner(JOB);

/** Is the Job somebody else's to run, as `spec.managedBy` says? */
function isForeign({ spec }: Job): boolean {
  return spec.managedBy !== undefined && spec.managedBy !== BUILT_IN;
}

function wakes(pod: Pod, client: Client): readonly ObjectKey[] {
  const owner = ownerOf(pod);
  return owner.length > 0 ? owner : adopters<Job & { readonly spec: { readonly selector: NonNullable<Job["spec"]["selector"]> } }>(JOB, pod, client);
}

/**
 * Runs pods to their end, as many and as often as the Job asks, and tells how it went.
 * Upstream: pkg/controller/job.
 */
export const jobController: Controller = {
  name: "job",
  eventSource: "job-controller",
  reconciles: JOB,
  watches: [{ kind: POD, owner: JOB, while: JOB, wakes: (pod, client) => wakes(pod as Pod, client) }],
  patience({ type, kind, object, previous }, client) {
    if (kind === JOB) return type === "MODIFIED" && previous?.metadata.generation === object.metadata.generation ? BATCH : millis(0);
    const [key] = ownerOf(object);
    // A pod whose Job is gone waits for nothing but to be let go.
    return key && client.get(JOB, key) === undefined ? millis(0) : BATCH;
  },
  reconcile,
};

const records = ({ state }: ControllerContext): ReturnType<typeof state.table<Backoff>> => state.table<Backoff>("job:backoff");

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const { client } = context;
  const job = client.get<Job>(JOB, key);
  if (!job) {
    records(context).delete(keyText(key));
    releaseOrphans(key, context);
    return;
  }
  if (isForeign(job)) return;
  if (isFinishedJob(job)) {
    records(context).delete(keyText(key));
    return;
  }
  const pods = claim<Pod>(client, job, POD, job.spec.selector, [TRACKING]);
  return look(job, pods, context);
}

/** Pods of a Job that is gone have nobody left to count them. Upstream: syncOrphanPod. */
function releaseOrphans({ namespace, name }: ObjectKey, { client }: ControllerContext): void {
  for (const pod of client.list<Pod>(POD, { namespace })) {
    const owner = controllerOf(pod);
    if (isTracked(pod) && owner?.name === name && ownerOf(pod).length > 0) releasePod(client, pod);
  }
}

function look(job: Job, pods: readonly Pod[], context: ControllerContext): ReconcileResult {
  const { now, client } = context;
  const started = job.status?.startTime === undefined && job.spec.suspend !== true ? { ...job, status: { ...job.status, startTime: timestamp(now) } } : job;
  const view = viewOf(started, pods, records(context).get(keyText({ namespace: job.metadata.namespace ?? "", name: job.metadata.name })));
  const verdict = verdictOf(view, now);
  const outcome = verdict === undefined ? manage(view, context) : stop(view, context);
  const suspension = verdict === undefined && outcome.managed && !isComplete(view, outcome.active) ? suspend(view, context) : { status: view.status };
  const ended = verdict ?? (isComplete(view, outcome.active) ? conditionNow("SuccessCriteriaMet", "True", "CompletionsReached", "Reached expected number of succeeded pods", now) : undefined);
  const { active: _active, ...rest } = suspension.status;
  const terminating = view.terminating + outcome.removed;
  const status: JobStatus = { ...rest, ...(outcome.active > 0 ? { active: outcome.active } : {}), ready: Math.max(0, view.ready - outcome.removedReady), terminating };
  // The start time was filled in by this look: the stored object has the last word on what changed.
  const final = track({ ...view, job }, { status, terminating, verdict: ended }, context, () => remember(view, context));
  if (final) tell(client.get<Job>(JOB, refOf(job)) ?? job, final, context);
  if (outcome.failure) throw outcome.failure;
  const waits = [outcome.wait, verdict === undefined ? deadlineWait({ ...view.job, status }, now) : undefined].filter((wait) => wait !== undefined);
  return waits.length === 0 || final ? undefined : { requeueAfter: millis(Math.min(...waits)) };
}

function remember({ job, backoff }: View, context: ControllerContext): void {
  records(context).set(keyText({ namespace: job.metadata.namespace ?? "", name: job.metadata.name }), backoff);
}

/** A look at a Job that goes on; one on its way out gets no more pods. */
function manage(view: View, context: ControllerContext): Outcome & { readonly managed: boolean } {
  if (view.job.metadata.deletionTimestamp !== undefined) return { active: view.active.length, removed: 0, removedReady: 0, managed: false };
  return { ...managePods(view, context), managed: true };
}

/** A look at a Job that is at its end: what still runs is stopped. */
function stop(view: View, context: ControllerContext): Outcome & { readonly managed: boolean } {
  return { ...removePods(view.job, view.active, false, context), active: 0, managed: false };
}

function isComplete({ job, succeeded }: View, active: number): boolean {
  return succeeded >= (job.spec.completions ?? 1) && active === 0;
}

/** Keeps the `Suspended` condition true to `spec.suspend`; a suspended Job has no start time, a resumed one's clock starts anew. */
function suspend({ job, status }: View, { now, event }: ControllerContext): { readonly status: JobStatus } {
  const suspended = job.spec.suspend === true;
  const current = findCondition(status.conditions, "Suspended");
  if ((current?.status === "True") === suspended) return { status };
  const next: Condition = suspended ? conditionNow("Suspended", "True", "JobSuspended", "Job suspended", now) : conditionNow("Suspended", "False", "JobResumed", "Job resumed", now);
  event({ ...refOf(job), uid: job.metadata.uid }, "Normal", suspended ? "Suspended" : "Resumed", next.message ?? "");
  const conditions = current ? (status.conditions ?? []).map((one) => (one === current ? next : one)) : [...(status.conditions ?? []), next];
  const { startTime: _started, ...rest } = status;
  return { status: { ...rest, conditions, ...(suspended ? {} : { startTime: timestamp(now) }) } };
}

function tell(job: Job, { type, reason = "", message = "" }: Condition, { event }: ControllerContext): void {
  const about = { ...refOf(job), uid: job.metadata.uid };
  if (type !== "Complete") return event(about, "Warning", reason, message);
  if (job.spec.completions !== undefined && (job.status?.succeeded ?? 0) > job.spec.completions) event(about, "Warning", "TooManySucceededPods", "Too many succeeded pods running after completion count reached");
  event(about, "Normal", "Completed", "Job completed");
}
