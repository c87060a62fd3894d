/** The schemas of what is served, in the words of OpenAPI 2 or 3. Upstream: kube-openapi, and the zz_generated.openapi.go of every API. */
import { compareStrings, describeField, describeType, fieldsByName, isOwnedWhole, kindId, listedEnumOf, mergeExtensions, partsOfKind, publishedName, schemaNameOf, type FieldType, type Json, type JsonObject, type KindId } from "@/lib/engine";

/** Which OpenAPI a document is written in. */
export type Dialect = "v2" | "v3";

const META = "io.k8s.apimachinery.pkg.apis.meta.v1";
const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
const RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension";

/** Where references point to. */
export const SCHEMAS: Readonly<Record<Dialect, string>> = { v2: "#/definitions/", v3: "#/components/schemas/" };

const TIME: JsonObject = { description: "A moment, as RFC 3339 writes it.", type: "string", format: "date-time" };
const FREE: JsonObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

const COMMON: Readonly<Record<Dialect, Readonly<Record<string, JsonObject>>>> = {
  v2: {
    [QUANTITY]: { description: "A quantity of a resource, such as 500m or 128Mi.", type: "string" },
    [INT_OR_STRING]: { description: "A whole number, or text such as 25%.", type: "string", format: "int-or-string" },
  },
  v3: {
    [QUANTITY]: { description: "A quantity of a resource, such as 500m or 128Mi.", oneOf: [{ type: "string" }, { type: "number" }] },
    [INT_OR_STRING]: { description: "A whole number, or text such as 25%.", format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] },
  },
};

const SHARED: Readonly<Record<string, JsonObject>> = {
  [`${META}.Time`]: TIME,
  [`${META}.MicroTime`]: TIME,
  [`${META}.FieldsV1`]: { description: "Fields of an object, by their paths.", type: "object" },
  [RAW]: { description: "An object of a kind that is not said.", type: "object" },
  [`${META}.ListMeta`]: {
    description: "Bookkeeping of lists.",
    type: "object",
    properties: { continue: { type: "string" }, remainingItemCount: { type: "integer", format: "int64" }, resourceVersion: { type: "string" }, selfLink: { type: "string" } },
  },
};

/** Times with microseconds, by `Type.field`. */
const FINE_TIMES = new Set(["LeaseSpec.acquireTime", "LeaseSpec.renewTime", "Event.eventTime", "EventSeries.lastObservedTime", "EventsV1Event.eventTime"]);
const OBJECTS: Readonly<Record<string, string>> = { "ManagedFieldsEntry.fieldsV1": `${META}.FieldsV1`, "ControllerRevision.data": RAW };

/** The whole name of a kind's schema. */
export function publishedKind(kind: KindId): string {
  const type = schemaNameOf(kind);
  const { group, version, kind: name } = partsOfKind(kind);
  if (type !== undefined) return publishedName(type);
  if (group === "metrics.k8s.io") return `io.k8s.metrics.pkg.apis.metrics.${version}.${name}`;
  if (group === "apiregistration.k8s.io") return `io.k8s.kube-aggregator.pkg.apis.apiregistration.${version}.${name}`;
  if (group.includes(".") && !group.endsWith(".k8s.io")) return `${group.split(".").reverse().join(".")}.${version}.${name}`;
  return `io.k8s.api.${group === "" ? "core" : (group.split(".")[0] ?? "")}.${version}.${name}`;
}

/** Schemas being gathered: each by its whole name, with all they refer to. */
export interface Gathered {
  readonly dialect: Dialect;
  readonly schemas: Record<string, Json>;
}

/** Nothing gathered yet. */
export function gathering(dialect: Dialect): Gathered {
  return { dialect, schemas: {} };
}

function shared(into: Gathered, name: string): JsonObject {
  into.schemas[name] ??= COMMON[into.dialect][name] ?? SHARED[name] ?? FREE;
  return { $ref: `${SCHEMAS[into.dialect]}${name}` };
}

