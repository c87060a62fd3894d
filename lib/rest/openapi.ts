/** OpenAPI v3: enough for `apply` to leave validation to the server and for `explain` to tell everything. */
import { compareStrings, fingerprint, kindId, jsonSchemaOf, NAMESPACE, partsOfKind, type Cluster, type Json, type JsonObject, type ResourceDefinition } from "@/lib/engine";
import { customSchemas } from "./custom";
import { apiVersions, catalogueOf, rootPaths, type Catalogue } from "./discovery";
import { jsonAnswer, textAnswer, type RestAnswer, type RestRequest } from "./message";
import { servedIn } from "./target";
import { virtualResources, type VirtualResource } from "./virtual";

interface Document {
  readonly body: string;
  readonly hash: string;
}

/** Documents already written. They never change. */
const written = new Map<string, Document>();

const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
const SHARED: Readonly<Record<string, Json>> = {
  [QUANTITY]: { oneOf: [{ type: "string" }, { type: "number" }], description: "A quantity of a resource, such as 500m or 128Mi." },
  [INT_OR_STRING]: { oneOf: [{ type: "integer" }, { type: "string" }], format: "int-or-string", description: "A whole number, or text such as 25%." },
};

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON Schema in OpenAPI's dialect: references into components, one type a schema. */
function dialect(schema: Json | undefined): Json {
  if (Array.isArray(schema)) return schema.map((item: Json) => dialect(item));
  if (!isObject(schema)) return schema ?? null;
  if (Object.keys(schema).length === 0) return { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const { type, $ref, additionalProperties, ...rest } = schema;
  if (Array.isArray(type)) {
    const name = type.includes("integer") ? INT_OR_STRING : QUANTITY;
    const reference = { $ref: `#/components/schemas/${name}` };
    return rest["description"] === undefined ? reference : { allOf: [reference], description: rest["description"] };
  }
  return {
    ...(type === undefined ? {} : { type }),
    ...(typeof $ref === "string" ? { $ref: $ref.replace("#/definitions/", "#/components/schemas/") } : {}),
    ...(isObject(additionalProperties) ? { additionalProperties: dialect(additionalProperties) } : {}),
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, key === "properties" && isObject(value) ? each(value) : dialect(value)])),
  };
}

function each(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, dialect(schema)]));
}

const parameter = (name: string): JsonObject => ({ name, in: "query", schema: { type: "string", uniqueItems: true } });

function operation(action: string, gvk: JsonObject): JsonObject {
  return {
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk,
    parameters: ["dryRun", "fieldManager", "fieldValidation"].map(parameter),
    responses: { "200": { description: "OK" } },
  };
}

function pathsOf(prefix: string, definition: ResourceDefinition): JsonObject {
  const { group, version, kind } = partsOfKind(definition.kind);
  const gvk = { group, version, kind };
  const root = `${prefix}/${definition.namespaced ? "namespaces/{namespace}/" : ""}${definition.plural}`;
  return {
    [root]: { get: operation("list", gvk), post: operation("post", gvk) },
    [`${root}/{name}`]: { get: operation("get", gvk), put: operation("put", gvk), patch: operation("patch", gvk), delete: operation("delete", gvk) },
  };
}

/** What is asked and never stored. It is said to take patches too: that is where kubectl looks before it leaves validation to the server. */
function reviewPath(prefix: string, { apiVersion, kind, plural, namespaced }: VirtualResource): JsonObject {
  const { group, version } = partsOfKind(kindId(apiVersion, kind));
  const gvk = { group, version, kind };
  return { [`${prefix}/${namespaced ? "namespaces/{namespace}/" : ""}${plural}`]: { post: operation("post", gvk), patch: operation("patch", gvk) } };
}

function documentOf(apiVersion: string): JsonObject {
  const definitions = servedIn(apiVersion);
  const prefix = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const schemas = (jsonSchemaOf(definitions.map(({ kind }) => kind))["definitions"] ?? {}) as JsonObject;
  const named = Object.entries(schemas).map(([name, schema]): readonly [string, Json] => {
    const definition = definitions.find(({ kind }) => partsOfKind(kind).kind === name);
    const { group, version } = definition ? partsOfKind(definition.kind) : { group: "", version: "" };
    const translated = dialect(schema) as JsonObject;
    return [name, definition ? { ...translated, "x-kubernetes-group-version-kind": [{ group, version, kind: name }] } : translated];
  });
  const told = new Set(named.map(([name]) => name));
  const bare = [...virtualResources.filter((resource) => resource.apiVersion === apiVersion).map(({ kind }) => kindId(apiVersion, kind)), ...definitions.map(({ kind }) => kind)].filter((kind) => !told.has(partsOfKind(kind).kind));
  const asked = bare.map((full): readonly [string, Json] => {
    const { group, version, kind } = partsOfKind(full);
    return [kind, { type: "object", "x-kubernetes-preserve-unknown-fields": true, "x-kubernetes-group-version-kind": [{ group, version, kind }] }];
  });
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "unversioned" },
    paths: Object.assign({}, ...definitions.map((definition) => pathsOf(prefix, definition)), ...virtualResources.filter((resource) => resource.apiVersion === apiVersion).map((resource) => reviewPath(prefix, resource))) as JsonObject,
    components: { schemas: { ...Object.fromEntries([...named, ...asked]), ...SHARED } },
  };
}

