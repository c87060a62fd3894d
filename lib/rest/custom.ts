/** Kinds that CustomResourceDefinitions brought, as the wire tells of them. */
import { ApiError, partsOfKind, type Cluster, type Json, type JsonObject, type ResourceDefinition, type StoreEvent } from "@/lib/engine";
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

/** The schema of a custom kind in OpenAPI's words, metadata by reference. */
export function customSchemas(definitions: readonly ResourceDefinition[]): JsonObject {
  return Object.fromEntries(
    definitions.map((definition): readonly [string, Json] => {
      const { group, version, kind } = partsOfKind(definition.kind);
      const schema = definition.custom?.schema ?? {};
      const name = `${group.split(".").reverse().join(".")}.${version}.${kind}`;
      const own = (schema["properties"] ?? {}) as JsonObject;
      const every = { apiVersion: { type: "string", description: "Group and version of the schema this object follows." }, kind: { type: "string", description: "What the object is." }, metadata: { description: "Name, labels and bookkeeping that every object has.", allOf: [{ $ref: "#/components/schemas/ObjectMeta" }] } };
      const plain = Object.fromEntries(Object.entries(schema).filter(([key]) => !EXTENSIONS.test(key) || key === "x-kubernetes-preserve-unknown-fields" || key === "x-kubernetes-list-type" || key === "x-kubernetes-map-type"));
      return [name, { ...plain, type: "object", properties: { ...own, ...every }, "x-kubernetes-group-version-kind": [{ group, version, kind }] }];
    }),
  );
}
