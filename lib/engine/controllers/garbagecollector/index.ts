import { EVENT, LEASE } from "../../apimachinery/kinds";
import type { KindId, KubeObject, ObjectMeta, OwnerReference } from "../../apimachinery/meta";
import { keyText, kindId, refOf, type ObjectRef } from "../../apimachinery/meta";
import { workQueue, type Component, type ComponentContext } from "../../client/component";
import type { Client, Propagation } from "../../client/client";
import { attempt } from "../../client/retry";
import { resources } from "../../resources/index";
import type { StoreEvent } from "../../client/component";

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";
const NAME = "garbage-collector";

const kinds: readonly KindId[] = resources.map(({ kind }) => kind).filter((kind) => kind !== EVENT && kind !== LEASE);

/**
 * Removes what nobody owns any more: dependents whose owners are all gone (by uid, not by name), dependents of an
 * owner deleted in the foreground before the owner itself, and the references of dependents it is told to leave.
 * Upstream: pkg/controller/garbagecollector.
 */
export const garbageCollector: Component = {
  name: NAME,
  eventSource: "garbage-collector-controller",
  stepwise: true,
  watches: kinds.map((kind) => ({ kind, unless: "status" })),
  watchesCustom: true,
  observe,
  work(context) {
    const key = workQueue(context.state, NAME).take();
    if (key === undefined) return false;
    const wait = attempt(context.state.table(`retries:${NAME}`), NAME, key, context, () => attend(parse(key), context));
    if (wait !== undefined) context.clock.after(wait, NAME, key);
    return true;
  },
  onTimer(message, context) {
    workQueue(context.state, NAME).add(message as string);
  },
};

const text = (ref: ObjectRef): string => `${ref.kind}|${keyText(ref)}`;

function parse(key: string): ObjectRef {
  const bar = key.indexOf("|");
  const slash = key.indexOf("/", bar);
  return { kind: key.slice(0, bar) as KindId, namespace: key.slice(bar + 1, slash), name: key.slice(slash + 1) };
}

function observe({ type, object }: StoreEvent, context: ComponentContext): void {
  const { metadata } = object;
  if (type === "MODIFIED" && metadata.deletionTimestamp === undefined) return;
  const queue = workQueue(context.state, NAME);
  if (type === "DELETED") {
    for (const dependent of dependentsOf(metadata.uid, context.client)) queue.add(text(refOf(dependent)));
    // An owner that waits for its dependents may have waited for this one.
    for (const owner of metadata.ownerReferences ?? []) {
      const found = ownerOf(object, owner, context.client);
      if (found !== "unknown" && found !== undefined && waitsForDependents(found)) queue.add(text(refOf(found)));
    }
  } else if (type === "ADDED") {
    const references = metadata.ownerReferences ?? [];
    const lost = references.some((owner) => !isHeldBy(object, owner, context.client));
    if (lost || (references.length > 0 && (metadata.namespace ?? "") === "")) reportStrangers(object, context);
    if (lost) queue.add(text(refOf(object)));
  } else if ((metadata.finalizers ?? []).some((name) => name === FOREGROUND || name === ORPHAN)) queue.add(text(refOf(object)));
}

/** Tells of owners that are there, but in another namespace than the reference can mean. Upstream: reportInvalidNamespaceOwnerRef. */
function reportStrangers(object: KubeObject, { client, event }: ComponentContext): void {
  const namespace = object.metadata.namespace ?? "";
  for (const { apiVersion, kind, name, uid } of object.metadata.ownerReferences ?? []) {
    const id = kindId(apiVersion, kind);
    const definition = client.definition(id);
    if (!definition?.namespaced) continue;
    const owner = client.list<KubeObject>(definition.custom?.storedAs ?? id).find(({ metadata }) => metadata.uid === uid);
    if (!owner || owner.metadata.namespace === namespace) continue;
    const meant = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
    event({ ...refOf(object), uid: object.metadata.uid }, "Warning", "OwnerRefInvalidNamespace", `ownerRef ${meant} does not exist in namespace ${JSON.stringify(namespace)}`);
  }
}

function dependentsOf(uid: string, client: Client): readonly KubeObject[] {
  if (!client.isOwner(uid)) return [];
  const own = kinds.flatMap((kind) => client.ownedBy<KubeObject>(kind, uid));
  const served = client.served();
  if (served.length === resources.length) return own;
  const custom = new Set(served.flatMap((definition) => (definition.custom ? [definition.custom.storedAs] : [])));
  return [...own, ...[...custom].flatMap((kind) => client.ownedBy<KubeObject>(kind, uid))];
}

function waitsForDependents({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND);
}

/**
 * The owner a reference means: absent when gone or when another object bears its name now; "unknown" for kinds this API
 * does not serve, and where an object of no namespace names an owner in one: which, nobody can tell.
 */
