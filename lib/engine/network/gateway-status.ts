import { deepEqual } from "../apimachinery/compare";
import type { Condition } from "../apimachinery/conditions";
import { CUSTOM_RESOURCE_DEFINITION, NAMESPACE, POD, SECRET, SERVICE } from "../apimachinery/kinds";
import type { KubeObject } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import type { Component, ComponentContext } from "../client/component";
import type { Pod } from "../resources/core/pod/pod";
import type { Service } from "../resources/core/service/service";
import { GATEWAY_CLASS, gatewaysOf, HTTP_ROUTE, listed, REFERENCE_GRANT } from "./gateway";
import { attaches, granted, intersectHost, type Gateway, type HTTPRoute, type Listener, type ParentRef, type ReferenceGrant } from "./http-route";
import { reachableAt, readyProxies } from "./ingress-status";
import { proxyOfPod, type ProxyKind } from "./proxy-kinds";

type GatewayClass = KubeObject & { readonly spec: { readonly controllerName: string }; readonly status?: { readonly conditions?: readonly Condition[] } };

const GROUP = "gateway.networking.k8s.io";

/**
 * The part of gateway controllers that reports, while one of their pods is ready: GatewayClasses accepted, Gateways programmed
 * with their address and how many routes each listener has, HTTPRoutes accepted by their parents and their backends resolved.
 * Upstream: gateway-api v1 conditions and reasons.
 *
 * @simplified A controller's own pods carry the traffic of all its Gateways: no Deployment is made for each.
 */
export const gatewayStatus: Component = {
  name: "gateway-controller",
  watches: [SERVICE, { kind: POD, while: CUSTOM_RESOURCE_DEFINITION }, NAMESPACE, CUSTOM_RESOURCE_DEFINITION],
  watchesCustom: true,
  observe(event, context) {
    if (event.kind === POD && !proxyOfPod(event.object as Pod)) return;
    if (event.kind !== POD && event.kind !== SERVICE && event.kind !== NAMESPACE && event.kind !== CUSTOM_RESOURCE_DEFINITION && !event.kind.startsWith(GROUP)) return;
    context.state.cell<boolean>("gateway-controller:look", false).set(true);
  },
  work(context) {
    const look = context.state.cell<boolean>("gateway-controller:look", false);
    if (!look.get()) return false;
    look.set(false);
    if (listed(context.client, GATEWAY_CLASS, "gatewayclasses").length === 0) return true;
    for (const [kind, pods] of readyProxies(context)) if (kind.gateway !== undefined) report(kind, pods, context);
    return true;
  },
};

function report(kind: ProxyKind, pods: readonly Pod[], context: ComponentContext): void {
  const { client } = context;
  for (const one of listed<GatewayClass>(client, GATEWAY_CLASS, "gatewayclasses")) {
    if (one.spec.controllerName === kind.gateway) write(context, one, { ...one.status, conditions: conditions(context, one, one.status?.conditions, [["Accepted", true, "Accepted", "The GatewayClass has been accepted by the controller"]]) });
  }
  const gateways = gatewaysOf(client, kind);
  const routes = listed<HTTPRoute>(client, HTTP_ROUTE, "httproutes");
  const world = { namespaceLabels: (name: string) => client.get(NAMESPACE, { namespace: "", name })?.metadata.labels ?? {} };
  const address = reachableAt(pods, context).ingress?.[0]?.ip;
  for (const gateway of gateways) gatewayReport(context, gateway, { routes, world, address });
  for (const route of routes) routeReport(context, kind, route, gateways, world);
}

type Wanted = readonly [type: string, status: boolean, reason: string, message: string];

/** Conditions as wanted, each keeping the moment its status last changed. */
function conditions(context: ComponentContext, object: KubeObject, before: readonly Condition[] | undefined, wanted: readonly Wanted[]): readonly Condition[] {
  const now = timestamp(context.clock.now());
  return wanted.map(([type, holds, reason, message]) => {
    const status = holds ? "True" : "False";
    const old = before?.find((condition) => condition.type === type && condition.status === status);
    return { type, status, reason, message, lastTransitionTime: old?.lastTransitionTime ?? now, observedGeneration: object.metadata.generation ?? 1 } as Condition;
  });
}

function write(context: ComponentContext, object: KubeObject & { readonly status?: unknown }, status: unknown): void {
  if (!deepEqual(object.status ?? {}, status)) context.client.updateStatus({ ...object, status } as KubeObject);
}

interface Seen {
  readonly routes: readonly HTTPRoute[];
  readonly world: { readonly namespaceLabels: (name: string) => Readonly<Record<string, string>> };
  readonly address: string | undefined;
}

interface GatewayStatus {
  readonly conditions?: readonly Condition[];
  readonly listeners?: readonly { readonly name: string; readonly conditions: readonly Condition[] }[];
}

