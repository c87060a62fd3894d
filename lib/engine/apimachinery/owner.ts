import type { KubeObject, ObjectKey, KindId, OwnerReference } from "./meta";
import { kindId } from "./meta";

/** The owner that manages `object`, if any: the reference marked `controller: true`. Upstream: metav1.GetControllerOf. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return controllerAmong(object.metadata.ownerReferences);
}

/** The same of a list of references. */
export function controllerAmong(ownerReferences: readonly OwnerReference[] | undefined): OwnerReference | undefined {
  if (ownerReferences === undefined) return undefined;
  // By number: what is stored is frozen, and going through a frozen list is slow.
  for (let i = 0; i < ownerReferences.length; i += 1) if (ownerReferences[i]?.controller === true) return ownerReferences[i];
  return undefined;
}

/** Is `object` managed by the owner with this uid? */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** The reference a controller puts on what it creates. Upstream: metav1.NewControllerRef. */
export function controllerRef(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** For a watch: the key of the object's controller when it is of `kind`. */
export function controllerOwner(kind: KindId): (object: KubeObject) => readonly ObjectKey[] {
  return (object) => {
    const owner = controllerOf(object);
    if (!owner || kindId(owner.apiVersion, owner.kind) !== kind) return [];
    return [{ namespace: object.metadata.namespace ?? "", name: owner.name }];
  };
}
