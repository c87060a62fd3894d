/** The rules of claims. Upstream: `ValidatePersistentVolumeClaim`, `ValidatePersistentVolumeClaimUpdate`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123SubdomainErrors } from "../../../apimachinery/names";
import { compareQuantities, quantityFrom, quantitySign } from "../../../apimachinery/quantity";
import { jsonOf, specOf, statusOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, objectAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata, validateSelector } from "../../meta-validation";

/** Every access mode, in the order error messages list them. */
export const ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const CLASS = "volume.beta.kubernetes.io/storage-class";

/** Access modes of a claim or a volume. */
export function validateAccessModes(found: Findings, path: string, modes: readonly Json[]): void {
  for (const mode of modes) if (typeof mode === "string" && !ACCESS_MODES.includes(mode)) found.notSupported(path, mode, ACCESS_MODES);
  if (modes.includes("ReadWriteOncePod") && modes.some((mode) => mode !== "ReadWriteOncePod")) found.forbidden(path, "may not use ReadWriteOncePod with other access modes");
}

/** `Filesystem` or `Block`. */
export function validateVolumeMode(found: Findings, path: string, spec: JsonObject): void {
  if (has(spec, "volumeMode") && !["Block", "Filesystem"].includes(textAt(spec, "volumeMode"))) found.notSupported(path, textAt(spec, "volumeMode"), ["Block", "Filesystem"]);
}

/** The spec of a claim, also inside a StatefulSet's claim template. */
export function validateClaimSpec(found: Findings, path: string, spec: JsonObject): void {
  const modes = listAt(spec, "accessModes");
  if (modes.length === 0) found.required(`${path}.accessModes`, "at least 1 access mode is required");
  validateSelector(found, `${path}.selector`, objectAt(spec, "selector"));
  validateAccessModes(found, `${path}.accessModes`, modes);
  const requests = objectAt(objectAt(spec, "resources"), "requests");
  if (!has(requests, "storage")) found.required(`${path}.resources[storage]`);
  else if (quantitySign(quantityFrom(requests["storage"])) <= 0) found.invalid(`${path}.resources[storage]`, String(requests["storage"]), "must be greater than zero");
  const storageClass = textAt(spec, "storageClassName");
  if (storageClass !== "") found.names(`${path}.storageClassName`, storageClass, dns1123SubdomainErrors(storageClass));
  validateVolumeMode(found, `${path}.volumeMode`, spec);
}

function withoutSize(spec: JsonObject): JsonObject {
  return { ...spec, resources: { ...objectAt(spec, "resources"), requests: { ...objectAt(objectAt(spec, "resources"), "requests"), storage: undefined } }, volumeAttributesClassName: undefined };
}

function validateUpdate(found: Findings, object: KubeObject, previous: KubeObject): void {
  const [spec, before] = [specOf(object), specOf(previous)];
  const named = textAt(before, "volumeName") === "" ? { ...before, volumeName: spec["volumeName"] } : before;
  // A claim made before there was a default class may still get one.
  const classless = !has(before, "storageClassName") && has(spec, "storageClassName") && previous.metadata.annotations?.[CLASS] === undefined;
  const annotated = !has(before, "storageClassName") && textAt(spec, "storageClassName") === previous.metadata.annotations?.[CLASS];
  const bound = classless || annotated ? { ...named, storageClassName: spec["storageClassName"] } : named;
  const annotation = (from: KubeObject): string | undefined => from.metadata.annotations?.[CLASS];
  if (!deepEqual(withoutSize(spec), withoutSize(bound))) {
    found.forbidden("spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims", "immutable");
  }
  const size = (of: JsonObject): JsonObject[string] => objectAt(objectAt(of, "resources"), "requests")["storage"];
  const order = compareQuantities(quantityFrom(size(spec)), quantityFrom(size(before)));
  if (order < 0 && compareQuantities(quantityFrom(size(spec)), quantityFrom(objectAt(statusOf(previous), "capacity")["storage"])) <= 0) {
    found.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
  }
  if (order > 0 && textAt(statusOf(previous), "phase") !== "Bound") found.forbidden("spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims", "immutable");
  if (annotation(object) !== annotation(previous)) immutable(found, `metadata.annotations.${CLASS}`, annotation(object) ?? "", annotation(previous) ?? "");
  immutable(found, "volumeMode", spec["volumeMode"], before["volumeMode"]);
}

/** Everything wrong with a claim. */
export function validatePersistentVolumeClaim(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("persistentvolumeclaim");
  validateMetadata(found, object);
  validateClaimSpec(found, "spec", objectAt(jsonOf(object), "spec"));
  if (previous !== undefined) validateUpdate(found, object, previous);
  return found.errors;
}
