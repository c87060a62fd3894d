/** What the API serves. Upstream: apiserver/pkg/endpoints/discovery. */
import { compareStrings, fingerprint, partsOfKind, resources, type Cluster, type JsonObject, type ResourceDefinition } from "@/lib/engine";
import { customKinds } from "./custom";
import { healthPaths } from "./health";
import { jsonAnswer, textAnswer, type RestAnswer, type RestRequest } from "./message";
import { acceptClauses } from "./negotiate";
import { aliases } from "./target";
import type { Alias } from "./versions";
import { virtualResources, type VirtualResource } from "./virtual";

/** Groups in the order a real server lists them; others follow by name. */
const GROUP_ORDER = [
  "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch",
  "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io",
  "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io", "resource.k8s.io",
  "flowcontrol.apiserver.k8s.io",
];

const ALL = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
const READ_WRITE = ["get", "patch", "update"];
const PROXY = ["create", "delete", "get", "patch", "update"];

interface Subresource {
  readonly name: string;
  /** Absent: the kind of the resource itself. */
  readonly kind?: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

/** One resource as both forms of discovery tell of it. */
interface Served {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Custom kinds say in full what they answer with. */
  readonly own?: { readonly group: string; readonly version: string };
}

const SUBRESOURCES: Readonly<Record<string, Subresource>> = {
  approval: { name: "approval", verbs: READ_WRITE },
  attach: { name: "attach", kind: "PodAttachOptions", verbs: ["create", "get"] },
  binding: { name: "binding", kind: "Binding", verbs: ["create"] },
  ephemeralcontainers: { name: "ephemeralcontainers", verbs: READ_WRITE },
  eviction: { name: "eviction", kind: "Eviction", group: "policy", version: "v1", verbs: ["create"] },
  exec: { name: "exec", kind: "PodExecOptions", verbs: ["create", "get"] },
  log: { name: "log", verbs: ["get"] },
  portforward: { name: "portforward", kind: "PodPortForwardOptions", verbs: ["create", "get"] },
  resize: { name: "resize", verbs: READ_WRITE },
  scale: { name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: READ_WRITE },
  status: { name: "status", verbs: READ_WRITE },
};

/** Subresources that no store knows of. */
const EXTRA: Readonly<Record<string, readonly Subresource[]>> = {
  "v1/Namespace": [{ name: "finalize", verbs: ["update"] }],
  "v1/Node": [{ name: "proxy", kind: "NodeProxyOptions", verbs: PROXY }],
  "v1/Pod": [{ name: "proxy", kind: "PodProxyOptions", verbs: PROXY }],
  "v1/Service": [{ name: "proxy", kind: "ServiceProxyOptions", verbs: PROXY }],
  "v1/ServiceAccount": [{ name: "token", kind: "TokenRequest", group: "authentication.k8s.io", version: "v1", verbs: ["create"] }],
};

function subresourcesOf(definition: ResourceDefinition): readonly Subresource[] {
  const own = definition.subresources.flatMap((name) => SUBRESOURCES[name] ?? []);
  return [...own, ...(EXTRA[definition.kind] ?? [])].sort((a, b) => compareStrings(a.name, b.name));
}

function verbsOf({ kind, verbs }: ResourceDefinition): readonly string[] {
  return verbs ?? (kind === "v1/Namespace" ? ALL.filter((verb) => verb !== "deletecollection") : ALL);
}

function servedBy(definition: ResourceDefinition, verbs: readonly string[] = verbsOf(definition)): Served {
  return {
    plural: definition.plural,
    singular: definition.singular,
    kind: partsOfKind(definition.kind).kind,
    namespaced: definition.namespaced,
    verbs,
    shortNames: definition.shortNames,
    categories: definition.categories,
    subresources: subresourcesOf(definition),
  };
}

function asked(resource: VirtualResource): Served {
  return { plural: resource.plural, singular: resource.singular, kind: resource.kind, namespaced: resource.namespaced, verbs: resource.verbs, shortNames: [], categories: [], subresources: [] };
}

/** What one cluster serves. Clusters that serve the same have the same one. */
export interface Catalogue {
  /** Tells catalogues apart. */
  readonly key: string;
  /** Everything served, by `group/version` (`v1` for core). */
  readonly served: ReadonlyMap<string, readonly Served[]>;
  /** Kinds among them that were defined at run time. */
  readonly custom: readonly ResourceDefinition[];
}

function byVersion(present: readonly Alias[], custom: readonly ResourceDefinition[]): ReadonlyMap<string, readonly Served[]> {
  const found = new Map<string, Served[]>();
  const put = (apiVersion: string, served: Served): void => void found.set(apiVersion, [...(found.get(apiVersion) ?? []), served]);
  for (const definition of resources) put(partsOfKind(definition.kind).apiVersion, servedBy(definition));
  for (const { definition } of present) put(partsOfKind(definition.kind).apiVersion, servedBy(definition));
  for (const resource of virtualResources) put(resource.apiVersion, asked(resource));
  for (const definition of custom) {
    const { apiVersion, group, version } = partsOfKind(definition.kind);
    put(apiVersion, { ...servedBy(definition, CUSTOM_VERBS), own: { group, version } });
  }
  for (const list of found.values()) list.sort((a, b) => compareStrings(a.plural, b.plural));
  return found;
}

/** Catalogues already made. There are as many as there are ways a cluster can differ in what it serves. */
const catalogues = new Map<string, Catalogue>();

/** Catalogues of clusters with kinds of their own, for as long as those stay the same. */
const own = new WeakMap<readonly ResourceDefinition[], Map<string, Catalogue>>();

function customCatalogue(key: string, present: readonly Alias[], custom: readonly ResourceDefinition[]): Catalogue {
  const beside = own.get(custom) ?? new Map<string, Catalogue>();
  own.set(custom, beside);
  const known = beside.get(key);
  if (known) return known;
  // Nothing is remembered by this key beyond the catalogue itself: strangers could make any number of them.
  const made: Catalogue = { key: "", served: byVersion(present, custom), custom };
  beside.set(key, made);
  return made;
}

/** What a cluster serves now. */
export function catalogueOf(cluster: Cluster): Catalogue {
  const present = aliases.filter((alias) => (alias.present?.(cluster) ?? "present") === "present");
  const key = present.map(({ definition }) => definition.kind).join(" ");
  const custom = customKinds(cluster);
  if (custom.length > 0) return customCatalogue(key, present, custom);
  const known = catalogues.get(key);
  if (known) return known;
  const made = { key, served: byVersion(present, []), custom };
  catalogues.set(key, made);
  return made;
}

/** Every `group/version` served, core first. */
export function apiVersions({ served }: Catalogue): readonly string[] {
  return [...served.keys()];
}

/** `v2` before `v1`, `v1` before `v1beta1`. Upstream: apimachinery/pkg/version. */
function versionRank(version: string): number {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return 1_000_000;
  const stage = match[2] === undefined ? 0 : match[2] === "beta" ? 100_000 : 200_000;
  return stage - Number(match[1]) * 100 - Number(match[3] ?? "0");
}

function groups({ served }: Catalogue): readonly { readonly name: string; readonly versions: readonly string[] }[] {
  const found = new Map<string, string[]>();
  for (const apiVersion of served.keys()) {
    if (!apiVersion.includes("/")) continue;
    const [group = "", version = ""] = apiVersion.split("/");
    found.set(group, [...(found.get(group) ?? []), version]);
  }
  const rank = (name: string): number => (GROUP_ORDER.includes(name) ? GROUP_ORDER.indexOf(name) : GROUP_ORDER.length);
  return [...found]
    .map(([name, versions]) => ({ name, versions: versions.sort((a, b) => versionRank(a) - versionRank(b)) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || compareStrings(a.name, b.name));
}

function optional(resource: Served): JsonObject {
  return { ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}), ...(resource.categories.length > 0 ? { categories: resource.categories } : {}) };
}

/** `GET /api/v1`, `GET /apis/GROUP/VERSION`; undefined when it is not served. */
function resourceList({ served }: Catalogue, apiVersion: string): JsonObject | undefined {
  const list = served.get(apiVersion);
  if (!list) return undefined;
  const flat = list.flatMap((resource): readonly JsonObject[] => [
    { name: resource.plural, singularName: resource.singular, namespaced: resource.namespaced, kind: resource.kind, verbs: resource.verbs, ...optional(resource) },
    ...resource.subresources.map((sub): JsonObject => ({
      name: `${resource.plural}/${sub.name}`,
      singularName: "",
      namespaced: resource.namespaced,
      ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
      kind: sub.kind ?? resource.kind,
      verbs: sub.verbs,
    })),
  ]);
  return { kind: "APIResourceList", ...(apiVersion === "v1" ? {} : { apiVersion: "v1" }), groupVersion: apiVersion, resources: flat };
}

function groupJson({ name, versions }: { readonly name: string; readonly versions: readonly string[] }): JsonObject {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] ?? null };
}

