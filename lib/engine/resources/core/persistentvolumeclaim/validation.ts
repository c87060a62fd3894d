/** The rules of claims. Upstream: `ValidatePersistentVolumeClaim`, `ValidatePersistentVolumeClaimUpdate`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import { goDiff } from "../../../apimachinery/go-json";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors } from "../../../apimachinery/names";
import { compareQuantities, quantityFrom, quantitySign } from "../../../apimachinery/quantity";
import { jsonOf, specOf, statusOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, objectAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata, validateMetadataUpdate, validateSelector } from "../../meta-validation";

/** Every access mode, in the order error messages list them. */
export const ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const CLASS = "volume.beta.kubernetes.io/storage-class";

/** Access modes of a claim or a volume. */
export function validateAccessModes(found: Findings, path: string, modes: readonly Json[]): void {
  for (const mode of modes) if (typeof mode === "string" && !ACCESS_MODES.includes(mode)) found.notSupported(path, mode, ACCESS_MODES);
  if (modes.includes("ReadWriteOncePod") && modes.some((mode) => mode !== "ReadWriteOncePod" && ACCESS_MODES.includes(String(mode)))) found.forbidden(path, "may not use ReadWriteOncePod with other access modes");
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
  validateSources(found, path, spec);
  const attributes = textAt(spec, "volumeAttributesClassName");
  if (attributes !== "") found.names(`${path}.volumeAttributesClassName`, attributes, dns1123SubdomainErrors(attributes));
}

/** What a claim's volume is to be filled from, said in the old field and in the new one. */
function validateSources(found: Findings, path: string, spec: JsonObject): void {
  for (const field of ["dataSource", "dataSourceRef"]) {
    if (!has(spec, field)) continue;
    const at = `${path}.${field}`;
    const source = objectAt(spec, field);
    const [name, kind, group, namespace] = [textAt(source, "name"), textAt(source, "kind"), textAt(source, "apiGroup"), textAt(source, "namespace")];
    if (name === "") found.required(`${at}.name`);
    if (kind === "") found.required(`${at}.kind`);
    if (group === "" && kind !== "PersistentVolumeClaim") found.invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
    if (group !== "") found.names(`${at}.apiGroup`, group, dns1123SubdomainErrors(group));
    if (field === "dataSourceRef" && namespace !== "") found.names(`${at}.namespace`, namespace, dns1123LabelErrors(namespace));
  }
  if (!has(spec, "dataSource") || !has(spec, "dataSourceRef")) return;
  const [old, now] = [objectAt(spec, "dataSource"), objectAt(spec, "dataSourceRef")];
  if (textAt(now, "namespace") !== "") found.invalid(path, {}, "may not be specified when dataSourceRef.namespace is specified");
  else if (["apiGroup", "kind", "name"].some((field) => (old[field] ?? null) !== (now[field] ?? null))) found.invalid(path, {}, "must match dataSourceRef");
}

const IMMUTABLE = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

function validateUpdate(found: Findings, object: KubeObject, previous: KubeObject): void {
  const [spec, before] = [specOf(object), specOf(previous)];
  const named = textAt(before, "volumeName") === "" ? { ...before, volumeName: spec["volumeName"] } : before;
  // A claim made before there was a default class may still get one.
  const [told, toldBefore] = [object.metadata.annotations?.[CLASS], previous.metadata.annotations?.[CLASS]];
  const classed = !has(before, "storageClassName") && has(spec, "storageClassName") && (toldBefore === undefined || spec["storageClassName"] === toldBefore);
  const bound = classed ? { ...named, storageClassName: spec["storageClassName"] } : named;
  const requests = objectAt(objectAt(spec, "resources"), "requests");
  const size = (of: JsonObject): JsonObject[string] => objectAt(objectAt(of, "resources"), "requests")["storage"];
  const isBound = textAt(statusOf(object), "phase") === "Bound";
  const resized = isBound && Object.keys(requests).length > 0 ? { resources: { ...objectAt(spec, "resources"), requests: { ...requests, storage: size(before) } } } : {};
  const munged: JsonObject = { ...spec, ...resized, ...(isBound ? { volumeAttributesClassName: before["volumeAttributesClassName"] } : {}) };
  if (!deepEqual(munged, bound)) found.forbidden("spec", `${IMMUTABLE}\n${goDiff("v1.PersistentVolumeClaimSpec", bound, munged)}`, "immutable");
  const order = compareQuantities(quantityFrom(size(spec)), quantityFrom(size(before)));
  if (order < 0 && compareQuantities(quantityFrom(size(spec)), quantityFrom(objectAt(statusOf(previous), "capacity")["storage"])) <= 0) {
    found.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
  }
  // The old annotation may give way to the field of the same meaning.
  const replaced = classed && told === undefined;
  if (!replaced) immutable(found, `metadata.annotations.${CLASS}`, told ?? "", toldBefore ?? "");
  immutable(found, "volumeMode", spec["volumeMode"], before["volumeMode"]);
  if (!has(statusOf(previous), "currentVolumeAttributesClassName") || spec["volumeAttributesClassName"] === before["volumeAttributesClassName"]) return;
  const to = has(spec, "volumeAttributesClassName") ? "empty string" : "nil";
  if (textAt(spec, "volumeAttributesClassName") === "") found.forbidden("spec.volumeAttributesClassName", `update to ${to} is forbidden when status.currentVolumeAttributesClassName is not nil`);
}

/** Everything wrong with a claim. Of one that changes, upstream looks at the whole twice. */
export function validatePersistentVolumeClaim(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("persistentvolumeclaim");
  if (previous !== undefined) validateMetadataUpdate(found, object);
  for (let look = previous === undefined ? 1 : 0; look < 2; look += 1) {
    validateMetadata(found, object);
    validateClaimSpec(found, "spec", objectAt(jsonOf(object), "spec"));
  }
  if (previous !== undefined) validateUpdate(found, object, previous);
  return found.errors;
}
