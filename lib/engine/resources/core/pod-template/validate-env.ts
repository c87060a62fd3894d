/** The rules of a container's environment. Upstream: `ValidateEnv`, `ValidateEnvFrom`, `validateFileKeyRefVolumes`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123SubdomainErrors, relaxedEnvVarNameErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, objectAt, objectsAt, textAt } from "../../json-object";
import { ENV_FIELDS, validateFieldRef, validateFileKeyRef, validateKeyRef, validateResourceRef } from "./validate-references";

const SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

function valueFrom(found: Findings, path: string, env: JsonObject): void {
  const source = objectAt(env, "valueFrom");
  const kinds = SOURCES.filter((kind) => has(source, kind));
  if (has(source, "fieldRef")) validateFieldRef(found, `${path}.fieldRef`, objectAt(source, "fieldRef"), ENV_FIELDS);
  if (has(source, "resourceFieldRef")) validateResourceRef(found, `${path}.resourceFieldRef`, objectAt(source, "resourceFieldRef"), false);
  for (const kind of ["configMapKeyRef", "secretKeyRef"]) if (has(source, kind)) validateKeyRef(found, `${path}.${kind}`, objectAt(source, kind));
  if (has(source, "fileKeyRef")) validateFileKeyRef(found, `${path}.fileKeyRef`, objectAt(source, "fileKeyRef"));
  if (kinds.length === 0) found.invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
  else if (textAt(env, "value") !== "") found.invalid(path, "", "may not be specified when `value` is not empty");
  else if (kinds.length > 1) found.invalid(path, "", "may not have more than one field specified at a time");
}

/** `env` and `envFrom` of a container. */
export function validateEnv(found: Findings, container: string, spec: JsonObject): void {
  objectsAt(spec, "env").forEach((env, i) => {
    const at = `${container}.env[${i}]`;
    const name = textAt(env, "name");
    if (name === "") found.required(`${at}.name`);
    else found.names(`${at}.name`, name, relaxedEnvVarNameErrors(name));
    if (has(env, "valueFrom")) valueFrom(found, `${at}.valueFrom`, env);
  });
  objectsAt(spec, "envFrom").forEach((source, i) => {
    const path = `${container}.envFrom`;
    const at = `${path}[${i}]`;
    const prefix = textAt(source, "prefix");
    if (prefix !== "") found.names(`${at}.prefix`, prefix, relaxedEnvVarNameErrors(prefix));
    const kinds = ["configMapRef", "secretRef"].filter((kind) => has(source, kind));
    for (const kind of kinds) {
      const name = textAt(objectAt(source, kind), "name");
      if (name === "") found.required(`${at}.${kind}.name`);
      // Upstream looks at these as at the beginning of a name: a trailing dash passes.
      else found.names(`${at}.${kind}.name`, name, dns1123SubdomainErrors(name.length > 1 && name.endsWith("-") ? `${name.slice(0, -1)}a` : name));
    }
    if (kinds.length === 0) found.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
    else if (kinds.length > 1) found.invalid(path, "", "may not have more than one field specified at a time");
  });
}

/** Files with variables lie in empty directories of the same pod. */
export function validateEnvFiles(found: Findings, path: string, spec: JsonObject): void {
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    objectsAt(spec, list).forEach((container, i) =>
      objectsAt(container, "env").forEach((env, j) => {
        const source = objectAt(env, "valueFrom");
        if (!has(source, "fileKeyRef")) return;
        const name = textAt(objectAt(source, "fileKeyRef"), "volumeName");
        const volume = objectsAt(spec, "volumes").find((one) => textAt(one, "name") === name);
        const at = `${path}.${list}[${i}].env[${j}].valueFrom.fileKeyRef.volumeName`;
        if (volume === undefined) found.notFound(at, name);
        else if (!has(volume, "emptyDir")) found.invalid(at, name, "referenced volume must be of type emptyDir");
      }),
    );
  }
}
