/** What the API server fills into a Service. Addresses and node ports are allocated by admission. Upstream: `SetDefaults_Service` and the Service REST storage. */
import type { JsonObject } from "../../../apimachinery/meta";
import { changedEach, filled, has, isObject, listAt, objectAt, textAt } from "../../json-object";

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

/** `clusterIP` and the first of `clusterIPs` are the same thing said twice. */
function syncedAddresses(spec: JsonObject): JsonObject {
  const first = listAt(spec, "clusterIPs")[0];
  const single = textAt(spec, "clusterIP");
  if (single !== "" && first === undefined) return { ...spec, clusterIPs: [single] };
  return single === "" && typeof first === "string" ? { ...spec, clusterIP: first } : spec;
}

/** Fields of the type a service no longer is, dropped when the client changed the type and left them as they were. */
export function withoutFormerType(spec: JsonObject, before: JsonObject): JsonObject {
  const [type, former] = [textAt(spec, "type"), textAt(before, "type")];
  if (type === former) return spec;
  const result: Record<string, JsonObject[string]> = { ...spec };
  const drop = (...keys: readonly string[]): void => {
    for (const key of keys) if (has(result, key) && JSON.stringify(result[key]) === JSON.stringify(before[key])) delete result[key];
  };
  if (isExternallyReachable(before) && !isExternallyReachable(spec)) {
    drop("externalTrafficPolicy", "healthCheckNodePort");
    const known = new Set(listAt(before, "ports").map((entry) => (isObject(entry) ? entry["nodePort"] : undefined)));
    result["ports"] = listAt(spec, "ports").map((entry) => {
      if (!isObject(entry) || !known.has(entry["nodePort"])) return entry;
      const { nodePort: _freed, ...rest } = entry;
      return rest;
    });
  }
  if (former === "LoadBalancer") drop("allocateLoadBalancerNodePorts", "loadBalancerClass");
  if (type === "ExternalName") drop("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy");
  if (former === "ExternalName") drop("externalName");
  return result;
}
