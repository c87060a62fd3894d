/** The rules of pods for Windows nodes, and of what only they may say. Upstream: `validateWindowsSecurityContextOptions`, `validateWindows`, `validateLinux`, `validateWindowsHostProcessPod`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123SubdomainErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../../json-object";

const LISTS = ["initContainers", "containers", "ephemeralContainers"];
const POD_ONLY_LINUX = "appArmorProfile seLinuxOptions seccompProfile fsGroup fsGroupChangePolicy sysctls runAsUser runAsGroup supplementalGroups supplementalGroupsPolicy seLinuxChangePolicy".split(" ");
const CONTAINER_ONLY_LINUX = "appArmorProfile seLinuxOptions seccompProfile capabilities readOnlyRootFilesystem privileged allowPrivilegeEscalation procMount runAsUser runAsGroup".split(" ");
const DNS_DOMAIN = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

function isControl(text: string): boolean {
  for (const char of text) if ((char.codePointAt(0) ?? 0) < 32 || char.codePointAt(0) === 127) return true;
  return false;
}

function userName(found: Findings, path: string, value: string): void {
  const complain = (why: string): void => found.invalid(path, value, why);
  const parts = value.split("\\");
  if (value === "") complain("runAsUserName cannot be an empty string");
  else if (isControl(value)) complain("runAsUserName cannot contain control characters");
  else if (parts.length > 2) complain("runAsUserName cannot contain more than one backslash");
  else {
    const [domain, user] = parts.length === 1 ? [undefined, value] : [parts[0] ?? "", parts[1] ?? ""];
    if (domain !== undefined && domain.length >= 256) complain("runAsUserName's Domain length must be under 256 characters");
    if (domain !== undefined && !/^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/.test(domain) && !DNS_DOMAIN.test(domain)) complain("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    if (user === "") complain("runAsUserName's User cannot be empty");
    else if (user.length > 104) complain("runAsUserName's User length must not be longer than 104 characters");
    if (/^[. ]+$/.test(user)) complain("runAsUserName's User cannot contain only periods or spaces");
    if (/["/\\:;|=,+*?<>@[\]]/.test(user)) complain('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
}

/** What a security context says for Windows. */
export function validateWindowsOptions(found: Findings, path: string, options: JsonObject): void {
  const [name, spec] = [textAt(options, "gmsaCredentialSpecName"), textAt(options, "gmsaCredentialSpec")];
  if (has(options, "gmsaCredentialSpecName")) found.names(`${path}.gmsaCredentialSpecName`, name, dns1123SubdomainErrors(name));
  if (has(options, "gmsaCredentialSpec")) {
    if (spec === "") found.invalid(`${path}.gmsaCredentialSpec`, spec, "gmsaCredentialSpec cannot be an empty string");
    else if (spec.length > 65536) found.invalid(`${path}.gmsaCredentialSpec`, spec, "gmsaCredentialSpec size must be under 64 KiB");
  }
  if (has(options, "runAsUserName")) userName(found, `${path}.runAsUserName`, textAt(options, "runAsUserName"));
}

/** Containers that run as processes of the node: all of a pod's or none. */
export function validateHostProcess(found: Findings, path: string, spec: JsonObject): void {
  const whole = objectAt(objectAt(spec, "securityContext"), "windowsOptions")["hostProcess"];
  let [all, host] = [0, 0];
  for (const list of LISTS) {
    objectsAt(spec, list).forEach((container, i) => {
      all += 1;
      const own = objectAt(objectAt(container, "securityContext"), "windowsOptions")["hostProcess"];
      if (typeof whole === "boolean" && typeof own === "boolean" && whole !== own) {
        found.invalid(`${path}.${list}[${i}].securityContext.windowsOptions.hostProcess`, own, `pod hostProcess value must be identical if both are specified, was ${String(whole)}`);
      }
      if (own === true || (typeof own !== "boolean" && whole === true)) host += 1;
    });
  }
  if (host === 0) return;
  if (host !== all) found.invalid(path, "", "If pod contains any hostProcess containers then all containers must be HostProcess containers");
  if (spec["hostNetwork"] !== true) found.invalid(`${path}.hostNetwork`, false, "hostNetwork must be true if pod contains any hostProcess containers");
}

/** The system a pod is for, and what only the other one knows. */
export function validateSystem(found: Findings, path: string, spec: JsonObject): void {
  if (!has(spec, "os")) return;
  const system = textAt(objectAt(spec, "os"), "name");
  if (system === "") found.required(`${path}.os.name`, "cannot be empty");
  else if (system === "linux") forLinux(found, path, spec);
  else if (system === "windows") forWindows(found, path, spec);
  else found.notSupported(`${path}.os`, system, ["linux", "windows"]);
}

function forLinux(found: Findings, path: string, spec: JsonObject): void {
  const complain = (at: string, context: JsonObject): void => {
    if (has(context, "windowsOptions")) found.forbidden(`${at}.securityContext.windowsOptions`, "windows options cannot be set for a linux pod");
  };
  complain(path, objectAt(spec, "securityContext"));
  for (const list of LISTS) objectsAt(spec, list).forEach((container, i) => complain(`${path}.${list}[${i}]`, objectAt(container, "securityContext")));
}

function forWindows(found: Findings, path: string, spec: JsonObject): void {
  const complain = (at: string): void => found.forbidden(at, "cannot be set for a windows pod");
  const context = objectAt(spec, "securityContext");
  for (const field of POD_ONLY_LINUX) if (field === "sysctls" ? listAt(context, field).length > 0 : has(context, field)) complain(`${path}.securityContext.${field}`);
  for (const field of ["hostPID", "hostIPC"]) if (spec[field] === true) complain(`${path}.${field}`);
  for (const field of ["hostUsers", "shareProcessNamespace"]) if (has(spec, field)) complain(`${path}.${field}`);
  for (const list of LISTS) {
    objectsAt(spec, list).forEach((container, i) => {
      const own = objectAt(container, "securityContext");
      for (const field of CONTAINER_ONLY_LINUX) if (has(own, field)) complain(`${path}.${list}[${i}].securityContext.${field}`);
    });
  }
}
