import type { JsonObject } from "../../apimachinery/meta";

const GROUP = "gateway.networking.k8s.io";

const text = (more: JsonObject = {}): JsonObject => ({ type: "string", ...more });
const name: JsonObject = text({ minLength: 1, maxLength: 253 });
const port: JsonObject = { type: "integer", format: "int32", minimum: 1, maximum: 65535 };
const many = (items: JsonObject, more: JsonObject = {}): JsonObject => ({ type: "array", items, ...more });
const fields = (properties: JsonObject, required: readonly string[] = [], more: JsonObject = {}): JsonObject => ({ type: "object", properties, ...(required.length > 0 ? { required: [...required] } : {}), ...more });
const hostname: JsonObject = text({ minLength: 1, maxLength: 253, pattern: "^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$" });
const anything: JsonObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

const condition = fields(
  {
    type: text({ maxLength: 316 }),
    status: text({ enum: ["True", "False", "Unknown"] }),
    reason: text({ minLength: 1, maxLength: 1024 }),
    message: text({ maxLength: 32768 }),
    lastTransitionTime: text({ format: "date-time" }),
    observedGeneration: { type: "integer", format: "int64", minimum: 0 },
  },
  ["lastTransitionTime", "message", "reason", "status", "type"],
);
const conditions = many(condition, { maxItems: 8, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] });

interface Definition {
  readonly kind: string;
  readonly plural: string;
  readonly short: readonly string[];
  readonly versions: readonly string[];
  readonly scope: "Cluster" | "Namespaced";
  readonly spec: JsonObject;
  readonly status?: JsonObject;
  readonly columns: readonly JsonObject[];
}

const column = (title: string, jsonPath: string, type = "string"): JsonObject => ({ name: title, type, jsonPath });
const created = column("Age", ".metadata.creationTimestamp", "date");

