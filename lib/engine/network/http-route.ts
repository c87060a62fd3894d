import { compareStrings } from "../apimachinery/compare";
import { labelSelectorMatches, type LabelSelector } from "../apimachinery/labels";
import type { KubeObject } from "../apimachinery/meta";
import { patternOf } from "./ingress-match";
import { findPattern } from "./safe-pattern";

/** gateway.networking.k8s.io/v1/Gateway. */
export interface Gateway extends KubeObject {
  readonly spec: {
    readonly gatewayClassName: string;
    readonly listeners: readonly Listener[];
  };
}

/** A door of a Gateway. */
export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly hostname?: string;
  readonly tls?: { readonly mode?: string; readonly certificateRefs?: readonly { readonly name: string; readonly namespace?: string }[] };
  readonly allowedRoutes?: { readonly namespaces?: { readonly from?: "All" | "Same" | "Selector" | "None"; readonly selector?: LabelSelector }; readonly kinds?: readonly { readonly kind: string }[] };
}

/** A reference to a Gateway, or to one of its listeners. */
export interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** Where a route sends requests. */
export interface RouteBackend {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
  readonly weight?: number;
}

/** One condition of a route: all of its parts must hold. */
export interface RouteMatch {
  readonly path?: { readonly type?: "Exact" | "PathPrefix" | "RegularExpression"; readonly value?: string };
  readonly headers?: readonly NamedMatch[];
  readonly queryParams?: readonly NamedMatch[];
  readonly method?: string;
}

/** A header or a query parameter that must have a value. */
export interface NamedMatch {
  readonly type?: "Exact" | "RegularExpression";
  readonly name: string;
  readonly value: string;
}

/** A change of the path of a request. */
export interface PathModifier {
  readonly type: "ReplaceFullPath" | "ReplacePrefixMatch";
  readonly replaceFullPath?: string;
  readonly replacePrefixMatch?: string;
}

/** Headers changed on the way in or out. */
export interface HeaderModifier {
  readonly set?: readonly { readonly name: string; readonly value: string }[];
  readonly add?: readonly { readonly name: string; readonly value: string }[];
  readonly remove?: readonly string[];
}

/** What happens to a request besides being sent on. */
export interface RouteFilter {
  readonly type: string;
  readonly requestHeaderModifier?: HeaderModifier;
  readonly responseHeaderModifier?: HeaderModifier;
  readonly requestRedirect?: { readonly scheme?: string; readonly hostname?: string; readonly port?: number; readonly statusCode?: number; readonly path?: PathModifier };
  readonly urlRewrite?: { readonly hostname?: string; readonly path?: PathModifier };
}

/** A rule of a route. */
export interface RouteRule {
  readonly matches?: readonly RouteMatch[];
  readonly filters?: readonly RouteFilter[];
  readonly backendRefs?: readonly RouteBackend[];
}

/** gateway.networking.k8s.io/v1/HTTPRoute. */
export interface HTTPRoute extends KubeObject {
  readonly spec: { readonly parentRefs?: readonly ParentRef[]; readonly hostnames?: readonly string[]; readonly rules?: readonly RouteRule[] };
}

/** gateway.networking.k8s.io/v1beta1/ReferenceGrant: lets objects of other namespaces name objects of this one. */
export interface ReferenceGrant extends KubeObject {
  readonly spec: {
    readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
    readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string }[];
  };
}

/** A request at a listener's door. */
export interface RouteRequest {
  readonly host: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything the decision hangs on. */
export interface RouteWorld {
  readonly gateways: readonly Gateway[];
  readonly routes: readonly HTTPRoute[];
  readonly grants: readonly ReferenceGrant[];
  readonly namespaceLabels: (namespace: string) => Readonly<Record<string, string>>;
  /** Does the Service exist, with that port? */
  readonly hasService: (namespace: string, name: string, port: number | undefined) => boolean;
}

/** What a gateway decides: a rule and its usable backends, or nothing. */
export interface RouteDecision {
  readonly gateway: Gateway;
  readonly route: HTTPRoute;
  readonly rule: RouteRule;
  readonly match: RouteMatch;
  /** Backends that may be used, with their weights; those that may not are in `refused`. */
  readonly backends: readonly (RouteBackend & { readonly namespace: string; readonly weight: number })[];
  readonly refused: readonly string[];
}

/** Longest shared part of two host names, wildcards included: the more letters, the more exact. Undefined when they never meet. */
export function intersectHost(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || one === "") return other ?? "";
  if (other === undefined || other === "") return one;
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) return a;
  if (hostCovers(a, b)) return b;
  return hostCovers(b, a) ? a : undefined;
}

