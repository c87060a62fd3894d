import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS } from "../../apimachinery/kinds";
import { keyOf, type ObjectKey } from "../../apimachinery/meta";
import type { Client } from "../../client/client";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import { BIND_COMPLETED, classOfClaim } from "../../resources/core/persistentvolume/match";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Controller, ControllerContext } from "../controller";
import { InvalidBinding } from "./binder";
import { isDefaultStorageClass } from "../../resources/storage/storageclass/default-class";
import { clientBinder } from "./client-binder";
import { syncClaim } from "./sync-claim";

/**
 * Binds claims to volumes, one for one, or hands them to their class's provisioner: {@link syncClaim}.
 *
 * @simplified A claim and a volume that fit are bound as soon as both exist, not at the next fifteen-second look.
 */
export const claimBinder: Controller = {
  name: "persistentvolume-binder",
  eventSource: "persistentvolume-controller",
  reconciles: PERSISTENT_VOLUME_CLAIM,
  watches: [
    { kind: PERSISTENT_VOLUME, wakes: (volume, client) => concerned(volume as PersistentVolume, client) },
    {
      kind: STORAGE_CLASS,
      wakes: (storageClass, client) =>
        pending(client)
          .filter((claim) => classOfClaim(claim) === storageClass.metadata.name || (claim.spec.storageClassName === undefined && isDefaultStorageClass(storageClass)))
          .map(keyOf),
    },
  ],
  reconcile,
};

function pending(client: Client): readonly PersistentVolumeClaim[] {
  return client.list<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM).filter((claim) => claim.metadata.annotations?.[BIND_COMPLETED] === undefined);
}

function concerned(volume: PersistentVolume, client: Client): readonly ObjectKey[] {
  const reference = volume.spec.claimRef;
  if (reference) return [{ namespace: reference.namespace ?? "", name: reference.name ?? "" }];
  return volume.status?.phase === "Available" ? pending(client).map(keyOf) : [];
}

function reconcile(key: ObjectKey, context: ControllerContext): void {
  const claim = context.client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, key);
  if (!claim || claim.metadata.deletionTimestamp !== undefined) return;
  try {
    syncClaim(claim, clientBinder(context));
  } catch (error) {
    // Trying again would change nothing: the next change of either side is the next try.
    if (!(error instanceof InvalidBinding)) throw error;
  }
}
