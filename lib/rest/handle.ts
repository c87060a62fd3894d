/** The door: a request in, an answer out. */
import { authorize, escalationChecked, NAMESPACE, NODE, POD, SERVICE, partsOfKind, type Cluster, type ResourceDefinition } from "@/lib/engine";
import { customAlias, customKind } from "./custom";
import { catalogueOf, discoveryAnswer, pathsAnswer } from "./discovery";
import { bindingAnswer, evictionAnswer } from "./eviction";
import { healthAnswer, metricsAnswer } from "./health";
import { actingUser, readerOf } from "./identity";
import { listAnswer, oneAnswer } from "./list";
import { deleteAnswer, deleteCollectionAnswer } from "./delete";
import { jsonAnswer, type RestAnswer, type RestRequest } from "./message";
import { patchAnswer } from "./patch-request";
import { openApiAnswer } from "./openapi";
import { execAnswer, logAnswer, portForwardAnswer } from "./pod-streams";
import { proxyAnswer } from "./proxy";
import { isOn, parseQuery, pathSegments, type Query } from "./query";
import { attributesOf } from "./request-info";
import { reviewAnswer } from "./reviews";
import { scaleOf } from "./scale";
import { Refusal, noSuchResource, notAllowed, refuse, unknownPath } from "./status";
import { targetOf, type Target } from "./target";
import { issuerAnswer, tokenAnswer } from "./tokens";
import { versionInfo } from "./version-info";
import { watchAnswer } from "./watch";
import { createAnswer, existing, finalizeAnswer, updateAnswer, type WriteCall } from "./write";

/**
 * Answers a request as a real API server would. Never throws for what a client may send; whatever escapes is a
 * mistake of ours. Time does not pass, and no controller works: that is for whoever owns the cluster. `more` is asked
 * first, once the caller may have an answer.
 */
export function handle(request: RestRequest, cluster: Cluster, more?: More): RestAnswer {
  return withNotice(request, attempt(request, cluster, more), cluster);
}

/** Answers for paths that not everybody serves; undefined for all others. */
type More = (segments: readonly string[], request: RestRequest, cluster: Cluster) => RestAnswer | undefined;

function attempt(request: RestRequest, cluster: Cluster, more: More | undefined): RestAnswer {
  try {
    return answer(request, cluster, more);
  } catch (error) {
    return refuse(error);
  }
}

/** Kinds whose time is over, with what is told to whoever asks for them. Upstream: the APILifecycle markers of k8s.io/api. */
const DEPRECATED: readonly (readonly [path: RegExp, notice: string])[] = [
  [/^\/api\/v1\/(.*\/)?endpoints(\/[^/]*)?$/, "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"],
  [/^\/api\/v1\/componentstatuses(\/[^/]*)?$/, "v1 ComponentStatus is deprecated in v1.19+"],
];

function withNotice({ path }: RestRequest, answer: RestAnswer, cluster: Cluster): RestAnswer {
  const notice = DEPRECATED.find(([pattern]) => pattern.test(path))?.[1] ?? customNotice(path, cluster);
  if (notice === undefined || (answer.type !== "body" && answer.type !== "watch")) return answer;
  const own = `299 - ${JSON.stringify(notice)}`;
  const others = answer.headers["Warning"];
  return { ...answer, headers: { ...answer.headers, Warning: others === undefined ? own : `${own}, ${others}` } };
}

/** What clients of a custom kind's old version are warned with. */
function customNotice(path: string, cluster: Cluster): string | undefined {
  const segments = path.startsWith("/apis/") ? pathSegments(path) : undefined;
  const target = segments && withCustom(targetOf(segments), cluster);
  return target?.definition?.custom?.warning;
}

