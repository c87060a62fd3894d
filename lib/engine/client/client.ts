import type { ApiServer } from "../apiserver/pipeline";
import type { Body, DeleteOptions, EvictionOptions, Patch, WriteOptions } from "../apiserver/request";
import type { LabelSelector } from "../apimachinery/labels";
import { orphansOf, selectedBy } from "../apiserver/select";
import type { Event } from "../resources/core/event/event";
import type { ResourceDefinition } from "../resources/define";
import { refIn } from "../store/store";
import type { KindId, KubeObject, ObjectKey, ObjectRef } from "../apimachinery/meta";
import { refOf } from "../apimachinery/meta";

export type { DeleteOptions, EvictionOptions, Patch, Propagation, WriteOptions } from "../apiserver/request";

/** Which objects of a kind. Selectors are in the API's text form. */
export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/**
 * The one way any component touches the cluster's objects, just as in the real thing.
 *
 * Synchronous: within an instant the world does not move under the caller's feet.
 * Every call passes authentication, admission and validation as the named user.
 */
export interface Client {
  readonly user: string;
  /** The definition of a kind, built-in or brought by a CustomResourceDefinition. */
  definition(kind: KindId): ResourceDefinition | undefined;
  /** Every kind offered to clients now, built-in ones first. The same list while nothing changes. */
  served(): readonly ResourceDefinition[];
  get<T extends KubeObject>(kind: KindId, key: ObjectKey): T | undefined;
  list<T extends KubeObject>(kind: KindId, options?: ListOptions): readonly T[];
  /** How many objects of a kind there are. */
  count(kind: KindId): number;
  /** Objects that name `uid` among their owners, in key order. */
  ownedBy<T extends KubeObject>(kind: KindId, uid: string): readonly T[];
  /** Does any object of any kind name `uid` among its owners? */
  isOwner(uid: string): boolean;
  /** Objects of a namespace that a workload's selector selects, in key order; an absent selector selects nothing. */
  selected<T extends KubeObject>(kind: KindId, namespace: string, selector: LabelSelector | undefined): readonly T[];
  /** The same, of those that nobody controls. */
  orphans<T extends KubeObject>(kind: KindId, namespace: string, selector: LabelSelector | undefined): readonly T[];
  /** Pods bound to a node, in key order. */
  onNode<T extends KubeObject>(kind: KindId, node: string): readonly T[];
  /** @throws {ApiError} */
  create<T extends KubeObject>(object: unknown, options?: WriteOptions): T;
  /** @throws {ApiError} 409 when `metadata.resourceVersion` is not the stored one. */
  update<T extends KubeObject>(object: T, options?: WriteOptions): T;
  updateStatus<T extends KubeObject>(object: T): T;
  patch<T extends KubeObject>(ref: ObjectRef, patch: Patch, options?: WriteOptions): T;
  delete(ref: ObjectRef, options?: DeleteOptions): KubeObject;
  /** For recorders, whose drafts are well formed: takes an Event over as it is unless there is one of its name, which is returned; drops it where its namespace is gone or going. */
  record(draft: Event): Event | undefined;
  /** Deletes a pod if its disruption budget lets it go. @throws {ApiError} 429 when not. */
  evict(pod: ObjectKey, options?: EvictionOptions): void;
}

/** A client acting as `user`. */
export function createClient(api: ApiServer, user: string): Client {
  return {
    user,
    definition: (kind) => api.kinds.find(kind),
    served: () => api.kinds.served(),
    get: <T extends KubeObject>(kind: KindId, key: ObjectKey) => api.get(refIn(kind, key)) as T | undefined,
    list: <T extends KubeObject>(kind: KindId, options: ListOptions = {}) => api.list({ kind, ...options }) as readonly T[],
    count: (kind) => api.store.count(kind),
    ownedBy: <T extends KubeObject>(kind: KindId, uid: string) => api.store.lookup(kind, `owner:${uid}`) as readonly T[],
    isOwner: (uid) => api.store.isOwner(uid),
    selected: <T extends KubeObject>(kind: KindId, namespace: string, selector: LabelSelector | undefined) => selectedBy(api.store, kind, namespace, selector) as readonly T[],
    orphans: <T extends KubeObject>(kind: KindId, namespace: string, selector: LabelSelector | undefined) => orphansOf(api.store, kind, namespace, selector) as readonly T[],
    onNode: <T extends KubeObject>(kind: KindId, node: string) => api.store.lookup(kind, `node:${node}`) as readonly T[],
    create: <T extends KubeObject>(object: unknown, options?: WriteOptions) => api.create(object as Body, user, options) as T,
    update: <T extends KubeObject>(object: T, options?: WriteOptions) => api.update(object as unknown as Body, user, options) as T,
    updateStatus: <T extends KubeObject>(object: T) => api.update(object as unknown as Body, user, { subresource: "status" }) as T,
    patch: <T extends KubeObject>(ref: ObjectRef, patch: Patch, options?: WriteOptions) => api.patch(ref, patch, user, options) as T,
    delete: (ref, options) => api.delete(ref, user, options),
    record: (draft) => api.record(draft, user),
    evict: (pod, options) => api.evict(pod, user, options),
  };
}

/** Replaces an object's status unless it is as it should be. Returns the stored object. */
export function writeStatus<T extends KubeObject>(client: Client, object: T, status: unknown): T {
  const current = client.get<T>(refOf(object).kind, { namespace: object.metadata.namespace ?? "", name: object.metadata.name });
  if (!current) return object;
  return client.updateStatus({ ...current, status } as unknown as T);
}
