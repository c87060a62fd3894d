/** The rules of Jobs and of the Jobs CronJobs make. Upstream: `pkg/apis/batch/validation`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { compareStrings, deepEqual } from "../../../apimachinery/compare";
import { goTemplate } from "../../../apimachinery/go-json";
import { compileLabelSelector, matches, type LabelSelector } from "../../../apimachinery/labels";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors } from "../../../apimachinery/names";
import { specOf } from "../../cells";
import { validatePodTemplate } from "../../core/pod-template/validation";
import { Findings } from "../../findings";
import { domainPrefixedPathErrors } from "../../path-names";
import { has, numberAt, objectAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata, validateSelector } from "../../meta-validation";
import { areGenerated, JOB_NAME_LABEL, JOB_UID_LABEL } from "./defaults";
import { goFailurePolicy, goSuccessPolicy, validateFailurePolicy, validateSuccessPolicy } from "./policies";

const MODES = ["NonIndexed", "Indexed"];
const COUNTS = ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex"];
const MOST = 100000;
const MOST_OF_LARGE = 10000;

/** An Indexed Job so large that counting its failures by index would not fit its status. */
function largeRules(found: Findings, path: string, spec: JsonObject): void {
  const [parallelism, failed] = [numberAt(spec, "parallelism") ?? 0, numberAt(spec, "maxFailedIndexes")];
  if (failed === undefined) found.required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${MOST}`);
  const words = `must be less than or equal to ${MOST_OF_LARGE} when completions are above ${MOST} and used with backoff limit per index`;
  if (parallelism > MOST_OF_LARGE) found.invalid(`${path}.parallelism`, parallelism, words);
  if (failed !== undefined && failed > MOST_OF_LARGE) found.invalid(`${path}.maxFailedIndexes`, failed, words);
}

function indexedRules(found: Findings, path: string, spec: JsonObject): void {
  const mode = textAt(spec, "completionMode");
  if (has(spec, "completionMode") && !MODES.includes(mode)) found.notSupported(`${path}.completionMode`, mode, MODES);
  const [completions, parallelism, failed] = [numberAt(spec, "completions"), numberAt(spec, "parallelism"), numberAt(spec, "maxFailedIndexes")];
  if (mode !== "Indexed") {
    for (const field of ["backoffLimitPerIndex", "maxFailedIndexes"]) if (has(spec, field)) found.invalid(`${path}.${field}`, spec[field], "requires indexed completion mode");
    return;
  }
  if (completions === undefined) found.required(`${path}.completions`, "when completion mode is Indexed");
  if ((parallelism ?? 0) > MOST) found.invalid(`${path}.parallelism`, parallelism, `must be less than or equal to ${MOST} when completion mode is Indexed`);
  if (completions !== undefined && failed !== undefined && failed > completions) found.invalid(`${path}.maxFailedIndexes`, failed, "must be less than or equal to completions");
  if (failed !== undefined && failed > MOST) found.invalid(`${path}.maxFailedIndexes`, failed, `must be less than or equal to ${MOST}`);
  if ((completions ?? 0) > MOST && has(spec, "backoffLimitPerIndex")) largeRules(found, path, spec);
}

function restartRules(found: Findings, path: string, spec: JsonObject): void {
  const policy = textAt(objectAt(objectAt(spec, "template"), "spec"), "restartPolicy");
  const at = `${path}.template.spec.restartPolicy`;
  if (policy === "" || policy === "Always") found.required(at, 'valid values: "OnFailure", "Never"');
  else if (policy !== "OnFailure" && policy !== "Never") found.notSupported(at, policy, ["OnFailure", "Never"]);
  else if (has(spec, "podFailurePolicy") && policy !== "Never") found.invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified');
}

/** A Job's spec, but for its selector. */
export function validateJobSpec(found: Findings, path: string, spec: JsonObject): void {
  for (const field of COUNTS) found.nonNegative(`${path}.${field}`, numberAt(spec, field));
  const failed = numberAt(spec, "maxFailedIndexes");
  found.nonNegative(`${path}.maxFailedIndexes`, failed);
  if (failed !== undefined && !has(spec, "backoffLimitPerIndex")) found.required(`${path}.backoffLimitPerIndex`, "when maxFailedIndexes is specified");
  if (has(spec, "managedBy")) {
    const manager = textAt(spec, "managedBy");
    found.names(`${path}.managedBy`, manager, domainPrefixedPathErrors(manager));
    if (manager.length > 63) found.tooLong(`${path}.managedBy`, 63);
  }
  indexedRules(found, path, spec);
  if (has(spec, "podFailurePolicy")) validateFailurePolicy(found, `${path}.podFailurePolicy`, spec);
  if (has(spec, "successPolicy")) validateSuccessPolicy(found, `${path}.successPolicy`, spec);
  const replacement = textAt(spec, "podReplacementPolicy");
  const allowed = has(spec, "podFailurePolicy") ? ["Failed"] : ["Failed", "TerminatingOrFailed"];
  if (has(spec, "podReplacementPolicy") && !allowed.includes(replacement)) found.notSupported(`${path}.podReplacementPolicy`, replacement, allowed);
  validatePodTemplate(found, `${path}.template`, objectAt(spec, "template"));
  restartRules(found, path, spec);
}

/** What the API server made up must be what it would make up now: nobody gives a Job somebody else's pods. */
function generatedSelector(found: Findings, object: KubeObject, spec: JsonObject): void {
  if (spec["manualSelector"] === true || !has(spec, "selector")) return;
  const { uid, name = "" } = object.metadata;
  const expected: Record<string, string> = { "controller-uid": uid, "job-name": name, [JOB_UID_LABEL]: uid, [JOB_NAME_LABEL]: name };
  const labels = objectAt(objectAt(objectAt(spec, "template"), "metadata"), "labels");
  for (const [key, value] of Object.entries(expected)) {
    const path = `spec.template.metadata.labels[${key}]`;
    if (!has(labels, key) && value !== "") found.required(path, `must be '${value}'`);
    else if ((labels[key] ?? "") !== value) found.invalid(path, labels, `must be '${value}'`);
  }
  const compiled = compileLabelSelector(objectAt(spec, "selector") as LabelSelector);
  if (!("error" in compiled) && !matches(compiled.selector, expected)) found.invalid("spec.selector", spec["selector"], "`selector` not auto-generated");
}

function selector(found: Findings, spec: JsonObject): void {
  if (!has(spec, "selector")) found.required("spec.selector");
  else validateSelector(found, "spec.selector", objectAt(spec, "selector"));
  const compiled = compileLabelSelector(objectAt(spec, "selector") as LabelSelector);
  const labels = objectAt(objectAt(objectAt(spec, "template"), "metadata"), "labels");
  if (!("error" in compiled) && !matches(compiled.selector, labels as Record<string, string>)) {
    found.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`", "selector-matches-template");
  }
}

