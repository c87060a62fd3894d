/** Kinds served in another version than the stored one. Upstream: the conversions of pkg/apis. */
import { badRequest } from "../apimachinery/api-error";
import { EVENT, HORIZONTAL_POD_AUTOSCALER } from "../apimachinery/kinds";
import { kindId, kindOf, type JsonObject, type KindId, type KubeObject, type ObjectRef } from "../apimachinery/meta";
import { applyJsonPatch } from "../apimachinery/patch/json";
import { mergePatch } from "../apimachinery/patch/merge";
import { strategicMergePatch } from "../apimachinery/patch/strategic";
import type { Patch, WriteOptions } from "../apiserver/request";
import type { ResourceDefinition } from "../resources/define";
import { resourceFor } from "../resources/index";
import type { Client } from "./client";
import { eventFromStorage, eventToStorage, scalerFromStorage, scalerToStorage } from "./conversions";

interface Conversion {
  readonly kind: KindId;
  readonly storage: KindId;
  from(object: JsonObject): JsonObject;
  to(object: JsonObject): JsonObject;
}

/** A version of a kind that nothing is stored in. */
export interface OtherVersion {
  readonly definition: ResourceDefinition;
  readonly storage: KindId;
  /** A stored object as this version has it: the same stored object is always the same shown one, so that its text is written once. */
  shown(object: KubeObject): KubeObject;
  /** A client that knows the kind in this version, too; of everything else it says what it said. */
  through(client: Client): Client;
}

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

/** What a patch of one version makes of an object stored in another. @throws {ApiError} 400 */
function patched(current: KubeObject, patch: Exclude<Patch, { readonly type: "apply" }>, { storage, from, to }: Conversion): KubeObject {
  const shown = from(current as unknown as JsonObject);
  if (patch.type === "json") {
    const result = applyJsonPatch(shown, patch.ops);
    if ("error" in result) throw badRequest(result.error);
    return to(result.result as JsonObject) as unknown as KubeObject;
  }
  return to((patch.type === "strategic" ? strategicMergePatch(shown, patch.body, storage) : mergePatch(shown, patch.body)) as JsonObject) as unknown as KubeObject;
}

function converted(client: Client, conversion: Conversion, definition: ResourceDefinition, shown: (object: KubeObject) => KubeObject): Client {
  const { kind, storage, to } = conversion;
  const stored = (object: unknown): KubeObject => to(object as JsonObject) as unknown as KubeObject;
  const out = <T extends KubeObject>(object: KubeObject): T => shown(object) as T;
  const isMine = (object: unknown): boolean => kindOf(object as KubeObject) === kind;
  return {
    ...client,
    definition: (asked) => (asked === kind ? definition : client.definition(asked)),
    get: <T extends KubeObject>(asked: KindId, key: { readonly namespace: string; readonly name: string }) => {
      const found = client.get<KubeObject>(asked === kind ? storage : asked, key);
      return found && (asked === kind ? out<T>(found) : (found as T));
    },
    list: <T extends KubeObject>(asked: KindId, options = {}) => (asked === kind ? client.list<KubeObject>(storage, options).map((object) => out<T>(object)) : client.list<T>(asked, options)),
    count: (asked) => client.count(asked === kind ? storage : asked),
    create: <T extends KubeObject>(object: unknown, options?: WriteOptions) => (isMine(object) ? out<T>(client.create<KubeObject>(stored(object), options)) : client.create<T>(object, options)),
    update: <T extends KubeObject>(object: T, options?: WriteOptions) => (isMine(object) ? out<T>(client.update<KubeObject>(stored(object), options)) : client.update<T>(object, options)),
    patch: <T extends KubeObject>(ref: ObjectRef, patch: Patch, options?: WriteOptions) => {
      if (ref.kind !== kind) return client.patch<T>(ref, patch, options);
      const target = { ...ref, kind: storage };
      if (patch.type === "apply") return out<T>(client.patch<KubeObject>(target, { ...patch, body: to(patch.body as JsonObject) }, options));
      const current = client.get<KubeObject>(storage, ref);
      // What is not there is refused as the storage version refuses it.
      return out<T>(current ? client.update<KubeObject>(patched(current, patch, conversion), options) : client.patch<KubeObject>(target, patch, options));
    },
    delete: (ref, options) => (ref.kind === kind ? out(client.delete({ ...ref, kind: storage }, options)) : client.delete(ref, options)),
  };
}

function otherVersion(conversion: Conversion): OtherVersion {
  const stored = resourceFor(conversion.storage) as ResourceDefinition;
  const shown = memory(conversion);
  const back = (object: KubeObject): KubeObject => conversion.to(object as unknown as JsonObject) as unknown as KubeObject;
  const definition: ResourceDefinition = {
    ...stored,
    kind: conversion.kind,
    checkShape: () => [],
    columns: stored.columns.map((column) => ({ ...column, value: (object, now) => column.value(back(object), now) })),
  };
  return { definition, storage: conversion.storage, shown, through: (client) => converted(client, conversion, definition, shown) };
}

/** Every version served besides the stored ones. */
export const otherVersions: readonly OtherVersion[] = [
  otherVersion({ kind: kindId("events.k8s.io/v1", "Event"), storage: EVENT, from: eventFromStorage, to: eventToStorage }),
  otherVersion({ kind: kindId("autoscaling/v1", "HorizontalPodAutoscaler"), storage: HORIZONTAL_POD_AUTOSCALER, from: scalerFromStorage, to: scalerToStorage }),
];

/** What a server serves, other versions last. A memory of answers: it changes none. */
const served = new WeakMap<readonly ResourceDefinition[], readonly ResourceDefinition[]>();

/** A client that speaks every version the server does, as one over the wire does. */
export function everyVersion(client: Client): Client {
  const speaking = otherVersions.reduce((inner, version) => version.through(inner), client);
  return {
    ...speaking,
    served() {
      const stored = client.served();
      const known = served.get(stored) ?? [...stored, ...otherVersions.map(({ definition }) => definition)];
      served.set(stored, known);
      return known;
    },
  };
}
