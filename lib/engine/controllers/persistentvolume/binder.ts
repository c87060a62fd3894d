import type { ObjectKey } from "../../apimachinery/meta";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../../resources/core/pod/pod";
import type { StorageClass } from "../../resources/storage/storageclass/storageclass";

/** An Event's type, reason and message. */
export type Told = readonly [type: "Normal" | "Warning", reason: string, message: string];

/** All that binding claims to volumes needs to see and do. Writes return what is stored. */
export interface Binder {
  volume(name: string): PersistentVolume | undefined;
  volumes(): readonly PersistentVolume[];
  claim(key: ObjectKey): PersistentVolumeClaim | undefined;
  storageClass(name: string): StorageClass | undefined;
  /** The class of claims that name none; the newest when several are marked. */
  defaultClass(): string | undefined;
  pods(namespace: string): readonly Pod[];
  updateVolume(volume: PersistentVolume): PersistentVolume;
  updateVolumeStatus(volume: PersistentVolume): PersistentVolume;
  deleteVolume(name: string): void;
  updateClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim;
  updateClaimStatus(claim: PersistentVolumeClaim): PersistentVolumeClaim;
  /** Stamps a change of phase. */
  now(): string;
  tell(about: PersistentVolume | PersistentVolumeClaim, what: Told): void;
}

/** A claim that says it was bound by the controller names a volume that is another's: only a person can tell what is right. */
export class InvalidBinding extends Error {
  override readonly name = "InvalidBinding";
}
