/** Kinds served in another version than the stored one, and kinds that are made up when asked for. Upstream: the conversions of pkg/apis. */
import { applyJsonPatch, HORIZONTAL_POD_AUTOSCALER, EVENT, kindId, mergePatch, resourceFor, strategicMergePatch, type Client, type Cluster, type JsonObject, type KindId, type KubeObject, type ObjectRef, type Patch, type ResourceDefinition, type WriteOptions } from "@/lib/engine";
import { eventFromStorage, eventToStorage, scalerFromStorage, scalerToStorage } from "./conversions";
import { bad, notAllowed } from "./status";

/** `hidden`: it is answered, and discovery does not tell of it. */
export type Presence = "absent" | "hidden" | "present";

/** A kind that is served and not stored under that name. */
export interface Alias {
  readonly definition: ResourceDefinition;
  readonly verbs?: readonly string[];
  /** Is it served on this cluster? Always unless said. */
  present?(cluster: Cluster): Presence;
  /** The cluster as somebody sees it who knows only this version. */
  view(cluster: Cluster): Cluster;
}

interface Conversion {
  readonly kind: KindId;
  readonly storage: KindId;
  from(object: JsonObject): JsonObject;
  to(object: JsonObject): JsonObject;
}

function convertedClient(client: Client, { kind, storage, from, to }: Conversion, seen: (object: KubeObject) => KubeObject): Client {
  const there = (asked: KindId): KindId => (asked === kind ? storage : asked);
  const stored = (object: unknown): KubeObject => to(object as JsonObject) as unknown as KubeObject;
  const out = <T extends KubeObject>(object: KubeObject): T => seen(object) as T;
  const patched = (ref: ObjectRef, patch: Exclude<Patch, { readonly type: "apply" }>): KubeObject => {
    const current = client.get<KubeObject>(storage, ref);
    const shown = (current ? from(current as unknown as JsonObject) : {}) as JsonObject;
    const { type } = patch;
    if (type === "json") {
      const result = applyJsonPatch(shown, patch.ops);
      if ("error" in result) throw bad(result.error);
      return result.result as unknown as KubeObject;
    }
    return (type === "strategic" ? strategicMergePatch(shown, patch.body, storage) : mergePatch(shown, patch.body)) as unknown as KubeObject;
  };
  return {
    ...client,
    get: <T extends KubeObject>(asked: KindId, key: { readonly namespace: string; readonly name: string }) => {
      const found = client.get<KubeObject>(there(asked), key);
      return found && out<T>(found);
    },
    list: <T extends KubeObject>(asked: KindId, options = {}) => client.list<KubeObject>(there(asked), options).map((object) => out<T>(object)),
    create: <T extends KubeObject>(object: unknown, options?: WriteOptions) => out<T>(client.create<KubeObject>(stored(object), options)),
    update: <T extends KubeObject>(object: T, options?: WriteOptions) => out<T>(client.update<KubeObject>(stored(object), options)),
    patch: <T extends KubeObject>(ref: ObjectRef, patch: Patch, options?: WriteOptions) => {
      const target = { ...ref, kind: storage };
      if (patch.type === "apply") return out<T>(client.patch<KubeObject>(target, { ...patch, body: to(patch.body as JsonObject) }, options));
      // What is not there is refused as the storage version refuses it.
      if (!client.get(storage, ref)) return out<T>(client.patch<KubeObject>(target, patch, options));
      return out<T>(client.update<KubeObject>(stored(patched(ref, patch)), options));
    },
    delete: (ref, options) => out(client.delete({ ...ref, kind: there(ref.kind) }, options)),
  };
}

/** Converted objects: the same stored object is always the same converted one, so that its text is written once. */
function memory(conversion: Conversion): (object: KubeObject) => KubeObject {
  const known = new WeakMap<object, KubeObject>();
  return (object) => {
    const before = known.get(object);
    if (before) return before;
    const shown = Object.freeze(conversion.from(object as unknown as JsonObject)) as unknown as KubeObject;
    if (Object.isFrozen(object)) known.set(object, shown);
    return shown;
  };
}

function converted(conversion: Conversion): Alias {
  const stored = resourceFor(conversion.storage) as ResourceDefinition;
  const seen = memory(conversion);
  const back = (object: KubeObject): KubeObject => conversion.to(object as unknown as JsonObject) as unknown as KubeObject;
  const definition: ResourceDefinition = {
    ...stored,
    kind: conversion.kind,
    checkShape: () => [],
    columns: stored.columns.map((column) => ({ ...column, value: (object, now) => column.value(back(object), now) })),
  };
  return {
    definition,
    view: (cluster) =>
      Object.create(cluster, {
        as: { value: (user: string) => convertedClient(cluster.as(user), conversion, seen) },
        since: {
          value: (revision: number) =>
            cluster.since(revision).map((event) =>
              event.kind === conversion.storage ? { ...event, kind: conversion.kind, object: seen(event.object), ...(event.previous ? { previous: seen(event.previous) } : {}) } : event,
            ),
        },
      }) as Cluster,
  };
}

/** A kind that nobody writes: its objects are made up when they are asked for. */
export function readOnly(definition: ResourceDefinition, objectsOf: (cluster: Cluster) => readonly KubeObject[]): Alias {
  const refuse = (): never => {
    throw notAllowed();
  };
  const client = (inner: Client, cluster: Cluster): Client => ({
    ...inner,
    get: <T extends KubeObject>(_kind: KindId, key: { readonly namespace: string; readonly name: string }) =>
      objectsOf(cluster).find(({ metadata }) => metadata.name === key.name && (metadata.namespace ?? "") === (definition.namespaced ? key.namespace : "")) as T | undefined,
    list: <T extends KubeObject>(_kind: KindId, { namespace = "" }: { readonly namespace?: string } = {}) => objectsOf(cluster).filter(({ metadata }) => namespace === "" || metadata.namespace === namespace) as unknown as readonly T[],
    create: refuse,
    update: refuse,
    patch: refuse,
    delete: refuse,
  });
  return {
    definition,
    verbs: ["get", "list"],
    view: (cluster) => Object.create(cluster, { as: { value: (user: string) => client(cluster.as(user), cluster) }, since: { value: () => [] } }) as Cluster,
  };
}

const COMPONENT_STATUS = kindId("v1", "ComponentStatus");

function componentStatus(name: string): KubeObject {
  return Object.freeze({ apiVersion: "v1", kind: "ComponentStatus", metadata: { name }, conditions: [{ type: "Healthy", status: "True", message: "ok" }] }) as unknown as KubeObject;
}

const statuses = ["controller-manager", "etcd-0", "scheduler"].map(componentStatus);

const componentStatuses: ResourceDefinition = {
  ...(resourceFor(kindId("v1", "ConfigMap")) as ResourceDefinition),
  kind: COMPONENT_STATUS,
  plural: "componentstatuses",
  singular: "componentstatus",
  shortNames: ["cs"],
  namespaced: false,
  columns: [
    { name: "Status", value: () => "Healthy" },
    { name: "Message", value: () => "ok" },
    { name: "Error", value: () => "" },
  ],
};

/** Those every cluster has. */
export const fixedAliases: readonly Alias[] = [
  readOnly(componentStatuses, () => statuses),
  converted({ kind: kindId("events.k8s.io/v1", "Event"), storage: EVENT, from: eventFromStorage, to: eventToStorage }),
  converted({ kind: kindId("autoscaling/v1", "HorizontalPodAutoscaler"), storage: HORIZONTAL_POD_AUTOSCALER, from: scalerFromStorage, to: scalerToStorage }),
];
