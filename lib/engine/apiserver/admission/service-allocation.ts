import { ApiError, invalid, type FieldError } from "../../apimachinery/api-error";
import { SERVICE } from "../../apimachinery/kinds";
import type { Json, KubeObject } from "../../apimachinery/meta";
import type { Service, ServicePort } from "../../resources/core/service/service";
import type { Random } from "../../sim/random";
import type { AdmissionContext, AdmissionPlugin } from "../request";

const RESOURCE = { group: "", plural: "services", kind: "Service" };

/**
 * Gives Services what must be unique in the cluster: a virtual address, ports on the machines, a
 * health-check port. Asked-for values are honoured when they are free and in range.
 *
 * Upstream: pkg/registry/core/service/{storage,ipallocator,portallocator}; there it is part of REST
 * storage, here an admission step because it looks at other objects.
 */
export const serviceAllocation: AdmissionPlugin = {
  name: "ServiceAllocation",
  alters: new Set([SERVICE]),
  mutate({ definition, object, previous, subresource, dryRun }, context) {
    if (definition.kind !== SERVICE || subresource !== "" || !object) return undefined;
    // Upstream allocates once the object is known to be valid: what is wrong is told by validation, in its own words.
    if (definition.validate(object, previous).length > 0) return undefined;
    const before = previous as Service | undefined;
    const service = keepAllocated(object as Service, before);
    if (service.spec.type === "ExternalName") return service;
    return withNodePorts(withClusterIP(withFamilies(service), context, dryRun === true), before, context) as KubeObject;
  },
};

/** An update that leaves out what the cluster allocated keeps it. Upstream: patchAllocatedValues. */
function keepAllocated(service: Service, before: Service | undefined): Service {
  if (!before || before.spec.type === "ExternalName" || service.spec.type === "ExternalName") return service;
  const clusterIP = service.spec.clusterIP === undefined || service.spec.clusterIP === "" ? before.spec.clusterIP : service.spec.clusterIP;
  const clusterIPs = service.spec.clusterIPs ?? before.spec.clusterIPs;
  const kept = exposes(service) && exposes(before) ? formerPorts(service, before) : new Map<string, number>();
  const ports = (service.spec.ports ?? []).map((port): ServicePort => {
    if (!exposes(service)) {
      const { nodePort, ...rest } = port;
      return nodePort !== undefined && !numbersOf(before).has(nodePort) ? port : rest;
    }
    const former = kept.get(port.name ?? "");
    return (port.nodePort ?? 0) === 0 && former !== undefined ? { ...port, nodePort: former } : port;
  });
  const spec = { ...service.spec, ports, ...(clusterIP === undefined ? {} : { clusterIP }), ...(clusterIPs === undefined ? {} : { clusterIPs }) };
  return { ...service, spec };
}

function exposes({ spec }: Service): boolean {
  return spec.type === "NodePort" || spec.type === "LoadBalancer";
}

function numbersOf({ spec }: Service): ReadonlySet<number> {
  return new Set((spec.ports ?? []).flatMap(({ nodePort = 0 }) => (nodePort === 0 ? [] : [nodePort])));
}

/** The node ports a Service had, by the names of its ports, less those it now gives to others. */
function formerPorts(service: Service, before: Service): ReadonlyMap<string, number> {
  const used = numbersOf(service);
  return new Map((before.spec.ports ?? []).flatMap(({ name = "", nodePort = 0 }) => (nodePort === 0 || used.has(nodePort) ? [] : [[name, nodePort] as const])));
}

/** Of a Service that does not say, IPv4 and only it: this cluster knows no other. One without selector and address has both. */
function withFamilies(service: Service): Service {
  const { clusterIP, selector } = service.spec;
  const free = clusterIP === "None" && Object.keys(selector ?? {}).length === 0;
  const { ipFamilyPolicy = free ? "RequireDualStack" : "SingleStack" } = service.spec;
  const [first = "IPv4", second] = service.spec.ipFamilies ?? [];
  const both = free && ipFamilyPolicy !== "SingleStack";
  const ipFamilies = both ? [first, second ?? (first === "IPv4" ? "IPv6" : "IPv4")] : (service.spec.ipFamilies ?? [first]);
  return { ...service, spec: { ...service.spec, ipFamilyPolicy, ipFamilies } };
}

function others(context: AdmissionContext, service: Service): readonly Service[] {
  const mine = `${service.metadata.namespace ?? ""}/${service.metadata.name}`;
  return (context.store.list(SERVICE) as readonly Service[]).filter((other) => `${other.metadata.namespace ?? ""}/${other.metadata.name}` !== mine);
}

function withClusterIP(service: Service, context: AdmissionContext, dryRun: boolean): Service {
  const asked = service.spec.clusterIP;
  if (asked === "None") return { ...service, spec: { ...service.spec, clusterIPs: ["None"] } };
  const range = rangeOf(context.settings.serviceCIDR);
  const used = new Set(others(context, service).map((other) => other.spec.clusterIP));
  const ip = asked === undefined || asked === "" ? freeIP(range, used, context.random.fork("cluster-ip")) : asked;
  if (asked !== undefined && asked !== "") checkAsked(service, asked, range, used, context.settings.serviceCIDR, dryRun);
  return { ...service, spec: { ...service.spec, clusterIP: ip, clusterIPs: [ip] } };
}

