/** Anything that can be written down as JSON. Every state in the engine is of this type. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A JSON object, the commonest shape of {@link Json}. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** `group/version/Kind`, with the core group written as upstream does: `v1/Pod`, `apps/v1/Deployment`. */
export type KindId = string & { readonly __brand: "KindId" };

/** Names one object of a kind. `namespace` is `""` for cluster-scoped kinds, as in the API. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** An {@link ObjectKey} together with its kind: enough to find the object from anywhere. */
export interface ObjectRef extends ObjectKey {
  readonly kind: KindId;
}

/** An entry of `metadata.ownerReferences`. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** `metadata`, with upstream's field names. Times are RFC 3339 with whole seconds, as the API prints them. */
export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly JsonObject[];
}

/** An API object as stored and as sent: exactly the fields of the real API, deeply frozen. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** What a component writes when it creates an object: metadata may lack whatever the API server fills in. */
export type Draft<T extends KubeObject> = Omit<T, "metadata" | "status"> & {
  readonly metadata: Partial<ObjectMeta>;
};

// Kinds are asked for with every write: both directions are remembered, up to a number strangers cannot push past.
const REMEMBERED = 200;
const ids = new Map<string, Map<string, KindId>>();
const parts = new Map<KindId, KindParts>();

/** A {@link KindId} taken apart. */
interface KindParts {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly apiVersion: string;
}

/** The {@link KindId} for an `apiVersion` and a `kind`. */
export function kindId(apiVersion: string, kind: string): KindId {
  const known = ids.get(apiVersion)?.get(kind);
  if (known !== undefined) return known;
  const id = `${apiVersion}/${kind}` as KindId;
  if (ids.size >= REMEMBERED) return id;
  const kinds = ids.get(apiVersion) ?? new Map<string, KindId>();
  if (kinds.size < REMEMBERED) ids.set(apiVersion, kinds.set(kind, id));
  return id;
}

/** The {@link KindId} of an object. */
export function kindOf(object: { readonly apiVersion: string; readonly kind: string }): KindId {
  return kindId(object.apiVersion, object.kind);
}

/** Splits a {@link KindId} into API group (`""` for core), version and kind. */
export function partsOfKind(kind: KindId): KindParts {
  const known = parts.get(kind);
  if (known) return known;
  const words = kind.split("/");
  const [first = "", second = "", third = ""] = words;
  const found: KindParts = Object.freeze(words.length === 2 ? { group: "", version: first, kind: second, apiVersion: first } : { group: first, version: second, kind: third, apiVersion: `${first}/${second}` });
  if (parts.size < REMEMBERED) parts.set(kind, found);
  return found;
}

/** The key of an object. */
export function keyOf(object: KubeObject): ObjectKey {
  return { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

/** The full reference of an object. */
export function refOf(object: KubeObject): ObjectRef {
  return { kind: kindOf(object), namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

/** `namespace/name`, the form keys take inside queues and maps; sorts as etcd does. */
export function keyText(key: ObjectKey): string {
  return `${key.namespace}/${key.name}`;
}

/** The inverse of {@link keyText}. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf("/");
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