function answer(arrived: RestRequest, cluster: Cluster, more: More | undefined): RestAnswer {
  const segments = pathSegments(arrived.path);
  if (segments === undefined) return unknownPath();
  const query = parseQuery(arrived.query);
  const user = actingUser(arrived, cluster);
  if ("type" in user) return user;
  const request = { ...arrived, user };
  // Whether a thing exists is told only to those who may ask for it.
  authorize(readerOf(cluster), user, attributesOf(request.method, request.path, segments, query));
  const fixed = more?.(segments, request, cluster) ?? fixedAnswer(request, segments, query, cluster);
  if (fixed) return fixed;
  if (segments[0] !== "api" && segments[0] !== "apis") return unknownPath();
  const found = request.method === "GET" || request.method === "HEAD" ? discoveryAnswer(request, segments, cluster) : undefined;
  if (found) return found;
  const target = withCustom(targetOf(segments), cluster);
  if (!target || !catalogueOf(cluster).served.has(target.group === "" ? target.version : `${target.group}/${target.version}`)) {
    // metrics.k8s.io that does not answer is registered all the same.
    if (target?.alias?.present?.(cluster) !== "hidden") return unknownPath();
  }
  if (!target) throw noSuchResource();
  if (target.virtual) return virtualAnswer(request, cluster, target, query);
  if (!target.definition || target.alias?.present?.(cluster) === "absent") throw noSuchResource();
  const proxied = target.subresource === "proxy" || target.subresource.startsWith("proxy/");
  if (proxied && PROXIED.has(target.definition.kind)) return proxyAnswer(request, cluster, target);
  const seen = target.alias ? target.alias.view(cluster) : cluster;
  if (target.definition.verbs && (!["GET", "HEAD"].includes(request.method) || isOn(query, "watch") || target.watches)) throw notAllowed();
  return resourceAnswer({ cluster: seen, client: escalationChecked(seen.as(user.name), user), request, target, definition: target.definition, query: target.watches ? watching(query) : query });
}

const PROXIED: ReadonlySet<string> = new Set([POD, SERVICE, NODE]);

/** A query that asks to watch, whatever it says of it. */
function watching(query: Query): Query {
  return { ...query, get: (name) => (name === "watch" ? "true" : query.get(name)) };
}

/** The target with the kind a CustomResourceDefinition serves at its address. */
function withCustom(target: Target | undefined, cluster: Cluster): Target | undefined {
  if (!target || target.definition || target.virtual) return target;
  const definition = customKind(cluster, `${target.group}/${target.version}`, target.plural);
  return definition ? { ...target, definition, alias: customAlias(definition) } : target;
}

function notFoundNamed({ kind, plural }: ResourceDefinition, name: string): Refusal {
  const { group } = partsOfKind(kind);
  return new Refusal(404, "NotFound", `${plural}.${group} ${JSON.stringify(name)} not found`, { name, group, kind: plural });
}

/** Paths that are no resource. */
function fixedAnswer(request: RestRequest, segments: readonly string[], query: Query, cluster: Cluster): RestAnswer | undefined {
  switch (segments[0]) {
    case undefined:
      return pathsAnswer(cluster);
    case "healthz":
    case "livez":
    case "readyz":
      return healthAnswer(segments, query);
    case "metrics":
      return segments.length === 1 ? metricsAnswer(cluster) : unknownPath();
    case "version":
      return segments.length === 1 ? jsonAnswer(versionInfo(cluster.options.kubernetesVersion)) : unknownPath();
    case ".well-known":
    case "openid":
      return issuerAnswer(segments) ?? unknownPath();
    case "openapi":
      return openApiAnswer(segments, query.get("hash"), request, cluster) ?? unknownPath();
    default:
      return undefined;
  }
}

function virtualAnswer(request: RestRequest, cluster: Cluster, target: Target, query: Query): RestAnswer {
  if (request.method !== "POST" || target.name !== "" || !target.virtual) throw notAllowed();
  if (target.virtual.kind === "Binding") return bindingAnswer(request, cluster.as(request.user.name), { namespace: target.namespace, name: "" }, query);
  return reviewAnswer(request, cluster, target.virtual, request.user, target.namespace);
}

