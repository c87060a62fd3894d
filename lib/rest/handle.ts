/** The door: a request in, an answer out. */
import { POD, type Cluster, type ResourceDefinition } from "@/lib/engine";
import { discoveryAnswer, pathsAnswer, versionInfo } from "./discovery";
import { listAnswer, oneAnswer } from "./list";
import { jsonAnswer, textAnswer, type RestAnswer, type RestRequest } from "./message";
import { openApiAnswer } from "./openapi";
import { execAnswer, logAnswer, portForwardAnswer } from "./pod-streams";
import { isOn, parseQuery, pathSegments, type Query } from "./query";
import { bindingAnswer, evictionAnswer, reviewAnswer, tokenAnswer } from "./reviews";
import { scaleOf } from "./scale";
import { noSuchResource, notAllowed, refuse, unknownPath } from "./status";
import { targetOf, type Target } from "./target";
import { watchAnswer } from "./watch";
import { createAnswer, deleteAnswer, deleteCollectionAnswer, existing, patchAnswer, updateAnswer, type WriteCall } from "./write";

/**
 * Answers a request as a real API server would. Never throws for what a client may send; whatever escapes is a
 * mistake of ours. Time does not pass, and no controller works: that is for whoever owns the cluster.
 */
export function handle(request: RestRequest, cluster: Cluster): RestAnswer {
  try {
    return answer(request, cluster);
  } catch (error) {
    return refuse(error);
  }
}

function answer(request: RestRequest, cluster: Cluster): RestAnswer {
  const segments = pathSegments(request.path);
  if (segments === undefined) return unknownPath();
  const query = parseQuery(request.query);
  const fixed = fixedAnswer(request, segments, query, cluster);
  if (fixed) return fixed;
  if (segments[0] !== "api" && segments[0] !== "apis") return unknownPath();
  const found = request.method === "GET" || request.method === "HEAD" ? discoveryAnswer(request, segments) : undefined;
  if (found) return found;
  const target = targetOf(segments);
  if (!target) throw noSuchResource();
  if (target.virtual) return virtualAnswer(request, cluster, target);
  if (!target.definition) throw noSuchResource();
  return resourceAnswer({ cluster, client: cluster.as(request.user.name), request, target, definition: target.definition, query });
}

/** Paths that are no resource. */
function fixedAnswer(request: RestRequest, segments: readonly string[], query: Query, cluster: Cluster): RestAnswer | undefined {
  switch (segments[0]) {
    case undefined:
      return pathsAnswer();
    case "healthz":
    case "livez":
    case "readyz":
      return healthAnswer(segments, query);
    case "version":
      return segments.length === 1 ? jsonAnswer(versionInfo(cluster.options.kubernetesVersion)) : unknownPath();
    case "openapi":
      return openApiAnswer(segments, query.get("hash"), request) ?? unknownPath();
    default:
      return undefined;
  }
}

function healthAnswer(segments: readonly string[], query: Query): RestAnswer {
  const name = segments[0] ?? "";
  if (segments.length > 2 || (segments.length === 2 && segments[1] !== "ping")) return unknownPath();
  return textAnswer(isOn(query, "verbose") || query.get("verbose") === "" ? `[+]ping ok\n[+]log ok\n[+]etcd ok\n${name} check passed\n` : "ok");
}

function virtualAnswer(request: RestRequest, cluster: Cluster, target: Target): RestAnswer {
  if (request.method !== "POST" || target.name !== "" || !target.virtual) throw notAllowed();
  if (target.virtual.kind === "Binding") return bindingAnswer(request, cluster.as(request.user.name), { namespace: target.namespace, name: "" });
  return reviewAnswer(request, target.virtual);
}

function resourceAnswer(call: WriteCall): RestAnswer {
  const { cluster, client, definition, request, target, query } = call;
  if (target.name === "") return collectionAnswer(call);
  // Namespaced objects are reached through their namespace only.
  if (definition.namespaced && target.namespace === "") throw noSuchResource();
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
  return (definition.subresources as readonly string[]).includes(subresource) || (definition.kind === "v1/ServiceAccount" && subresource === "token");
}

function subresourceAnswer(call: WriteCall): RestAnswer {
  const { cluster, client, definition, request, target, query } = call;
  if (!serves(definition, target.subresource)) throw noSuchResource();
  const key = { namespace: target.namespace, name: target.name };
  if (target.subresource === "scale") {
    if (request.method === "GET") return jsonAnswer(scaleOf(existing(call)));
    if (request.method === "PUT") return updateAnswer(call);
    if (request.method === "PATCH") return patchAnswer(call);
    throw notAllowed();
  }
  if (target.subresource === "token") {
    if (request.method !== "POST") throw notAllowed();
    return tokenAnswer(request, cluster, existing(call));
  }
  if (definition.kind !== POD) throw noSuchResource();
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
      return evictionAnswer(request, client, key);
    case "binding":
      if (request.method !== "POST") throw notAllowed();
      return bindingAnswer(request, client, key);
    default:
      throw noSuchResource();
  }
}
