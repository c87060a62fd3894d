import { CUSTOM_RESOURCE_DEFINITION, INGRESS, INGRESS_CLASS, NAMESPACE, SERVICE } from "../apimachinery/kinds";
import { kindId, refOf, type KindId, type KubeObject, type ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { AppResponse } from "../machine/behaviour";
import type { PacketTrace } from "../machine/wire";
import { reason } from "../reason";
import type { Service } from "../resources/core/service/service";
import type { Ingress, IngressClass } from "../resources/networking/ingress/ingress";
import { chainHash } from "./chain-hash";
import { modifyHeaders, rewritePath, routeHttp, type Gateway, type HTTPRoute, type ReferenceGrant, type RouteDecision } from "./http-route";
import { isClass, isGateway, isGrant, isRoute } from "./gateway-shape";
import { gateIngress, settingsOf, type IngressSettings } from "./ingress-annotations";
import { matchIngress, type IngressMatch } from "./ingress-match";
import { routeOpenShift } from "./openshift-routes";
import { errorPage, redirect, type ProxyKind } from "./proxy-kinds";
import type { ProxiedRequest, Routing, RoutingParts, Upstream } from "./routing";
import { slicesOf } from "./rules";

/** The kinds of the Gateway API, where its definitions are installed. */
export const GATEWAY_CLASS = kindId("gateway.networking.k8s.io/v1", "GatewayClass");
export const GATEWAY = kindId("gateway.networking.k8s.io/v1", "Gateway");
export const HTTP_ROUTE = kindId("gateway.networking.k8s.io/v1", "HTTPRoute");
export const REFERENCE_GRANT = kindId("gateway.networking.k8s.io/v1beta1", "ReferenceGrant");

const SHAPES: Readonly<Record<string, (object: unknown) => boolean>> = { gatewayclasses: isClass, gateways: isGateway, httproutes: isRoute, referencegrants: isGrant };

/** Objects of a kind that may not be installed, as far as they are what their kind says. */
export function listed<T extends KubeObject>(client: Client, kind: KindId, plural: "gatewayclasses" | "gateways" | "httproutes" | "referencegrants"): readonly T[] {
  const definition = client.get(CUSTOM_RESOURCE_DEFINITION, { namespace: "", name: `${plural}.gateway.networking.k8s.io` });
  if (definition === undefined || client.definition(kind) === undefined) return [];
  return client.list<T>(kind).filter((object) => SHAPES[plural]?.(object) === true);
}

/** The Gateways of a proxy's classes. */
export function gatewaysOf(client: Client, kind: ProxyKind): readonly Gateway[] {
  if (kind.gateway === undefined) return [];
  const classes = new Set(listed<KubeObject & { readonly spec: { readonly controllerName: string } }>(client, GATEWAY_CLASS, "gatewayclasses").filter((one) => one.spec.controllerName === kind.gateway).map((one) => one.metadata.name));
  return listed<Gateway>(client, GATEWAY, "gateways").filter((gateway) => classes.has(gateway.spec.gatewayClassName));
}

/** The Ingresses of a proxy's classes, and those without a class where it serves them. */
export function ingressesOf(client: Client, kind: ProxyKind): readonly Ingress[] {
  if (kind.ingress === undefined) return [];
  return client.list<Ingress>(INGRESS).filter((ingress) => {
    const name = ingress.spec.ingressClassName ?? ingress.metadata.annotations?.["kubernetes.io/ingress.class"];
    if (name === undefined) return kind.classless;
    const controller = client.get<IngressClass>(INGRESS_CLASS, { namespace: "", name })?.spec.controller;
    return controller !== undefined && (controller === kind.ingress || (kind.name === "haproxy" && /haproxy/.test(controller)));
  });
}

/**
 * Decides where a request goes: by the Gateways the proxy serves when one of their routes takes it, else by its Ingresses; straight
 * to a ready endpoint, not through the Service's address.
 *
 * No rule matches: 404. No ready endpoint: 503 (500 for a route whose backends may not be used).
 * Upstream: networking/v1 Ingress; gateway-api v1; kubernetes/ingress-nginx, traefik, haproxytech/kubernetes-ingress.
 */
export function routeRequest(kind: ProxyKind, parts: RoutingParts, request: ProxiedRequest): Routing {
  const host = (request.headers["host"] ?? "").replace(/:\d+$/, "").toLowerCase();
  if (kind.name === "openshift") return routeOpenShift(kind, parts, request, host);
  const gateways = gatewaysOf(parts.client, kind);
  const decision = gateways.length === 0 ? undefined : decide(parts.client, gateways, host, request);
  if (decision) return byRoute(kind, parts, decision, request, host);
  const found = matchIngress(ingressesOf(parts.client, kind), { host, path: request.path });
  if (!found) return { answer: errorPage(kind, 404), because: reason("ingress.no-matching-rule", { host, path: request.path }) };
  return byIngress(kind, parts, found, request, host);
}

/** The proxy's own answer when its backend gave none. */
export function answerFor(kind: ProxyKind, inner: PacketTrace): AppResponse {
  return inner.response ?? errorPage(kind, inner.outcome === "timed-out" ? 504 : 502);
}

function byIngress(kind: ProxyKind, parts: RoutingParts, found: IngressMatch, request: ProxiedRequest, host: string): Routing {
  const by = refOf(found.ingress);
  const { service } = found.backend;
  const namespace = found.ingress.metadata.namespace ?? "";
  const key = { namespace, name: service?.name ?? "" };
  const settings = settingsOf(kind, found, parts.client.get<Service>(SERVICE, key));
  const params = { host, path: request.path, service: key.name };
  const about = [by, { kind: SERVICE, ...key }];
  const gated = gateIngress(kind, settings, found, request, host);
  if (gated) return { answer: gated.answer, by, because: reason(gated.code, params, about) };
  const endpoints = service ? endpointsOf(parts.client, key, service.port) : [];
  if (endpoints.length === 0) return { answer: errorPage(kind, 503), by, because: reason("ingress.no-endpoints", params, about) };
  const { to, finish } = choose(parts, endpoints, settings, request);
  const path = settings.rewrite?.(request.path);
  return { to, by, because: reason("ingress.matched-rule", { ...params, endpoint: `${to.ip}:${to.port}` }, about), ...(path === undefined ? {} : { path }), ...(finish ? { finish } : {}) };
}

/** An endpoint by chance, or the one the client's cookie names; who comes without gets a cookie. */
function choose(parts: RoutingParts, endpoints: readonly Upstream[], settings: IngressSettings, request: ProxiedRequest): { readonly to: Upstream; readonly finish?: (answer: AppResponse) => AppResponse } {
  const random = (): Upstream => endpoints[parts.below(endpoints.length)] ?? { ip: "", port: 0 };
  const { cookie } = settings;
  if (cookie === undefined) return { to: random() };
  const mark = (to: Upstream): string => chainHash(`${to.ip}:${to.port}`).toLowerCase();
  const shown = (request.headers["cookie"] ?? "").split(/;\s*/).map((pair) => pair.split("=")).find(([name]) => name === cookie)?.[1];
  const kept = endpoints.find((endpoint) => mark(endpoint) === shown);
  if (kept) return { to: kept };
  const to = random();
  return { to, finish: (answer) => ({ ...answer, headers: { ...answer.headers, "set-cookie": `${cookie}=${mark(to)}; Path=/; HttpOnly` } }) };
}

function decide(client: Client, gateways: readonly Gateway[], host: string, request: ProxiedRequest): RouteDecision | undefined {
  const protocol = request.secure ? "HTTPS" : "HTTP";
  // Whatever ports the Service in front gives them, what arrives without TLS is for the HTTP doors and the rest for the others.
  const doors = gateways.map((gateway) => ({ ...gateway, spec: { ...gateway.spec, listeners: gateway.spec.listeners.filter((listener) => listener.protocol === protocol).map((listener) => ({ ...listener, port: 80 })) } }));
  const world = {
    gateways: doors,
    routes: listed<HTTPRoute>(client, HTTP_ROUTE, "httproutes").map(withoutPorts),
    grants: listed<ReferenceGrant>(client, REFERENCE_GRANT, "referencegrants"),
    namespaceLabels: (name: string) => client.get(NAMESPACE, { namespace: "", name })?.metadata.labels ?? {},
    hasService: (namespace: string, name: string, port: number | undefined) => client.get<Service>(SERVICE, { namespace, name })?.spec.ports?.some((one) => one.port === port) === true,
  };
  return routeHttp(world, { host, port: 80, method: request.method, path: request.path, headers: request.headers });
}

function withoutPorts(route: HTTPRoute): HTTPRoute {
  return { ...route, spec: { ...route.spec, parentRefs: (route.spec.parentRefs ?? []).map(({ port: _port, ...ref }) => ref) } };
}

function byRoute(kind: ProxyKind, parts: RoutingParts, decision: RouteDecision, request: ProxiedRequest, host: string): Routing {
  const by = refOf(decision.route);
  const filters = decision.rule.filters ?? [];
  const moved = filters.find((filter) => filter.requestRedirect)?.requestRedirect;
  const names = decision.backends.map(({ name }) => name).join(", ");
  const params = { host, path: request.path, service: names === "" ? decision.refused.join(", ") : names, route: decision.route.metadata.name };
  if (moved) {
    const scheme = moved.scheme ?? (request.secure ? "https" : "http");
    const port = moved.port === undefined || moved.port === (scheme === "https" ? 443 : 80) ? "" : `:${moved.port}`;
    return { answer: redirect(kind, moved.statusCode ?? 302, `${scheme}://${moved.hostname ?? host}${port}${rewritePath(request.path, decision.match, moved.path)}`), by, because: reason("gateway.redirected", params, [by]) };
  }
  const total = decision.backends.reduce((sum, { weight }) => sum + weight, 0);
  let ticket = total > 0 ? parts.below(total) : 0;
  const backend = decision.backends.find(({ weight }) => (ticket -= weight) < 0);
  if (!backend) return { answer: errorPage(kind, 500), by, because: reason("gateway.no-backend", params, [by]) };
  const key = { namespace: backend.namespace, name: backend.name };
  const about = [by, { kind: SERVICE, ...key }];
  const endpoints = endpointsOf(parts.client, key, backend.port === undefined ? undefined : { number: backend.port });
  const to = endpoints[endpoints.length === 0 ? 0 : parts.below(endpoints.length)];
  if (!to) return { answer: errorPage(kind, 503), by, because: reason("ingress.no-endpoints", { ...params, service: backend.name }, about) };
  const rewrite = filters.find((filter) => filter.urlRewrite)?.urlRewrite;
  const inward = filters.find((filter) => filter.requestHeaderModifier)?.requestHeaderModifier;
  const outward = filters.find((filter) => filter.responseHeaderModifier)?.responseHeaderModifier;
  return {
    to,
    by,
    because: reason("gateway.matched-route", { ...params, service: backend.name, endpoint: `${to.ip}:${to.port}` }, about),
    path: rewritePath(request.path, decision.match, rewrite?.path),
    ...(rewrite?.hostname === undefined ? {} : { host: rewrite.hostname }),
    headers: modifyHeaders(request.headers, inward),
    ...(outward ? { finish: (answer: AppResponse) => ({ ...answer, headers: modifyHeaders(answer.headers ?? {}, outward) }) } : {}),
  };
}

function endpointsOf(client: Client, key: ObjectKey, port: { readonly name?: string; readonly number?: number } | undefined): readonly Upstream[] {
  const service = client.get<Service>(SERVICE, key);
  const servicePort = service?.spec.ports?.find((candidate) => (port?.name !== undefined && port.name !== "" ? candidate.name === port.name : candidate.port === port?.number));
  if (!service || !servicePort) return [];
  return slicesOf(client, key).flatMap((slice) => {
    const target = slice.ports?.find((candidate) => (candidate.name ?? "") === (servicePort.name ?? ""))?.port;
    if (target === undefined) return [];
    return (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready ?? true).map((endpoint) => ({ ip: endpoint.addresses[0] ?? "", port: target }));
  });
}
