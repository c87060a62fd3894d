/** Kinds that CustomResourceDefinitions brought, as the wire tells of them. */
import { ApiError, partsOfKind, type Cluster, type Json, type JsonObject, type ResourceDefinition, type StoreEvent } from "@/lib/engine";
import { gatherList, HEAD, metadataOf, publishedKind, type Gathered } from "./openapi-schemas";
import type { Alias } from "./versions";

/** The kinds of a cluster that are not built in. The same list while nothing changes. */
export function customKinds(cluster: Cluster): readonly ResourceDefinition[] {
  const served = cluster.as("system:apiserver").served();
  const known = split.get(served);
  if (known) return known;
  const found = served.filter(({ custom }) => custom !== undefined);
  split.set(served, found);
  return found;
}

const split = new WeakMap<readonly ResourceDefinition[], readonly ResourceDefinition[]>();

/** The custom kind of an address. */
export function customKind(cluster: Cluster, apiVersion: string, plural: string): ResourceDefinition | undefined {
  return customKinds(cluster).find((definition) => definition.plural === plural && partsOfKind(definition.kind).apiVersion === apiVersion);
}

/**
 * The cluster as somebody sees it who knows custom objects by one version only: changes come in that version, too.
 *
 * @simplified A change that cannot be converted is left out of a watch, which upstream ends with an error.
 */
export function customAlias(definition: ResourceDefinition): Alias {
  const { custom } = definition;
  const shown = (event: StoreEvent): readonly StoreEvent[] => {
    if (!custom || event.kind !== custom.storedAs) return [event];
    try {
      return [{ ...event, kind: definition.kind, object: custom.fromStorage(event.object), ...(event.previous ? { previous: custom.fromStorage(event.previous) } : {}) }];
    } catch (error) {
      if (error instanceof ApiError) return [];
      throw error;
    }
  };
  return { definition, view: (cluster) => Object.create(cluster, { since: { value: (revision: number) => cluster.since(revision).flatMap(shown) } }) as Cluster };
}

const EXTENSIONS = /^x-kubernetes-(?!group-version-kind)/;
const KEPT = new Set(["x-kubernetes-preserve-unknown-fields", "x-kubernetes-list-type", "x-kubernetes-map-type"]);

/** Gathers the schemas of custom kinds, metadata by reference, and their lists. */
export function gatherCustom(into: Gathered, definitions: readonly ResourceDefinition[]): void {
  const metadata: JsonObject = into.dialect === "v3" ? { description: "Name, labels and bookkeeping that every object has.", allOf: [metadataOf(into)] } : metadataOf(into);
  for (const { kind: id, custom } of definitions) {
    const { group, version, kind } = partsOfKind(id);
    const schema = custom?.schema ?? {};
    const plain = Object.fromEntries(Object.entries(schema).filter(([key]) => !EXTENSIONS.test(key) || KEPT.has(key)));
    const own = into.dialect === "v3" ? plain : older(plain);
    into.schemas[publishedKind(id)] = {
      ...own,
      type: "object",
      properties: { ...((own["properties"] ?? {}) as JsonObject), ...HEAD, metadata },
      "x-kubernetes-group-version-kind": [{ group, kind, version }],
    };
    gatherList(into, id, publishedKind(id));
  }
}

const UNKNOWN_TO_V2 = new Set(["oneOf", "anyOf", "allOf", "not", "nullable"]);

/** A schema as OpenAPI 2 can say it: less, and never more. Upstream: apiextensions-apiserver/pkg/controller/openapi/v2. */
function older(schema: JsonObject): JsonObject {
  const free = schema["nullable"] === true || schema["x-kubernetes-int-or-string"] === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const members = Object.entries(schema).filter(([key]) => !UNKNOWN_TO_V2.has(key) && !(free && ["type", "items", "properties", "additionalProperties", "required", "enum"].includes(key)));
  return Object.fromEntries(
    members.map(([key, value]): readonly [string, Json | undefined] => {
      if (key === "properties" && isObject(value)) return [key, Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, isObject(inner) ? older(inner) : inner]))];
      if ((key === "items" || key === "additionalProperties") && isObject(value)) return [key, older(value)];
      return [key, value];
    }),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
