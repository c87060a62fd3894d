/** The rules of pods, on creation and on update. Upstream: `ValidatePodCreate`, `ValidatePodUpdate`. */
import { validateTolerations } from "../pod-template/validate-placement";
import { validateMirror, validatePodAnnotations } from "./validate-annotations";
import { validateGatedAffinity, withoutNodeAffinity } from "./validate-gated";
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata } from "../../meta-validation";
import { validatePodSpec } from "../pod-template/validation";

const MAY_CHANGE =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

function withoutImages(spec: JsonObject, list: string): readonly JsonObject[] {
  return objectsAt(spec, list).map((container) => ({ ...container, image: "" }));
}

/** The spec without what an update may change, so that two of them can be compared. */
function fixedPart(whole: JsonObject, gated: boolean): JsonObject {
  const spec = gated ? withoutNodeAffinity(whole) : whole;
  const rest: Record<string, Json | undefined> = { ...spec, containers: withoutImages(spec, "containers"), initContainers: withoutImages(spec, "initContainers") };
  for (const key of ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates", ...(gated ? ["nodeSelector"] : [])]) delete rest[key];
  return rest;
}

function validateDeadline(found: Findings, spec: JsonObject, before: JsonObject): void {
  const [now, then] = [numberAt(spec, "activeDeadlineSeconds"), numberAt(before, "activeDeadlineSeconds")];
  if (now !== undefined && then !== undefined && now > then) found.invalid("spec.activeDeadlineSeconds", now, "must be less than or equal to previous value");
  else if (now === undefined && then !== undefined) found.invalid("spec.activeDeadlineSeconds", null, "must not update from a positive integer to nil value");
}

function validateKeptTolerations(found: Findings, spec: JsonObject, before: JsonObject): void {
  const plain = (toleration: JsonObject): JsonObject => ({ ...toleration, tolerationSeconds: undefined });
  const now = objectsAt(spec, "tolerations").map(plain);
  if (objectsAt(before, "tolerations").some((toleration) => !now.some((other) => deepEqual(other, plain(toleration))))) {
    found.forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
  }
}

function validateGates(found: Findings, spec: JsonObject, before: JsonObject): void {
  const known = objectsAt(before, "schedulingGates").map((gate) => textAt(gate, "name"));
  objectsAt(spec, "schedulingGates").forEach((gate, i) => {
    const name = textAt(gate, "name");
    if (!known.includes(name)) found.forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`);
  });
}

/** What upstream looks at a second time when a pod changes. */
function again(found: Findings, spec: JsonObject, before: JsonObject): void {
  for (const list of ["containers", "initContainers"]) {
    objectsAt(spec, list).forEach((container, i) => {
      if (textAt(container, "image") === "") found.required(`spec.${list}[${i}].image`);
    });
  }
  const deadline = numberAt(spec, "activeDeadlineSeconds");
  if (deadline !== undefined && deadline < 0 && deadline !== numberAt(before, "activeDeadlineSeconds")) found.invalid("spec.activeDeadlineSeconds", deadline, "must be between 0 and 2147483647, inclusive");
  if (!deepEqual(listAt(spec, "tolerations"), listAt(before, "tolerations"))) validateTolerations(found, "spec.tolerations", objectsAt(spec, "tolerations"));
}

function validateUpdate(found: Findings, spec: JsonObject, before: JsonObject): void {
  for (const list of ["containers", "initContainers"]) {
    if (listAt(spec, list).length !== listAt(before, list).length) {
      found.forbidden(`spec.${list}`, "pod updates may not add or remove containers");
      return;
    }
  }
  again(found, spec, before);
  validateDeadline(found, spec, before);
  validateKeptTolerations(found, spec, before);
  validateGates(found, spec, before);
  const gated = has(before, "schedulingGates") && listAt(before, "schedulingGates").length > 0;
  if (!deepEqual(fixedPart(spec, gated), fixedPart(before, gated))) found.forbidden("spec", MAY_CHANGE, "immutable");
  else if (gated && !keeps(objectAt(spec, "nodeSelector"), objectAt(before, "nodeSelector"))) {
    found.invalid("spec.nodeSelector", spec["nodeSelector"] ?? null, "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
  }
  if (gated) validateGatedAffinity(found, spec, before);
}

function keeps(now: JsonObject, before: JsonObject): boolean {
  return Object.keys(before).every((key) => now[key] === before[key]);
}

/** The claim an ephemeral volume will make is nobody else's. */
function ephemeralClaims(found: Findings, name: string, spec: JsonObject): void {
  const made = new Set(objectsAt(spec, "volumes").filter((volume) => has(volume, "ephemeral")).map((volume) => `${name}-${textAt(volume, "name")}`));
  objectsAt(spec, "volumes").forEach((volume, i) => {
    const claim = textAt(objectAt(volume, "persistentVolumeClaim"), "claimName");
    if (made.has(claim)) found.invalid(`spec.volumes[${i}].persistentVolumeClaim.claimName`, claim, "must not reference a PVC that gets created for an ephemeral volume");
  });
}

function tokensNeedAccount(found: Findings, spec: JsonObject): void {
  if (textAt(spec, "serviceAccountName") !== "") return;
  objectsAt(spec, "volumes").forEach((volume, i) => {
    objectsAt(objectAt(volume, "projected"), "sources").forEach((source, j) => {
      if (has(source, "serviceAccountToken")) found.forbidden(`spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`, "must not be specified when serviceAccountName is not set");
    });
  });
}

/**
 * Everything wrong with a pod.
 *
 * @simplified the refusal of a forbidden change does not quote the difference line by line, as the real server does.
 */
export function validatePod(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("pod");
  validateMetadata(found, object);
  const spec = specOf(object);
  validatePodSpec(found, "spec", spec);
  if (previous === undefined) {
    validatePodAnnotations(found, object, spec);
    tokensNeedAccount(found, spec);
    ephemeralClaims(found, object.metadata.name, spec);
  } else {
    validateMirror(found, object, previous);
    validateUpdate(found, spec, specOf(previous));
  }
  return found.errors;
}