/** A name, or `*.` before one, which stands for one label or more. An empty pattern covers all. */
export function hostCovers(pattern: string, host: string): boolean {
  if (pattern === "") return true;
  const [own, asked] = [pattern.toLowerCase(), host.toLowerCase()];
  if (own === asked) return true;
  return own.startsWith("*.") && asked.endsWith(own.slice(1)) && asked.length > own.length - 1;
}

/** Exact names before wildcards, longer before shorter. */
function hostWeight(pattern: string): number {
  return pattern === "" ? 0 : pattern.startsWith("*") ? pattern.length : 1000 + pattern.length;
}

/** May the route use the listener? */
export function attaches(route: HTTPRoute, gateway: Gateway, listener: Listener, world: Pick<RouteWorld, "namespaceLabels">): boolean {
  const home = route.metadata.namespace ?? "";
  const names = (route.spec.parentRefs ?? []).some(
    (ref) => (ref.kind ?? "Gateway") === "Gateway" && ref.name === gateway.metadata.name && (ref.namespace ?? home) === gateway.metadata.namespace && (ref.sectionName === undefined || ref.sectionName === listener.name) && (ref.port === undefined || ref.port === listener.port),
  );
  if (!names || (listener.protocol !== "HTTP" && listener.protocol !== "HTTPS")) return false;
  const kinds = listener.allowedRoutes?.kinds;
  if (kinds && kinds.length > 0 && !kinds.some(({ kind }) => kind === "HTTPRoute")) return false;
  const { from = "Same", selector } = listener.allowedRoutes?.namespaces ?? {};
  if (from === "None" || (from === "Same" && home !== gateway.metadata.namespace)) return false;
  return from !== "Selector" || labelSelectorMatches(selector, world.namespaceLabels(home));
}

interface Candidate {
  readonly gateway: Gateway;
  readonly route: HTTPRoute;
  readonly rule: RouteRule;
  readonly match: RouteMatch;
  readonly host: string;
  readonly order: number;
}

/**
 * The rule a request takes: the listener with the most exact host, and among the routes attached to it the most exact host, then
 * an exact path, the longest prefix, a method, the most headers, the most parameters, the older route, the first rule.
 * Upstream: gateway-api v1 HTTPRouteRule.
 */
export function routeHttp(world: RouteWorld, request: RouteRequest): RouteDecision | undefined {
  const listeners = world.gateways.flatMap((gateway) => gateway.spec.listeners.filter((listener) => listener.port === request.port && hostCovers(listener.hostname ?? "", request.host)).map((listener) => ({ gateway, listener })));
  const most = Math.max(0, ...listeners.map(({ listener }) => hostWeight(listener.hostname ?? "")));
  const open = listeners.filter(({ listener }) => hostWeight(listener.hostname ?? "") === most);
  const candidates: Candidate[] = open.flatMap(({ gateway, listener }) =>
    world.routes
      .filter((route) => attaches(route, gateway, listener, world))
      .flatMap((route) => {
        const hosts = (route.spec.hostnames ?? [""]).flatMap((own) => intersectHost(listener.hostname, own) ?? []).filter((host) => hostCovers(host, request.host));
        const [host] = [...hosts].sort((a, b) => hostWeight(b) - hostWeight(a));
        return host === undefined ? [] : rulesOf(route, request).map((found) => ({ ...found, gateway, route, host }));
      }),
  );
  const [best] = candidates.sort((a, b) => hostWeight(b.host) - hostWeight(a.host) || exactness(b.match, a.match) || olderFirst(a.route, b.route) || a.order - b.order);
  return best && decided(world, best);
}

function rulesOf(route: HTTPRoute, request: RouteRequest): readonly { readonly rule: RouteRule; readonly match: RouteMatch; readonly order: number }[] {
  return (route.spec.rules ?? []).flatMap((rule, order) => {
    const matches = rule.matches && rule.matches.length > 0 ? rule.matches : [{}];
    return matches.filter((match) => holds(match, request)).map((match) => ({ rule, match, order }));
  });
}

function exactness(a: RouteMatch, b: RouteMatch): number {
  const value = (match: RouteMatch): readonly number[] => {
    const { type = "PathPrefix", value: path = "/" } = match.path ?? {};
    return [type === "Exact" ? 2 : type === "PathPrefix" ? 1 : 0, path.length, match.method === undefined ? 0 : 1, match.headers?.length ?? 0, match.queryParams?.length ?? 0];
  };
  const [left, right] = [value(a), value(b)];
  for (let i = 0; i < left.length; i += 1) if (left[i] !== right[i]) return (left[i] ?? 0) - (right[i] ?? 0);
  return 0;
}

