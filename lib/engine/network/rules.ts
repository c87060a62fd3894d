import { ENDPOINT_SLICE } from "../apimachinery/kinds";
import { compareStrings } from "../apimachinery/compare";
import type { ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { EndpointSlice } from "../resources/discovery/endpointslice/endpointslice";
import type { Service, ServicePort } from "../resources/core/service/service";
import { compareIPs } from "../world/addresses";

/** One backend of a rule. */
export interface Backend {
  readonly ip: string;
  readonly port: number;
  readonly node: string;
  readonly pod?: string;
  /** On its way out but still answering: used only where nobody who stays is left. */
  readonly leaving?: boolean;
  /** Zones and machines whose traffic it should take first. */
  readonly zones?: readonly string[];
  readonly nodes?: readonly string[];
}

/** Why a destination matches: the Service's own address, a port of the machine, a balancer's address, an external IP. */
export type Match =
  | { readonly type: "cluster-ip" | "load-balancer" | "external-ip"; readonly ip: string; readonly port: number }
  | { readonly type: "node-port"; readonly port: number };

/**
 * What kube-proxy tells the kernel about one port of one Service: destinations it answers for and
 * the endpoints they are rewritten to. The same on every machine; what is local is decided there.
 */
export interface ServiceRule {
  readonly service: ObjectKey;
  readonly portName: string;
  readonly protocol: string;
  readonly matches: readonly Match[];
  /** Every endpoint that may get traffic, in address order. */
  readonly backends: readonly Backend[];
  /** Those and the ones that are leaving, where a machine's own choice may differ; absent when nothing can. */
  readonly all?: readonly Backend[];
  /** Who may use the balancer's addresses; everybody when absent. */
  readonly sourceRanges?: readonly string[];
  readonly externalLocal: boolean;
  readonly internalLocal: boolean;
  /** Seconds a client keeps its backend, when affinity is ClientIP. */
  readonly affinitySeconds?: number;
  /** Where `/healthz` tells whether this machine has local endpoints. */
  readonly healthCheckNodePort?: number;
}

/** The rules of one Service, a rule a port. Empty for headless and ExternalName Services. Upstream: pkg/proxy. */
export function compileService(service: Service, client: Client): readonly ServiceRule[] {
  return isVirtual(service) ? compileRules(service, slicesOf(client, { namespace: service.metadata.namespace ?? "", name: service.metadata.name })) : [];
}

function isVirtual({ spec }: Service): boolean {
  return spec.type !== "ExternalName" && spec.clusterIP !== undefined && spec.clusterIP !== "None" && spec.clusterIP !== "";
}

/** The same from the Service and its slices alone. */
export function compileRules(service: Service, slices: readonly EndpointSlice[]): readonly ServiceRule[] {
  const { spec, metadata } = service;
  if (!isVirtual(service)) return [];
  const needsHealthCheck = spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local";
  const sourceRanges = rangesOf(service);
  const address = addressOf(service);
  const family = slices.filter(({ addressType }) => addressType === (isIPv6(address) ? "IPv6" : "IPv4"));
  return (spec.ports ?? []).map((port) => {
    const all = backendsOf(family, port);
    const staying = all.filter((backend) => backend.leaving !== true);
    // Endpoints that are going away still serve when nobody else can. Upstream: proxy terminating endpoints (GA 1.28).
    const backends = staying.length > 0 ? staying : all;
    return {
      service: { namespace: metadata.namespace ?? "", name: metadata.name },
      portName: port.name ?? "",
      protocol: port.protocol ?? "TCP",
      matches: matchesOf(service, port),
      backends,
      ...(all.length === backends.length ? {} : { all }),
      externalLocal: spec.externalTrafficPolicy === "Local",
      internalLocal: spec.internalTrafficPolicy === "Local",
      ...(sourceRanges.length > 0 ? { sourceRanges } : {}),
      ...(spec.sessionAffinity === "ClientIP" ? { affinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800 } : {}),
      ...(!needsHealthCheck || spec.healthCheckNodePort === undefined || spec.healthCheckNodePort === 0 ? {} : { healthCheckNodePort: spec.healthCheckNodePort }),
    };
  });
}

const isIPv6 = (text: string): boolean => text.includes(":");

/** The Service's address: its IPv4 one when it has both. */
function addressOf({ spec }: Service): string {
  const own = [spec.clusterIP ?? "", ...(spec.clusterIPs ?? [])];
  return own.find((ip) => !isIPv6(ip)) ?? own[0] ?? "";
}

/** Who may use a balancer's addresses: nobody is kept out when a range holds every address. */
function rangesOf({ spec }: Service): readonly string[] {
  const ranges = (spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()).filter((range) => range !== "" && !isIPv6(range));
  return ranges.some((range) => range.endsWith("/0")) ? [] : ranges;
}

/** The EndpointSlices of a Service. */
export function slicesOf(client: Client, service: ObjectKey): readonly EndpointSlice[] {
  return client.selected<EndpointSlice>(ENDPOINT_SLICE, service.namespace, { matchLabels: { "kubernetes.io/service-name": service.name } });
}

function matchesOf(service: Service, port: ServicePort): readonly Match[] {
  const { spec, status } = service;
  const matches: Match[] = [{ type: "cluster-ip", ip: addressOf(service), port: port.port }];
  for (const ip of spec.externalIPs ?? []) if (!isIPv6(ip)) matches.push({ type: "external-ip", ip, port: port.port });
  for (const ingress of status?.loadBalancer?.ingress ?? []) {
    if (ingress.ip !== undefined && ingress.ip !== "" && !isIPv6(ingress.ip) && ingress.ipMode !== "Proxy") matches.push({ type: "load-balancer", ip: ingress.ip, port: port.port });
  }
  if (port.nodePort !== undefined && port.nodePort > 0) matches.push({ type: "node-port", port: port.nodePort });
  return matches;
}

function backendsOf(slices: readonly EndpointSlice[], port: ServicePort): readonly Backend[] {
  const found = new Map<string, Backend>();
  for (const slice of slices) {
    const target = slice.ports?.find((candidate) => (candidate.name ?? "") === (port.name ?? "") && (candidate.protocol ?? "TCP") === (port.protocol ?? "TCP"));
    if (target?.port === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const ip = endpoint.addresses[0];
      if (ip === undefined) continue;
      // Unset conditions say yes to ready and serving, no to terminating. Who counts as ready stays, even on its way out.
      const { ready: stays = true, serving = true, terminating = false } = endpoint.conditions ?? {};
      const key = `${ip}:${target.port}`;
      if ((!stays && !(serving && terminating)) || (!stays && found.has(key))) continue;
      const zones = endpoint.hints?.forZones?.map(({ name }) => name);
      const nodes = endpoint.hints?.forNodes?.map(({ name }) => name);
      found.set(key, {
        ip,
        port: target.port,
        node: endpoint.nodeName ?? "",
        ...(endpoint.targetRef?.name === undefined ? {} : { pod: endpoint.targetRef.name }),
        ...(stays ? {} : { leaving: true }),
        ...(zones && zones.length > 0 ? { zones } : {}),
        ...(nodes && nodes.length > 0 ? { nodes } : {}),
      });
    }
  }
  return [...found.values()].sort((a, b) => compareIPs(a.ip, b.ip) || a.port - b.port || compareStrings(a.node, b.node));
}

/** Where a machine stands. */
export interface Standpoint {
  readonly node: string;
  readonly zone?: string | undefined;
}

const zoned = new WeakMap<ServiceRule, boolean>();

/** Does any endpoint of the rule say which zones it should serve first? */
export function hasZones(rule: ServiceRule): boolean {
  const known = zoned.get(rule) ?? (rule.all ?? rule.backends).some(({ zones }) => zones !== undefined);
  zoned.set(rule, known);
  return known;
}

/** What machines use, by the rule: rules are never changed, only replaced. */
const used = new WeakMap<ServiceRule, Map<string, Usable>>();

/** The endpoints one machine uses for a rule. `any` says whether somebody somewhere could serve. */
export interface Usable {
  readonly cluster: readonly Backend[];
  readonly local: readonly Backend[];
  readonly any: boolean;
}

/**
 * Who serves, seen from a machine: for the Cluster policy those hinted for it, if all carry hints and one is; for Local its own.
 * Endpoints that are leaving serve where no other is left, each policy for itself. Upstream: pkg/proxy/topology.go.
 */
export function usableOn(rule: ServiceRule, at: Standpoint): Usable {
  const known = used.get(rule) ?? new Map<string, Usable>();
  const place = at.zone === undefined ? at.node : `${at.node} ${at.zone}`;
  const usable = known.get(place) ?? sorted(rule, at);
  if (known.size === 0) used.set(rule, known);
  known.set(place, usable);
  return usable;
}

function sorted(rule: ServiceRule, at: Standpoint): Usable {
  const all = rule.all ?? rule.backends;
  const own = all.filter((backend) => backend.node === at.node && backend.node !== "");
  const staying = (backends: readonly Backend[]): readonly Backend[] => {
    const kept = backends.filter((backend) => backend.leaving !== true);
    return kept.length > 0 ? kept : backends;
  };
  return { cluster: hinted(rule.backends, at), local: staying(own), any: all.length > 0 };
}

function hinted(backends: readonly Backend[], { node, zone }: Standpoint): readonly Backend[] {
  const ready = backends.filter((backend) => backend.leaving !== true);
  if (ready.length === 0) return backends;
  if (ready.every((backend) => backend.nodes !== undefined)) {
    const mine = ready.filter((backend) => backend.nodes?.includes(node) === true);
    if (mine.length > 0) return mine;
  }
  if (zone !== undefined && ready.every((backend) => backend.zones !== undefined)) {
    const mine = ready.filter((backend) => backend.zones?.includes(zone) === true);
    if (mine.length > 0) return mine;
  }
  return backends;
}
