/** OpenAPI v2: all that is served in one document. Older clients explain and validate with it, and `kubectl create` does with a List. Upstream: kube-openapi/pkg/handler. */
import { fingerprint, partsOfKind, type Cluster, type JsonObject, type ResourceDefinition } from "@/lib/engine";
import { gatherCustom } from "./custom";
import { apiVersions, catalogueOf } from "./discovery";
import { textAnswer, type RestAnswer, type RestRequest } from "./message";
import { acceptClauses } from "./negotiate";
import { gatherVersion } from "./openapi";
import { PATH_SCHEMAS, pathsOf } from "./openapi-paths";
import { gathering, inOrder, publishedKind } from "./openapi-schemas";
import { openApiProtobuf } from "./protobuf/openapi-document";
import { servedIn } from "./target";
import { versionInfo } from "./version-info";
import { virtualResources } from "./virtual";

const PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
const FORMS: Readonly<Record<string, "json" | "protobuf">> = {
  "*/*": "json",
  "application/*": "json",
  "application/json": "json",
  [PROTOBUF]: "protobuf",
  // What kubectl asks for; no media type may be called so.
  "application/com.github.proto-openapi.spec.v2@v1.0+protobuf": "protobuf",
};

function documentOf(cluster: Cluster, custom: readonly ResourceDefinition[]): JsonObject {
  const gathered = gathering("v2");
  const builtIn = apiVersions(catalogueOf(cluster)).filter((apiVersion) => servedIn(apiVersion).length > 0 || virtualResources.some((resource) => resource.apiVersion === apiVersion));
  const paths = builtIn.map((apiVersion) => gatherVersion(gathered, apiVersion));
  const own = custom.map((definition) => pathsOf("v2", `/apis/${partsOfKind(definition.kind).apiVersion}`, definition, publishedKind(definition.kind)));
  gatherCustom(gathered, custom);
  Object.assign(gathered.schemas, PATH_SCHEMAS);
  return {
    swagger: "2.0",
    info: { title: "Kubernetes", version: String(versionInfo(cluster.options.kubernetesVersion)["gitVersion"]) },
    paths: Object.assign({}, ...paths, ...own) as JsonObject,
    definitions: inOrder(gathered),
    securityDefinitions: { BearerToken: { description: "Bearer Token authentication", type: "apiKey", name: "authorization", in: "header" } },
    security: [{ BearerToken: [] }],
  };
}

interface Written {
  readonly key: string;
  readonly etag: string;
  readonly json: string;
  readonly protobuf: string;
}

/** The documents of clusters that serve the same, for as long as they do. */
const written = /* @__PURE__ */ new WeakMap<readonly ResourceDefinition[], Written>();

function writtenFor(cluster: Cluster): Written {
  const { key, custom } = catalogueOf(cluster);
  const wanted = `${cluster.options.kubernetesVersion} ${key} ${apiVersions(catalogueOf(cluster)).length}`;
  const known = written.get(custom);
  if (known?.key === wanted) return known;
  const document = documentOf(cluster, custom);
  const json = `${JSON.stringify(document)}\n`;
  const made = { key: wanted, etag: `"${fingerprint(json).toUpperCase()}"`, json, protobuf: openApiProtobuf(document) };
  written.set(custom, made);
  return made;
}

/** `GET /openapi/v2`; undefined for other paths. For gateways: a page has no client that asks for it. */
export function openApiV2Answer(segments: readonly string[], { headers }: RestRequest, cluster: Cluster): RestAnswer | undefined {
  if (segments.length !== 2 || segments[0] !== "openapi" || segments[1] !== "v2") return undefined;
  const form = acceptClauses(headers["accept"] ?? "*/*").map(({ media }) => FORMS[media]).find((found) => found !== undefined);
  if (form === undefined) return textAnswer("", 406, { Vary: "Accept" });
  const { etag, json, protobuf } = writtenFor(cluster);
  const told = { "Content-Type": form === "json" ? "application/json" : PROTOBUF, ETag: etag, Vary: "Accept" };
  return headers["if-none-match"] === etag ? textAnswer("", 304, told) : textAnswer(form === "json" ? json : protobuf, 200, told);
}
