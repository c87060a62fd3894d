/** Creating and removing a Job's pods. Upstream: manageJob. */
import { ApiError } from "../../apimachinery/api-error";
import { refOf } from "../../apimachinery/meta";
import type { Job } from "../../resources/batch/job/job";
import type { EnvVar, Pod, PodTemplateSpec } from "../../resources/core/pod/pod";
import type { ControllerContext } from "../controller";
import { podFromTemplate } from "../pod-template";
import { isReady, isTerminating } from "../pod-state";
import { slowStart } from "../slow-start";
import { remaining, remainingForIndex } from "./backoff";
import { firstFree, merged, withIndexes } from "./indexes";
import { matchPodFailurePolicy } from "./policies";
import { COMPLETION_INDEX, INDEX_FAILURES, INDEX_IGNORED, indexFailures, indexIgnored, indexOf, isIndexed, limitsPerIndex, releasePod, replacesOnlyEnded, surplusOf, TRACKING } from "./pods";
import type { View } from "./view";

/** Most pods created or removed in one look. Upstream: MaxPodCreateDeletePerSync. */
const BURST = 500;
const INDEX_VARIABLE = "JOB_COMPLETION_INDEX";
/** A generated name leaves room for five more characters. */
const LONGEST_PREFIX = 58;

/** What a look did to the pods. `wait` asks for another look after so many milliseconds. */
export interface Outcome {
  readonly active: number;
  readonly removed: number;
  readonly removedReady: number;
  readonly wait?: number;
  readonly failure?: ApiError;
}

/** Removes pods. Those that still count are kept until they are counted, unless `uncounted` says to forget them. */
export function removePods(job: Job, pods: readonly Pod[], uncounted: boolean, { client, event }: ControllerContext): { readonly removed: number; readonly removedReady: number } {
  for (const pod of pods) {
    const current = uncounted ? releasePod(client, pod) : pod;
    if (current) client.delete(refOf(pod), { preconditions: { uid: pod.metadata.uid } });
    event({ ...refOf(job), uid: job.metadata.uid }, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
  }
  return { removed: pods.length, removedReady: pods.filter(isReady).length };
}

/** How many pods should run now. */
function wantedOf({ job, succeeded, active }: View): number {
  const { parallelism = 1, completions } = job.spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Removes the pods a Job has too many of, or creates those it lacks unless failures make it wait. */
export function managePods(view: View, context: ControllerContext): Outcome {
  const { job, active } = view;
  if (job.spec.suspend === true) return shrink(view, active, context);
  const wanted = wantedOf(view);
  const surplus = surplusOf(job, active, Math.max(0, active.length - wanted)).slice(0, BURST);
  if (surplus.length > 0) return shrink(view, surplus, context);
  const missing = wanted - active.length - (replacesOnlyEnded(job) ? view.terminating : 0);
  return missing > 0 ? grow(view, Math.min(missing, BURST), context) : still(view);
}

const still = ({ active }: View): Outcome => ({ active: active.length, removed: 0, removedReady: 0 });

/** As upstream, a Job that waits before it replaces a pod tells of no active ones, whoever still runs. */
const waiting = (wait: number): Outcome => ({ active: 0, removed: 0, removedReady: 0, wait });

function shrink(view: View, pods: readonly Pod[], context: ControllerContext): Outcome {
  const gone = removePods(view.job, pods, true, context);
  return { ...gone, active: view.active.length - gone.removed };
}

function grow(view: View, missing: number, context: ControllerContext): Outcome {
  const { job, backoff } = view;
  const { now } = context;
  const wait = limitsPerIndex(job) ? 0 : remaining(backoff, now);
  if (wait > 0) return waiting(wait);
  if (!isIndexed(job)) return create(view, Array.from({ length: missing }, () => undefined), context);
  const free = firstFree(takenIndexes(view), missing, job.spec.completions ?? 0);
  if (!limitsPerIndex(job)) return create(view, free, context);
  const waits = free.map((index) => remainingForIndex(view.waiting.get(index), now));
  const due = free.filter((_index, i) => waits[i] === 0);
  if (due.length > 0) return create(view, due, context);
  return free.length === 0 ? still(view) : waiting(Math.min(...waits));
}

function takenIndexes({ job, pods, active, done, failedIndexes }: View): ReturnType<typeof merged> {
  const busy = [...active, ...(replacesOnlyEnded(job) ? pods.filter(isTerminating) : [])].flatMap((pod) => indexOf(pod) ?? []);
  return merged(withIndexes(done, busy), failedIndexes ?? []);
}

function create(view: View, indexes: readonly (number | undefined)[], context: ControllerContext): Outcome {
  const { job } = view;
  const about = { ...refOf(job), uid: job.metadata.uid };
  let created = 0;
  const failure = slowStart(indexes.length, (i): ApiError | undefined => {
    try {
      const pod = context.client.create<Pod>(draftOf(view, indexes[i]));
      created += 1;
      context.event(about, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status.message.includes("because it is being terminated")) return undefined;
      context.event(about, "Warning", "FailedCreate", `Error creating: ${error.status.message}`);
      return error;
    }
  });
  return { active: view.active.length + created, removed: 0, removedReady: 0, ...(failure === undefined ? {} : { failure }) };
}

/** `job-3-`, shortened so that the index is always whole. Upstream: podGenerateNameWithIndex. */
export function podPrefix(job: string, index: number): string {
  const suffix = `-${index}-`;
  return `${job.slice(0, LONGEST_PREFIX - suffix.length)}${suffix}`;
}

function draftOf(view: View, index: number | undefined): ReturnType<typeof podFromTemplate> {
  const { job } = view;
  const draft = podFromTemplate(job.spec.template, job);
  const finalizers = [...new Set([...(draft.metadata.finalizers ?? []), TRACKING])];
  if (index === undefined) return { ...draft, metadata: { ...draft.metadata, finalizers } };
  const annotations = { ...draft.metadata.annotations, [COMPLETION_INDEX]: String(index), ...failureCounts(view, index) };
  const labels = { ...draft.metadata.labels, [COMPLETION_INDEX]: String(index) };
  const metadata = { ...draft.metadata, generateName: podPrefix(job.metadata.name, index), finalizers, annotations, labels };
  return { ...draft, metadata, spec: { ...withIndexVariable(draft.spec), hostname: `${job.metadata.name}-${index}` } };
}

/** What the next pod of an index carries over from the one it replaces. Upstream: getNewIndexFailureCounts. */
function failureCounts({ job, waiting }: View, index: number): Readonly<Record<string, string>> {
  if (!limitsPerIndex(job)) return {};
  const replaced = waiting.get(index);
  if (!replaced) return { [INDEX_FAILURES]: "0" };
  const { counts } = matchPodFailurePolicy(job.spec.podFailurePolicy, replaced);
  const ignored = indexIgnored(replaced) + (counts ? 0 : 1);
  return { [INDEX_FAILURES]: String(indexFailures(replaced) + (counts ? 1 : 0)), ...(ignored > 0 ? { [INDEX_IGNORED]: String(ignored) } : {}) };
}

function withIndexVariable(spec: PodTemplateSpec["spec"]): PodTemplateSpec["spec"] {
  const variable: EnvVar = { name: INDEX_VARIABLE, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } } };
  const told = <T extends { readonly env?: readonly EnvVar[] }>(container: T): T => (container.env?.some(({ name }) => name === INDEX_VARIABLE) ? container : { ...container, env: [...(container.env ?? []), variable] });
  return { ...spec, containers: spec.containers.map(told), ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(told) }) };
}
