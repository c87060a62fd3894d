/** The rules of Services. Upstream: `ValidateService`, `ValidateServiceUpdate`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { cidrErrors, dns1123LabelErrors, dns1123SubdomainErrors, ipErrors, legacyCidrErrors, legacyIpErrors, portNumberErrors, qualifiedNameErrors } from "../../../apimachinery/names";
import { specOf, statusOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateLabels, validateMetadata, validateMetadataUpdate } from "../../meta-validation";
import { validateEndpointAddress } from "../endpoints/address";
import { portNumOrName } from "../pod-template/validate-probes";
import { isExternallyReachable } from "./defaults";
import { isHeadless, validateConfigured, validateFamilies, validateServiceUpdate } from "./validate-addresses";

const SPREADING = ["PreferClose", "PreferSameZone", "PreferSameNode"];
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
  if (has(port, "appProtocol")) found.names(`${at}.appProtocol`, textAt(port, "appProtocol"), qualifiedNameErrors(textAt(port, "appProtocol")));
}

function validatePorts(found: Findings, spec: JsonObject): void {
  const ports = objectsAt(spec, "ports");
  const names = new Set<string>();
  ports.forEach((port, i) => validatePort(found, `spec.ports[${i}]`, port, ports.length > 1, names));
}

/** Ports beside one another: upstream looks for each fault in all of them before it looks for the next. */
function validatePairs(found: Findings, spec: JsonObject, type: string): void {
  const ports = objectsAt(spec, "ports");
  const nodeOf = (port: JsonObject): number => numberAt(port, "nodePort") ?? 0;
  ports.forEach((port, i) => (type === "ClusterIP" && nodeOf(port) !== 0 ? found.forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'") : undefined));
  const [pairs, nodePorts] = [new Set<string>(), new Set<string>()];
  ports.forEach((port, i) => {
    const pair = `${textAt(port, "protocol")}/${nodeOf(port)}`;
    if (nodeOf(port) !== 0 && nodePorts.has(pair)) found.duplicate(`spec.ports[${i}].nodePort`, nodeOf(port));
    nodePorts.add(pair);
  });
  ports.forEach((port, i) => {
    const [protocol, number] = [textAt(port, "protocol"), numberAt(port, "port") ?? 0];
    if (pairs.has(`${protocol}/${number}`)) found.duplicate(`spec.ports[${i}]`, { Name: "", Protocol: protocol, AppProtocol: null, Port: number, TargetPort: 0, NodePort: 0 });
    pairs.add(`${protocol}/${number}`);
  });
}

function validateByType(found: Findings, spec: JsonObject, type: string): void {
  if (type === "ExternalName") {
    if (listAt(spec, "clusterIPs").length > 0) found.forbidden("spec.clusterIPs", "may not be set for ExternalName services");
    if (listAt(spec, "ipFamilies").length > 0) found.forbidden("spec.ipFamilies", "may not be set for ExternalName services");
    if (has(spec, "ipFamilyPolicy")) found.forbidden("spec.ipFamilyPolicy", "may not be set for ExternalName services");
    const name = textAt(spec, "externalName").replace(/\.$/, "");
    if (name === "") found.required("spec.externalName");
    else found.names("spec.externalName", name, dns1123SubdomainErrors(name));
  } else if (isHeadless(spec) && (type === "LoadBalancer" || type === "NodePort")) found.invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${type} services`);
}

function validateAddresses(found: Findings, spec: JsonObject, previous: KubeObject | undefined): void {
  // What was let in under older rules may stay.
  const before = previous === undefined ? [] : listAt(specOf(previous), "externalIPs");
  listAt(spec, "externalIPs").forEach((ip, i) => {
    if (typeof ip !== "string") return;
    const wrong = before.includes(ip) ? legacyIpErrors(ip) : ipErrors(ip);
    found.names(`spec.externalIPs[${i}]`, ip, wrong);
    if (wrong.length > 0) return;
    validateEndpointAddress(found, `spec.externalIPs[${i}]`, ip);
  });
}

function validateTraffic(found: Findings, spec: JsonObject, type: string): void {
  const policy = textAt(spec, "externalTrafficPolicy");
  if (isExternallyReachable(spec)) {
    if (policy === "") found.required("spec.externalTrafficPolicy");
    else if (!["Cluster", "Local"].includes(policy)) found.notSupported("spec.externalTrafficPolicy", policy, ["Cluster", "Local"]);
  } else if (policy !== "") found.invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services");
  const check = numberAt(spec, "healthCheckNodePort") ?? 0;
  const needed = type === "LoadBalancer" && policy === "Local";
  if (check !== 0 && !needed) found.invalid("spec.healthCheckNodePort", check, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
  else if (check !== 0) for (const message of portNumberErrors(check)) found.invalid("spec.healthCheckNodePort", check, message);
  const inside = textAt(spec, "internalTrafficPolicy");
  if (has(spec, "internalTrafficPolicy") && !["Cluster", "Local"].includes(inside)) found.notSupported("spec.internalTrafficPolicy", inside, ["Cluster", "Local"]);
  const spread = textAt(spec, "trafficDistribution");
  if (has(spec, "trafficDistribution") && !SPREADING.includes(spread)) found.notSupported("spec.trafficDistribution", spread, SPREADING);
}

function validateBalancer(found: Findings, object: KubeObject, spec: JsonObject, type: string, previous: KubeObject | undefined): void {
  const ranges = listAt(spec, "loadBalancerSourceRanges");
  let annotation = object.metadata.annotations?.[RANGES] ?? "";
  const known = previous === undefined ? [] : listAt(specOf(previous), "loadBalancerSourceRanges");
  if (type !== "LoadBalancer") {
    if (ranges.length > 0) found.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
    else if (object.metadata.annotations?.[RANGES] !== undefined) found.forbidden(`metadata.annotations[${RANGES}]`, "may only be used when `type` is 'LoadBalancer'");
    if (has(spec, "allocateLoadBalancerNodePorts")) found.forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
    if (has(spec, "loadBalancerClass")) found.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
  }
  ranges.forEach((range, i) => {
    if (typeof range === "string") found.names(`spec.LoadBalancerSourceRanges[${i}]`, range.trim(), known.includes(range) ? legacyCidrErrors(range.trim()) : cidrErrors(range.trim()));
  });
  if (ranges.length > 0 || annotation.trim() === "" || annotation === previous?.metadata.annotations?.[RANGES]) annotation = "";
  for (const range of annotation === "" ? [] : annotation.split(",")) found.names(`metadata.annotations[${RANGES}]`, range.trim(), cidrErrors(range.trim()));
  if (type === "LoadBalancer" && has(spec, "loadBalancerClass")) found.names("spec.loadBalancerClass", textAt(spec, "loadBalancerClass"), qualifiedNameErrors(textAt(spec, "loadBalancerClass")));
}

function validateAffinity(found: Findings, spec: JsonObject): void {
  const affinity = textAt(spec, "sessionAffinity");
  const path = "spec.sessionAffinityConfig";
  found.oneOf("spec.sessionAffinity", affinity, ["ClientIP", "None"]);
  if (affinity === "None" && has(spec, "sessionAffinityConfig")) found.forbidden(path, "must not be set when session affinity is None");
  if (affinity !== "ClientIP") return;
  const client = objectAt(objectAt(spec, "sessionAffinityConfig"), "clientIP");
  const seconds = numberAt(client, "timeoutSeconds");
  if (seconds === undefined) found.required(`${path}.clientIP.timeoutSeconds`, "when session affinity type is ClientIP");
  else if (seconds <= 0 || seconds > 86400) found.invalid(`${path}.clientIP.timeoutSeconds`, seconds, "must be greater than 0 and less than 86400");
}

const HINTS = "service.kubernetes.io/topology-aware-hints";
const MODE = "service.kubernetes.io/topology-mode";

const IP_MODES = ["Proxy", "VIP"];

/** Where a balancer says that a Service is reached. Upstream: `ValidateLoadBalancerStatus`. */
function validateBalancerStatus(found: Findings, ingress: readonly JsonObject[], type: string): void {
  if (type !== "LoadBalancer" && ingress.length > 0) {
    found.forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'");
    return;
  }
  ingress.forEach((one, i) => {
    const [at, ip, hostname] = [`status.loadBalancer.ingress[${i}]`, textAt(one, "ip"), textAt(one, "hostname")];
    if (ip !== "") found.names(`${at}.ip`, ip, ipErrors(ip));
    if (has(one, "ipMode") && !IP_MODES.includes(textAt(one, "ipMode"))) found.notSupported(`${at}.ipMode`, textAt(one, "ipMode"), IP_MODES);
    if (!has(one, "ipMode") && ip !== "") found.required(`${at}.ipMode`, "must be specified when `ip` is set");
    if (has(one, "ipMode") && ip === "") found.forbidden(`${at}.ipMode`, "may not be specified when `ip` is not set");
    if (hostname === "") return;
    found.names(`${at}.hostname`, hostname, dns1123SubdomainErrors(hostname));
    if (legacyIpErrors(hostname).length === 0) found.invalid(`${at}.hostname`, hostname, "must be a DNS name, not an IP address");
  });
}

/** Everything wrong with a Service. Whether an address or port is free is admission's business. */
export function validateService(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("service");
  if (onlyStatusDiffers(object, previous)) {
    validateBalancerStatus(found, objectsAt(objectAt(statusOf(object), "loadBalancer"), "ingress"), textAt(specOf(object), "type"));
    return found.errors;
  }
  const spec = specOf(object);
  const type = textAt(spec, "type");
  const { [HINTS]: hints, [MODE]: mode } = object.metadata.annotations ?? {};
  if (previous === undefined) validateMetadata(found, object, dns1123LabelErrors);
  else {
    validateMetadataUpdate(found, object);
    validateServiceUpdate(found, spec, specOf(previous));
  }
  if (hints !== undefined && mode !== undefined && hints !== mode) found.invalid(`metadata.annotations[${MODE}]`, mode, `must match annotations[${HINTS}] when both are specified`);
  if (objectsAt(spec, "ports").length === 0 && !isHeadless(spec) && type !== "ExternalName") found.required("spec.ports");
  validateByType(found, spec, type);
  validatePorts(found, spec);
  validateLabels(found, "spec.selector", objectAt(spec, "selector"));
  validateAffinity(found, spec);
  validateFamilies(found, spec, previous === undefined ? [] : listAt(specOf(previous), "clusterIPs"));
  validateAddresses(found, spec, previous);
  found.oneOf("spec.type", type, TYPES);
  validatePairs(found, spec, type);
  validateBalancer(found, object, spec, type, previous);
  validateTraffic(found, spec, type);
  if (found.errors.length === 0) validateConfigured(found, spec);
  return found.errors;
}