/** Documents of kinds defined at run time, for as long as those stay the same. */
const custom = new WeakMap<readonly ResourceDefinition[], Map<string, Document>>();

function customDocument(apiVersion: string, kinds: readonly ResourceDefinition[], definitions: readonly ResourceDefinition[]): Document {
  const beside = custom.get(kinds) ?? new Map<string, Document>();
  custom.set(kinds, beside);
  const known = beside.get(apiVersion);
  if (known) return known;
  const shared = dialect((jsonSchemaOf([NAMESPACE])["definitions"] ?? {}) as JsonObject) as JsonObject;
  const { ObjectMeta, OwnerReference, ManagedFieldsEntry } = shared;
  const document: JsonObject = {
    openapi: "3.0.0",
    info: { title: "Kubernetes CRD Swagger", version: "v0.1.0" },
    paths: Object.assign({}, ...definitions.map((definition) => pathsOf(`/apis/${apiVersion}`, definition))) as JsonObject,
    components: { schemas: { ...customSchemas(definitions), ...Object.fromEntries(Object.entries({ ObjectMeta, OwnerReference, ManagedFieldsEntry }).filter(([, value]) => value !== undefined)), ...SHARED } },
  };
  const body = `${JSON.stringify(document)}\n`;
  const made = { body, hash: fingerprint(body).toUpperCase() };
  beside.set(apiVersion, made);
  return made;
}

function documentFor(apiVersion: string, kinds: readonly ResourceDefinition[]): Document {
  const own = kinds.filter(({ kind }) => partsOfKind(kind).apiVersion === apiVersion);
  if (own.length > 0 && servedIn(apiVersion).length === 0) return customDocument(apiVersion, kinds, own);
  const known = written.get(apiVersion);
  if (known) return known;
  const body = `${JSON.stringify(documentOf(apiVersion))}\n`;
  const made = { body, hash: fingerprint(body).toUpperCase() };
  written.set(apiVersion, made);
  return made;
}

const placeOf = (apiVersion: string): string => (apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`);

/** The document of a path that belongs to no version: it answers, and that is all there is to say. */
function rootDocument(place: string): Document {
  const known = written.get(`root ${place}`);
  if (known) return known;
  const operations = { get: { responses: { "200": { description: "OK" }, "401": { description: "Unauthorized" } } } };
  const body = `${JSON.stringify({ openapi: "3.0.0", info: { title: "Kubernetes", version: "unversioned" }, paths: { [`/${place}${/^(api|apis)(\/|$)/.test(place) ? "/" : ""}`]: operations } })}\n`;
  const made = { body, hash: fingerprint(body).toUpperCase() };
  written.set(`root ${place}`, made);
  return made;
}

/** Every place of the index with its document, in order. */
function places(catalogue: Catalogue): readonly (readonly [string, () => Document])[] {
  const versions = apiVersions(catalogue).map((apiVersion): readonly [string, () => Document] => [placeOf(apiVersion), () => documentFor(apiVersion, catalogue.custom)]);
  const roots = rootPaths(catalogue).map((place): readonly [string, () => Document] => [place, () => rootDocument(place)]);
  return [...versions, ...roots].sort(([a], [b]) => compareStrings(a, b));
}

/** `GET /openapi/v3` and what it points to; undefined for other paths. */
export function openApiAnswer(segments: readonly string[], hash: string | undefined, { headers: sent, prefix = "" }: RestRequest, cluster: Cluster): RestAnswer | undefined {
  if (segments[0] !== "openapi" || segments[1] !== "v3") return undefined;
  const catalogue = catalogueOf(cluster);
  if (segments.length === 2) {
    const paths = Object.fromEntries(places(catalogue).map(([place, document]) => [place, { serverRelativeURL: `${prefix}/openapi/v3/${place}?hash=${document().hash}` }]));
    return jsonAnswer({ paths });
  }
  const place = segments.slice(2).join("/");
  const document = places(catalogue).find(([candidate]) => candidate === place)?.[1]();
  if (document === undefined) return undefined;
  if (hash !== undefined && hash !== document.hash) return textAnswer("", 301, { Location: `${prefix}/openapi/v3/${place}?hash=${document.hash}` });
  const etag = `"${document.hash}"`;
  const caching: Readonly<Record<string, string>> = hash === undefined ? {} : { "Cache-Control": "public, immutable", Expires: "Fri, 31 Dec 2100 23:59:59 GMT" };
  const headers = { "Content-Type": "application/json", ETag: etag, Vary: "Accept", ...caching };
  return sent["if-none-match"] === etag ? textAnswer("", 304, headers) : textAnswer(document.body, 200, headers);
}
