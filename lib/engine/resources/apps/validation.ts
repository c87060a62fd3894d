/** The rules of the kinds that make pods. Upstream: `pkg/apis/apps/validation`. */
import type { FieldError } from "../../apimachinery/api-error";
import { deepEqual } from "../../apimachinery/compare";
import { intOrPercentOf } from "../../apimachinery/intstr";
import { compileLabelSelector, matches, type LabelSelector, type Selector } from "../../apimachinery/labels";
import type { JsonObject, KubeObject } from "../../apimachinery/meta";
import { dns1123LabelErrors } from "../../apimachinery/names";
import { specOf, statusOf } from "../cells";
import { validateClaimSpec } from "../core/persistentvolumeclaim/validation";
import { validatePodTemplate } from "../core/pod-template/validation";
import { Findings } from "../findings";
import { has, numberAt, objectAt, objectsAt, textAt } from "../json-object";
import { immutable, onlyStatusDiffers, validateLabels, validateMetadata, validateSelector } from "../meta-validation";

const TEMPLATE = "spec.template";
const isEmpty = (selector: JsonObject): boolean => Object.keys(objectAt(selector, "matchLabels")).length === 0 && objectsAt(selector, "matchExpressions").length === 0;

/** Selector and template belong together: what a workload makes it must also find again. */
function selectorAndTemplate(found: Findings, kind: string, spec: JsonObject, complaint: string): void {
  const selector = objectAt(spec, "selector");
  // Upstream has no words for a DaemonSet without one: it only finds that the labels do not match.
  if (!has(spec, "selector") && kind !== "daemonset") found.required("spec.selector");
  else {
    validateSelector(found, "spec.selector", selector);
    if (has(spec, "selector") && isEmpty(selector)) found.invalid("spec.selector", selector, `empty selector is invalid for ${kind}`);
  }
  const template = objectAt(spec, "template");
  const compiled = compileLabelSelector(has(spec, "selector") ? (selector as LabelSelector) : undefined);
  if ("error" in compiled) {
    if (kind !== "daemonset") found.invalid("spec.selector", selector, complaint);
    if (kind === "statefulset") return;
  }
  else labelsMatch(found, compiled.selector, objectAt(template, "metadata"));
  validatePodTemplate(found, TEMPLATE, kind === "statefulset" ? asMade(spec, template) : template);
  alwaysRestarting(found, kind, objectAt(template, "spec"));
}

/** A StatefulSet's template as its pods will have it: the claims among the volumes, names given by the set. */
function asMade(spec: JsonObject, template: JsonObject): JsonObject {
  const { hostname: _hostname, subdomain: _subdomain, ...pod } = objectAt(template, "spec");
  const names = new Set(objectsAt(spec, "volumeClaimTemplates").map((claim) => textAt(objectAt(claim, "metadata"), "name")));
  const claims = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const own = objectsAt(pod, "volumes").filter((volume) => !names.has(textAt(volume, "name")));
  return { ...template, spec: { ...pod, volumes: [...claims, ...own] } };
}

function labelsMatch(found: Findings, selector: Selector, metadata: JsonObject): void {
  if (selector.requirements.length === 0 && selector.nothing !== true) return;
  if (matches(selector, objectAt(metadata, "labels") as Record<string, string>)) return;
  found.invalid(`${TEMPLATE}.metadata.labels`, metadata["labels"] ?? null, "`selector` does not match template `labels`", "selector-matches-template");
}

function alwaysRestarting(found: Findings, kind: string, pod: JsonObject): void {
  const policy = textAt(pod, "restartPolicy");
  if (policy !== "" && policy !== "Always") found.notSupported(`${TEMPLATE}.spec.restartPolicy`, policy, ["Always"]);
  const names: Readonly<Record<string, string>> = { daemonset: "DaemonSet", statefulset: "StatefulSet", deployment: "ReplicaSet" };
  if (has(pod, "activeDeadlineSeconds")) found.forbidden(`${TEMPLATE}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${names[kind] ?? "ReplicaSet"} is not Supported`);
}

function counts(found: Findings, spec: JsonObject, ...fields: readonly string[]): void {
  for (const field of fields) found.nonNegative(`spec.${field}`, numberAt(spec, field));
}

/** A strategy as the server keeps it. */
function goStrategy(strategy: JsonObject): JsonObject {
  const rolling = Object.entries(objectAt(strategy, "rollingUpdate")).map(([key, value]) => [`${key.charAt(0).toUpperCase()}${key.slice(1)}`, value]);
  return { Type: textAt(strategy, "type"), RollingUpdate: has(strategy, "rollingUpdate") ? (Object.fromEntries(rolling) as JsonObject) : null };
}

