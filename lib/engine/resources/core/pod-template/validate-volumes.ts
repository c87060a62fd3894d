/** The rules of a pod's volumes. Upstream: `ValidateVolumes`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { configMapKeyErrors, dns1123LabelErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, isObject, numberAt, objectAt, objectsAt, textAt } from "../../json-object";

const HOST_PATH_TYPES = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];

/** A relative path that stays where it is. */
export function localPath(found: Findings, path: string, value: string): void {
  if (value.startsWith("/")) found.invalid(path, value, "must be a relative path");
  if (value.split("/").includes("..")) found.invalid(path, value, "must not contain '..'");
}

function items(found: Findings, path: string, source: JsonObject): void {
  objectsAt(source, "items").forEach((item, i) => {
    const at = `${path}.items[${i}]`;
    if (textAt(item, "key") === "") found.required(`${at}.key`);
    else found.names(`${at}.key`, textAt(item, "key"), configMapKeyErrors(textAt(item, "key")));
    if (textAt(item, "path") === "") found.required(`${at}.path`);
    else localPath(found, `${at}.path`, textAt(item, "path"));
    mode(found, `${at}.mode`, item, "mode");
  });
}

function mode(found: Findings, path: string, source: JsonObject, key: string): void {
  const value = numberAt(source, key);
  if (value !== undefined && (value < 0 || value > 0o777)) found.invalid(path, value, "must be a number between 0 and 0777 (octal), both inclusive");
}

function downward(found: Findings, path: string, source: JsonObject): void {
  for (const item of objectsAt(source, "items")) {
    if (textAt(item, "path") === "") found.required(`${path}.path`);
    else localPath(found, `${path}.path`, textAt(item, "path"));
    if (has(item, "fieldRef")) {
      if (textAt(objectAt(item, "fieldRef"), "fieldPath") === "") found.required(`${path}.fieldRef.fieldPath`);
    } else if (!has(item, "resourceFieldRef")) found.required(path, "one of fieldRef and resourceFieldRef is required");
  }
}

/** Two sources must not write one file. */
function conflictingPaths(found: Findings, path: string, sources: readonly JsonObject[]): void {
  const taken = new Set<string>();
  for (const projection of sources) {
    for (const kind of ["secret", "configMap", "downwardAPI", "serviceAccountToken"]) {
      if (!has(projection, kind)) continue;
      const inner = objectAt(projection, kind);
      const paths = kind === "serviceAccountToken" ? [textAt(inner, "path")] : objectsAt(inner, "items").map((item) => textAt(item, "path"));
      for (const one of paths) {
        if (one !== "" && taken.has(one)) found.invalid(path, kind === "secret" || kind === "configMap" ? textAt(inner, "name") : one, "conflicting duplicate paths");
        taken.add(one);
      }
    }
  }
}

function projected(found: Findings, path: string, source: JsonObject): void {
  conflictingPaths(found, path, objectsAt(source, "sources"));
  objectsAt(source, "sources").forEach((projection, i) => {
    const at = `${path}.sources[${i}]`;
    for (const kind of ["secret", "configMap"]) {
      if (!has(projection, kind)) continue;
      const inner = objectAt(projection, kind);
      if (textAt(inner, "name") === "") found.required(`${at}.${kind}.name`);
      items(found, `${at}.${kind}`, inner);
    }
    if (has(projection, "downwardAPI")) downward(found, `${at}.downwardAPI`, objectAt(projection, "downwardAPI"));
    const token = objectAt(projection, "serviceAccountToken");
    if (has(projection, "serviceAccountToken")) {
      const seconds = numberAt(token, "expirationSeconds");
      if (seconds !== undefined && seconds < 600) found.invalid(`${at}.serviceAccountToken.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes");
      if (textAt(token, "path") === "") found.required(`${at}.serviceAccountToken.path`);
    }
  });
  mode(found, `${path}.defaultMode`, source, "defaultMode");
}

/** A directory of the node. */
export function validateHostPath(found: Findings, path: string, source: JsonObject): void {
  const where = textAt(source, "path");
  if (where === "") found.required(`${path}.path`);
  else if (where.split("/").includes("..")) found.invalid(`${path}.path`, where, "must not contain '..'");
  if (!HOST_PATH_TYPES.includes(textAt(source, "type"))) found.notSupported(`${path}.type`, textAt(source, "type"), HOST_PATH_TYPES);
}

/** A share of a file server. */
export function validateNfs(found: Findings, path: string, source: JsonObject): void {
  if (textAt(source, "server") === "") found.required(`${path}.server`);
  if (textAt(source, "path") === "") found.required(`${path}.path`);
  else if (!textAt(source, "path").startsWith("/")) found.invalid(`${path}.path`, textAt(source, "path"), "must be an absolute path");
}

function source(found: Findings, path: string, kind: string, inner: JsonObject): void {
  switch (kind) {
    case "hostPath":
      validateHostPath(found, path, inner);
      break;
    case "emptyDir":
      if (textAt(inner, "sizeLimit").startsWith("-")) found.forbidden(`${path}.sizeLimit`, "SizeLimit field must be a valid resource quantity");
      break;
    case "secret":
      if (textAt(inner, "secretName") === "") found.required(`${path}.secretName`);
      items(found, path, inner);
      mode(found, `${path}.defaultMode`, inner, "defaultMode");
      break;
    case "configMap":
      if (textAt(inner, "name") === "") found.required(`${path}.name`);
      items(found, path, inner);
      mode(found, `${path}.defaultMode`, inner, "defaultMode");
      break;
    case "persistentVolumeClaim":
      if (textAt(inner, "claimName") === "") found.required(`${path}.claimName`);
      break;
    case "nfs":
      validateNfs(found, path, inner);
      break;
    case "downwardAPI":
      downward(found, path, inner);
      mode(found, `${path}.defaultMode`, inner, "defaultMode");
      break;
    case "projected":
      projected(found, path, inner);
      break;
    case "csi":
      if (textAt(inner, "driver") === "") found.required(`${path}.driver`);
      break;
    default:
  }
}

/** The volumes of a pod. Returns their names, for the mounts to be checked against. */
export function validateVolumes(found: Findings, path: string, volumes: readonly JsonObject[]): ReadonlySet<string> {
  const names = new Set<string>();
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const before = found.errors.length;
    const kinds = Object.keys(volume).filter((key) => key !== "name" && isObject(volume[key]));
    kinds.forEach((kind, j) => {
      if (j > 0) found.forbidden(`${at}.${kind}`, "may not specify more than 1 volume type", "one-volume-type");
      else source(found, `${at}.${kind}`, kind, objectAt(volume, kind));
    });
    if (kinds.length === 0) found.required(at, "must specify a volume type");
    const name = textAt(volume, "name");
    if (name === "") found.required(`${at}.name`);
    else {
      found.names(`${at}.name`, name, dns1123LabelErrors(name));
      if (names.has(name)) found.duplicate(`${at}.name`, name);
    }
    // A volume that is wrong is none a container could mount.
    if (found.errors.length === before) names.add(name);
  });
  return names;
}
