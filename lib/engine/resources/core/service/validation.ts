/** The rules of Services. Upstream: `ValidateService`, `ValidateServiceUpdate`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors, ipErrors, legacyCidrErrors, legacyIpErrors, portNumberErrors, qualifiedNameErrors } from "../../../apimachinery/names";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateLabels, validateMetadata } from "../../meta-validation";
import { portNumOrName } from "../pod-template/validate-probes";
import { isExternallyReachable } from "./defaults";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";

function validatePort(found: Findings, at: string, port: JsonObject, nameRequired: boolean, names: Set<string>): void {
  const name = textAt(port, "name");
  if (name === "") {
    if (nameRequired) found.required(`${at}.name`);
  } else {
    found.names(`${at}.name`, name, dns1123LabelErrors(name));
    if (names.has(name)) found.duplicate(`${at}.name`, name);
    names.add(name);
  }
  const number = numberAt(port, "port") ?? 0;
  for (const message of portNumberErrors(number)) found.invalid(`${at}.port`, number, message);
  found.oneOf(`${at}.protocol`, textAt(port, "protocol"), ["SCTP", "TCP", "UDP"]);
  portNumOrName(found, `${at}.targetPort`, port["targetPort"]);
  if (textAt(port, "appProtocol") !== "") found.names(`${at}.appProtocol`, textAt(port, "appProtocol"), qualifiedNameErrors(textAt(port, "appProtocol")));
}

function validatePorts(found: Findings, spec: JsonObject, type: string): void {
  const ports = objectsAt(spec, "ports");
  if (ports.length === 0 && textAt(spec, "clusterIP") !== "None" && type !== "ExternalName") found.required("spec.ports");
  const [names, pairs, nodePorts] = [new Set<string>(), new Set<string>(), new Set<string>()];
  ports.forEach((port, i) => {
    const at = `spec.ports[${i}]`;
    validatePort(found, at, port, ports.length > 1, names);
    const protocol = textAt(port, "protocol");
    const node = numberAt(port, "nodePort") ?? 0;
    if (type === "ClusterIP" && node !== 0) found.forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'");
    const pair = `${protocol}/${numberAt(port, "port") ?? 0}`;
    if (pairs.has(pair)) found.duplicate(at, { Name: "", Protocol: protocol, AppProtocol: null, Port: numberAt(port, "port") ?? 0, TargetPort: 0, NodePort: 0 });
    pairs.add(pair);
    if (node === 0) return;
    if (nodePorts.has(`${protocol}/${node}`)) found.duplicate(`${at}.nodePort`, node);
    nodePorts.add(`${protocol}/${node}`);
  });
}

function validateAddresses(found: Findings, spec: JsonObject, type: string): void {
  const ips = listAt(spec, "clusterIPs").filter((ip) => typeof ip === "string");
  if (type === "ExternalName") {
    if (ips.length > 0) found.forbidden("spec.clusterIPs", "may not be set for ExternalName services");
    const name = textAt(spec, "externalName");
    if (name === "") found.required("spec.externalName");
    else found.names("spec.externalName", name, dns1123SubdomainErrors(name.replace(/\.$/, "")));
    return;
  }
  if (ips[0] === "None" && (type === "LoadBalancer" || type === "NodePort")) found.invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${type} services`);
  if (ips.length > 2) found.invalid("spec.clusterIPs", ips, "may only hold up to 2 values");
  ips.forEach((ip, i) => {
    if (i === 0 && (ip === "None" || ip === "")) return;
    found.names(`spec.clusterIPs[${i}]`, ip, legacyIpErrors(ip));
  });
  const first = textAt(spec, "clusterIP");
  if (ips.length > 0 && first !== ips[0]) found.invalid("spec.clusterIPs", ips, "first value must match `clusterIP`");
}

function validateOutside(found: Findings, spec: JsonObject, type: string, previous: KubeObject | undefined): void {
  // What was let in under older rules may stay.
  const before = previous === undefined ? [] : listAt(specOf(previous), "externalIPs");
  listAt(spec, "externalIPs").forEach((ip, i) => {
    if (typeof ip !== "string") return;
    const wrong = before.includes(ip) ? legacyIpErrors(ip) : ipErrors(ip);
    found.names(`spec.externalIPs[${i}]`, ip, wrong);
    if (wrong.length > 0) return;
    if (ip.startsWith("127.") || ip === "::1") found.invalid(`spec.externalIPs[${i}]`, ip, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    if (ip === "0.0.0.0" || ip === "::") found.invalid(`spec.externalIPs[${i}]`, ip, "may not be unspecified (0.0.0.0 or ::)");
    if (ip.startsWith("169.254.")) found.invalid(`spec.externalIPs[${i}]`, ip, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    if (ip.startsWith("224.0.0.")) found.invalid(`spec.externalIPs[${i}]`, ip, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  });
  const policy = textAt(spec, "externalTrafficPolicy");
  if (isExternallyReachable(spec)) {
    if (policy === "") found.required("spec.externalTrafficPolicy");
    else if (!["Cluster", "Local"].includes(policy)) found.notSupported("spec.externalTrafficPolicy", policy, ["Cluster", "Local"]);
  } else if (policy !== "") found.invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services");
  const check = numberAt(spec, "healthCheckNodePort") ?? 0;
  if (check !== 0) {
    for (const message of portNumberErrors(check)) found.invalid("spec.healthCheckNodePort", check, message);
    if (!(type === "LoadBalancer" && policy === "Local")) found.invalid("spec.healthCheckNodePort", check, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
  }
  const inside = textAt(spec, "internalTrafficPolicy");
  if (inside !== "" && !["Cluster", "Local"].includes(inside)) found.notSupported("spec.internalTrafficPolicy", inside, ["Cluster", "Local"]);
}

function validateBalancer(found: Findings, object: KubeObject, spec: JsonObject, type: string): void {
  const ranges = listAt(spec, "loadBalancerSourceRanges");
  const annotation = object.metadata.annotations?.[RANGES] ?? "";
  if (type !== "LoadBalancer") {
    if (ranges.length > 0) found.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
    else if (object.metadata.annotations?.[RANGES] !== undefined) found.forbidden(`metadata.annotations[${RANGES}]`, "may only be used when `type` is 'LoadBalancer'");
    if (has(spec, "allocateLoadBalancerNodePorts")) found.forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
    if (has(spec, "loadBalancerClass")) found.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
  }
  ranges.forEach((range, i) => {
    if (typeof range === "string") found.names(`spec.LoadBalancerSourceRanges[${i}]`, range, legacyCidrErrors(range.trim()));
  });
  if (ranges.length === 0 && annotation !== "") for (const range of annotation.split(",")) found.names(`metadata.annotations[${RANGES}]`, annotation, legacyCidrErrors(range.trim()));
  if (type === "LoadBalancer" && has(spec, "loadBalancerClass")) found.names("spec.loadBalancerClass", textAt(spec, "loadBalancerClass"), qualifiedNameErrors(textAt(spec, "loadBalancerClass")));
}

function validateAffinity(found: Findings, spec: JsonObject): void {
  const affinity = textAt(spec, "sessionAffinity");
  if (!["ClientIP", "None"].includes(affinity)) found.notSupported("spec.sessionAffinity", affinity, ["ClientIP", "None"]);
  if (affinity !== "ClientIP") return;
  const seconds = numberAt(objectAt(objectAt(spec, "sessionAffinityConfig"), "clientIP"), "timeoutSeconds");
  if (seconds !== undefined && (seconds <= 0 || seconds > 86400)) found.invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds, "must be greater than 0 and less than 86400");
}

/** Address families: known ones, each once. */
function validateFamilies(found: Findings, spec: JsonObject, type: string): void {
  if (type === "ExternalName") {
    for (const field of ["ipFamilies", "ipFamilyPolicy"]) if (has(spec, field)) found.forbidden(`spec.${field}`, "may not be set for ExternalName services");
    return;
  }
  const policy = textAt(spec, "ipFamilyPolicy");
  if (!["", "SingleStack", "PreferDualStack", "RequireDualStack"].includes(policy)) found.notSupported("spec.ipFamilyPolicy", policy, ["SingleStack", "PreferDualStack", "RequireDualStack"]);
  const seen = new Set<string>();
  listAt(spec, "ipFamilies").forEach((family, i) => {
    if (typeof family !== "string") return;
    const at = `spec.ipFamilies[${i}]`;
    if (!["IPv4", "IPv6"].includes(family)) found.notSupported(at, family, ["IPv4", "IPv6"]);
    if (seen.has(family)) found.duplicate(at, family);
    seen.add(family);
  });
}