function discovered(resource: Served): JsonObject {
  const own = { group: "", version: "", ...resource.own, kind: resource.kind };
  return {
    resource: resource.plural,
    responseKind: own,
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...optional(resource),
    ...(resource.subresources.length === 0
      ? {}
      : {
          subresources: resource.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: { group: sub.group ?? own.group, version: sub.version ?? own.version, kind: sub.kind ?? resource.kind },
            verbs: sub.verbs,
          })),
        }),
  };
}

function versionJson({ served }: Catalogue, apiVersion: string, version: string): JsonObject {
  return { version, resources: (served.get(apiVersion) ?? []).map(discovered), freshness: "Current" };
}

function aggregated(catalogue: Catalogue, core: boolean): JsonObject {
  const items: readonly JsonObject[] = core
    ? [{ metadata: {}, versions: [versionJson(catalogue, "v1", "v1")] }]
    : groups(catalogue).map(({ name, versions }) => ({ metadata: { name }, versions: versions.map((version) => versionJson(catalogue, `${name}/${version}`, version)) }));
  return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
}

/** Texts of answers that never change. */
const written = new Map<string, { readonly body: string; readonly etag: string }>();

function constant(key: string, make: () => JsonObject): { readonly body: string; readonly etag: string } {
  const known = written.get(key);
  if (known) return known;
  const text = textOf(make());
  written.set(key, text);
  return text;
}