function olderFirst(a: KubeObject, b: KubeObject): number {
  return compareStrings(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "") || compareStrings(`${a.metadata.namespace}/${a.metadata.name}`, `${b.metadata.namespace}/${b.metadata.name}`);
}

function holds(match: RouteMatch, request: RouteRequest): boolean {
  const [path = "/", query = ""] = request.path.split("?");
  const { type = "PathPrefix", value = "/" } = match.path ?? {};
  const prefix = value.replace(/\/+$/, "");
  const onPath = type === "Exact" ? path === value : type === "PathPrefix" ? path === prefix || path.startsWith(`${prefix}/`) : findPattern(patternOf(value), path) !== undefined;
  if (!onPath || (match.method !== undefined && match.method !== request.method)) return false;
  const parameters = query.split("&").map((pair) => pair.split("="));
  const parameter = (name: string): string | undefined => parameters.find(([key]) => key === name)?.slice(1).join("=");
  const first = (list: readonly NamedMatch[] | undefined, same: (name: string) => string): readonly NamedMatch[] => (list ?? []).filter((one, i, all) => all.findIndex((other) => same(other.name) === same(one.name)) === i);
  return (
    first(match.headers, (name) => name.toLowerCase()).every((header) => named(header, request.headers[header.name.toLowerCase()])) &&
    first(match.queryParams, (name) => name).every((wanted) => named(wanted, parameter(wanted.name)))
  );
}

function named({ type = "Exact", value }: NamedMatch, given: string | undefined): boolean {
  if (given === undefined) return false;
  return type === "Exact" ? given === value : findPattern(patternOf(value), given) !== undefined;
}

/** May objects of this kind in one namespace name the Service or Secret in another? */
export function granted(grants: readonly ReferenceGrant[], from: { readonly kind: string; readonly namespace: string }, to: { readonly kind: string; readonly namespace: string; readonly name: string }): boolean {
  if (from.namespace === to.namespace) return true;
  return grants.some(
    (grant) =>
      grant.metadata.namespace === to.namespace &&
      grant.spec.from.some((one) => one.group === "gateway.networking.k8s.io" && one.kind === from.kind && one.namespace === from.namespace) &&
      grant.spec.to.some((one) => one.group === "" && one.kind === to.kind && (one.name === undefined || one.name === "" || one.name === to.name)),
  );
}

function decided(world: RouteWorld, { gateway, route, rule, match }: Candidate): RouteDecision {
  const home = route.metadata.namespace ?? "";
  const refused: string[] = [];
  const backends = (rule.backendRefs ?? []).flatMap((backend) => {
    const namespace = backend.namespace ?? home;
    const isService = (backend.group ?? "") === "" && (backend.kind ?? "Service") === "Service";
    const usable = isService && granted(world.grants, { kind: "HTTPRoute", namespace: home }, { kind: "Service", namespace, name: backend.name }) && world.hasService(namespace, backend.name, backend.port);
    if (!usable) refused.push(`${namespace}/${backend.name}`);
    const weight = backend.weight ?? 1;
    return usable && weight > 0 ? [{ ...backend, namespace, weight }] : [];
  });
  return { gateway, route, rule, match, backends, refused };
}

/** The path after a rewriting: all of it, or the part the rule matched. */
export function rewritePath(path: string, match: RouteMatch, modifier: PathModifier | undefined): string {
  if (!modifier) return path;
  const [before = "/", query] = path.split("?");
  const tail = query === undefined ? "" : `?${query}`;
  if (modifier.type === "ReplaceFullPath") return (modifier.replaceFullPath ?? "/") + tail;
  const prefix = (match.path?.value ?? "/").replace(/\/+$/, "");
  const rest = before.slice(prefix.length);
  const to = (modifier.replacePrefixMatch ?? "/").replace(/\/+$/, "");
  const joined = `${to}${rest === "" || rest.startsWith("/") ? rest : `/${rest}`}`;
  return (joined === "" ? "/" : joined) + tail;
}

/** Headers as a modifier leaves them; names in lower case. */
export function modifyHeaders(headers: Readonly<Record<string, string>>, modifier: HeaderModifier | undefined): Readonly<Record<string, string>> {
  if (!modifier) return headers;
  const changed: Record<string, string> = { ...headers };
  for (const { name, value } of modifier.set ?? []) changed[name.toLowerCase()] = value;
  for (const { name, value } of modifier.add ?? []) {
    const key = name.toLowerCase();
    changed[key] = changed[key] === undefined ? value : `${changed[key]},${value}`;
  }
  const gone = new Set((modifier.remove ?? []).map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(changed).filter(([name]) => !gone.has(name)));
}