function resourceAnswer(call: WriteCall): RestAnswer {
  const { cluster, client, definition, request, target, query } = call;
  if (target.name === "") return collectionAnswer(call);
  // Namespaced objects are reached through their namespace only.
  if (definition.namespaced && target.namespace === "") throw noSuchResource();
  // What a custom kind does not have is not found by the name of the object. Upstream: customresource_handler.go.
  if (definition.custom && target.subresource !== "" && !(definition.subresources as readonly string[]).includes(target.subresource)) throw notFoundNamed(definition, target.name);
  if (target.subresource !== "" && target.subresource !== "status") return subresourceAnswer(call);
  if (target.subresource === "status" && !definition.subresources.includes("status")) throw noSuchResource();
  switch (request.method) {
    case "GET":
    case "HEAD":
      if (isOn(query, "watch")) return watchAnswer(cluster, definition, target.namespace, target.name, query, request.headers["accept"]);
      return oneAnswer(definition, existing({ ...call, client }), cluster, query, request.headers["accept"]);
    case "PUT":
      return updateAnswer(call);
    case "PATCH":
      return patchAnswer(call);
    case "DELETE":
      if (target.subresource !== "") throw notAllowed();
      return deleteAnswer(call);
    default:
      throw notAllowed();
  }
}

function collectionAnswer(call: WriteCall): RestAnswer {
  const { cluster, definition, request, target, query } = call;
  switch (request.method) {
    case "GET":
    case "HEAD":
      if (isOn(query, "watch")) return watchAnswer(cluster, definition, target.namespace, "", query, request.headers["accept"]);
      return listAnswer(cluster, definition, target.namespace, query, request.headers["accept"]);
    case "POST":
      return createAnswer(call);
    case "DELETE":
      if (definition.kind === "v1/Namespace") throw notAllowed();
      return deleteCollectionAnswer(call);
    default:
      throw notAllowed();
  }
}

function serves(definition: ResourceDefinition, subresource: string): boolean {
  return (definition.subresources as readonly string[]).includes(subresource) || (definition.kind === "v1/ServiceAccount" && subresource === "token") || (definition.kind === NAMESPACE && subresource === "finalize");
}

/** A part of a pod that is read as the whole pod and written alone. */
function partAnswer(call: WriteCall): RestAnswer {
  const { cluster, definition, request, query } = call;
  if (request.method === "GET") return oneAnswer(definition, existing(call), cluster, query, request.headers["accept"]);
  if (request.method === "PUT") return updateAnswer(call);
  if (request.method === "PATCH") return patchAnswer(call);
  throw notAllowed();
}

function subresourceAnswer(call: WriteCall): RestAnswer {
  const { cluster, client, definition, request, target, query } = call;
  if (!serves(definition, target.subresource)) throw noSuchResource();
  const key = { namespace: target.namespace, name: target.name };
  if (target.subresource === "scale") {
    if (request.method === "GET") return jsonAnswer(scaleOf(existing(call), definition));
    if (request.method === "PUT") return updateAnswer(call);
    if (request.method === "PATCH") return patchAnswer(call);
    throw notAllowed();
  }
  if (target.subresource === "token") {
    if (request.method !== "POST") throw notAllowed();
    return tokenAnswer(request, cluster, existing(call));
  }
  if (target.subresource === "finalize") {
    if (request.method !== "PUT") throw notAllowed();
    return finalizeAnswer(call);
  }
  if (target.subresource === "approval") return partAnswer(call);
  if (definition.kind !== POD) throw noSuchResource();
  if (target.subresource === "ephemeralcontainers" || target.subresource === "resize") return partAnswer(call);
  const reading = request.method === "GET" || request.method === "POST";
  switch (target.subresource) {
    case "log":
      if (request.method !== "GET") throw notAllowed();
      return logAnswer(cluster, key.namespace, key.name, query);
    case "exec":
    case "attach":
      if (!reading) throw notAllowed();
      return execAnswer(cluster, key.namespace, key.name, query, request, target.subresource === "attach");
    case "portforward":
      if (!reading) throw notAllowed();
      return portForwardAnswer(cluster, key.namespace, key.name, request);
    case "eviction":
      if (request.method !== "POST") throw notAllowed();
      return evictionAnswer(request, client, key, query);
    case "binding":
      if (request.method !== "POST") throw notAllowed();
      return bindingAnswer(request, client, key, query);
    default:
      throw noSuchResource();
  }
}
