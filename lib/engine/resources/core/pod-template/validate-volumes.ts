/** The rules of a pod's volumes. Upstream: `ValidateVolumes`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors } from "../../../apimachinery/names";
import { quantityFrom, quantitySign } from "../../../apimachinery/quantity";
import type { Findings } from "../../findings";
import { has, isObject, objectAt, textAt } from "../../json-object";
import { validateAnnotations, validateLabels } from "../../meta-validation";
import { validateClaimSpec } from "../persistentvolumeclaim/validation";
import { localPath } from "./local-path";
import { validateDownward, validateItems, validateMode, validateProjected } from "./validate-projected";
import { secondSourcePath, validateDriverName, validateSharedSource } from "./volume-sources";

/** Every source of a volume, in the order upstream looks for them. */
const SOURCES =
  "emptyDir hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker persistentVolumeClaim rbd cinder cephfs quobyte downwardAPI fc flexVolume configMap azureFile vsphereVolume photonPersistentDisk portworxVolume azureDisk storageos projected scaleIO csi ephemeral image".split(
    " ",
  );

function gitRepo(found: Findings, path: string, source: JsonObject): void {
  if (textAt(source, "repository") === "") found.required(`${path}.repository`);
  localPath(found, `${path}.directory`, textAt(source, "directory"));
}

function csi(found: Findings, path: string, source: JsonObject): void {
  validateDriverName(found, `${path}.driver`, textAt(source, "driver"));
  if (!has(source, "nodePublishSecretRef")) return;
  const name = textAt(objectAt(source, "nodePublishSecretRef"), "name");
  if (name === "") found.required(`${path}.nodePublishSecretRef.name`);
  else found.names(`${path}.name`, name, dns1123SubdomainErrors(name));
}

/** The metadata of a claim that is only a pattern: labels and annotations, nothing else. */
function templateMetadata(found: Findings, path: string, metadata: JsonObject): void {
  validateAnnotations(found, `${path}.annotations`, objectAt(metadata, "annotations"));
  validateLabels(found, `${path}.labels`, objectAt(metadata, "labels"));
  for (const key of Object.keys(metadata)) {
    const value = metadata[key];
    if (key === "annotations" || key === "labels" || value === undefined || value === null || value === "") continue;
    found.forbidden(`${path}.${key === "uid" ? "uID" : key}`, "cannot be set");
  }
}

function ephemeral(found: Findings, path: string, source: JsonObject, volume: string, pod: string): void {
  if (!has(source, "volumeClaimTemplate")) found.required(`${path}.volumeClaimTemplate`);
  else {
    const template = objectAt(source, "volumeClaimTemplate");
    templateMetadata(found, `${path}.volumeClaimTemplate.metadata`, objectAt(template, "metadata"));
    validateClaimSpec(found, `${path}.volumeClaimTemplate.spec`, objectAt(template, "spec"));
  }
  if (pod === "" || volume === "") return;
  const claim = `${pod}-${volume}`;
  for (const message of dns1123SubdomainErrors(claim)) found.invalid(`${path.slice(0, -".ephemeral".length)}.name`, volume, `PVC name ${JSON.stringify(claim)}: ${message}`);
}

function image(found: Findings, path: string, source: JsonObject): void {
  if (textAt(source, "reference") === "") found.required(`${path}.reference`);
  const policy = textAt(source, "pullPolicy");
  if (policy === "") found.required(`${path}.pullPolicy`);
  else if (!["Always", "IfNotPresent", "Never"].includes(policy)) found.notSupported(`${path}.pullPolicy`, policy, ["Always", "IfNotPresent", "Never"]);
}

function keys(found: Findings, path: string, source: JsonObject, name: string): void {
  if (textAt(source, name) === "") found.required(`${path}.${name}`);
  validateMode(found, path, source, "defaultMode");
  validateItems(found, path, source);
}

function ownSource(found: Findings, at: string, kind: string, inner: JsonObject, volume: string, pod: string): void {
  const path = `${at}.${kind}`;
  if (kind === "emptyDir") {
    if (has(inner, "sizeLimit") && quantitySign(quantityFrom(inner["sizeLimit"])) < 0) found.forbidden(`${path}.sizeLimit`, "SizeLimit field must be a valid resource quantity");
  } else if (kind === "secret") keys(found, path, inner, "secretName");
  else if (kind === "configMap") keys(found, path, inner, "name");
  else if (kind === "persistentVolumeClaim") {
    if (textAt(inner, "claimName") === "") found.required(`${path}.claimName`);
  } else if (kind === "downwardAPI") {
    validateMode(found, path, inner, "defaultMode");
    validateDownward(found, path, inner);
  } else if (kind === "projected") validateProjected(found, path, inner);
  else if (kind === "gitRepo") gitRepo(found, path, inner);
  else if (kind === "csi") csi(found, path, inner);
  else if (kind === "ephemeral") ephemeral(found, path, inner, volume, pod);
  else if (kind === "image") image(found, path, inner);
  else validateSharedSource(found, at, kind, inner, { persistent: false, name: volume });
}

/** The volumes of a pod called `pod`, or of a template. Returns them by name, with the kind of their source, for the mounts to be checked against. */
export function validateVolumes(found: Findings, path: string, volumes: readonly JsonObject[], pod = ""): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  const made = new Set(pod === "" ? [] : volumes.filter((volume) => has(volume, "ephemeral")).map((volume) => `${pod}-${textAt(volume, "name")}`));
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const before = found.errors.length;
    const name = textAt(volume, "name");
    const kinds = SOURCES.filter((kind) => isObject(volume[kind]));
    kinds.forEach((kind, j) => {
      if (j > 0) found.forbidden(secondSourcePath(at, kind), "may not specify more than 1 volume type", "one-volume-type");
      else ownSource(found, at, kind, objectAt(volume, kind), name, pod);
    });
    if (kinds.length === 0) found.required(at, "must specify a volume type");
    if (name === "") found.required(`${at}.name`);
    else found.names(`${at}.name`, name, dns1123LabelErrors(name));
    if (known.has(name)) found.duplicate(`${at}.name`, name);
    // A volume that is wrong is none a container could mount.
    if (found.errors.length === before) known.set(name, kinds[0] ?? "");
    const claim = textAt(objectAt(volume, "persistentVolumeClaim"), "claimName");
    if (made.has(claim)) found.invalid(`${at}.persistentVolumeClaim.claimName`, claim, "must not reference a PVC that gets created for an ephemeral volume");
  });
  return known;
}