function ownerOf(dependent: KubeObject, reference: OwnerReference, client: Client): KubeObject | "unknown" | undefined {
  const kind = kindId(reference.apiVersion, reference.kind);
  const definition = client.definition(kind);
  if (!definition || (definition.namespaced && (dependent.metadata.namespace ?? "") === "")) return "unknown";
  // In whatever version it is kept: whether it is there needs no conversion.
  const owner = client.get<KubeObject>(definition.custom?.storedAs ?? kind, { namespace: definition.namespaced ? (dependent.metadata.namespace ?? "") : "", name: reference.name });
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

/** Is the owner there, and not waiting for what it owns to go? */
function isHeldBy(dependent: KubeObject, reference: OwnerReference, client: Client): boolean {
  const owner = ownerOf(dependent, reference, client);
  return owner !== undefined && (owner === "unknown" || !waitsForDependents(owner));
}

function attend(ref: ObjectRef, context: ComponentContext): void {
  const { client } = context;
  const object = client.get<KubeObject>(ref.kind, ref);
  if (!object) return;
  const finalizers = object.metadata.finalizers ?? [];
  if (object.metadata.deletionTimestamp !== undefined) {
    if (finalizers.includes(ORPHAN)) orphanDependents(object, context);
    else if (finalizers.includes(FOREGROUND)) deleteDependents(object, context);
    return;
  }
  collect(object, client);
}

/** Lets the dependents go first; the owner's controller sees it has none before the owner itself goes. */
function orphanDependents(owner: KubeObject, { client, state }: ComponentContext): void {
  const dependents = dependentsOf(owner.metadata.uid, client);
  if (dependents.length === 0) return dropFinalizer(owner, ORPHAN, client);
  for (const dependent of dependents) dropReferences(dependent, [owner.metadata.uid], client);
  workQueue(state, NAME).add(text(refOf(owner)));
}

function deleteDependents(owner: KubeObject, context: ComponentContext): void {
  const { client } = context;
  const dependents = dependentsOf(owner.metadata.uid, client);
  const blocks = (dependent: KubeObject): boolean => (dependent.metadata.ownerReferences ?? []).some(({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true);
  // Each in its own turn: controllers see them go one by one.
  for (const dependent of dependents) if (dependent.metadata.deletionTimestamp === undefined) workQueue(context.state, NAME).add(text(refOf(dependent)));
  if (!dependents.some(blocks)) dropFinalizer(owner, FOREGROUND, client);
}

/** Removes an object whose owners are all gone or waiting for it to go; with an owner left, forgets the others. Upstream: attemptToDeleteItem. */
function collect(object: KubeObject, client: Client): void {
  const references = object.metadata.ownerReferences ?? [];
  if (references.length === 0) return;
  const found = references.map((reference) => ({ reference, owner: ownerOf(object, reference, client) }));
  const isWaiting = (owner: KubeObject | "unknown" | undefined): boolean => owner !== undefined && owner !== "unknown" && waitsForDependents(owner);
  const solid = found.filter(({ owner }) => owner !== undefined && !isWaiting(owner));
  if (solid.length > 0) {
    const gone = found.filter(({ owner }) => owner === undefined || isWaiting(owner)).map(({ reference }) => reference.uid);
    if (gone.length > 0) dropReferences(object, gone, client);
    return;
  }
  const foreground = found.some(({ owner }) => isWaiting(owner)) && dependentsOf(object.metadata.uid, client).length > 0;
  client.delete(refOf(object), { propagation: foreground ? "Foreground" : policyOf(object), preconditions: { uid: object.metadata.uid } });
}

function policyOf({ metadata }: KubeObject): Propagation {
  const finalizers = metadata.finalizers ?? [];
  return finalizers.includes(ORPHAN) ? "Orphan" : finalizers.includes(FOREGROUND) ? "Foreground" : "Background";
}

function dropReferences(object: KubeObject, uids: readonly string[], client: Client): void {
  const { ownerReferences = [], ...rest } = object.metadata;
  const kept = ownerReferences.filter(({ uid }) => !uids.includes(uid));
  const metadata: ObjectMeta = kept.length === 0 ? rest : { ...rest, ownerReferences: kept };
  client.update({ ...object, metadata });
}

function dropFinalizer(object: KubeObject, name: string, client: Client): void {
  const current = client.get<KubeObject>(refOf(object).kind, { namespace: object.metadata.namespace ?? "", name: object.metadata.name });
  if (!current) return;
  const { finalizers = [], ...rest } = current.metadata;
  const kept = finalizers.filter((one) => one !== name);
  client.update({ ...current, metadata: kept.length === 0 ? rest : { ...rest, finalizers: kept } });
}
