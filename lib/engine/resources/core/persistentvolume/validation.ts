/** The rules of volumes. Upstream: `ValidatePersistentVolume`, `ValidatePersistentVolumeUpdate`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import { goDiff } from "../../../apimachinery/go-json";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123SubdomainErrors } from "../../../apimachinery/names";
import { formatQuantity, quantityFrom, quantitySign, quantityValue } from "../../../apimachinery/quantity";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, isObject, listAt, objectAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata, validateNodeSelector } from "../../meta-validation";
import { validateAccessModes, validateVolumeMode } from "../persistentvolumeclaim/validation";
import { secondSourcePath, validateSharedSource } from "../pod-template/volume-sources";

/** Every source of a volume, in the order upstream looks for them. */
const SOURCES =
  "hostPath gcePersistentDisk awsElasticBlockStore glusterfs flocker nfs rbd quobyte cephfs iscsi cinder fc flexVolume azureFile vsphereVolume photonPersistentDisk portworxVolume azureDisk scaleIO local storageos csi".split(
    " ",
  );
const POLICIES = ["Delete", "Recycle", "Retain"];

function validateSources(found: Findings, spec: JsonObject, name: string): void {
  const kinds = SOURCES.filter((kind) => isObject(spec[kind]));
  kinds.forEach((kind, i) => {
    if (i > 0 && kind !== "flexVolume") found.forbidden(secondSourcePath("spec", kind), "may not specify more than 1 volume type");
    else {
      validateSharedSource(found, "spec", kind, objectAt(spec, kind), { persistent: true, name });
      if (kind === "local" && !has(spec, "nodeAffinity")) found.required("spec.nodeAffinity", "Local volume requires node affinity");
    }
  });
  if (kinds.length === 0) found.required("spec", "must specify a volume type");
  const path = textAt(objectAt(spec, "hostPath"), "path");
  if (textAt(spec, "persistentVolumeReclaimPolicy") === "Recycle" && /^\/[./]*$/.test(path)) found.forbidden("spec.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'");
}

function validateCapacity(found: Findings, spec: JsonObject): void {
  const capacity = objectAt(spec, "capacity");
  if (Object.keys(capacity).length === 0) found.required("spec.capacity");
  if (!has(capacity, "storage") || Object.keys(capacity).length > 1) found.notSupported("spec.capacity", spec["capacity"] ?? null, ["storage"]);
  for (const [name, amount] of Object.entries(capacity)) {
    const quantity = quantityFrom(amount);
    if (quantityValue(quantity) < 0n) found.invalid(`spec.capacity[${name}]`, Number(quantityValue(quantity)), "must be a valid resource quantity");
    if (quantitySign(quantity) <= 0) found.invalid(`spec.capacity[${name}]`, formatQuantity(quantity), "must be greater than zero");
  }
}

function validateAffinity(found: Findings, spec: JsonObject): void {
  const affinity = objectAt(spec, "nodeAffinity");
  if (!has(spec, "nodeAffinity")) return;
  if (!has(affinity, "required")) found.required("spec.nodeAffinity.required", "must specify required node constraints");
  else validateNodeSelector(found, "spec.nodeAffinity.required", objectAt(affinity, "required"));
}

function validateSpec(found: Findings, spec: JsonObject, name: string): void {
  if (listAt(spec, "accessModes").length === 0) found.required("spec.accessModes");
  validateAccessModes(found, "spec.accessModes", listAt(spec, "accessModes"));
  validateCapacity(found, spec);
  const policy = textAt(spec, "persistentVolumeReclaimPolicy");
  if (policy !== "" && !POLICIES.includes(policy)) found.notSupported("spec.persistentVolumeReclaimPolicy", policy, POLICIES);
  validateAffinity(found, spec);
  validateSources(found, spec, name);
  const storageClass = textAt(spec, "storageClassName");
  if (storageClass !== "") found.names("spec.storageClassName", storageClass, dns1123SubdomainErrors(storageClass));
  validateVolumeMode(found, "spec.volumeMode", spec);
  if (!has(spec, "volumeAttributesClassName")) return;
  const attributes = textAt(spec, "volumeAttributesClassName");
  if (attributes === "") found.required("spec.volumeAttributesClassName", "an empty string is disallowed");
  else found.names("spec.volumeAttributesClassName", attributes, dns1123SubdomainErrors(attributes));
  if (!has(spec, "csi")) found.required("spec.csi", "has to be specified when using volumeAttributesClassName");
}

/** Everything wrong with a volume. Of one that changes, upstream looks at the whole twice. */
export function validatePersistentVolume(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("persistentvolume");
  const spec = specOf(object);
  for (let look = previous === undefined ? 1 : 0; look < 2; look += 1) {
    validateMetadata(found, object);
    validateSpec(found, spec, object.metadata.name ?? "");
  }
  if (previous !== undefined) validateUpdate(found, spec, specOf(previous));
  return found.errors;
}

const RENAMED: Readonly<Record<string, string>> = {
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
};

/** The same with the labels' present names. */
function renamed(value: Json): Json {
  if (typeof value === "string") return RENAMED[value] ?? value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(renamed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inner === undefined ? inner : renamed(inner)]));
}

function validateUpdate(found: Findings, spec: JsonObject, before: JsonObject): void {
  // What a driver needs to grow a volume may be told later.
  const later = { controllerExpandSecretRef: undefined };
  const source = (of: JsonObject, kind: string): JsonObject[string] => (kind === "csi" && has(of, "csi") ? { ...objectAt(of, "csi"), ...(has(objectAt(before, "csi"), "controllerExpandSecretRef") ? {} : later) } : of[kind]);
  const sources = (of: JsonObject): JsonObject => Object.fromEntries(SOURCES.map((kind) => [kind, source(of, kind)]));
  if (!deepEqual(sources(spec), sources(before))) {
    found.forbidden("spec.persistentvolumesource", `spec.persistentvolumesource is immutable after creation\n${goDiff("core.PersistentVolumeSource", before, { ...spec, csi: source(spec, "csi") })}`, "immutable");
  }
  if (has(before, "volumeAttributesClassName") && !has(spec, "volumeAttributesClassName")) found.forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden");
  immutable(found, "volumeMode", spec["volumeMode"], before["volumeMode"]);
  if (has(before, "nodeAffinity") && !deepEqual(spec["nodeAffinity"], before["nodeAffinity"]) && !deepEqual(spec["nodeAffinity"], renamed(before["nodeAffinity"] ?? null))) {
    found.invalid("nodeAffinity", spec["nodeAffinity"] ?? null, "field is immutable, except for updating from beta label to GA");
  }
}
