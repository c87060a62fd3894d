/** The rules of pods, on creation and on update. Upstream: `ValidatePodCreate`, `ValidatePodUpdate`. */
import { validateAnnotationUpdate, validatePodAnnotations } from "../pod-template/validate-annotations";
import { validateImageSpaces } from "../pod-template/validate-containers";
import { validateTolerations } from "../pod-template/validate-placement";
import { validateGatedAffinity, withoutNodeAffinity } from "./validate-gated";
import type { FieldError } from "../../../apimachinery/api-error";
import { goDiff } from "../../../apimachinery/go-json";
import { deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata, validateMetadataUpdate } from "../../meta-validation";
import { validatePodSpec } from "../pod-template/validation";

const MAY_CHANGE =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** Fields with rules of their own. A grace below nothing, the only one that may change, is never stored here. */
const MUTABLE = ["activeDeadlineSeconds", "tolerations", "schedulingGates"];

function withoutImages(spec: JsonObject, list: string): readonly JsonObject[] {
  return objectsAt(spec, list).map((container) => ({ ...container, image: "" }));
}

/** The spec without what an update may change, so that two of them can be compared. */
function fixedPart(whole: JsonObject, gated: boolean): JsonObject {
  const spec = gated ? withoutNodeAffinity(whole) : whole;
  const rest: Record<string, Json | undefined> = { ...spec, containers: withoutImages(spec, "containers"), initContainers: withoutImages(spec, "initContainers") };
  for (const key of [...MUTABLE, ...(gated ? ["nodeSelector"] : [])]) delete rest[key];
  return rest;
}

/** A deadline may be set, and drawn nearer. Answers whether upstream would look any further. */
function validateDeadline(found: Findings, spec: JsonObject, before: JsonObject): boolean {
  const [now, then] = [numberAt(spec, "activeDeadlineSeconds"), numberAt(before, "activeDeadlineSeconds")];
  const path = "spec.activeDeadlineSeconds";
  if (now === undefined) {
    if (then !== undefined) found.invalid(path, null, "must not update from a positive integer to nil value");
    return true;
  }
  if (now < 0 || now > 2147483647) found.invalid(path, now, "must be between 0 and 2147483647, inclusive");
  else if (then !== undefined && now > then) found.invalid(path, now, "must be less than or equal to previous value");
  else return true;
  return false;
}

function validateKeptTolerations(found: Findings, spec: JsonObject, before: JsonObject): void {
  const plain = (toleration: JsonObject): JsonObject => ({ ...toleration, tolerationSeconds: undefined });
  const now = objectsAt(spec, "tolerations").map(plain);
  if (objectsAt(before, "tolerations").some((toleration) => !now.some((other) => deepEqual(other, plain(toleration))))) {
    found.forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
    return;
  }
  validateTolerations(found, "spec.tolerations", objectsAt(spec, "tolerations"));
}

