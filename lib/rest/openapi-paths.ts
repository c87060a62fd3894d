/** What can be asked of each path, in the words of OpenAPI 2 or 3. Upstream: apiserver/pkg/endpoints/installer.go. */
import { hasStrategicMerge, kindId, partsOfKind, type Json, type JsonObject, type KindId, type ResourceDefinition } from "@/lib/engine";
import { SCHEMAS, type Dialect } from "./openapi-schemas";
import type { VirtualResource } from "./virtual";

const JSON_TYPES = ["application/json"];
const PATCHES = ["application/json-patch+json", "application/merge-patch+json"];
const APPLY = "application/apply-patch+yaml";
const STRATEGIC = "application/strategic-merge-patch+json";

interface Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** What upstream calls it. */
  readonly action: string;
  readonly id: string;
  readonly kind: KindId;
  /** The schema of what comes back. */
  readonly answer: string;
  /** The schema of what is sent. */
  readonly body?: string;
  readonly sent: readonly string[];
  readonly asks: readonly string[];
}

const WRITING = ["dryRun", "fieldManager", "fieldValidation"];
const LISTING = ["allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"];
const TRUTHS = new Set(["allowWatchBookmarks", "force", "orphanDependents", "sendInitialEvents", "watch"]);
const NUMBERS = new Set(["gracePeriodSeconds", "limit", "timeoutSeconds"]);

function parameter(dialect: Dialect, name: string): JsonObject {
  const schema = { type: TRUTHS.has(name) ? "boolean" : NUMBERS.has(name) ? "integer" : "string", uniqueItems: true };
  return dialect === "v3" ? { name, in: "query", schema } : { name, in: "query", ...schema };
}

function inPath(dialect: Dialect, name: string): JsonObject {
  const schema = { type: "string", uniqueItems: true };
  return dialect === "v3" ? { name, in: "path", required: true, schema } : { name, in: "path", required: true, ...schema };
}

function told(dialect: Dialect, { action, id, kind, answer, body, sent, asks }: Operation, tag: string): JsonObject {
  const { group, version, kind: name } = partsOfKind(kind);
  const own = { "x-kubernetes-action": action, "x-kubernetes-group-version-kind": { group, kind: name, version } };
  const query = asks.map((asked) => parameter(dialect, asked));
  const schema = { $ref: `${SCHEMAS[dialect]}${answer}` };
  const given = { $ref: `${SCHEMAS[dialect]}${body ?? ""}` };
  const responses = (ok: Json): JsonObject => ({ "200": ok, "401": { description: "Unauthorized" } });
  if (dialect === "v3") {
    return {
      tags: [tag],
      operationId: id,
      parameters: query,
      ...(body === undefined ? {} : { requestBody: { content: Object.fromEntries(sent.map((type) => [type, { schema: given }])), required: true } }),
      responses: responses({ description: "OK", content: { "application/json": { schema } } }),
      ...own,
    };
  }
  return {
    consumes: sent,
    operationId: id,
    parameters: [...(body === undefined ? [] : [{ name: "body", in: "body", required: true, schema: given }]), ...query],
    produces: JSON_TYPES,
    responses: responses({ description: "OK", schema }),
    schemes: ["https"],
    tags: [tag],
    ...own,
  };
}

function path(dialect: Dialect, prefix: string, where: string, names: readonly string[], operations: readonly Operation[], tag: string): JsonObject {
  return { [`${prefix}/${where}`]: { ...Object.fromEntries(operations.map((operation) => [operation.method, told(dialect, operation, tag)])), ...(names.length > 0 ? { parameters: names.map((name) => inPath(dialect, name)) } : {}) } };
}

