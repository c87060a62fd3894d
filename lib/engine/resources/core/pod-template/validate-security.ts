/** The rules of security contexts. Upstream: `ValidateSecurityContext`, `validatePodSpecSecurityContext`. */
import type { Json, JsonObject } from "../../../apimachinery/meta";
import type { Findings } from "../../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { localPath } from "./local-path";
import { validateWindowsOptions } from "./validate-windows";

const PROFILES = ["Localhost", "RuntimeDefault", "Unconfined"];
const LONGEST_PATH = 4095;
const SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;

function id(found: Findings, path: string, value: Json | undefined): void {
  if (typeof value === "number" && (value < 0 || value > 2147483647)) found.invalid(path, value, "must be between 0 and 2147483647, inclusive");
}

function seccomp(found: Findings, path: string, context: JsonObject): void {
  if (!has(context, "seccompProfile")) return;
  const at = `${path}.seccompProfile`;
  const profile = objectAt(context, "seccompProfile");
  const [type, file] = [textAt(profile, "type"), textAt(profile, "localhostProfile")];
  if (type === "") found.required(`${at}.type`, "type is required when seccompProfile is set");
  else if (!PROFILES.includes(type)) found.notSupported(`${at}.type`, type, PROFILES);
  if (type !== "Localhost") {
    if (has(profile, "localhostProfile")) found.invalid(`${at}.localhostProfile`, { Type: type, LocalhostProfile: file }, "can only be set when seccomp type is Localhost");
  } else if (!has(profile, "localhostProfile")) found.required(`${at}.localhostProfile`, "must be set when seccomp type is Localhost");
  else localPath(found, `${at}.localhostProfile`, file);
}

function appArmor(found: Findings, path: string, context: JsonObject): void {
  if (!has(context, "appArmorProfile")) return;
  const at = `${path}.appArmorProfile`;
  const profile = objectAt(context, "appArmorProfile");
  const [type, file] = [textAt(profile, "type"), textAt(profile, "localhostProfile")];
  if (type === "") found.required(`${at}.type`, "type is required when appArmorProfile is set");
  else if (!PROFILES.includes(type)) found.notSupported(`${at}.type`, type, PROFILES);
  else if (type !== "Localhost") {
    if (has(profile, "localhostProfile")) found.invalid(`${at}.localhostProfile`, file, "can only be set when AppArmor type is Localhost");
  } else {
    if (file === "") found.required(`${at}.localhostProfile`, "must be set when AppArmor type is Localhost");
    else if (file !== file.trim()) found.invalid(`${at}.localhostProfile`, file, "must not be padded with whitespace");
    if (file.length > LONGEST_PATH) found.tooLong(`${at}.localhostProfile`, LONGEST_PATH);
  }
}

/** A container's context. `hostUsers` says whether the pod shares the node's users. */
export function validateContainerSecurity(found: Findings, path: string, context: JsonObject, hostUsers: boolean): void {
  for (const key of ["runAsUser", "runAsGroup"]) id(found, `${path}.${key}`, context[key]);
  if (has(context, "procMount")) {
    const mount = textAt(context, "procMount");
    if (mount !== "Default" && mount !== "Unmasked") found.notSupported(`${path}.procMount`, mount, ["Default", "Unmasked"]);
    if (hostUsers && mount === "Unmasked") found.invalid(`${path}.procMount`, mount, "`hostUsers` must be false to use `Unmasked`");
  }
  seccomp(found, path, context);
  if (context["allowPrivilegeEscalation"] === false) {
    if (context["privileged"] === true) found.invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    for (const capability of listAt(objectAt(context, "capabilities"), "add")) {
      if (capability === "CAP_SYS_ADMIN") found.invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
    }
  }
  validateWindowsOptions(found, `${path}.windowsOptions`, objectAt(context, "windowsOptions"));
  appArmor(found, path, context);
}

/** Kernel settings that belong to a namespace a pod may share with its node. */
function sysctlNamespace(name: string): "net" | "ipc" | undefined {
  const dotted = name.replace(/\//g, ".");
  if (dotted.startsWith("net.")) return "net";
  return dotted === "kernel.sem" || /^(kernel\.shm|kernel\.msg|fs\.mqueue\.)/.test(dotted) ? "ipc" : undefined;
}

function sysctls(found: Findings, path: string, context: JsonObject, spec: JsonObject): void {
  const names = new Set<string>();
  objectsAt(context, "sysctls").forEach((setting, i) => {
    const at = `${path}.sysctls[${i}].name`;
    const name = textAt(setting, "name");
    if (name === "") found.required(at);
    else if (name.length > 253 || !SYSCTL.test(name)) found.invalid(at, name, `must have at most 253 characters and match regex ^(${SEGMENT}[\\./])*${SEGMENT}$`);
    else if (names.has(name)) found.duplicate(at, name);
    names.add(name);
    const namespace = sysctlNamespace(name);
    if (namespace === "net" && spec["hostNetwork"] === true) found.invalid(at, name, "may not be specified when 'hostNetwork' is true");
    if (namespace === "ipc" && spec["hostIPC"] === true) found.invalid(at, name, "may not be specified when 'hostIPC' is true");
  });
}

/** A pod's context. */
export function validatePodSecurity(found: Findings, path: string, spec: JsonObject): void {
  const context = objectAt(spec, "securityContext");
  for (const key of ["fsGroup", "runAsUser", "runAsGroup"]) id(found, `${path}.${key}`, context[key]);
  listAt(context, "supplementalGroups").forEach((group, i) => id(found, `${path}.supplementalGroups[${i}]`, group));
  sysctls(found, path, context, spec);
  const one = (field: string, values: readonly string[]): void => {
    if (has(context, field) && !values.includes(textAt(context, field))) found.notSupported(`${path}.${field}`, textAt(context, field), values);
  };
  one("fsGroupChangePolicy", ["Always", "OnRootMismatch"]);
  seccomp(found, path, context);
  validateWindowsOptions(found, `${path}.windowsOptions`, objectAt(context, "windowsOptions"));
  appArmor(found, path, context);
  one("supplementalGroupsPolicy", ["Merge", "Strict"]);
  one("seLinuxChangePolicy", ["MountOption", "Recursive"]);
}

/** A whole pod with users of its own shares nothing else with its node. */
export function validateHostUsers(found: Findings, path: string, spec: JsonObject): void {
  if (spec["hostUsers"] !== false) return;
  if (spec["hostNetwork"] === true) found.forbidden(`${path}.hostNetwork`, "when `hostUsers` is false");
  if (spec["hostPID"] === true) found.forbidden(`${path}.HostPID`, "when `hostUsers` is false");
  if (spec["hostIPC"] === true) found.forbidden(`${path}.HostIPC`, "when `hostUsers` is false");
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    objectsAt(spec, list).forEach((container, i) => {
      if (objectsAt(container, "volumeDevices").length > 0) found.forbidden(`${path}.${list}[${i}].volumeDevices`, "when `hostUsers` is false");
    });
  }
}