function validateGates(found: Findings, spec: JsonObject, before: JsonObject): void {
  const known = objectsAt(before, "schedulingGates").map((gate) => textAt(gate, "name"));
  objectsAt(spec, "schedulingGates").forEach((gate, i) => {
    const name = textAt(gate, "name");
    if (!known.includes(name)) found.forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`);
  });
}

/** Containers may change their image, and only that. Upstream looks at the images once more. */
function validateSameContainers(found: Findings, spec: JsonObject, before: JsonObject): boolean {
  for (const list of ["containers", "initContainers"]) {
    if (listAt(spec, list).length !== listAt(before, list).length) {
      found.forbidden(`spec.${list}`, "pod updates may not add or remove containers");
      return false;
    }
    objectsAt(spec, list).forEach((container, i) => {
      if (textAt(container, "image") === "") found.required(`spec.${list}[${i}].image`);
      validateImageSpaces(found, `spec.${list}[${i}]`, container);
    });
  }
  return true;
}

function validateUpdate(found: Findings, spec: JsonObject, before: JsonObject): void {
  if (!validateSameContainers(found, spec, before) || !validateDeadline(found, spec, before)) return;
  validateKeptTolerations(found, spec, before);
  validateGates(found, spec, before);
  const gated = listAt(before, "schedulingGates").length > 0;
  if (gated && !keeps(objectAt(spec, "nodeSelector"), objectAt(before, "nodeSelector"))) {
    found.invalid("spec.nodeSelector", spec["nodeSelector"] ?? null, "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
  }
  if (gated) validateGatedAffinity(found, spec, before);
  if (!deepEqual(fixedPart(spec, gated), fixedPart(before, gated))) found.forbidden("spec", `${MAY_CHANGE}\n${goDiff("core.PodSpec", inMemory(before), inMemory(munged(spec, before, gated)))}`, "immutable");
}

/** The new spec with what an update may change as it was. */
function munged(spec: JsonObject, before: JsonObject, gated: boolean): JsonObject {
  const images = (list: string): Json => (has(spec, list) ? objectsAt(spec, list).map((container, i) => ({ ...container, image: objectsAt(before, list)[i]?.["image"] ?? "" })) : null);
  const kept = [...MUTABLE, ...(gated ? ["nodeSelector"] : [])];
  const { nodeAffinity: _new, ...others } = objectAt(spec, "affinity");
  const affinity = { ...others, ...(has(objectAt(before, "affinity"), "nodeAffinity") ? { nodeAffinity: objectAt(before, "affinity")["nodeAffinity"] } : {}) };
  const placed = gated ? { affinity: Object.keys(affinity).length === 0 ? undefined : affinity } : {};
  return { ...spec, containers: images("containers"), initContainers: images("initContainers"), ...Object.fromEntries(kept.map((key) => [key, before[key]])), ...placed };
}

/** A spec as the server keeps it: what concerns the host's namespaces is part of the security context. */
function inMemory(spec: JsonObject): JsonObject {
  const host = Object.fromEntries(["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"].map((key) => [key, spec[key]]));
  return { ...spec, securityContext: { ...objectAt(spec, "securityContext"), ...host } };
}

function keeps(now: JsonObject, before: JsonObject): boolean {
  return Object.keys(before).every((key) => now[key] === before[key]);
}

function tokensNeedAccount(found: Findings, spec: JsonObject): void {
  if (textAt(spec, "serviceAccountName") !== "") return;
  objectsAt(spec, "volumes").forEach((volume, i) => {
    objectsAt(objectAt(volume, "projected"), "sources").forEach((source, j) => {
      if (has(source, "serviceAccountToken")) found.forbidden(`spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`, "must not be specified when serviceAccountName is not set");
    });
  });
}

/** What is looked at whenever anything of a pod but its status is written. Upstream: `validatePodMetadataAndSpec`, without annotations. */
export function validateWholePod(found: Findings, object: KubeObject, spec: JsonObject): void {
  validateMetadata(found, object);
  validatePodSpec(found, "spec", spec, object.metadata.name ?? "");
  tokensNeedAccount(found, spec);
  for (const list of ["containers", "initContainers"]) objectsAt(spec, list).forEach((container, i) => validateImageSpaces(found, `spec.${list}[${i}]`, container));
}

/** Everything wrong with a pod. */
export function validatePod(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("pod");
  const spec = specOf(object);
  if (previous !== undefined) validateMetadataUpdate(found, object);
  validateWholePod(found, object, spec);
  if (previous === undefined) {
    validatePodAnnotations(found, "metadata.annotations", "spec", (object.metadata.annotations ?? {}) as JsonObject, spec);
    if (listAt(spec, "ephemeralContainers").length > 0) found.forbidden("spec.ephemeralContainers", "cannot be set on create");
    if (textAt(spec, "nodeName") !== "" && listAt(spec, "schedulingGates").length > 0) found.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared");
  } else {
    validateAnnotationUpdate(found, object, previous, spec);
    validateUpdate(found, spec, specOf(previous));
  }
  return found.errors;
}
