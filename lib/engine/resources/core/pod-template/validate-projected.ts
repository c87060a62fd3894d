/** The rules of volumes made of other things: keys, fields, tokens. Upstream: `validateProjectionSources`, `validateDownwardAPIVolumeFile`. */
import type { JsonObject } from "../../../apimachinery/meta";
import type { Findings } from "../../findings";
import { has, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { unreservedPath } from "./local-path";
import { FILE_FIELDS, validateFieldRef, validateResourceRef } from "./validate-references";

/** Permission bits of a file. */
export function validateMode(found: Findings, path: string, source: JsonObject, key: string): void {
  const value = numberAt(source, key);
  if (value !== undefined && (value < 0 || value > 0o777)) found.invalid(`${path}.${key}`, value, "must be a number between 0 and 0777 (octal), both inclusive");
}

/** Keys of a ConfigMap or Secret and the files they become. */
export function validateItems(found: Findings, path: string, source: JsonObject): void {
  objectsAt(source, "items").forEach((item, i) => {
    const at = `${path}.items[${i}]`;
    if (textAt(item, "key") === "") found.required(`${at}.key`);
    if (textAt(item, "path") === "") found.required(`${at}.path`);
    unreservedPath(found, `${at}.path`, textAt(item, "path"));
    validateMode(found, at, item, "mode");
  });
}

/** Fields of the pod and the files they become. Upstream names no index. */
export function validateDownward(found: Findings, path: string, source: JsonObject): void {
  for (const item of objectsAt(source, "items")) {
    if (textAt(item, "path") === "") found.required(`${path}.path`);
    unreservedPath(found, `${path}.path`, textAt(item, "path"));
    if (has(item, "fieldRef")) {
      validateFieldRef(found, `${path}.fieldRef`, objectAt(item, "fieldRef"), FILE_FIELDS);
      if (has(item, "resourceFieldRef")) found.invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
    } else if (has(item, "resourceFieldRef")) validateResourceRef(found, `${path}.resourceFieldRef`, objectAt(item, "resourceFieldRef"), true);
    else found.required(path, "one of fieldRef and resourceFieldRef is required");
    validateMode(found, path, item, "mode");
  }
}

function token(found: Findings, path: string, at: string, source: JsonObject): void {
  const seconds = numberAt(source, "expirationSeconds");
  if (seconds === undefined) found.required(`${at}.expirationSeconds`);
  else if (seconds < 600) found.invalid(`${at}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes");
  else if (seconds > 4294967296) found.invalid(`${at}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds");
  if (textAt(source, "path") === "") found.required(`${path}.path`);
  else unreservedPath(found, `${path}.path`, textAt(source, "path"));
}

const KINDS = ["secret", "configMap", "downwardAPI", "serviceAccountToken"];

/** Several sources in one directory: each of one kind, no two writing one file. */
export function validateProjected(found: Findings, path: string, source: JsonObject): void {
  validateMode(found, path, source, "defaultMode");
  const taken = new Set<string>();
  const claim = (file: string, shown: string): void => {
    if (file !== "" && taken.has(file)) found.invalid(path, shown, "conflicting duplicate paths");
    taken.add(file);
  };
  objectsAt(source, "sources").forEach((projection, i) => {
    const at = `${path}.sources[${i}]`;
    for (const kind of ["secret", "configMap"]) {
      if (!has(projection, kind)) continue;
      const inner = objectAt(projection, kind);
      if (textAt(inner, "name") === "") found.required(`${at}.${kind}.name`);
      validateItems(found, `${at}.${kind}`, inner);
      for (const item of objectsAt(inner, "items")) claim(textAt(item, "path"), textAt(inner, "name"));
    }
    const downward = objectAt(projection, "downwardAPI");
    validateDownward(found, `${at}.downwardAPI`, downward);
    for (const item of objectsAt(downward, "items")) claim(textAt(item, "path"), textAt(item, "path"));
    if (has(projection, "serviceAccountToken")) token(found, path, `${at}.serviceAccountToken`, objectAt(projection, "serviceAccountToken"));
    if (KINDS.filter((kind) => has(projection, kind)).length > 1) found.forbidden(at, "may not specify more than 1 volume type per source");
  });
}