/** `rbac.authorization.k8s.io/v1` as upstream's names of operations have it: `RbacAuthorizationV1`. */
function camel(apiVersion: string): string {
  const { group, version } = partsOfKind(kindId(apiVersion, "X"));
  const words = group === "" ? ["core"] : group.replace(/\.k8s\.io$/, "").split(".");
  return [...words, version].map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

const STATUS = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
const PATCH = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";
const OPTIONS = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

/** The schemas paths refer to and no kind does. */
export const PATH_SCHEMAS: Readonly<Record<string, JsonObject>> = {
  [STATUS]: { description: "What came of a request.", type: "object", "x-kubernetes-group-version-kind": [{ group: "", kind: "Status", version: "v1" }] },
  [PATCH]: { description: "A change, in the form its media type says.", type: "object" },
  [OPTIONS]: { description: "How to delete.", type: "object", "x-kubernetes-group-version-kind": [{ group: "", kind: "DeleteOptions", version: "v1" }] },
};

/** The paths of a kind whose schema has this name, and of its list. */
export function pathsOf(dialect: Dialect, prefix: string, { kind, namespaced, plural, custom }: ResourceDefinition, schema: string): JsonObject {
  const { apiVersion, kind: name } = partsOfKind(kind);
  const patches = [...PATCHES, ...(custom === undefined && hasStrategicMerge(kind) ? [STRATEGIC] : []), APPLY];
  const tail = `${namespaced ? "Namespaced" : ""}${name}`;
  const of = (verb: string): string => `${verb}${camel(apiVersion)}${tail}`;
  const list: Operation = { method: "get", action: "list", id: of("list"), kind, answer: `${schema}List`, sent: ["*/*"], asks: LISTING };
  const root = namespaced ? `namespaces/{namespace}/${plural}` : plural;
  const space = namespaced ? ["namespace"] : [];
  const tag = `${camel(apiVersion).charAt(0).toLowerCase()}${camel(apiVersion).slice(1)}`.replace(/V(\w+)$/, "_v$1");
  return {
    ...(namespaced ? path(dialect, prefix, plural, [], [{ ...list, id: `list${camel(apiVersion)}${name}ForAllNamespaces` }], tag) : {}),
    ...path(dialect, prefix, root, space, [
      list,
      { method: "post", action: "post", id: of("create"), kind, answer: schema, body: schema, sent: ["*/*"], asks: WRITING },
      { method: "delete", action: "deletecollection", id: `delete${camel(apiVersion)}Collection${tail}`, kind, answer: STATUS, body: OPTIONS, sent: ["*/*"], asks: ["dryRun", ...LISTING] },
    ], tag),
    ...path(dialect, prefix, `${root}/{name}`, [...space, "name"], [
      { method: "get", action: "get", id: of("read"), kind, answer: schema, sent: ["*/*"], asks: [] },
      { method: "put", action: "put", id: of("replace"), kind, answer: schema, body: schema, sent: ["*/*"], asks: WRITING },
      { method: "patch", action: "patch", id: of("patch"), kind, answer: schema, body: PATCH, sent: patches, asks: [...WRITING, "force"] },
      { method: "delete", action: "delete", id: of("delete"), kind, answer: STATUS, body: OPTIONS, sent: ["*/*"], asks: ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"] },
    ], tag),
  };
}

/** The path of what is asked and never stored. It is said to take patches too: that is where kubectl looks before it leaves validation to the server. */
export function reviewPath(dialect: Dialect, prefix: string, { apiVersion, kind: name, plural, namespaced }: VirtualResource, schema: string): JsonObject {
  const kind = kindId(apiVersion, name);
  const post: Operation = { method: "post", action: "post", id: `create${camel(apiVersion)}${namespaced ? "Namespaced" : ""}${name}`, kind, answer: schema, body: schema, sent: ["*/*"], asks: WRITING };
  return path(dialect, prefix, `${namespaced ? "namespaces/{namespace}/" : ""}${plural}`, namespaced ? ["namespace"] : [], [post, { ...post, method: "patch", action: "patch", id: `patch${camel(apiVersion)}${name}`, body: PATCH, sent: PATCHES }], "reviews");
}
