import { authorize, checkEscalation, MASTERS, type Attributes, type UserInfo } from "../apiserver/authorize";
import { POD } from "../apimachinery/kinds";
import { kindOf, partsOfKind, type KindId, type KubeObject, type ObjectRef } from "../apimachinery/meta";
import type { WriteOptions } from "../apiserver/request";
import type { Client } from "./client";

function attributes(client: Client, kind: KindId, verb: string, namespace: string, name: string, subresource = ""): Attributes {
  const definition = client.definition(kind);
  return { verb, group: partsOfKind(kind).group, resource: definition?.plural ?? "", subresource, name, namespace: definition?.namespaced === false ? "" : namespace };
}

/** Writes after which nobody has granted what they do not have; nothing else is asked. Masters are let through as they are. @throws {ApiError} 403, 404 */
export function escalationChecked(client: Client, user: UserInfo): Client {
  if (user.groups.includes(MASTERS)) return client;
  const about = (object: KubeObject): boolean => kindOf(object).startsWith("rbac.authorization.k8s.io/");
  return {
    ...client,
    create: (object, options) => {
      if (about(object as KubeObject)) checkEscalation(client, user, client.create(object, { ...options, dryRun: true }));
      return client.create(object, options);
    },
    update: (object, options) => {
      if (about(object)) checkEscalation(client, user, client.update(object, { ...options, dryRun: true }));
      return client.update(object, options);
    },
    patch: (ref: ObjectRef, patch, options) => {
      if (ref.kind.startsWith("rbac.authorization.k8s.io/")) checkEscalation(client, user, client.patch(ref, patch, { ...options, dryRun: true }));
      return client.patch(ref, patch, options);
    },
  };
}

/** Reads and writes by the rules: every call of `client` is first authorised for `user`. Masters are let through as they are. @throws {ApiError} 403 */
export function guardedClient(client: Client, user: UserInfo): Client {
  if (user.groups.includes(MASTERS)) return client;
  const check = (asked: Attributes): void => authorize(client, user, asked);
  const about = (kind: KindId, verb: string, namespace: string, name: string, subresource?: string): Attributes => attributes(client, kind, verb, namespace, name, subresource);
  const write = (verb: string, object: { readonly apiVersion?: unknown; readonly kind?: unknown; readonly metadata?: unknown }, options: WriteOptions | undefined): void => {
    const known = object as KubeObject;
    const kind = kindOf(known);
    if (client.definition(kind) === undefined) return;
    const { namespace, name } = known.metadata ?? {};
    check(about(kind, verb, namespace ?? "default", verb === "create" ? "" : name, options?.subresource ?? ""));
    checkEscalation(client, user, known);
  };
  return {
    ...client,
    user: user.name,
    get: <T extends KubeObject>(kind: KindId, key: { readonly namespace: string; readonly name: string }) => {
      check(about(kind, "get", key.namespace, key.name));
      return client.get<T>(kind, key);
    },
    list: (kind, options = {}) => {
      check(about(kind, "list", options.namespace ?? "", ""));
      return client.list(kind, options);
    },
    create: (object, options) => {
      write("create", object as KubeObject, options);
      return client.create(object, options);
    },
    record: (draft) => {
      write("create", draft, undefined);
      return client.record(draft);
    },
    update: (object, options) => {
      write("update", object, options);
      return client.update(object, options);
    },
    updateStatus: (object) => {
      write("update", object, { subresource: "status" });
      return client.updateStatus(object);
    },
    patch: (ref: ObjectRef, patch, options) => {
      check(about(ref.kind, "patch", ref.namespace, ref.name, options?.subresource ?? ""));
      if (ref.kind.startsWith("rbac.authorization.k8s.io/")) checkEscalation(client, user, client.patch(ref, patch, { ...options, dryRun: true }));
      return client.patch(ref, patch, options);
    },
    delete: (ref, options) => {
      check(about(ref.kind, "delete", ref.namespace, ref.name));
      return client.delete(ref, options);
    },
    evict: (pod, options) => {
      check(about(POD, "create", pod.namespace, pod.name, "eviction"));
      client.evict(pod, options);
    },
  };
}