function deploymentStrategy(found: Findings, strategy: JsonObject): void {
  const type = textAt(strategy, "type");
  const rolling = objectAt(strategy, "rollingUpdate");
  if (type === "Recreate") {
    if (has(strategy, "rollingUpdate")) found.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  if (type !== "RollingUpdate") {
    found.notSupported("spec.strategy", goStrategy(strategy), ["Recreate", "RollingUpdate"]);
    return;
  }
  const [unavailable, surge] = [rolling["maxUnavailable"], rolling["maxSurge"]];
  found.intOrPercent("spec.strategy.rollingUpdate.maxUnavailable", unavailable);
  found.intOrPercent("spec.strategy.rollingUpdate.maxSurge", surge);
  if (intOrPercentOf(unavailable, 100, true) === 0 && intOrPercentOf(surge, 100, true) === 0 && has(rolling, "maxUnavailable")) {
    found.invalid("spec.strategy.rollingUpdate.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0");
  }
  found.atMostWhole("spec.strategy.rollingUpdate.maxUnavailable", unavailable);
}

/** What a status counts; those that may not be more than another come with that one's name. */
const COUNTS: Readonly<Record<string, readonly (readonly [name: string, most?: string])[]>> = {
  deployment: [["observedGeneration"], ["replicas"], ["updatedReplicas", "replicas"], ["readyReplicas", "replicas"], ["availableReplicas", "replicas"], ["unavailableReplicas"], ["collisionCount"]],
  replicaset: [["replicas"], ["fullyLabeledReplicas", "replicas"], ["readyReplicas", "replicas"], ["availableReplicas", "replicas"], ["observedGeneration"]],
  daemonset: [["currentNumberScheduled"], ["numberMisscheduled"], ["desiredNumberScheduled"], ["numberReady"], ["observedGeneration"], ["updatedNumberScheduled"], ["numberAvailable"], ["numberUnavailable"], ["collisionCount"]],
  statefulset: [["replicas"], ["readyReplicas", "replicas"], ["currentReplicas", "replicas"], ["updatedReplicas", "replicas"], ["availableReplicas", "replicas"], ["observedGeneration"], ["collisionCount"]],
};

/** Everything wrong with a status. */
function statusErrors(kind: string, object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings(kind);
  const status = statusOf(object);
  const value = (name: string): number => numberAt(status, name) ?? 0;
  const counted = COUNTS[kind] ?? [];
  for (const [name] of counted) found.nonNegative(`status.${name}`, value(name));
  for (const [name, most] of counted) if (most !== undefined && value(name) > value(most)) found.invalid(`status.${name}`, value(name), `cannot be greater than status.${most}`);
  if (kind !== "daemonset" && value("availableReplicas") > value("readyReplicas")) found.invalid("status.availableReplicas", value("availableReplicas"), kind === "statefulset" ? "cannot be greater than status.readyReplicas" : "cannot be greater than readyReplicas");
  const collisions = previous === undefined ? undefined : numberAt(statusOf(previous), "collisionCount");
  if (collisions !== undefined && value("collisionCount") < collisions) found.invalid("status.collisionCount", value("collisionCount"), "cannot be decremented");
  return found.errors;
}

/** Everything wrong with a Deployment. */
export function validateDeployment(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return statusErrors("deployment", object, previous);
  const found = new Findings("deployment");
  const spec = specOf(object);
  validateMetadata(found, object);
  counts(found, spec, "replicas");
  selectorAndTemplate(found, "deployment", spec, "invalid label selector");
  deploymentStrategy(found, objectAt(spec, "strategy"));
  counts(found, spec, "minReadySeconds", "revisionHistoryLimit");
  // What the first API asked in a field, later ones carry in an annotation.
  const rollback = Number(object.metadata.annotations?.["deprecated.deployment.rollback.to"] ?? "");
  if (rollback < 0) found.invalid("spec.rollback.version", rollback, "must be greater than or equal to 0");
  const deadline = numberAt(spec, "progressDeadlineSeconds");
  found.nonNegative("spec.progressDeadlineSeconds", deadline);
  if (deadline !== undefined && deadline <= (numberAt(spec, "minReadySeconds") ?? 0)) found.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
  if (previous !== undefined) immutable(found, "spec.selector", spec["selector"], specOf(previous)["selector"]);
  return found.errors;
}

/** Everything wrong with a ReplicaSet. */
export function validateReplicaSet(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return statusErrors("replicaset", object, previous);
  const found = new Findings("replicaset");
  const spec = specOf(object);
  validateMetadata(found, object);
  counts(found, spec, "replicas", "minReadySeconds");
  // Upstream's own words for a ReplicaSet speak of a deployment.
  selectorAndTemplate(found, "deployment", spec, "invalid label selector");
  if (previous !== undefined) immutable(found, "spec.selector", spec["selector"], specOf(previous)["selector"]);
  return found.errors;
}

function statefulSetPolicies(found: Findings, spec: JsonObject): void {
  const management = textAt(spec, "podManagementPolicy");
  if (management !== "OrderedReady" && management !== "Parallel") found.invalid("spec.podManagementPolicy", management, "must be 'OrderedReady' or 'Parallel'");
  const strategy = objectAt(spec, "updateStrategy");
  const type = textAt(strategy, "type");
  if (type === "") found.required("spec.updateStrategy");
  else if (type === "OnDelete") {
    if (has(strategy, "rollingUpdate")) found.invalid("spec.updateStrategy.rollingUpdate", strategy["rollingUpdate"], "only allowed for updateStrategy 'RollingUpdate'");
  } else if (type === "RollingUpdate") found.nonNegative("spec.updateStrategy.rollingUpdate.partition", numberAt(objectAt(strategy, "rollingUpdate"), "partition"));
  else found.invalid("spec.updateStrategy", goStrategy(strategy), "must be 'RollingUpdate' or 'OnDelete'");
  const retention = objectAt(spec, "persistentVolumeClaimRetentionPolicy");
  for (const field of ["whenDeleted", "whenScaled"]) {
    const value = textAt(retention, field);
    if (!["Retain", "Delete"].includes(value)) found.notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, value, ["Retain", "Delete"]);
  }
}

