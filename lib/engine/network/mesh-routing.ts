import { readDuration } from "../apimachinery/duration";
import type { Json, JsonObject, ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { AppRequest } from "../machine/behaviour";
import { has, isObject, listAt, numberAt, objectAt, objectsAt, textAt } from "../resources/json-object";
import { coversHost, fullHost, hasLabels, meshObjects, serviceOfHost, textsAt, VIRTUAL_SERVICE, type MeshDestination, type MeshObject } from "./mesh-objects";
import { findPattern, safePattern } from "./safe-pattern";

/** A request as a pod's own proxy sees it before it chooses where to send it. */
export interface MeshRequest {
  readonly request: AppRequest;
  /** The port of the Service. */
  readonly port: number;
  /** What was asked for: the Host header without its port. */
  readonly authority: string;
  /** Who asks. */
  readonly caller: ObjectKey;
  readonly labels: Readonly<Record<string, string>> | undefined;
}


/** What is done to a request of one route. */
export interface MeshRoute {
  readonly by: MeshObject;
  readonly destinations: readonly MeshDestination[];
  /** Milliseconds. */
  readonly timeout?: number;
  readonly attempts: number;
  readonly perTry?: number;
  readonly retryOn: string;
  readonly delay?: { readonly millis: number; readonly percent: number };
  readonly abort?: { readonly status: number; readonly percent: number };
  /** An answer of the proxy's own. */
  readonly direct?: { readonly status: number; readonly body: string; readonly location?: string };
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly authority?: string;
}

/** What is retried unless the route says otherwise. */
const RETRIED = "connect-failure,refused-stream,unavailable,cancelled,503";
/** What proxies try again on their own, without any VirtualService. */
export const OWN_ATTEMPTS = { attempts: 2, retryOn: RETRIED } as const;
/** Longer than this and a duration is taken as this. */
const LONGEST = 3_600_000;
const MOST_ATTEMPTS = 10;

/** A duration as Istio writes them, in milliseconds. */
function millisOf(object: JsonObject, key: string): number | undefined {
  const text = textAt(object, key);
  const read = text === "" ? undefined : readDuration(text);
  return read && "millis" in read && read.millis >= 0 ? Math.min(LONGEST, read.millis) : undefined;
}

function textMatches(rule: JsonObject, text: string | undefined, ignoreCase = false): boolean {
  if (text === undefined) return false;
  const fold = (value: string): string => (ignoreCase ? value.toLowerCase() : value);
  if (has(rule, "exact")) return fold(textAt(rule, "exact")) === fold(text);
  if (has(rule, "prefix")) return fold(text).startsWith(fold(textAt(rule, "prefix")));
  if (has(rule, "regex")) return findPattern(safePattern(`^(?:${textAt(rule, "regex")})$`, ignoreCase ? "i" : ""), text) !== undefined;
  // An empty condition asks for presence only.
  return true;
}

function queryOf(path: string): Readonly<Record<string, string>> {
  const [, query = ""] = path.split("?");
  return Object.fromEntries(query.split("&").filter((pair) => pair !== "").map((pair) => [pair.split("=")[0] ?? "", pair.slice(pair.indexOf("=") + 1)]));
}

/** Does one condition of a route hold? All that it names must. */
function matchHolds(match: JsonObject, asked: MeshRequest): boolean {
  const { request } = asked;
  const path = request.path.split("?")[0] ?? "/";
  const headers = Object.entries(objectAt(match, "headers")).every(([name, rule]) => isObject(rule) && textMatches(rule, request.headers[name.toLowerCase()]));
  const without = Object.entries(objectAt(match, "withoutHeaders")).every(([name, rule]) => isObject(rule) && !textMatches(rule, request.headers[name.toLowerCase()]));
  const query = queryOf(request.path);
  const params = Object.entries(objectAt(match, "queryParams")).every(([name, rule]) => isObject(rule) && textMatches(rule, query[name]));
  return (
    headers && without && params &&
    (!has(match, "uri") || textMatches(objectAt(match, "uri"), path, match["ignoreUriCase"] === true)) &&
    (!has(match, "method") || textMatches(objectAt(match, "method"), request.method)) &&
    (!has(match, "authority") || textMatches(objectAt(match, "authority"), asked.authority)) &&
    (numberAt(match, "port") ?? asked.port) === asked.port &&
    hasLabels(textsAt(match, "sourceLabels"), asked.labels) &&
    (textAt(match, "sourceNamespace") === "" || textAt(match, "sourceNamespace") === asked.caller.namespace)
  );
}

function forMesh(spec: JsonObject): boolean {
  const gateways = listAt(spec, "gateways");
  return gateways.length === 0 || gateways.includes("mesh");
}

/** The VirtualService that has a say about a host, if any: the oldest. */
export function virtualServiceFor(client: Client, host: string): MeshObject | undefined {
  return meshObjects(client, VIRTUAL_SERVICE, "virtualservices.networking.istio.io").find(({ key, spec }) => forMesh(spec) && listAt(spec, "hosts").some((one) => typeof one === "string" && coversHost(fullHost(one, key.namespace), host)));
}

function destinationsOf(routes: readonly JsonObject[], namespace: string, port: number): readonly MeshDestination[] {
  return routes.flatMap((route) => {
    const destination = objectAt(route, "destination");
    const service = serviceOfHost(textAt(destination, "host"), namespace);
    if (!service) return [];
    const weight = routes.length === 1 ? 1 : Math.max(0, Math.trunc(numberAt(route, "weight") ?? 0));
    return [{ service, port: numberAt(objectAt(destination, "port"), "number") ?? port, subset: textAt(destination, "subset"), weight }];
  });
}

/** A share of 100: `percentage: {value}`, or the older `percent`. Everybody unless said. */
function percentOf(fault: JsonObject): number {
  return has(fault, "percentage") ? (numberAt(objectAt(fault, "percentage"), "value") ?? 0) : (numberAt(fault, "percent") ?? 100);
}

function rewritten(route: JsonObject, match: JsonObject | undefined, path: string): string {
  const uri = textAt(objectAt(route, "rewrite"), "uri");
  if (uri === "") return path;
  const prefix = match && textAt(objectAt(match, "uri"), "prefix");
  return prefix !== undefined && prefix !== "" && path.startsWith(prefix) ? uri + path.slice(prefix.length) : uri;
}

function withHeaders(headers: Readonly<Record<string, string>>, changes: JsonObject): Readonly<Record<string, string>> {
  const removed = new Set(listAt(changes, "remove").map((name: Json) => String(name).toLowerCase()));
  const lower = (key: string): readonly (readonly [string, string])[] => Object.entries(textsAt(changes, key)).map(([name, value]) => [name.toLowerCase(), value]);
  const added = lower("add").map(([name, value]) => [name, headers[name] === undefined ? value : `${headers[name]},${value}`] as const);
  const kept = Object.entries(headers).filter(([name]) => !removed.has(name));
  return Object.fromEntries([...kept, ...added, ...lower("set")]);
}

/**
 * The route of a VirtualService an HTTP request takes: the first whose conditions hold. Undefined when none does, which the proxy
 * answers with 404. Upstream: istio networking/v1 VirtualService.
 *
 * @simplified Mirrored copies, CORS and delegated routes are not acted on; of two VirtualServices for one host the older decides alone.
 */
export function routeInMesh(by: MeshObject, asked: MeshRequest): MeshRoute | undefined {
  for (const route of objectsAt(by.spec, "http")) {
    const conditions = objectsAt(route, "match");
    const match = conditions.find((condition) => matchHolds(condition, asked));
    if (conditions.length > 0 && !match) continue;
    return httpRoute(by, route, match, asked);
  }
  return undefined;
}

function httpRoute(by: MeshObject, route: JsonObject, match: JsonObject | undefined, asked: MeshRequest): MeshRoute {
  const retries = objectAt(route, "retries");
  const [timeout, perTry] = [millisOf(route, "timeout"), millisOf(retries, "perTryTimeout")];
  const direct = directAnswer(route, match, asked);
  const authority = textAt(objectAt(route, "rewrite"), "authority");
  return {
    by,
    destinations: destinationsOf(objectsAt(route, "route"), by.key.namespace, asked.port),
    ...(timeout === undefined || timeout === 0 ? {} : { timeout }),
    attempts: Math.min(MOST_ATTEMPTS, Math.max(0, has(retries, "attempts") ? (numberAt(retries, "attempts") ?? 0) : OWN_ATTEMPTS.attempts)),
    ...(perTry === undefined || perTry === 0 ? {} : { perTry }),
    retryOn: textAt(retries, "retryOn") === "" ? RETRIED : textAt(retries, "retryOn"),
    ...faultsOf(objectAt(route, "fault")),
    ...(direct ? { direct } : {}),
    path: rewritten(route, match, asked.request.path),
    headers: withHeaders(asked.request.headers, objectAt(objectAt(route, "headers"), "request")),
    ...(authority === "" ? {} : { authority }),
  };
}

function faultsOf(fault: JsonObject): Pick<MeshRoute, "delay" | "abort"> {
  const [delay, abort] = [objectAt(fault, "delay"), objectAt(fault, "abort")];
  const millis = millisOf(delay, "fixedDelay");
  const status = numberAt(abort, "httpStatus");
  return {
    ...(millis === undefined ? {} : { delay: { millis, percent: percentOf(delay) } }),
    ...(status === undefined ? {} : { abort: { status, percent: percentOf(abort) } }),
  };
}

function directAnswer(route: JsonObject, match: JsonObject | undefined, asked: MeshRequest): MeshRoute["direct"] {
  if (has(route, "directResponse")) {
    const response = objectAt(route, "directResponse");
    return { status: numberAt(response, "status") ?? 200, body: textAt(objectAt(response, "body"), "string") };
  }
  if (!has(route, "redirect")) return undefined;
  const redirect = objectAt(route, "redirect");
  const uri = textAt(redirect, "uri");
  const host = textAt(redirect, "authority") === "" ? asked.authority : textAt(redirect, "authority");
  const path = uri === "" ? asked.request.path : rewritten({ rewrite: { uri } }, match, asked.request.path);
  return { status: numberAt(redirect, "redirectCode") ?? 301, body: "", location: `${textAt(redirect, "scheme") === "https" ? "https" : "http"}://${host}${path}` };
}

/** The destinations of the first TCP route whose port fits; undefined when the VirtualService says nothing of TCP. */
export function tcpDestinations(by: MeshObject, port: number): readonly MeshDestination[] | undefined {
  const fits = (route: JsonObject): boolean => {
    const conditions = objectsAt(route, "match");
    return conditions.length === 0 || conditions.some((condition) => (numberAt(condition, "port") ?? port) === port);
  };
  const route = objectsAt(by.spec, "tcp").find(fits);
  return route && destinationsOf(objectsAt(route, "route"), by.key.namespace, port);
}
