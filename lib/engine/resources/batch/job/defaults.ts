/** What the API server fills into Jobs and the Jobs of CronJobs. Upstream: `pkg/apis/batch/v1/defaults.go`, `pkg/registry/batch/job/strategy.go`. */
import { compareStrings } from "../../../apimachinery/compare";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { JOB } from "../../../apimachinery/kinds";
import { jsonOf } from "../../cells";
import { defaultPodTemplate } from "../../core/pod-template/defaults";
import { changed, changedEach, filled, has, objectAt } from "../../json-object";

const LEGACY_UID = "controller-uid";
const LEGACY_NAME = "job-name";
/** The label a Job's pods bear so that the Job finds them. */
export const JOB_UID_LABEL = "batch.kubernetes.io/controller-uid";
/** The label that names a pod's Job. */
export const JOB_NAME_LABEL = "batch.kubernetes.io/job-name";

/** Pod templates and failure policies are completed in CronJobs too; the rest is the Job's own. */
export function defaultJobTemplate(spec: JsonObject): JsonObject {
  const template = changed(filled(spec, { template: {} }), "template", defaultPodTemplate);
  return changed(template, "podFailurePolicy", (policy) =>
    changedEach(policy, "rules", (rule) => changedEach(rule, "onPodConditions", (pattern) => filled(pattern, { status: "True" }))),
  );
}

function complete(spec: JsonObject): JsonObject {
  const counted = has(spec, "completions") || has(spec, "parallelism") ? spec : filled(spec, { completions: 1 });
  const backoff = has(spec, "backoffLimitPerIndex") ? 2147483647 : 6;
  const replacement = has(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed";
  const filledSpec = filled(counted, { parallelism: 1, backoffLimit: backoff, completionMode: "NonIndexed", suspend: false, manualSelector: false });
  return filled(filledSpec, { podReplacementPolicy: replacement });
}

const completeJob = (spec: JsonObject): JsonObject => complete(defaultJobTemplate(spec));

/** A Job's labels are its template's when it has none. */
function withLabels(job: JsonObject): JsonObject {
  const metadata = objectAt(job, "metadata");
  const labels = objectAt(objectAt(objectAt(objectAt(job, "spec"), "template"), "metadata"), "labels");
  if (Object.keys(objectAt(metadata, "labels")).length > 0 || Object.keys(labels).length === 0) return job;
  return { ...job, metadata: { ...metadata, labels } };
}

/** Are these labels nothing but what the API server made up? Upstream looks at a Job before it copies them. */
export function areGenerated(labels: JsonObject): boolean {
  const keys = Object.keys(labels);
  return keys.length === 4 && [JOB_UID_LABEL, JOB_NAME_LABEL, LEGACY_UID, LEGACY_NAME].every((key) => has(labels, key));
}

/** A Job with everything it lacks. */
export function defaultJob(object: KubeObject): KubeObject {
  return withLabels(changed(jsonOf(normalize(JOB, object)), "spec", completeJob)) as unknown as KubeObject;
}

/** A new Job that does not bring its own selector gets one that nobody else's pods can match. */
export function generateSelector(object: KubeObject): KubeObject {
  const job = jsonOf(object);
  const spec = objectAt(job, "spec");
  if (spec["manualSelector"] === true) return object;
  const { uid, name } = object.metadata;
  const made = { [JOB_UID_LABEL]: uid, [JOB_NAME_LABEL]: name, [LEGACY_UID]: uid, [LEGACY_NAME]: name };
  const template = objectAt(spec, "template");
  const metadata = objectAt(template, "metadata");
  const before = objectAt(metadata, "labels");
  const labels = filled(before, made);
  const selector = objectAt(spec, "selector");
  const chosen = filled(objectAt(selector, "matchLabels"), { [JOB_UID_LABEL]: uid });
  const matchLabels = Object.fromEntries(Object.keys(chosen).sort(compareStrings).map((key) => [key, chosen[key]]));
  const next = { ...spec, selector: { ...selector, matchLabels }, template: { ...template, metadata: { ...metadata, labels } } };
  // Upstream shares one map between a Job without labels and its template: what is generated shows in both.
  const own = objectAt(objectAt(job, "metadata"), "labels");
  const shared = Object.keys(own).length === 0 || own === before ? { labels } : {};
  return { ...job, metadata: { ...object.metadata, ...shared }, spec: next } as unknown as KubeObject;
}