const CHANGEABLE = ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

/** Everything wrong with a StatefulSet. */
export function validateStatefulSet(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return statusErrors("statefulset", object, previous);
  const found = new Findings("statefulset");
  const spec = specOf(object);
  validateMetadata(found, object, previous === undefined ? dns1123LabelErrors : () => []);
  statefulSetPolicies(found, spec);
  counts(found, spec, "replicas", "minReadySeconds");
  found.nonNegative("spec.ordinals.start", numberAt(objectAt(spec, "ordinals"), "start"));
  counts(found, spec, "revisionHistoryLimit");
  const service = textAt(spec, "serviceName");
  if (service !== "" && previous === undefined) found.names("spec.serviceName", service, dns1123LabelErrors(service));
  selectorAndTemplate(found, "statefulset", spec, "");
  // Upstream looks at these twice, once with and once without the claims in mind.
  const template = objectAt(spec, "template");
  const compiled = compileLabelSelector(objectAt(spec, "selector") as LabelSelector);
  if (!("error" in compiled)) validateLabels(found, `${TEMPLATE}.labels`, objectAt(objectAt(template, "metadata"), "labels"));
  objectsAt(spec, "volumeClaimTemplates").forEach((claim, i) => validateClaimSpec(found, `spec.volumeClaimTemplates[${i}].spec`, objectAt(claim, "spec")));
  if (previous !== undefined) {
    const fixed = (whole: JsonObject): JsonObject => Object.fromEntries(Object.entries(whole).filter(([key]) => !CHANGEABLE.includes(key)));
    if (!deepEqual(fixed(spec), fixed(specOf(previous)))) {
      found.forbidden(
        "spec",
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        "immutable",
      );
    }
  }
  return found.errors;
}

function daemonSetStrategy(found: Findings, strategy: JsonObject): void {
  const type = textAt(strategy, "type");
  if (type === "OnDelete") return;
  if (type !== "RollingUpdate") {
    found.notSupported("spec.updateStrategy", goStrategy(strategy), ["RollingUpdate", "OnDelete"]);
    return;
  }
  const path = "spec.updateStrategy.rollingUpdate";
  const rolling = objectAt(strategy, "rollingUpdate");
  const [unavailable, surge] = [rolling["maxUnavailable"], rolling["maxSurge"]];
  for (const [field, value] of [["maxUnavailable", unavailable], ["maxSurge", surge]] as const) {
    found.intOrPercent(`${path}.${field}`, value);
    found.atMostWhole(`${path}.${field}`, value);
  }
  const [hasUnavailable, hasSurge] = [intOrPercentOf(unavailable, 100, true) !== 0, intOrPercentOf(surge, 100, true) !== 0];
  if (hasUnavailable && hasSurge) found.invalid(`${path}.maxSurge`, surge, "may not be set when maxUnavailable is non-zero");
  else if (!hasUnavailable && !hasSurge && has(strategy, "rollingUpdate")) found.required(`${path}.maxUnavailable`, "cannot be 0 when maxSurge is 0");
}

/** Everything wrong with a DaemonSet. */
export function validateDaemonSet(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return statusErrors("daemonset", object, previous);
  const found = new Findings("daemonset");
  const spec = specOf(object);
  validateMetadata(found, object);
  if (previous !== undefined) immutable(found, "spec.selector", spec["selector"], specOf(previous)["selector"]);
  selectorAndTemplate(found, "daemonset", spec, "invalid label selector");
  counts(found, spec, "minReadySeconds");
  daemonSetStrategy(found, objectAt(spec, "updateStrategy"));
  counts(found, spec, "revisionHistoryLimit");
  return found.errors;
}
