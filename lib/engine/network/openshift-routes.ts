import { compareStrings } from "../apimachinery/compare";
import { CUSTOM_RESOURCE_DEFINITION, SERVICE } from "../apimachinery/kinds";
import { kindId, refOf, type KubeObject, type ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { AppResponse } from "../machine/behaviour";
import { reason } from "../reason";
import type { Service } from "../resources/core/service/service";
import { jsonOf } from "../resources/cells";
import { numberAt, objectAt, objectsAt, textAt } from "../resources/json-object";
import { errorPage, type ProxyKind } from "./proxy-kinds";
import type { ProxiedRequest, Routing, RoutingParts, Upstream } from "./routing";
import { slicesOf } from "./rules";

/** OpenShift's own door to Services. */
export const ROUTE = kindId("route.openshift.io/v1", "Route");

/** One of a Route's Services, and its share of the requests. */
interface RouteBackend {
  readonly service: ObjectKey;
  readonly weight: number;
}

/** A Route as the router reads it, whatever is missing in it. */
export interface OpenShiftRoute {
  readonly object: KubeObject;
  readonly key: ObjectKey;
  readonly host: string;
  readonly path: string;
  readonly backends: readonly RouteBackend[];
  /** The port of the Service's endpoints, by name or number; any when empty. */
  readonly port: string;
  readonly termination: string;
  readonly insecure: string;
  readonly certificate: string;
  readonly wildcard: boolean;
}

function read(object: KubeObject): OpenShiftRoute {
  const spec = objectAt(jsonOf(object), "spec");
  const namespace = object.metadata.namespace ?? "";
  const tls = objectAt(spec, "tls");
  const target = objectAt(spec, "port")["targetPort"];
  const backends = [objectAt(spec, "to"), ...objectsAt(spec, "alternateBackends")].map((one) => ({ service: { namespace, name: textAt(one, "name") }, weight: Math.max(0, Math.min(256, Math.trunc(numberAt(one, "weight") ?? 100))) }));
  return {
    object,
    key: { namespace, name: object.metadata.name },
    host: textAt(spec, "host").toLowerCase(),
    path: textAt(spec, "path"),
    backends: backends.filter(({ service }) => service.name !== ""),
    port: typeof target === "string" || typeof target === "number" ? String(target) : "",
    termination: textAt(tls, "termination"),
    insecure: textAt(tls, "insecureEdgeTerminationPolicy"),
    certificate: textAt(tls, "certificate"),
    wildcard: textAt(spec, "wildcardPolicy") === "Subdomain",
  };
}

/** Every Route, the oldest first; none where the kind is not installed. */
export function openShiftRoutes(client: Client): readonly OpenShiftRoute[] {
  if (client.get(CUSTOM_RESOURCE_DEFINITION, { namespace: "", name: "routes.route.openshift.io" }) === undefined) return [];
  return [...client.list<KubeObject>(ROUTE)]
    .sort((a, b) => compareStrings(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "") || compareStrings(a.metadata.namespace ?? "", b.metadata.namespace ?? "") || compareStrings(a.metadata.name, b.metadata.name))
    .map(read);
}

/** The namespace a host belongs to is that of the oldest Route with it: others' Routes are not admitted. */
export function claimant(routes: readonly OpenShiftRoute[], route: OpenShiftRoute): OpenShiftRoute | undefined {
  const first = routes.find(({ host }) => host !== "" && host === route.host);
  const same = routes.find((other) => other.host === route.host && other.path === route.path && other.key.namespace === route.key.namespace);
  if (first && first.key.namespace !== route.key.namespace) return first;
  return same && same.key.name !== route.key.name ? same : undefined;
}

const covers = (route: OpenShiftRoute, host: string): boolean => route.host === host || (route.wildcard && host.slice(host.indexOf(".")) === route.host.slice(route.host.indexOf(".")));

function pathCovers(own: string, path: string): boolean {
  const asked = path.split("?")[0] ?? "/";
  const prefix = own.replace(/\/+$/, "");
  return asked === prefix || asked.startsWith(`${prefix}/`);
}

/** The Route a host and path take: an exact host before a wildcard, then the longest path. */
export function routeFor(client: Client, host: string, path: string): OpenShiftRoute | undefined {
  const all = openShiftRoutes(client);
  const exact = (route: OpenShiftRoute): number => (route.host === host ? 1 : 0);
  return all
    .filter((route) => covers(route, host) && pathCovers(route.path, path) && claimant(all, route) === undefined)
    .sort((a, b) => exact(b) - exact(a) || b.path.length - a.path.length)[0];
}

/**
 * Where OpenShift's router sends a request: by host and path to one of the Route's Services, by weight. Hosts nobody routes get the
 * page that says so, with 503. Upstream: openshift/router.
 *
 * @simplified Passthrough and re-encrypt Routes are served like edge ones: the router ends the TLS and talks plain to the pod.
 */
export function routeOpenShift(kind: ProxyKind, parts: RoutingParts, request: ProxiedRequest, host: string): Routing {
  const route = routeFor(parts.client, host, request.path);
  if (!route || (request.secure && route.termination === "")) return { answer: errorPage(kind, 503), because: reason("openshift.no-route", { host, path: request.path }) };
  const by = refOf(route.object);
  const names = { route: route.key.name, host, path: request.path };
  if (!request.secure && route.termination !== "") {
    if (route.insecure === "Redirect") return { answer: { status: 302, headers: { location: `https://${host}${request.path}` }, body: "" }, by, because: reason("openshift.redirected", names, [by]) };
    if (route.insecure !== "Allow") return { answer: errorPage(kind, 503), by, because: reason("openshift.no-route", names, [by]) };
  }
  const to = chosen(parts, route);
  if (!to) return { answer: errorPage(kind, 503), by, because: reason("openshift.no-endpoints", { ...names, service: route.backends.map(({ service }) => service.name).join(", ") }, [by]) };
  return { to: to.upstream, by, because: reason("openshift.routed", { ...names, service: to.service.name, endpoint: `${to.upstream.ip}:${to.upstream.port}` }, [by, { kind: SERVICE, ...to.service }]), finish: (answer: AppResponse) => answer };
}

function chosen({ client, below }: RoutingParts, route: OpenShiftRoute): { readonly upstream: Upstream; readonly service: ObjectKey } | undefined {
  const ready = route.backends.map((backend) => ({ ...backend, endpoints: endpointsOf(client, backend.service, route.port) })).filter(({ endpoints, weight }) => endpoints.length > 0 && weight > 0);
  let ticket = ready.length === 0 ? 0 : below(ready.reduce((sum, { weight }) => sum + weight, 0));
  const backend = ready.find(({ weight }) => (ticket -= weight) < 0);
  const upstream = backend?.endpoints[below(backend.endpoints.length)];
  return backend && upstream && { upstream, service: backend.service };
}

/** Ready endpoints of a Service: on the Route's target port, which names the pods' port, or the Service's by its name. */
function endpointsOf(client: Client, key: ObjectKey, port: string): readonly Upstream[] {
  const service = client.get<Service>(SERVICE, key);
  if (!service) return [];
  return slicesOf(client, key).flatMap((slice) => {
    const found = (slice.ports ?? []).find((one) => port === "" || one.name === port || String(one.port) === port)?.port;
    if (found === undefined) return [];
    return (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready ?? true).map(({ addresses }) => ({ ip: addresses[0] ?? "", port: found }));
  });
}
