/** OpenAPI v3: enough for `apply` to leave validation to the server and for `explain` to tell everything. */
import { compareStrings, fingerprint, kindId, partsOfKind, type Cluster, type JsonObject, type ResourceDefinition } from "@/lib/engine";
import { gatherCustom } from "./custom";
import { apiVersions, catalogueOf, rootPaths, type Catalogue } from "./discovery";
import { jsonAnswer, textAnswer, type RestAnswer, type RestRequest } from "./message";
import { PATH_SCHEMAS, pathsOf, reviewPath } from "./openapi-paths";
import { gatherKind, gathering, gatherList, inOrder, publishedKind, type Gathered } from "./openapi-schemas";
import { servedIn } from "./target";
import { virtualResources } from "./virtual";

interface Document {
  readonly body: string;
  readonly hash: string;
}

/** Documents already written. They never change. */
const written = new Map<string, Document>();

/** The paths and schemas of a built-in version, gathered. */
export function gatherVersion(into: Gathered, apiVersion: string): JsonObject {
  const definitions = servedIn(apiVersion);
  const asked = virtualResources.filter((resource) => resource.apiVersion === apiVersion);
  const prefix = `/${placeOf(apiVersion)}`;
  for (const { kind } of definitions) {
    gatherKind(into, kind);
    gatherList(into, kind, publishedKind(kind));
  }
  for (const { kind } of asked) gatherKind(into, kindId(apiVersion, kind));
  return Object.assign(
    {},
    ...definitions.map((definition) => pathsOf(into.dialect, prefix, definition, publishedKind(definition.kind))),
    ...asked.map((resource) => reviewPath(into.dialect, prefix, resource, publishedKind(kindId(apiVersion, resource.kind)))),
  ) as JsonObject;
}

function documentOf(apiVersion: string): JsonObject {
  const gathered = gathering("v3");
  const paths = gatherVersion(gathered, apiVersion);
  Object.assign(gathered.schemas, PATH_SCHEMAS);
  return { openapi: "3.0.0", info: { title: "Kubernetes", version: "unversioned" }, paths, components: { schemas: inOrder(gathered) } };
}

/** Documents of kinds defined at run time, for as long as those stay the same. */
const custom = new WeakMap<readonly ResourceDefinition[], Map<string, Document>>();

function customDocument(apiVersion: string, kinds: readonly ResourceDefinition[], definitions: readonly ResourceDefinition[]): Document {
  const beside = custom.get(kinds) ?? new Map<string, Document>();
  custom.set(kinds, beside);
  const known = beside.get(apiVersion);
  if (known) return known;
  const gathered = gathering("v3");
  const paths = Object.assign({}, ...definitions.map((definition) => pathsOf("v3", `/apis/${apiVersion}`, definition, publishedKind(definition.kind)))) as JsonObject;
  gatherCustom(gathered, definitions);
  Object.assign(gathered.schemas, PATH_SCHEMAS);
  const document: JsonObject = { openapi: "3.0.0", info: { title: "Kubernetes CRD Swagger", version: "v0.1.0" }, paths, components: { schemas: inOrder(gathered) } };
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