function checkAsked(service: Service, ip: string, range: Range, used: ReadonlySet<string | undefined>, cidr: string, dryRun: boolean): void {
  const value = numberOf(ip);
  const inside = value !== undefined && value > range.first && value < range.first + range.size - 1;
  const foreign = value === undefined || value < range.first || value >= range.first + range.size;
  // A dry run asks the allocator that keeps nothing, which has its own words.
  const why = foreign && !dryRun
    ? `failed to allocate IP ${ip}: the provided network does not match the current range`
    : !inside
    ? `failed to allocate IP ${ip}: the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${cidr}`
    : used.has(ip)
      ? `failed to allocate IP ${ip}: provided IP is already allocated`
      : undefined;
  if (why !== undefined) refuse(service, [{ code: "invalid", path: "spec.clusterIPs", badValue: [ip], detail: why, origin: "service.cluster-ip" }]);
}

function withNodePorts(service: Service, before: Service | undefined, context: AdmissionContext): Service {
  const { type, allocateLoadBalancerNodePorts = true } = service.spec;
  const exposes = type === "NodePort" || (type === "LoadBalancer" && allocateLoadBalancerNodePorts);
  const [first, last] = context.settings.nodePortRange;
  const used = new Map<number, string>();
  for (const other of others(context, service)) {
    for (const port of other.spec.ports ?? []) if (port.nodePort) used.set(port.nodePort, port.protocol ?? "TCP");
    if (other.spec.healthCheckNodePort) used.set(other.spec.healthCheckNodePort, "TCP");
  }
  const random = context.random.fork("node-port");
  const errors: FieldError[] = [];
  // Ports of one number share their node port, as 53 over TCP and UDP does.
  const own = new Map<number, number>();
  const asked = (number: number): number | undefined => service.spec.ports?.find((port) => port.port === number && port.nodePort !== undefined && port.nodePort !== 0)?.nodePort;
  const ports = (service.spec.ports ?? []).map((given, i): ServicePort => {
    const wished = given.nodePort === undefined || given.nodePort === 0 ? (exposes ? (own.get(given.port) ?? asked(given.port)) : undefined) : given.nodePort;
    const port = wished === undefined ? given : { ...given, nodePort: wished };
    if (port.nodePort !== undefined && port.nodePort !== 0) {
      if (own.get(port.port) === port.nodePort) return port;
      own.set(port.port, port.nodePort);
      const problem = portProblem(port.nodePort, first, last, used);
      if (problem !== undefined) errors.push({ code: "invalid", path: `spec.ports[${i}].nodePort`, badValue: port.nodePort as Json, detail: problem, origin: "service.node-port" });
      used.set(port.nodePort, port.protocol ?? "TCP");
      return port;
    }
    if (!exposes) return port;
    const nodePort = freePort(first, last, used, random);
    used.set(nodePort, port.protocol ?? "TCP");
    own.set(port.port, nodePort);
    return { ...port, nodePort };
  });
  if (errors.length > 0) refuse(service, errors);
  const checks = type === "LoadBalancer" && service.spec.externalTrafficPolicy === "Local";
  const { healthCheckNodePort = before?.spec.healthCheckNodePort, ...spec } = service.spec;
  if (checks && healthCheckNodePort !== undefined && healthCheckNodePort !== 0) {
    const problem = portProblem(healthCheckNodePort, first, last, used);
    if (problem !== undefined) throw allocationFailed(`failed to allocate requested HealthCheck NodePort ${healthCheckNodePort}: ${problem}`);
  }
  const health = checks ? { healthCheckNodePort: healthCheckNodePort ?? freePort(first, last, used, random) } : {};
  return { ...service, spec: { ...spec, ...(service.spec.ports === undefined ? {} : { ports }), ...health } };
}

/** 500, as upstream's storage answers when a health-check port cannot be had. */
function allocationFailed(why: string): ApiError {
  return new ApiError({ code: 500, reason: "InternalError", message: `Internal error occurred: ${why}`, causes: [] });
}

function portProblem(port: number, first: number, last: number, used: ReadonlyMap<number, string>): string | undefined {
  if (port < first || port > last) return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
  return used.has(port) ? "provided port is already allocated" : undefined;
}

function freePort(first: number, last: number, used: ReadonlyMap<number, string>, random: Random): number {
  const size = last - first + 1;
  const start = random.below(size);
  for (let i = 0; i < size; i += 1) {
    const port = first + ((start + i) % size);
    if (!used.has(port)) return port;
  }
  return first;
}

interface Range {
  readonly first: number;
  readonly size: number;
}

function numberOf(ip: string): number | undefined {
  const parts = ip.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function rangeOf(cidr: string): Range {
  const [base = "", bits = "32"] = cidr.split("/");
  const size = (1 << (32 - Number(bits))) >>> 0;
  const value = numberOf(base) ?? 0;
  return { first: value - (value % size), size };
}

/** Upstream leaves the lower part of the range for addresses asked for by hand. */
function freeIP(range: Range, used: ReadonlySet<string | undefined>, random: Random): string {
  const low = Math.min(256, Math.max(16, range.size >>> 4));
  const band = Math.max(1, range.size - low - 1);
  const start = random.below(band);
  for (let i = 0; i < band; i += 1) {
    const value = range.first + low + ((start + i) % band);
    const ip = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join(".");
    if (!used.has(ip)) return ip;
  }
  return "";
}

function refuse(service: Service, errors: readonly FieldError[]): never {
  throw invalid(RESOURCE, service.metadata.name, errors);
}
