/** What the Pod Security Standards have against a pod. Upstream: k8s.io/pod-security-admission/policy. */
import { compareStrings } from "../../apimachinery/compare";
import type { JsonObject } from "../../apimachinery/meta";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../resources/json-object";

/** How strict a namespace is. */
export type PodSecurityLevel = "privileged" | "baseline" | "restricted";

/** One fault: its short name and, where there is more to say, the details. */
interface Fault {
  readonly reason: string;
  readonly detail: string;
}

type Check = (spec: JsonObject, metadata: JsonObject) => Fault | undefined;

const CAPABILITIES = new Set("AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(" "));
const SYSCTLS = new Set(
  "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem".split(" "),
);
const SELINUX_TYPES = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t", ""];
const VOLUMES = new Set(["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret", "image"]);

const allContainers = (spec: JsonObject): readonly JsonObject[] => ["initContainers", "containers", "ephemeralContainers"].flatMap((list) => objectsAt(spec, list));
const contextOf = (container: JsonObject): JsonObject => objectAt(container, "securityContext");
const nameOf = (container: JsonObject): string => textAt(container, "name");
const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(", ");
const plural = (word: string, names: readonly string[]): string => `${word}${names.length === 1 ? "" : "s"} ${quoted(names)}`;

function fault(reason: string, detail: string): Fault {
  return { reason, detail };
}

/** A fault of the containers a condition holds for. */
function containersWho(spec: JsonObject, wrong: (container: JsonObject) => boolean): readonly string[] {
  return allContainers(spec).filter(wrong).map(nameOf);
}

const hostNamespaces: Check = (spec) => {
  const used = ["hostNetwork", "hostPID", "hostIPC"].filter((field) => spec[field] === true);
  return used.length === 0 ? undefined : fault("host namespaces", used.map((field) => `${field}=true`).join(", "));
};

const privileged: Check = (spec) => {
  const names = containersWho(spec, (container) => contextOf(container)["privileged"] === true);
  return names.length === 0 ? undefined : fault("privileged", `${plural("container", names)} must not set securityContext.privileged=true`);
};

const added = (container: JsonObject): readonly string[] => listAt(objectAt(contextOf(container), "capabilities"), "add").filter((name) => typeof name === "string");

const baselineCapabilities: Check = (spec) => {
  const names = containersWho(spec, (container) => added(container).some((name) => !CAPABILITIES.has(name)));
  if (names.length === 0) return undefined;
  const which = [...new Set(allContainers(spec).flatMap(added).filter((name) => !CAPABILITIES.has(name)))].sort(compareStrings);
  return fault("non-default capabilities", `${plural("container", names)} must not include ${quoted(which)} in securityContext.capabilities.add`);
};

const hostPath: Check = (spec) => {
  const names = objectsAt(spec, "volumes").filter((volume) => has(volume, "hostPath")).map(nameOf);
  return names.length === 0 ? undefined : fault("hostPath volumes", plural("volume", names));
};

const hostPorts: Check = (spec) => {
  const portsOf = (container: JsonObject): readonly number[] => objectsAt(container, "ports").map((port) => numberAt(port, "hostPort") ?? 0).filter((port) => port !== 0);
  const names = containersWho(spec, (container) => portsOf(container).length > 0);
  if (names.length === 0) return undefined;
  const ports = [...new Set(allContainers(spec).flatMap(portsOf).map(String))].sort(compareStrings);
  return fault("hostPort", `${plural("container", names)} ${names.length === 1 ? "uses" : "use"} hostPort${ports.length === 1 ? "" : "s"} ${ports.join(", ")}`);
};

const procMount: Check = (spec) => {
  const wrong = (container: JsonObject): boolean => !["", "Default"].includes(textAt(contextOf(container), "procMount"));
  const names = containersWho(spec, wrong);
  return names.length === 0 ? undefined : fault("procMount", `${plural("container", names)} must not set securityContext.procMount to ${quoted([...new Set(allContainers(spec).filter(wrong).map((one) => textAt(contextOf(one), "procMount")))])}`);
};

const selinux: Check = (spec) => {
  const bad = (context: JsonObject): boolean => {
    const options = objectAt(context, "seLinuxOptions");
    return !SELINUX_TYPES.includes(textAt(options, "type")) || textAt(options, "user") !== "" || textAt(options, "role") !== "";
  };
  const names = containersWho(spec, (container) => bad(contextOf(container)));
  const pod = bad(objectAt(spec, "securityContext"));
  if (names.length === 0 && !pod) return undefined;
  const setters = [...(pod ? ["pod"] : []), ...(names.length > 0 ? [plural("container", names)] : [])].join(" and ");
  return fault("seLinuxOptions", `${setters} set forbidden securityContext.seLinuxOptions`);
};

const sysctls: Check = (spec) => {
  const names = objectsAt(objectAt(spec, "securityContext"), "sysctls").map(nameOf).filter((name) => !SYSCTLS.has(name));
  return names.length === 0 ? undefined : fault("forbidden sysctls", names.join(", "));
};

const profile = (context: JsonObject): string => textAt(objectAt(context, "seccompProfile"), "type");

const baselineSeccomp: Check = (spec) => {
  const names = containersWho(spec, (container) => profile(contextOf(container)) === "Unconfined");
  const pod = profile(objectAt(spec, "securityContext")) === "Unconfined";
  if (names.length === 0 && !pod) return undefined;
  const setters = [...(pod ? ["pod"] : []), ...(names.length > 0 ? [plural("container", names)] : [])].join(" and ");
  return fault("seccompProfile", `${setters} must not set securityContext.seccompProfile.type to "Unconfined"`);
};

const escalation: Check = (spec) => {
  const names = containersWho(spec, (container) => contextOf(container)["allowPrivilegeEscalation"] !== false);
  return names.length === 0 ? undefined : fault("allowPrivilegeEscalation != false", `${plural("container", names)} must set securityContext.allowPrivilegeEscalation=false`);
};

const restrictedCapabilities: Check = (spec) => {
  const keeping = containersWho(spec, (container) => !listAt(objectAt(contextOf(container), "capabilities"), "drop").includes("ALL"));
  const extra = (container: JsonObject): readonly string[] => added(container).filter((name) => name !== "NET_BIND_SERVICE");
  const adding = containersWho(spec, (container) => extra(container).length > 0);
  const details = [
    ...(keeping.length > 0 ? [`${plural("container", keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0 ? [`${plural("container", adding)} must not include ${quoted([...new Set(allContainers(spec).flatMap(extra))].sort(compareStrings))} in securityContext.capabilities.add`] : []),
  ];
  return details.length === 0 ? undefined : fault("unrestricted capabilities", details.join("; "));
};

const restrictedVolumes: Check = (spec) => {
  const kindOf = (volume: JsonObject): string => Object.keys(volume).find((key) => key !== "name" && has(volume, key)) ?? "";
  const wrong = objectsAt(spec, "volumes").filter((volume) => !VOLUMES.has(kindOf(volume)));
  if (wrong.length === 0) return undefined;
  const kinds = [...new Set(wrong.map(kindOf))].sort(compareStrings);
  const names = wrong.map(nameOf);
  return fault("restricted volume types", `${plural("volume", names)} ${names.length === 1 ? "uses" : "use"} restricted volume type${kinds.length === 1 ? "" : "s"} ${quoted(kinds)}`);
};

const nonRoot: Check = (spec) => {
  const pod = objectAt(spec, "securityContext")["runAsNonRoot"];
  const explicit = containersWho(spec, (container) => contextOf(container)["runAsNonRoot"] === false);
  if (pod === false && explicit.length === 0) {
    const unset = containersWho(spec, (container) => !has(contextOf(container), "runAsNonRoot"));
    if (unset.length > 0) return fault("runAsNonRoot != true", "pod must not set securityContext.runAsNonRoot=false");
  }
  if (explicit.length > 0) return fault("runAsNonRoot != true", `${pod === false ? "pod and " : ""}${plural("container", explicit)} must not set securityContext.runAsNonRoot=false`);
  if (pod === true) return undefined;
  const unset = containersWho(spec, (container) => contextOf(container)["runAsNonRoot"] !== true);
  return unset.length === 0 ? undefined : fault("runAsNonRoot != true", `pod or ${plural("container", unset)} must set securityContext.runAsNonRoot=true`);
};

const rootUser: Check = (spec) => {
  const pod = objectAt(spec, "securityContext")["runAsUser"] === 0;
  const names = containersWho(spec, (container) => contextOf(container)["runAsUser"] === 0);
  if (!pod && names.length === 0) return undefined;
  const setters = [...(pod ? ["pod"] : []), ...(names.length > 0 ? [plural("container", names)] : [])].join(" and ");
  return fault("runAsUser=0", `${setters} must not set runAsUser=0`);
};

const restrictedSeccomp: Check = (spec) => {
  const good = (type: string): boolean => type === "RuntimeDefault" || type === "Localhost";
  const pod = profile(objectAt(spec, "securityContext"));
  const bad = containersWho(spec, (container) => profile(contextOf(container)) !== "" && !good(profile(contextOf(container))));
  if (pod !== "" && !good(pod)) return fault("seccompProfile", `${["pod", ...(bad.length > 0 ? [plural("container", bad)] : [])].join(" and ")} must not set securityContext.seccompProfile.type to ${quoted([pod])}`);
  if (bad.length > 0) return fault("seccompProfile", `${plural("container", bad)} must not set securityContext.seccompProfile.type to "Unconfined"`);
  if (good(pod)) return undefined;
  const unset = containersWho(spec, (container) => profile(contextOf(container)) === "");
  return unset.length === 0 ? undefined : fault("seccompProfile", `pod or ${plural("container", unset)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`);
};

const BASELINE: readonly Check[] = [hostNamespaces, privileged, baselineCapabilities, hostPath, hostPorts, procMount, selinux, baselineSeccomp, sysctls];
/** In upstream's order; a restricted check stands in for the baseline one it is stricter than. */
const RESTRICTED: readonly Check[] = [hostNamespaces, privileged, hostPorts, procMount, selinux, sysctls, escalation, restrictedCapabilities, restrictedVolumes, nonRoot, rootUser, restrictedSeccomp];

/** What a level has against a pod's spec, as upstream words it; empty when there is nothing. */
export function podSecurityProblems(level: PodSecurityLevel, spec: JsonObject): string {
  if (level === "privileged") return "";
  const faults = (level === "baseline" ? BASELINE : RESTRICTED).flatMap((check) => check(spec, {}) ?? []);
  return faults.map(({ reason, detail }) => (detail === "" ? reason : `${reason} (${detail})`)).join(", ");
}
