/** Storing objects under the kind they are kept as: their own, or for custom kinds the version of storage. */
import { CUSTOM_RESOURCE_DEFINITION } from "../../apimachinery/kinds";
import { keyOf, partsOfKind, type KubeObject, type ObjectRef } from "../../apimachinery/meta";
import { storedKindOf } from "../../resources/apiextensions/custom-resource/index";
import type { ResourceDefinition } from "../../resources/define";
import type { Instant } from "../../sim/clock";
import type { ObjectStore } from "../../store/store";
import { afterUpdate, beginDeletion } from "../deletion";
import type { DeleteOptions, ListRequest } from "../request";
import { matching } from "../select";
import type { Kinds } from "./registry";

/** The stored object, as this version of its kind shows it. */
export function customObject(store: ObjectStore, definition: ResourceDefinition, ref: ObjectRef): KubeObject | undefined {
  const { custom } = definition;
  if (!custom) return undefined;
  const found = store.get({ ...ref, kind: custom.storedAs });
  return found && custom.fromStorage(found);
}

/** What a list request asks for of a custom kind. */
export function customObjects(store: ObjectStore, definition: ResourceDefinition, request: ListRequest): readonly KubeObject[] {
  const { custom } = definition;
  return custom ? matching(store, { ...request, kind: custom.storedAs }).map((object) => custom.fromStorage(object)) : [];
}

/** Keeps a new object. */
export function kept(store: ObjectStore, definition: ResourceDefinition, object: KubeObject, by: string): KubeObject {
  const { custom } = definition;
  return custom ? custom.fromStorage(store.put(custom.storedAs, custom.toStorage(object), by)) : store.put(definition.kind, object, by);
}

/**
 * Objects of a definition whose oldest stored version was given up move to the next, and become what its conversion makes of
 * them. Upstream leaves that to whoever gives the version up.
 */
function moveObjects(store: ObjectStore, before: KubeObject, after: KubeObject, by: string, kinds: Pick<Kinds, "find">): void {
  const [from, to] = [storedKindOf(before), storedKindOf(after)];
  if (from === to) return;
  const { apiVersion } = partsOfKind(to);
  const convert = kinds.find(to)?.custom?.convert;
  for (const object of store.list(from)) {
    store.put(to, convert ? convert(object, apiVersion) : { ...object, apiVersion }, by);
    store.remove({ kind: from, ...keyOf(object) }, by);
  }
}

/** Keeps a changed object, or lets it go. */
export function changedTo(store: ObjectStore, definition: ResourceDefinition, object: KubeObject, by: string, kinds: Pick<Kinds, "find">): KubeObject {
  const { custom } = definition;
  if (definition.kind === CUSTOM_RESOURCE_DEFINITION) {
    const before = store.get({ kind: definition.kind, ...keyOf(object) });
    const after = afterUpdate(store, definition, object, by);
    if (before) moveObjects(store, before, after, by, kinds);
    return after;
  }
  return custom ? custom.fromStorage(afterUpdate(store, { ...definition, kind: custom.storedAs }, custom.toStorage(object), by)) : afterUpdate(store, definition, object, by);
}

/** Begins the deletion of an object. */
export function deleted(store: ObjectStore, definition: ResourceDefinition, object: KubeObject, options: DeleteOptions, stamp: string, now: Instant, by: string): KubeObject {
  const { custom } = definition;
  const goes = definition.deleting?.(object, stamp) ?? object;
  if (!custom) return beginDeletion(store, definition, goes, options, stamp, now, by);
  return custom.fromStorage(beginDeletion(store, { ...definition, kind: custom.storedAs }, custom.toStorage(goes), options, stamp, now, by));
}
