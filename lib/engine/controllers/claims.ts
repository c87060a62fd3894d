import { matches, compileLabelSelector, nothing, type Selector } from "../apimachinery/labels";
import type { KindId, KubeObject, ObjectKey, ObjectMeta } from "../apimachinery/meta";
import { keyOf, refOf } from "../apimachinery/meta";
import { oncePerRun } from "../apimachinery/last";
import { controllerAmong, controllerOf, controllerRef } from "../apimachinery/owner";
import { compareStrings } from "../apimachinery/compare";
import type { Client } from "../client/client";
import type { LabelSelector } from "../resources/apps/deployment/deployment";

/** The compiled form of an object's selector; one that cannot be compiled selects nothing. */
export function selectorOf(selector: LabelSelector | undefined): Selector {
  const result = compileLabelSelector(selector);
  return "selector" in result ? result.selector : nothing;
}

/**
 * The objects of `kind` that belong to `owner`: those it controls and its selector still wants,
 * and orphans its selector matches, which it adopts. What it controls but no longer matches
 * it lets go. Adopted objects get `finalizers`.
 *
 * An owner that is being deleted adopts nothing; so does anyone for a dying orphan.
 * Upstream: controller/controller_ref_manager.go.
 */
export function claim<T extends KubeObject>(client: Client, owner: KubeObject, kind: KindId, selector: LabelSelector | undefined, finalizers: readonly string[] = []): readonly T[] {
  const wanted = selectorOf(selector);
  const claimed: T[] = [];
  // Objects made of one template share their labels and their owners: what was found of one holds for the next.
  const isChosen = oncePerRun((labels: ObjectMeta["labels"]) => matches(wanted, labels));
  const isMine = oncePerRun((references: ObjectMeta["ownerReferences"]) => controllerAmong(references)?.uid === owner.metadata.uid);
  for (const object of client.ownedBy<T>(kind, owner.metadata.uid)) {
    if (!isMine(object.metadata.ownerReferences)) continue;
    if (isChosen(object.metadata.labels)) claimed.push(object);
    else if (owner.metadata.deletionTimestamp === undefined) release(client, owner, object);
  }
  if (owner.metadata.deletionTimestamp !== undefined) return claimed;
  const orphans = client.orphans<T>(kind, owner.metadata.namespace ?? "", selector).filter((object) => object.metadata.deletionTimestamp === undefined);
  if (orphans.length === 0) return claimed;
  const adopted = orphans.map((object) => adopt(client, owner, object, finalizers));
  return [...claimed, ...adopted].sort((a, b) => compareStrings(a.metadata.name, b.metadata.name));
}

function adopt<T extends KubeObject>(client: Client, owner: KubeObject, object: T, finalizers: readonly string[]): T {
  const others = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid);
  const held = finalizers.length === 0 ? {} : { finalizers: [...new Set([...(object.metadata.finalizers ?? []), ...finalizers])] };
  return client.update<T>({ ...object, metadata: { ...object.metadata, ...held, ownerReferences: [...others, controllerRef(owner)] } });
}

function release<T extends KubeObject>(client: Client, owner: KubeObject, object: T): void {
  const { ownerReferences = [], ...rest } = object.metadata;
  const others = ownerReferences.filter((reference) => reference.uid !== owner.metadata.uid);
  const metadata: ObjectMeta = others.length === 0 ? rest : { ...rest, ownerReferences: others };
  client.update<T>({ ...object, metadata });
}

/** Keys of owners whose selector matches an orphan, so that a new or released object finds a controller. */
export function adopters<T extends KubeObject & { readonly spec: { readonly selector: LabelSelector } }>(kind: KindId, orphan: KubeObject, client: Client): readonly ObjectKey[] {
  if (controllerOf(orphan) !== undefined || orphan.metadata.deletionTimestamp !== undefined) return [];
  return client
    .list<T>(kind, { namespace: orphan.metadata.namespace ?? "" })
    .filter((owner) => matches(selectorOf(owner.spec.selector), orphan.metadata.labels))
    .map(keyOf);
}

/** Removes an object unless it is gone or another one has its name by now. */
export function remove(client: Client, object: KubeObject): void {
  const current = client.get(refOf(object).kind, keyOf(object));
  if (current && current.metadata.uid === object.metadata.uid) client.delete(refOf(object), { preconditions: { uid: object.metadata.uid } });
}
