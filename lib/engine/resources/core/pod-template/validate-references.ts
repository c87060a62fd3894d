/** References to a pod's own fields and to keys of other objects. Upstream: `validateObjectFieldSelector`, `validateContainerResourceFieldSelector`, `validateSecretKeySelector`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { configMapKeyErrors, dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors, relaxedEnvVarNameErrors } from "../../../apimachinery/names";
import { canonicalQuantity, quantityFrom } from "../../../apimachinery/quantity";
import type { Findings } from "../../findings";
import { has, textAt } from "../../json-object";
import { noBacksteps } from "./local-path";

/** Fields an environment variable can take its value from, in the order messages list them. */
export const ENV_FIELDS = ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];
/** Fields a file of a downward volume can show, in the order messages list them. */
export const FILE_FIELDS = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

const KNOWN_FIELDS = [...ENV_FIELDS, "metadata.annotations", "metadata.labels", "spec.restartPolicy", "spec.schedulerName", "status.phase"];
const RESOURCES = ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];
const BYTES = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";

/** A reference to a field of the pod itself. */
export function validateFieldRef(found: Findings, path: string, ref: JsonObject, allowed: readonly string[]): void {
  const [version, given] = [textAt(ref, "apiVersion"), textAt(ref, "fieldPath")];
  if (version === "") {
    found.required(`${path}.apiVersion`);
    return;
  }
  if (given === "") {
    found.required(`${path}.fieldPath`);
    return;
  }
  const subscript = /^(.+?)\['(.*)'\]$/s.exec(given);
  const [field, key] = subscript === null ? [given, undefined] : [subscript[1] ?? "", subscript[2] ?? ""];
  const complain = (why: string): void => found.invalid(`${path}.fieldPath`, given, `error converting fieldPath: ${why}`);
  if (version !== "v1") complain(`unsupported pod version: ${version}`);
  else if (key !== undefined) {
    if (field === "metadata.annotations") found.names(path, key.toLowerCase(), qualifiedNameErrors(key.toLowerCase()));
    else if (field === "metadata.labels") found.names(path, key, qualifiedNameErrors(key));
    else complain(`field label does not support subscript: ${given}`);
  } else if (field !== "spec.host" && !KNOWN_FIELDS.includes(field)) complain(`field label not supported: ${field}`);
  else if (field !== "spec.host" && !allowed.includes(field)) found.notSupported(`${path}.fieldPath`, field, allowed);
}

function divisor(found: Findings, path: string, resource: string, value: string): void {
  if (quantityFrom(value).unscaled === 0n) return;
  const known = canonicalQuantity(value);
  const what = resource.endsWith(".memory") ? "memory" : resource.endsWith(".ephemeral-storage") ? "local ephemeral storage" : /^(limits|requests)\.hugepages-/.test(resource) ? "hugepages" : "";
  if (resource === "limits.cpu" || resource === "requests.cpu") {
    if (known !== "1m" && known !== "1") found.invalid(`${path}.divisor`, resource, "only divisor's values 1m and 1 are supported with the cpu resource");
  } else if (what !== "" && !BYTES.split(", ").includes(known)) found.invalid(`${path}.divisor`, resource, `only divisor's values ${BYTES} are supported with the ${what} resource`);
}

/** A reference to what a container asks for; in a volume it must say which container. */
export function validateResourceRef(found: Findings, path: string, ref: JsonObject, inVolume: boolean): void {
  const resource = textAt(ref, "resource");
  if (inVolume && textAt(ref, "containerName") === "") found.required(`${path}.containerName`);
  else if (resource === "") found.required(`${path}.resource`);
  else if (!RESOURCES.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) found.notSupported(`${path}.resource`, resource, RESOURCES);
  if (has(ref, "divisor")) divisor(found, path, resource, String(ref["divisor"]));
}

/** A key of a ConfigMap or Secret. */
export function validateKeyRef(found: Findings, path: string, ref: JsonObject): void {
  found.names(`${path}.name`, textAt(ref, "name"), dns1123SubdomainErrors(textAt(ref, "name")));
  if (textAt(ref, "key") === "") found.required(`${path}.key`);
  else found.names(`${path}.key`, textAt(ref, "key"), configMapKeyErrors(textAt(ref, "key")));
}

/** A variable in a file of a volume. */
export function validateFileKeyRef(found: Findings, path: string, ref: JsonObject): void {
  const [key, volume, file] = [textAt(ref, "key"), textAt(ref, "volumeName"), textAt(ref, "path")];
  if (key === "") found.required(`${path}.key`);
  else found.names(`${path}.key`, key, relaxedEnvVarNameErrors(key));
  if (volume === "") found.required(`${path}.volumeName`);
  else found.names(`${path}.volumeName`, volume, dns1123LabelErrors(volume));
  if (file === "") found.required(`${path}.path`);
  else noBacksteps(found, `${path}.path`, file);
}
