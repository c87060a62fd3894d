/** What a request asks for, in the words authorisation uses. Upstream: apiserver/pkg/endpoints/request, RequestInfoFactory. */
import type { Attributes } from "@/lib/engine";
import { isOn, type Query } from "./query";

const VERBS: Readonly<Record<string, string>> = { GET: "get", HEAD: "get", POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };
const OF_A_NAMESPACE = new Set(["status", "finalize"]);

/** The one name a field selector leaves, which then counts as the name asked for. */
function selectedName(query: Query): string {
  const terms = (query.get("fieldSelector") ?? "").split(",");
  for (const term of terms) {
    const [, name] = /^metadata\.name==?([^=].*)$/.exec(term.trim()) ?? [];
    if (name !== undefined) return name;
  }
  return "";
}

/** The attributes of a request by its method, the segments of its path and its query. */
export function attributesOf(method: string, path: string, segments: readonly string[], query: Query): Attributes {
  const core = segments[0] === "api";
  const start = core ? 2 : 3;
  if ((!core && segments[0] !== "apis") || segments.length <= start) return { verb: method.toLowerCase(), path };
  const group = core ? "" : (segments[1] ?? "");
  const all = segments.slice(start);
  const watches = all[0] === "watch" && all.length > 1;
  const rest = watches ? all.slice(1) : all;
  const inside = rest[0] === "namespaces" && rest.length > 1;
  const namespace = inside ? (rest[1] ?? "") : "";
  const parts = inside && rest.length > 2 && !OF_A_NAMESPACE.has(rest[2] ?? "") ? rest.slice(2) : rest;
  const [resource = "", named = "", ...sub] = parts;
  const base = watches ? "watch" : (VERBS[method] ?? "");
  if (named !== "" || (base !== "get" && base !== "delete")) return { verb: base, group, resource, subresource: sub[0] ?? "", name: named, namespace };
  const verb = base === "delete" ? "deletecollection" : isOn(query, "watch") ? "watch" : "list";
  return { verb, group, resource, subresource: "", name: verb === "deletecollection" ? "" : selectedName(query), namespace };
}