function gatewayReport(context: ComponentContext, gateway: Gateway & { readonly status?: GatewayStatus }, { routes, world, address }: Seen): void {
  const listeners = gateway.spec.listeners.map((listener) => {
    const before = gateway.status?.listeners?.find(({ name }) => name === listener.name)?.conditions;
    const broken = certificateProblem(context, gateway, listener);
    const attached = routes.filter((route) => attaches(route, gateway, listener, world) && meets(route, listener)).length;
    return {
      name: listener.name,
      attachedRoutes: attached,
      supportedKinds: [{ group: GROUP, kind: "HTTPRoute" }],
      conditions: conditions(context, gateway, before, [
        ["Accepted", true, "Accepted", "Listener is accepted"],
        ["Programmed", broken === undefined, broken === undefined ? "Programmed" : "Invalid", broken === undefined ? "Listener is programmed" : "Listener is invalid"],
        ["ResolvedRefs", broken === undefined, broken?.[0] ?? "ResolvedRefs", broken?.[1] ?? "All references are resolved"],
      ]),
    };
  });
  const usable = listeners.some(({ conditions: own }) => own[1]?.status === "True");
  write(context, gateway, {
    ...(address === undefined ? {} : { addresses: [{ type: "IPAddress", value: address }] }),
    conditions: conditions(context, gateway, gateway.status?.conditions, [
      ["Accepted", usable, usable ? "Accepted" : "ListenersNotValid", usable ? "Gateway is accepted" : "Gateway has no valid listeners"],
      ["Programmed", usable && address !== undefined, usable ? (address === undefined ? "AddressNotAssigned" : "Programmed") : "Invalid", usable ? (address === undefined ? "No address has been assigned to the Gateway" : "Gateway is programmed") : "Gateway has no valid listeners"],
    ]),
    listeners,
  });
}

function meets(route: HTTPRoute, listener: Listener): boolean {
  return (route.spec.hostnames ?? [""]).some((own) => intersectHost(listener.hostname, own) !== undefined);
}

function certificateProblem({ client }: ComponentContext, gateway: Gateway, listener: Listener): readonly [string, string] | undefined {
  if (listener.protocol !== "HTTPS") return undefined;
  const home = gateway.metadata.namespace ?? "";
  const ref = listener.tls?.certificateRefs?.[0];
  const key = { namespace: ref?.namespace ?? home, name: ref?.name ?? "" };
  const permitted = granted(listed<ReferenceGrant>(client, REFERENCE_GRANT, "referencegrants"), { kind: "Gateway", namespace: home }, { kind: "Secret", ...key });
  if (!permitted) return ["RefNotPermitted", `Certificate ref to secret ${key.namespace}/${key.name} not permitted by any ReferenceGrant`];
  return client.get(SECRET, key) ? undefined : ["InvalidCertificateRef", `Secret ${key.namespace}/${key.name} does not exist`];
}

function routeReport(context: ComponentContext, kind: ProxyKind, route: HTTPRoute & { readonly status?: { readonly parents?: readonly RouteParent[] } }, gateways: readonly Gateway[], world: Seen["world"]): void {
  const home = route.metadata.namespace ?? "";
  const mine = (route.spec.parentRefs ?? []).flatMap((ref) => {
    const gateway = gateways.find((one) => one.metadata.name === ref.name && one.metadata.namespace === (ref.namespace ?? home));
    return gateway ? [{ ref, gateway }] : [];
  });
  if (mine.length === 0) return;
  const others = (route.status?.parents ?? []).filter(({ controllerName }) => controllerName !== kind.gateway);
  const unresolved = backendProblem(context, route);
  const parents = mine.map(({ ref, gateway }): RouteParent => {
    const before = route.status?.parents?.find((parent) => parent.controllerName === kind.gateway && deepEqual(parent.parentRef, ref))?.conditions;
    const refusal = parentProblem(route, ref, gateway, world);
    return {
      parentRef: ref,
      controllerName: kind.gateway ?? "",
      conditions: conditions(context, route, before, [
        ["Accepted", refusal === undefined, refusal?.[0] ?? "Accepted", refusal?.[1] ?? "The route is accepted"],
        ["ResolvedRefs", unresolved === undefined, unresolved?.[0] ?? "ResolvedRefs", unresolved?.[1] ?? "All references are resolved"],
      ]),
    };
  });
  write(context, route, { parents: [...others, ...parents] });
}

interface RouteParent {
  readonly parentRef: ParentRef;
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
}

function parentProblem(route: HTTPRoute, ref: ParentRef, gateway: Gateway, world: Seen["world"]): readonly [string, string] | undefined {
  const doors = gateway.spec.listeners.filter((listener) => (ref.sectionName === undefined || listener.name === ref.sectionName) && (ref.port === undefined || listener.port === ref.port));
  if (doors.length === 0) return ["NoMatchingParent", "Listener is not found for this parent ref"];
  const only = { ...route, spec: { ...route.spec, parentRefs: [ref] } };
  const open = doors.filter((listener) => attaches(only, gateway, listener, world));
  if (open.length === 0) return ["NotAllowedByListeners", "Route is not allowed by any listener"];
  return open.some((listener) => meets(route, listener)) ? undefined : ["NoMatchingListenerHostname", "Listener hostname does not match the route hostnames"];
}

function backendProblem({ client }: ComponentContext, route: HTTPRoute): readonly [string, string] | undefined {
  const home = route.metadata.namespace ?? "";
  const grants = listed<ReferenceGrant>(client, REFERENCE_GRANT, "referencegrants");
  for (const ref of (route.spec.rules ?? []).flatMap((rule) => rule.backendRefs ?? [])) {
    const kind = ref.kind ?? "Service";
    if (kind !== "Service" || (ref.group ?? "") !== "") return ["InvalidKind", `Unsupported value: "${kind}": supported values: "Service"`];
    const key = { namespace: ref.namespace ?? home, name: ref.name };
    if (!granted(grants, { kind: "HTTPRoute", namespace: home }, { kind: "Service", ...key })) return ["RefNotPermitted", `Backend ref to Service ${key.namespace}/${key.name} not permitted by any ReferenceGrant`];
    const service = client.get<Service>(SERVICE, key);
    if (!service) return ["BackendNotFound", `Service "${key.name}" not found`];
    if (!service.spec.ports?.some((port) => port.port === ref.port)) return ["BackendNotFound", `Service "${key.name}" has no port ${ref.port ?? ""}`];
  }
  return undefined;
}
