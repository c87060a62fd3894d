import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, STORAGE_CLASS } from "../../apimachinery/kinds";
import { refOf } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../../resources/core/pod/pod";
import { defaultClassOf } from "../../resources/storage/storageclass/default-class";
import type { StorageClass } from "../../resources/storage/storageclass/storageclass";
import type { ControllerContext } from "../controller";
import type { Binder } from "./binder";

/** A {@link Binder} over the API. */
export function clientBinder({ client, now, event }: ControllerContext): Binder {
  return {
    volume: (name) => client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name }),
    volumes: () => client.list<PersistentVolume>(PERSISTENT_VOLUME),
    claim: (key) => client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, key),
    storageClass: (name) => client.get<StorageClass>(STORAGE_CLASS, { namespace: "", name }),
    defaultClass: () => defaultClassOf(client.list<StorageClass>(STORAGE_CLASS))?.metadata.name,
    pods: (namespace) => client.list<Pod>(POD, { namespace }),
    updateVolume: (volume) => client.update<PersistentVolume>(volume),
    updateVolumeStatus: (volume) => client.updateStatus<PersistentVolume>(volume),
    deleteVolume: (name) => void client.delete({ kind: PERSISTENT_VOLUME, namespace: "", name }),
    updateClaim: (claim) => client.update<PersistentVolumeClaim>(claim),
    updateClaimStatus: (claim) => client.updateStatus<PersistentVolumeClaim>(claim),
    now: () => timestamp(now),
    tell: (about, [type, reason, message]) => event({ ...refOf(about), uid: about.metadata.uid }, type, reason, message),
  };
}