function scalar(into: Gathered, type: Extract<FieldType, { readonly type: "scalar" }>, place: string): JsonObject {
  switch (type.scalar) {
    case "i":
      return { type: "integer", format: "int32" };
    case "l":
      return { type: "integer", format: "int64" };
    case "f":
      return { type: "number", format: "double" };
    case "b":
      return { type: "boolean" };
    case "y":
      return { type: "string", format: "byte" };
    case "t":
      return shared(into, `${META}.${FINE_TIMES.has(place) ? "MicroTime" : "Time"}`);
    case "q":
      return shared(into, QUANTITY);
    case "x":
      return shared(into, INT_OR_STRING);
    case "j":
      return OBJECTS[place] === undefined ? FREE : shared(into, OBJECTS[place]);
    default:
      return { type: "string" };
  }
}

function typeOf(into: Gathered, type: FieldType, place: string, values: readonly string[]): JsonObject {
  switch (type.type) {
    case "scalar":
      return values.length > 0 && type.scalar === "s" ? { type: "string", enum: values } : scalar(into, type, place);
    case "object":
      return referTo(into, type.name);
    case "list":
      return { type: "array", items: typeOf(into, type.of, place, values) };
    case "map":
      return { type: "object", additionalProperties: typeOf(into, type.of, place, values) };
  }
}

/** A reference with words beside it: in OpenAPI 3 nothing beside a reference counts. */
function described(dialect: Dialect, schema: JsonObject, more: JsonObject): JsonObject {
  if (Object.keys(more).length === 0) return schema;
  return dialect === "v3" && "$ref" in schema ? { ...more, allOf: [schema] } : { ...more, ...schema };
}

function typeSchemaOf(into: Gathered, name: string): JsonObject {
  const properties: Record<string, Json> = {};
  const required: string[] = [];
  for (const field of fieldsByName(name)) {
    const about = describeField(name, field.name);
    const schema = typeOf(into, field.type, `${name}.${field.name}`, listedEnumOf(name, field.name));
    properties[field.name] = described(into.dialect, schema, { ...(about === "" ? {} : { description: about }), ...mergeExtensions(name, field.name) });
    if (field.required) required.push(field.name);
  }
  const about = describeType(name);
  return {
    ...(about === "" ? {} : { description: about }),
    type: "object",
    ...(required.length > 0 ? { required } : {}),
    properties,
    ...(isOwnedWhole(name) ? { "x-kubernetes-map-type": "atomic" } : {}),
  };
}

function referTo(into: Gathered, type: string): JsonObject {
  const name = publishedName(type);
  if (!Object.hasOwn(into.schemas, name)) {
    // Taken before it is made: a schema of schemas refers to itself.
    into.schemas[name] = FREE;
    into.schemas[name] = typeSchemaOf(into, type);
  }
  return { $ref: `${SCHEMAS[into.dialect]}${name}` };
}

/** What every object and list begins with. */
export const HEAD: JsonObject = {
  apiVersion: { description: "Group and version of the schema this object follows.", type: "string" },
  kind: { description: "What the object is.", type: "string" },
};

function gvkOf(apiVersion: string, kind: string): JsonObject {
  const { group, version } = partsOfKind(kindId(apiVersion, kind));
  return { "x-kubernetes-group-version-kind": [{ group, kind, version }] };
}

/** Gathers a kind; one whose structure is not known may hold anything. */
export function gatherKind(into: Gathered, kind: KindId): void {
  const { apiVersion, kind: name } = partsOfKind(kind);
  const type = schemaNameOf(kind);
  if (type !== undefined) referTo(into, type);
  const known = into.schemas[publishedKind(kind)];
  into.schemas[publishedKind(kind)] = { ...(type === undefined ? FREE : (known as JsonObject)), ...gvkOf(apiVersion, name) };
}

/** Gathers the list of a kind whose schema has this name. */
export function gatherList(into: Gathered, kind: KindId, item: string): void {
  const { apiVersion, kind: name } = partsOfKind(kind);
  into.schemas[`${item}List`] = {
    description: `Objects of kind ${name}.`,
    type: "object",
    required: ["items"],
    properties: { ...HEAD, items: { type: "array", items: { $ref: `${SCHEMAS[into.dialect]}${item}` } }, metadata: shared(into, `${META}.ListMeta`) },
    ...gvkOf(apiVersion, `${name}List`),
  };
}

/** A reference to the metadata of objects, which is gathered too. */
export function metadataOf(into: Gathered): JsonObject {
  return referTo(into, "ObjectMeta");
}

/** What was gathered, by name. */
export function inOrder({ schemas }: Gathered): JsonObject {
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => compareStrings(a, b)));
}
