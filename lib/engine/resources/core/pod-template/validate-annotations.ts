/** The rules of annotations that mean something for a pod, and of the profiles that took their place. Upstream: `ValidatePodSpecificAnnotations`, `validateSeccompAnnotationsAndFields`, `validateAppArmorAnnotationsAndFieldsMatchOnCreate`. */
import { goName, goSyntaxProblem } from "../../../apimachinery/go-json-syntax";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import type { Findings } from "../../findings";
import { has, isObject, objectAt, objectsAt, textAt } from "../../json-object";
import { localPath } from "./local-path";
import { validateTolerations } from "./validate-placement";

const APPARMOR = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP = "container.seccomp.security.alpha.kubernetes.io/";
const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
const TOLERATIONS = "scheduler.alpha.kubernetes.io/tolerations";
const MIRROR = "kubernetes.io/config.mirror";
const LOCALHOST = "localhost/";
const LISTS = ["initContainers", "containers", "ephemeralContainers"];

function seccomp(found: Findings, path: string, value: string): void {
  if (["runtime/default", "docker/default", "unconfined"].includes(value)) return;
  if (value.startsWith(LOCALHOST)) localPath(found, path, value.slice(LOCALHOST.length));
  else found.invalid(path, value, "must be a valid seccomp profile");
}

function isCost(value: string): boolean {
  if (!/^(0|-?[1-9][0-9]*)$/.test(value) || value.length > 11) return false;
  return Number(value) >= -2147483648 && Number(value) <= 2147483647;
}

/** Tolerations as they were said before there was a field for them. */
function toleratingAnnotation(found: Findings, path: string, value: string): void {
  if (value === "") return;
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list)) validateTolerations(found, `${path}.${TOLERATIONS}`, list.filter(isObject));
    else if (list !== null) found.invalid(path, TOLERATIONS, `json: cannot unmarshal ${goName(list as Json)} into Go value of type []core.Toleration`);
  } catch {
    // Any text may stand here; that it is no JSON is the answer.
    found.invalid(path, TOLERATIONS, goSyntaxProblem(value) ?? "");
  }
}

/** Annotations of a pod or a template (`path`) that speak of its spec. */
function specificAnnotations(found: Findings, path: string, annotations: JsonObject, spec: JsonObject): void {
  const containers = LISTS.flatMap((list) => objectsAt(spec, list).map((container) => textAt(container, "name")));
  for (const key of Object.keys(annotations)) {
    const value = textAt(annotations, key);
    if (key === SECCOMP_POD || key.startsWith(SECCOMP)) seccomp(found, `${path}.${key}`, value);
    if (key.startsWith(APPARMOR)) {
      const name = key.slice(APPARMOR.length);
      if (!containers.includes(name)) found.invalid(`${path}[${key}]`, name, "container not found");
      if (value !== "" && value !== "unconfined" && value !== "runtime/default" && !value.startsWith(LOCALHOST)) {
        found.invalid(`${path}[${key}]`, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`);
      }
    }
    if (key === MIRROR && textAt(spec, "nodeName") === "") found.invalid(`${path}[${key}]`, value, "must set spec.nodeName if mirror pod annotation is set");
    if (key === TOLERATIONS) toleratingAnnotation(found, path, value);
    if (key === DELETION_COST && !isCost(value)) found.invalid(`${path}[${key}]`, value, "must be a 32bit integer");
  }
}

/** A profile in an annotation and one in the field must be the same. */
function sameProfile(found: Findings, at: string, what: string, profile: JsonObject, annotation: string | undefined): void {
  if (annotation === undefined) return;
  const type = textAt(profile, "type");
  const differs = (): void => found.forbidden(`${at}.type`, `${what} type in annotation and field must match`);
  if (type === "Unconfined") {
    if (annotation !== "unconfined") differs();
  } else if (type === "RuntimeDefault") {
    if (annotation !== "runtime/default" && !(what === "seccomp" && annotation === "docker/default")) differs();
  } else if (type === "Localhost") {
    if (!annotation.startsWith(LOCALHOST)) differs();
    else if (annotation.slice(LOCALHOST.length) !== textAt(profile, "localhostProfile")) found.forbidden(`${at}.localhostProfile`, `${what} profile in annotation and field must match`);
  }
}

function profilesMatch(found: Findings, path: string, annotations: Readonly<Record<string, string>>, spec: JsonObject): void {
  const pod = objectAt(spec, "securityContext");
  if (has(pod, "seccompProfile")) sameProfile(found, `${path}.securityContext.seccompProfile`, "seccomp", objectAt(pod, "seccompProfile"), annotations[SECCOMP_POD]);
  const windows = textAt(objectAt(spec, "os"), "name") === "windows";
  for (const list of LISTS) {
    objectsAt(spec, list).forEach((container, i) => {
      const at = `${path}.${list}[${i}].securityContext`;
      const [own, name] = [objectAt(container, "securityContext"), textAt(container, "name")];
      if (has(own, "seccompProfile")) sameProfile(found, `${at}.seccompProfile`, "seccomp", objectAt(own, "seccompProfile"), annotations[`${SECCOMP}${name}`]);
      const armor = has(own, "appArmorProfile") ? own : pod;
      if (!windows && has(armor, "appArmorProfile")) sameProfile(found, `${at}.appArmorProfile`, "apparmor", objectAt(armor, "appArmorProfile"), annotations[`${APPARMOR}${name}`]);
    });
  }
}

/** Annotations of a new pod or of a template; they stand under `path`, the spec under `specPath`. */
export function validatePodAnnotations(found: Findings, path: string, specPath: string, annotations: JsonObject, spec: JsonObject): void {
  specificAnnotations(found, path, annotations, spec);
  profilesMatch(found, specPath, annotations as Readonly<Record<string, string>>, spec);
}

/** What may become of a pod's annotations: a mirror and its profiles are so from the beginning, or never. Upstream: `ValidatePodSpecificAnnotationUpdates`. */
export function validateAnnotationUpdate(found: Findings, object: KubeObject, previous: KubeObject, spec: JsonObject): void {
  const [now, before] = [object.metadata.annotations ?? {}, previous.metadata.annotations ?? {}];
  const kind = (key: string): string | undefined => (key === MIRROR ? "mirror pod annotation" : key.startsWith(APPARMOR) ? "AppArmor annotations" : undefined);
  const at = (key: string): string => `metadata.annotations[${key}]`;
  for (const key of Object.keys(before)) if (kind(key) !== undefined && now[key] !== before[key]) found.forbidden(at(key), `may not remove or update ${kind(key) ?? ""}`);
  for (const key of Object.keys(now)) if (kind(key) !== undefined && before[key] === undefined) found.forbidden(at(key), `may not add ${kind(key) ?? ""}`);
  // Upstream looks at their form for the pod, and again for its change.
  for (let look = 0; look < 2; look += 1) specificAnnotations(found, "metadata.annotations", now, spec);
}