const FIXED = ["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"];
const MOVABLE = ["nodeSelector", "affinity", "tolerations", "schedulingGates"];

function validateUpdate(found: Findings, spec: JsonObject, before: JsonObject, status: JsonObject): void {
  const elastic = textAt(spec, "completionMode") === "Indexed" && spec["completions"] === spec["parallelism"];
  if (!elastic || !has(before, "completions")) immutable(found, "spec.completions", spec["completions"], before["completions"]);
  immutable(found, "spec.selector", spec["selector"], before["selector"]);
  // A suspended Job that never started may still be sent elsewhere.
  const idle = before["suspend"] === true && !has(status, "startTime");
  const plain = (template: JsonObject): JsonObject => {
    const pod: Record<string, JsonObject[string]> = { ...objectAt(template, "spec") };
    for (const key of MOVABLE) delete pod[key];
    return { spec: pod };
  };
  const [now, then] = [objectAt(spec, "template"), objectAt(before, "template")];
  if (!(idle && deepEqual(plain(now), plain(then))) && !deepEqual(now, then)) found.invalid("spec.template", goTemplate(now), "field is immutable", "immutable");
  for (const field of FIXED) if (!deepEqual(spec[field] ?? null, before[field] ?? null)) found.invalid(`spec.${field}`, quoted(field, spec[field]), "field is immutable", "immutable");
}

/** A field as Go prints what it keeps of it. */
function quoted(field: string, value: JsonObject[string]): Json {
  if (value === undefined || value === null) return null;
  if (field === "successPolicy") return goSuccessPolicy(value as JsonObject);
  return field === "podFailurePolicy" ? goFailurePolicy(value as JsonObject) : value;
}

/** A spec whose selector is printed as Go prints maps: by name. */
function inOrder(spec: JsonObject): JsonObject {
  const own = objectAt(spec, "selector");
  const labels = objectAt(own, "matchLabels");
  return has(own, "matchLabels") ? { ...spec, selector: { ...own, matchLabels: Object.fromEntries(Object.keys(labels).sort(compareStrings).map((key) => [key, labels[key]])) } } : spec;
}

/** Everything wrong with a Job. */
export function validateJob(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("job");
  const spec = inOrder(specOf(object));
  const { labels = {}, ...metadata } = object.metadata;
  validateMetadata(found, previous === undefined && areGenerated(labels) ? { ...object, metadata } : object);
  generatedSelector(found, object, spec);
  validateJobSpec(found, "spec", spec);
  selector(found, spec);
  if (previous !== undefined) {
    // Upstream looks at the spec of a changed Job twice, and tells of each mistake as often among the causes.
    validateJobSpec(found, "spec", spec);
    selector(found, spec);
    validateUpdate(found, spec, inOrder(specOf(previous)), objectAt(previous as unknown as JsonObject, "status"));
    return found.errors;
  }
  const completions = numberAt(spec, "completions") ?? 0;
  if (textAt(spec, "completionMode") === "Indexed" && completions > 0) {
    const name = object.metadata.name ?? "";
    const pod = `${name}-${completions - 1}`;
    if (dns1123LabelErrors(pod).length > 0) found.invalid("metadata.name", name, `will not able to create pod with invalid DNS label: ${pod}`);
  }
  return found.errors;
}