/** A CustomResourceDefinition; the first version is the one stored. */
function definition({ kind, plural, short, versions, scope, spec, status, columns }: Definition): JsonObject {
  const schema = { openAPIV3Schema: fields({ apiVersion: text(), kind: text(), metadata: { type: "object" }, spec, ...(status ? { status } : {}) }, ["spec"]) };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}`, annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api/pull/3328", "gateway.networking.k8s.io/bundle-version": "v1.4.0", "gateway.networking.k8s.io/channel": "standard" } },
    spec: {
      group: GROUP,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), ...(short.length > 0 ? { shortNames: [...short] } : {}), categories: ["gateway-api"] },
      scope,
      versions: versions.map((version, i) => ({ name: version, served: true, storage: i === 0, schema, ...(status ? { subresources: { status: {} } } : {}), additionalPrinterColumns: [...columns] })),
    },
  };
}

const parentRef = fields({ group: text({ default: GROUP }), kind: text({ default: "Gateway" }), namespace: name, name, sectionName: name, port }, ["name"]);
const pathModifier = fields({ type: text({ enum: ["ReplaceFullPath", "ReplacePrefixMatch"] }), replaceFullPath: text({ maxLength: 1024 }), replacePrefixMatch: text({ maxLength: 1024 }) }, ["type"]);
const header = fields({ name, value: text({ minLength: 1, maxLength: 4096 }) }, ["name", "value"]);
const headers = fields({ set: many(header), add: many(header), remove: many(text()) });
const backendRef = { group: text({ default: "" }), kind: text({ default: "Service" }), name, namespace: name, port, weight: { type: "integer", format: "int32", default: 1, minimum: 0, maximum: 1000000 } };
const filter = fields(
  {
    type: text({ enum: ["RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "RequestRedirect", "URLRewrite", "ExtensionRef"] }),
    requestHeaderModifier: headers,
    responseHeaderModifier: headers,
    requestMirror: anything,
    requestRedirect: fields({ scheme: text({ enum: ["http", "https"] }), hostname, port, statusCode: { type: "integer", default: 302, enum: [301, 302] }, path: pathModifier }),
    urlRewrite: fields({ hostname, path: pathModifier }),
    extensionRef: anything,
  },
  ["type"],
);
const named = fields({ type: text({ enum: ["Exact", "RegularExpression"], default: "Exact" }), name, value: text({ minLength: 1, maxLength: 4096 }) }, ["name", "value"]);
const match = fields({
  path: fields({ type: text({ enum: ["Exact", "PathPrefix", "RegularExpression"], default: "PathPrefix" }), value: text({ default: "/", maxLength: 1024 }) }, [], { default: { type: "PathPrefix", value: "/" } }),
  headers: many(named, { maxItems: 16 }),
  queryParams: many(named, { maxItems: 16 }),
  method: text({ enum: ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"] }),
});
const rule = fields({
  name,
  matches: many(match, { maxItems: 64, default: [{ path: { type: "PathPrefix", value: "/" } }] }),
  filters: many(filter, { maxItems: 16 }),
  backendRefs: many(fields({ ...backendRef, filters: many(filter) }, ["name"]), { maxItems: 16 }),
  timeouts: fields({ request: text(), backendRequest: text() }),
});
const listener = fields(
  {
    name,
    hostname,
    port,
    protocol: text({ minLength: 1, maxLength: 255 }),
    tls: fields({ mode: text({ enum: ["Terminate", "Passthrough"], default: "Terminate" }), certificateRefs: many(fields({ group: text({ default: "" }), kind: text({ default: "Secret" }), name, namespace: name }, ["name"])), options: { type: "object", additionalProperties: text() } }),
    allowedRoutes: fields(
      {
        namespaces: fields({ from: text({ enum: ["All", "Selector", "Same"], default: "Same" }), selector: anything }, [], { default: { from: "Same" } }),
        kinds: many(fields({ group: text({ default: GROUP }), kind: name }, ["kind"])),
      },
      [],
      { default: { namespaces: { from: "Same" } } },
    ),
  },
  ["name", "port", "protocol"],
);

/** The CustomResourceDefinitions of the Gateway API's standard channel that the course needs. A fixture that has them gives them to the cluster at birth. */
export const gatewayDefinitions: readonly JsonObject[] = [
  definition({
    kind: "GatewayClass",
    plural: "gatewayclasses",
    short: ["gc"],
    versions: ["v1", "v1beta1"],
    scope: "Cluster",
    spec: fields({ controllerName: text({ minLength: 1, maxLength: 253, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$" }), description: text({ maxLength: 64 }), parametersRef: anything }, ["controllerName"]),
    status: fields({ conditions, supportedFeatures: many(anything) }),
    columns: [column("Controller", ".spec.controllerName"), column("Accepted", '.status.conditions[?(@.type=="Accepted")].status'), created],
  }),
  definition({
    kind: "Gateway",
    plural: "gateways",
    short: ["gtw"],
    versions: ["v1", "v1beta1"],
    scope: "Namespaced",
    spec: fields({ gatewayClassName: name, listeners: many(listener, { minItems: 1, maxItems: 64, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] }), addresses: many(anything), infrastructure: anything }, ["gatewayClassName", "listeners"]),
    status: fields({ addresses: many(fields({ type: text({ default: "IPAddress" }), value: text() }, ["value"])), conditions, listeners: many(fields({ name, attachedRoutes: { type: "integer", format: "int32" }, supportedKinds: many(fields({ group: text(), kind: text() }, ["kind"])), conditions }, ["name", "attachedRoutes", "conditions"])) }),
    columns: [column("Class", ".spec.gatewayClassName"), column("Address", ".status.addresses[*].value"), column("Programmed", '.status.conditions[?(@.type=="Programmed")].status'), created],
  }),
  definition({
    kind: "HTTPRoute",
    plural: "httproutes",
    short: [],
    versions: ["v1", "v1beta1"],
    scope: "Namespaced",
    spec: fields({ parentRefs: many(parentRef, { maxItems: 32 }), hostnames: many(hostname, { maxItems: 16 }), rules: many(rule, { maxItems: 16, default: [{ matches: [{ path: { type: "PathPrefix", value: "/" } }] }] }) }),
    status: fields({ parents: many(fields({ parentRef, controllerName: text(), conditions }, ["controllerName", "parentRef"])) }, ["parents"]),
    columns: [column("Hostnames", ".spec.hostnames"), created],
  }),
  definition({
    kind: "ReferenceGrant",
    plural: "referencegrants",
    short: ["refgrant"],
    versions: ["v1beta1"],
    scope: "Namespaced",
    spec: fields({ from: many(fields({ group: text({ maxLength: 253 }), kind: name, namespace: name }, ["group", "kind", "namespace"]), { minItems: 1, maxItems: 16 }), to: many(fields({ group: text({ maxLength: 253 }), kind: name, name }, ["group", "kind"]), { minItems: 1, maxItems: 16 }) }, ["from", "to"]),
    columns: [created],
  }),
];
