/** The rules of annotations that mean something for a pod, and of the profiles that took their place. Upstream: `ValidatePodSpecificAnnotations`. */
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import type { Findings } from "../../findings";
import { has, objectAt, objectsAt, textAt } from "../../json-object";

const APPARMOR = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP = "container.seccomp.security.alpha.kubernetes.io/";
const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
const MIRROR = "kubernetes.io/config.mirror";
const PROFILES = ["Localhost", "RuntimeDefault", "Unconfined"];
const LONGEST_PATH = 4095;

function appArmor(found: Findings, path: string, context: JsonObject): void {
  if (!has(context, "appArmorProfile")) return;
  const at = `${path}.securityContext.appArmorProfile`;
  const profile = objectAt(context, "appArmorProfile");
  const [type, file] = [textAt(profile, "type"), textAt(profile, "localhostProfile")];
  if (type === "") found.required(`${at}.type`, "type is required when appArmorProfile is set");
  else if (!PROFILES.includes(type)) found.notSupported(`${at}.type`, type, PROFILES);
  else if (type !== "Localhost") {
    if (has(profile, "localhostProfile")) found.invalid(`${at}.localhostProfile`, file, "can only be set when AppArmor type is Localhost");
  } else if (file.trim() === "") found.required(`${at}.localhostProfile`, "must be set when AppArmor type is Localhost");
  else {
    if (file !== file.trim()) found.invalid(`${at}.localhostProfile`, file, "must not be padded with whitespace");
    if (file.length > LONGEST_PATH) found.tooLong(`${at}.localhostProfile`, LONGEST_PATH);
  }
}

/** A profile in an annotation and one in the field must be the same. */
function sameProfile(found: Findings, path: string, context: JsonObject, annotation: string | undefined): void {
  if (annotation === undefined || !has(context, "appArmorProfile")) return;
  const at = `${path}.securityContext.appArmorProfile`;
  const profile = objectAt(context, "appArmorProfile");
  const type = annotation === "unconfined" ? "Unconfined" : annotation.startsWith("localhost/") ? "Localhost" : "RuntimeDefault";
  if (textAt(profile, "type") !== type && PROFILES.includes(textAt(profile, "type"))) found.forbidden(`${at}.type`, "apparmor type in annotation and field must match");
  else if (type === "Localhost" && textAt(profile, "localhostProfile") !== annotation.slice("localhost/".length)) found.forbidden(`${at}.localhostProfile`, "apparmor profile in annotation and field must match");
}

function seccomp(found: Findings, path: string, value: string): void {
  if (["runtime/default", "docker/default", "unconfined"].includes(value)) return;
  if (!value.startsWith("localhost/")) {
    found.invalid(path, value, "must be a valid seccomp profile");
    return;
  }
  const file = value.slice("localhost/".length);
  if (file.startsWith("/")) found.invalid(path, file, "must be a relative path");
  if (file.split("/").includes("..")) found.invalid(path, file, "must not contain '..'");
}

/** Annotations and profiles of a new pod; `spec` stands under `path`. */
export function validatePodAnnotations(found: Findings, object: KubeObject, spec: JsonObject): void {
  const annotations = object.metadata.annotations ?? {};
  appArmor(found, "spec", objectAt(spec, "securityContext"));
  for (const list of ["initContainers", "containers"]) {
    objectsAt(spec, list).forEach((container, i) => {
      const context = objectAt(container, "securityContext");
      appArmor(found, `spec.${list}[${i}]`, context);
      sameProfile(found, `spec.${list}[${i}]`, context, annotations[`${APPARMOR}${textAt(container, "name")}`]);
    });
  }
  for (const [key, value] of Object.entries(annotations)) {
    if (key.startsWith(APPARMOR) && value !== "" && value !== "unconfined" && value !== "runtime/default" && !value.startsWith("localhost/")) {
      found.invalid(`metadata.annotations[${key}]`, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`);
    }
    if (key === SECCOMP_POD || key.startsWith(SECCOMP)) seccomp(found, `metadata.annotations.${key}`, value);
    if (key === DELETION_COST && !(/^(0|-?[1-9][0-9]*)$/.test(value) && Number(value) === Math.trunc(Number(value)) && Math.abs(Number(value)) <= 2147483648)) {
      found.invalid(`metadata.annotations[${key}]`, value, "must be a 32bit integer");
    }
  }
}

/** A pod is a mirror of a node's own pod from its beginning, or never. */
export function validateMirror(found: Findings, object: KubeObject, previous: KubeObject): void {
  const [now, before] = [object.metadata.annotations?.[MIRROR], previous.metadata.annotations?.[MIRROR]];
  const path = `metadata.annotations[${MIRROR}]`;
  if (before === undefined && now !== undefined) found.forbidden(path, "may not add mirror pod annotation");
  else if (before !== now) found.forbidden(path, "may not remove or update mirror pod annotation");
}