function textOf(value: JsonObject): { readonly body: string; readonly etag: string } {
  const body = `${JSON.stringify(value)}\n`;
  return { body, etag: `"${fingerprint(body).toUpperCase()}"` };
}

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

function wantsAggregated(request: RestRequest): boolean {
  for (const { media, params } of acceptClauses(request.headers["accept"])) {
    if (media !== "application/json") continue;
    return params["as"] === "APIGroupDiscoveryList" && params["g"] === "apidiscovery.k8s.io" && params["v"] === "v2";
  }
  return false;
}

function rootAnswer(request: RestRequest, catalogue: Catalogue, core: boolean): RestAnswer {
  if (wantsAggregated(request)) {
    const make = (): JsonObject => aggregated(catalogue, core);
    const { body, etag } = catalogue.key === "" ? textOf(make()) : constant(`${core ? "/api" : "/apis"} ${catalogue.key}`, make);
    const headers = { "Content-Type": AGGREGATED, ETag: etag, Vary: "Accept", "Cache-Control": "public" };
    return request.headers["if-none-match"] === etag ? textAnswer("", 304, headers) : textAnswer(body, 200, headers);
  }
  if (core) return jsonAnswer({ kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: request.headers["host"] ?? "" }] }, 200, { Vary: "Accept" });
  return jsonAnswer({ kind: "APIGroupList", apiVersion: "v1", groups: groups(catalogue).map(groupJson) }, 200, { Vary: "Accept" });
}

/** Paths that answer and are not of one version: what the index of OpenAPI lists beside the versions. */
export function rootPaths(catalogue: Catalogue): readonly string[] {
  return [".well-known/openid-configuration", "api", "apis", ...groups(catalogue).map(({ name }) => `apis/${name}`), "openid/v1/jwks", "version"];
}

/** Discovery for a path; undefined when the path is none of it. */
export function discoveryAnswer(request: RestRequest, segments: readonly string[], cluster: Cluster): RestAnswer | undefined {
  if (segments.length > 3) return undefined;
  const catalogue = catalogueOf(cluster);
  const [root, group, version] = segments;
  if (root === "api") {
    if (segments.length === 1) return rootAnswer(request, catalogue, true);
    const list = segments.length === 2 ? resourceList(catalogue, group ?? "") : undefined;
    return list && jsonAnswer(list);
  }
  if (root !== "apis") return undefined;
  if (segments.length === 1) return rootAnswer(request, catalogue, false);
  if (segments.length === 2) {
    const found = groups(catalogue).find(({ name }) => name === group);
    return found && jsonAnswer({ kind: "APIGroup", apiVersion: "v1", ...groupJson(found) });
  }
  const list = segments.length === 3 ? resourceList(catalogue, `${group ?? ""}/${version ?? ""}`) : undefined;
  return list && jsonAnswer(list);
}

/** `GET /`: every path that answers. */
export function pathsAnswer(cluster: Cluster): RestAnswer {
  const catalogue = catalogueOf(cluster);
  const versions = apiVersions(catalogue).map((apiVersion) => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`));
  const named = groups(catalogue).map(({ name }) => `/apis/${name}`);
  const fixed = ["/.well-known/openid-configuration", "/api", "/apis", "/apis/", "/metrics", "/openapi/v2", "/openapi/v3", "/openapi/v3/", "/openid/v1/jwks", "/version"];
  return jsonAnswer({ paths: [...new Set([...versions, ...named, ...fixed, ...healthPaths()])].sort(compareStrings) });
}
