/** What the API server fills into a Service. Addresses and node ports are allocated by admission. Upstream: `SetDefaults_Service` and the Service REST storage. */
import type { JsonObject } from "../../../apimachinery/meta";
import { changed, changedEach, filled, has, isObject, listAt, objectAt, textAt } from "../../json-object";

/** Do clients from outside reach this service? By its type, or by addresses it claims. */
export function isExternallyReachable(spec: JsonObject): boolean {
  const type = textAt(spec, "type");
  return type === "NodePort" || type === "LoadBalancer" || (type === "ClusterIP" && listAt(spec, "externalIPs").length > 0);
}

function port(entry: JsonObject): JsonObject {
  const target = entry["targetPort"];
  const named = target === 0 || target === "" ? { ...entry, targetPort: undefined } : entry;
  return filled(named, { protocol: "TCP", targetPort: entry["port"] ?? 0 });
}

/** A Service's spec with everything it lacks. */
export function defaultServiceSpec(spec: JsonObject): JsonObject {
  const type = textAt(spec, "type") || "ClusterIP";
  const affinity = textAt(spec, "sessionAffinity") || "None";
  const external = type === "ExternalName";
  const timeout = filled(objectAt(objectAt(spec, "sessionAffinityConfig"), "clientIP"), { timeoutSeconds: 10800 });
  const { sessionAffinityConfig: _config, ...rest } = spec;
  const withAffinity: JsonObject = affinity === "ClientIP" ? { ...rest, sessionAffinityConfig: { clientIP: timeout } } : rest;
  const completed = filled(changedEach(withAffinity, "ports", port), {
    type,
    sessionAffinity: affinity,
    ...(external ? {} : { internalTrafficPolicy: "Cluster" }),
    ...(isExternallyReachable({ ...spec, type }) ? { externalTrafficPolicy: "Cluster" } : {}),
    ...(type === "LoadBalancer" ? { allocateLoadBalancerNodePorts: true } : {}),
  });
  return syncedAddresses(completed);
}

/** A balancer that gives an address takes it over, unless it says otherwise. */
export function defaultBalancer(service: JsonObject): JsonObject {
  if (textAt(objectAt(service, "spec"), "type") !== "LoadBalancer") return service;
  const given = (entry: JsonObject): JsonObject => (textAt(entry, "ip") === "" ? entry : filled(entry, { ipMode: "VIP" }));
  return changed(service, "status", (status) => changed(status, "loadBalancer", (balancer) => changedEach(balancer, "ingress", given)));
}

/** `clusterIP` and the first of `clusterIPs` are the same thing said twice. */
function syncedAddresses(spec: JsonObject): JsonObject {
  const first = listAt(spec, "clusterIPs")[0];
  const single = textAt(spec, "clusterIP");
  if (single !== "" && first === undefined) return { ...spec, clusterIPs: [single] };
  return single === "" && typeof first === "string" ? { ...spec, clusterIP: first } : spec;
}

/**
 * Fields that no longer apply, dropped when the client left them as they were; what it changed as well is for validation to refuse.
 * Upstream: dropTypeDependentFields.
 */
export function withoutFormerType(spec: JsonObject, before: JsonObject): JsonObject {
  const [type, former] = [textAt(spec, "type"), textAt(before, "type")];
  const result: Record<string, JsonObject[string]> = { ...spec };
  const drop = (...keys: readonly string[]): void => {
    for (const key of keys) if (has(result, key) && JSON.stringify(result[key]) === JSON.stringify(before[key])) delete result[key];
  };
  if (needsNodePorts(before) && !needsNodePorts(spec) && nodePortsOf(spec).every((port) => nodePortsOf(before).includes(port))) {
    result["ports"] = listAt(spec, "ports").map((entry) => {
      if (!isObject(entry)) return entry;
      const { nodePort: _freed, ...rest } = entry;
      return rest;
    });
  }
  if (isExternallyReachable(before) && !isExternallyReachable(spec)) drop("externalTrafficPolicy");
  if (needsHealthCheck(before) && !needsHealthCheck(spec)) drop("healthCheckNodePort");
  if (former === "LoadBalancer" && type !== "LoadBalancer") drop("allocateLoadBalancerNodePorts", "loadBalancerClass");
  if (type === "ExternalName" && former !== "ExternalName") drop("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy");
  if (former === "ExternalName" && type !== "ExternalName") drop("externalName");
  return result;
}

function needsNodePorts(spec: JsonObject): boolean {
  return ["NodePort", "LoadBalancer"].includes(textAt(spec, "type"));
}

function needsHealthCheck(spec: JsonObject): boolean {
  return textAt(spec, "type") === "LoadBalancer" && textAt(spec, "externalTrafficPolicy") === "Local";
}

function nodePortsOf(spec: JsonObject): readonly JsonObject[string][] {
  return listAt(spec, "ports").flatMap((entry) => (isObject(entry) && typeof entry["nodePort"] === "number" && entry["nodePort"] !== 0 ? [entry["nodePort"]] : []));
}

/**
 * What a client means that changes only one of `clusterIP` and `clusterIPs`: who left out the list, means the former; who changed the
 * single address and left the list alone, means the single one. Upstream: NormalizeClusterIPs.
 */
export function linkedAddresses(spec: JsonObject, before: JsonObject): JsonObject {
  const [now, then] = [listAt(spec, "clusterIPs"), listAt(before, "clusterIPs")];
  const [single, former] = [textAt(spec, "clusterIP"), textAt(before, "clusterIP")];
  if (then.length > 0 && now.length === 0 && single === former) return { ...spec, clusterIPs: then };
  return single !== former && single !== "" && JSON.stringify(now) === JSON.stringify(then) ? { ...spec, clusterIPs: [single] } : spec;
}
