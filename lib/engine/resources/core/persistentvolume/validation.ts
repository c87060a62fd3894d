/** The rules of volumes. Upstream: `ValidatePersistentVolume`, `ValidatePersistentVolumeUpdate`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123SubdomainErrors } from "../../../apimachinery/names";
import { quantityFrom, quantitySign } from "../../../apimachinery/quantity";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, isObject, listAt, objectAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata, validateNodeSelector } from "../../meta-validation";
import { validateAccessModes, validateVolumeMode } from "../persistentvolumeclaim/validation";
import { validateHostPath, validateNfs } from "../pod-template/validate-volumes";

const SOURCES = "hostPath gcePersistentDisk awsElasticBlockStore glusterfs nfs rbd quobyte cephfs iscsi cinder fc flocker azureFile vsphereVolume photonPersistentDisk portworxVolume azureDisk scaleIO local storageos csi flexVolume".split(" ");
const POLICIES = ["Delete", "Recycle", "Retain"];

function validateSource(found: Findings, kind: string, source: JsonObject): void {
  const path = `spec.${kind}`;
  if (kind === "hostPath") validateHostPath(found, path, source);
  else if (kind === "nfs") validateNfs(found, path, source);
  else if (kind === "local") {
    const where = textAt(source, "path");
    if (where === "") found.required(`${path}.path`);
    else if (where.split("/").includes("..")) found.invalid(`${path}.path`, where, "must not contain '..'");
  } else if (kind === "csi") {
    if (textAt(source, "driver") === "") found.required(`${path}.driver`);
    if (textAt(source, "volumeHandle") === "") found.required(`${path}.volumeHandle`);
  }
}

function validateCapacity(found: Findings, spec: JsonObject): void {
  const capacity = objectAt(spec, "capacity");
  if (Object.keys(capacity).length === 0) found.required("spec.capacity");
  if (!has(capacity, "storage") || Object.keys(capacity).length > 1) found.notSupported("spec.capacity", spec["capacity"] ?? null, ["storage"]);
  for (const [name, amount] of Object.entries(capacity)) {
    if (quantitySign(quantityFrom(amount)) < 0) found.invalid(`spec.capacity[${name}]`, amount, "must be a valid resource quantity");
    if (quantitySign(quantityFrom(amount)) <= 0) found.invalid(`spec.capacity[${name}]`, String(amount), "must be greater than zero");
  }
}

function validateAffinity(found: Findings, spec: JsonObject): void {
  const affinity = objectAt(spec, "nodeAffinity");
  if (!has(spec, "nodeAffinity")) {
    if (has(spec, "local")) found.required("spec.nodeAffinity", "Local volume requires node affinity");
  } else if (!has(affinity, "required")) found.required("spec.nodeAffinity.required", "must specify required node constraints");
  else validateNodeSelector(found, "spec.nodeAffinity.required", objectAt(affinity, "required"));
}

/** Everything wrong with a volume. */
export function validatePersistentVolume(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("persistentvolume");
  const spec = specOf(object);
  validateMetadata(found, object);
  if (listAt(spec, "accessModes").length === 0) found.required("spec.accessModes");
  validateAccessModes(found, "spec.accessModes", listAt(spec, "accessModes"));
  validateCapacity(found, spec);
  const policy = textAt(spec, "persistentVolumeReclaimPolicy");
  if (policy !== "" && !POLICIES.includes(policy)) found.notSupported("spec.persistentVolumeReclaimPolicy", policy, POLICIES);
  validateAffinity(found, spec);
  const kinds = SOURCES.filter((kind) => isObject(spec[kind]));
  kinds.forEach((kind, i) => (i > 0 ? found.forbidden(`spec.${kind}`, "may not specify more than 1 volume type") : validateSource(found, kind, objectAt(spec, kind))));
  if (kinds.length === 0) found.required("spec", "must specify a volume type");
  if (policy === "Recycle" && textAt(objectAt(spec, "hostPath"), "path") === "/") found.forbidden("spec.hostPath.path", "may not be '/' for a reclaim policy of 'Recycle'");
  const storageClass = textAt(spec, "storageClassName");
  if (storageClass !== "") found.names("spec.storageClassName", storageClass, dns1123SubdomainErrors(storageClass));
  validateVolumeMode(found, "spec.volumeMode", spec);
  if (has(spec, "volumeAttributesClassName")) {
    const attributes = textAt(spec, "volumeAttributesClassName");
    if (attributes === "") found.required("spec.volumeAttributesClassName", "an empty string is disallowed");
    else found.names("spec.volumeAttributesClassName", attributes, dns1123SubdomainErrors(attributes));
    if (!has(spec, "csi")) found.required("spec.csi", "has to be specified when using volumeAttributesClassName");
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
  const later = { controllerExpandSecretRef: undefined, nodeExpandSecretRef: undefined };
  const source = (of: JsonObject, kind: string): JsonObject[string] => (kind === "csi" && has(of, "csi") ? { ...objectAt(of, "csi"), ...(has(objectAt(before, "csi"), "controllerExpandSecretRef") ? {} : later) } : of[kind]);
  const sources = (of: JsonObject): JsonObject => Object.fromEntries(SOURCES.map((kind) => [kind, source(of, kind)]));
  if (!deepEqual(sources(spec), sources(before))) found.forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation", "immutable");
  if (has(spec, "volumeAttributesClassName") && textAt(spec, "volumeAttributesClassName") === "") found.required("spec.volumeAttributesClassName", "an empty string is disallowed");
  immutable(found, "volumeMode", spec["volumeMode"], before["volumeMode"]);
  if (has(before, "nodeAffinity") && !deepEqual(spec["nodeAffinity"], before["nodeAffinity"]) && !deepEqual(spec["nodeAffinity"], renamed(before["nodeAffinity"] ?? null))) {
    found.invalid("nodeAffinity", spec["nodeAffinity"] ?? null, "field is immutable, except for updating from beta label to GA");
  }
}