/** What this cluster cannot give. Looked at when everything else is right, as upstream allocates after validation. */
function validateConfigured(found: Findings, spec: JsonObject, type: string): void {
  if (found.errors.length > 0 || type === "ExternalName") return;
  // Without a selector and without an address nothing has to be allocated: any family goes.
  if (textAt(spec, "clusterIP") === "None" && Object.keys(objectAt(spec, "selector")).length === 0) return;
  const policy = textAt(spec, "ipFamilyPolicy");
  if (policy === "RequireDualStack") found.invalid("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services");
  listAt(spec, "ipFamilies").forEach((family, i) => {
    if (family === "IPv6") found.invalid(`spec.ipFamilies[${i}]`, family, "not configured on this cluster");
  });
}

const HINTS = "service.kubernetes.io/topology-aware-hints";
const MODE = "service.kubernetes.io/topology-mode";

/** Everything wrong with a Service. Whether an address or port is free is admission's business. */
export function validateService(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("service");
  const spec = specOf(object);
  const type = textAt(spec, "type");
  validateMetadata(found, object, dns1123LabelErrors);
  validatePorts(found, spec, type);
  validateAddresses(found, spec, type);
  validateLabels(found, "spec.selector", objectAt(spec, "selector"));
  validateAffinity(found, spec);
  found.oneOf("spec.type", type, TYPES);
  validateOutside(found, spec, type, previous);
  validateBalancer(found, object, spec, type);
  validateFamilies(found, spec, type);
  if (previous !== undefined) validateUpdate(found, spec, specOf(previous));
  const { [HINTS]: hints, [MODE]: mode } = object.metadata.annotations ?? {};
  if (previous !== undefined && hints !== undefined && mode !== undefined && hints !== mode) found.invalid(`metadata.annotations[${MODE}]`, mode, `must match annotations[${HINTS}] when both are specified`);
  validateConfigured(found, spec, type);
  return found.errors;
}

function validateUpdate(found: Findings, spec: JsonObject, before: JsonObject): void {
  const external = [textAt(spec, "type"), textAt(before, "type")].includes("ExternalName");
  const [now, then] = [textAt(spec, "clusterIP"), textAt(before, "clusterIP")];
  if (!external && then !== "" && now !== then) found.invalid("spec.clusterIPs[0]", listAt(spec, "clusterIPs"), "may not change once set");
  if (textAt(spec, "type") === "LoadBalancer" && textAt(before, "type") === "LoadBalancer" && spec["loadBalancerClass"] !== before["loadBalancerClass"]) {
    found.invalid("spec.loadBalancerClass", spec["loadBalancerClass"] ?? null, "may not change once set");
  }
  // Upstream says so once for the Service and once for its change.
  if (textAt(spec, "type") !== "LoadBalancer" && has(spec, "loadBalancerClass")) found.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
}
