import { ENDPOINT_SLICE, SERVICE } from "../apimachinery/kinds";
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
  readonly externalLocal: boolean;
  readonly internalLocal: boolean;
  /** Seconds a client keeps its backend, when affinity is ClientIP. */
  readonly affinitySeconds?: number;
  /** Where `/healthz` tells whether this machine has local endpoints. */
  readonly healthCheckNodePort?: number;
}

/** The rules of one Service, a rule a port. Empty for headless and ExternalName Services. Upstream: pkg/proxy. */
export function compileService(service: Service, client: Client): readonly ServiceRule[] {
  const { spec, metadata } = service;
  if (spec.type === "ExternalName" || spec.clusterIP === undefined || spec.clusterIP === "None" || spec.clusterIP === "") return [];
  const namespace = metadata.namespace ?? "";
  const slices = slicesOf(client, { namespace, name: metadata.name });
  return (spec.ports ?? []).map((port) => ({
    service: { namespace, name: metadata.name },
    portName: port.name ?? "",
    protocol: port.protocol ?? "TCP",
    matches: matchesOf(service, port),
    backends: backendsOf(slices, port),
    externalLocal: spec.externalTrafficPolicy === "Local",
    internalLocal: spec.internalTrafficPolicy === "Local",
    ...(spec.sessionAffinity === "ClientIP" ? { affinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800 } : {}),
    ...(spec.healthCheckNodePort === undefined ? {} : { healthCheckNodePort: spec.healthCheckNodePort }),
  }));
}

/** The EndpointSlices of a Service. */
export function slicesOf(client: Client, service: ObjectKey): readonly EndpointSlice[] {
  return client.list<EndpointSlice>(ENDPOINT_SLICE, { namespace: service.namespace, labelSelector: `kubernetes.io/service-name=${service.name}` });
}

function matchesOf(service: Service, port: ServicePort): readonly Match[] {
  const { spec, status } = service;
  const matches: Match[] = [{ type: "cluster-ip", ip: spec.clusterIP ?? "", port: port.port }];
  if (port.nodePort !== undefined && port.nodePort > 0) matches.push({ type: "node-port", port: port.nodePort });
  for (const ingress of status?.loadBalancer?.ingress ?? []) {
    if (ingress.ip !== undefined && ingress.ipMode !== "Proxy") matches.push({ type: "load-balancer", ip: ingress.ip, port: port.port });
  }
  for (const ip of spec.externalIPs ?? []) matches.push({ type: "external-ip", ip, port: port.port });
  return matches;
}

function backendsOf(slices: readonly EndpointSlice[], port: ServicePort): readonly Backend[] {
  const ready: Backend[] = [];
  const lastResort: Backend[] = [];
  for (const slice of slices) {
    const target = slice.ports?.find((candidate) => (candidate.name ?? "") === (port.name ?? ""));
    if (target?.port === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const ip = endpoint.addresses[0];
      if (ip === undefined) continue;
      const backend: Backend = { ip, port: target.port, node: endpoint.nodeName ?? "", ...(endpoint.targetRef ? { pod: endpoint.targetRef.name } : {}) };
      const { ready: isReady = true, serving = isReady, terminating = false } = endpoint.conditions ?? {};
      if (isReady) ready.push(backend);
      else if (serving && terminating) lastResort.push(backend);
    }
  }
  // Endpoints that are going away still serve when nobody else can. Upstream: proxy terminating endpoints (GA 1.28).
  const chosen = ready.length > 0 ? ready : lastResort;
  return [...chosen].sort((a, b) => compareIPs(a.ip, b.ip) || a.port - b.port || compareStrings(a.node, b.node));
}

/** Every Service, in key order. */
export function allServices(client: Client): readonly Service[] {
  return client.list<Service>(SERVICE);
}
