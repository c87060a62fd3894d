import { compareStrings } from "../../apimachinery/compare";
import { isFinished } from "../pod-state";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import type { Binder } from "./binder";
import { setVolumePhase, unbind } from "./bind";
import { consumersOf } from "./sync-claim";

/** The annotation that names the provisioner a volume came from; it removes what it made. */
export const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

/**
 * Brings one volume's phase up to date with the claim it names: Available, Bound, or Released once that is gone. A released
 * volume is never given to another claim; its policy says what becomes of it.
 * Upstream: pkg/controller/volume/persistentvolume, syncVolume.
 */
export function syncVolume(volume: PersistentVolume, binder: Binder): void {
  const reference = volume.spec.claimRef;
  if (!reference || (reference.uid ?? "") === "") return void setVolumePhase(volume, "Available", binder);
  const found = binder.claim({ namespace: reference.namespace ?? "", name: reference.name ?? "" });
  const claim = found?.metadata.uid === reference.uid ? found : undefined;
  if (!claim) return release(volume, binder);
  const { volumeName = "", volumeMode = "Filesystem" } = claim.spec;
  if (volumeName === "") {
    if ((volume.spec.volumeMode ?? "Filesystem") === volumeMode) return;
    binder.tell(volume, ["Warning", "VolumeMismatch", `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" due to incompatible volumeMode.`]);
    binder.tell(claim, ["Warning", "VolumeMismatch", `Cannot bind PersistentVolume "${volume.metadata.name}" to requested PersistentVolumeClaim due to incompatible volumeMode.`]);
    return;
  }
  if (volumeName === volume.metadata.name) return void setVolumePhase(volume, "Bound", binder);
  // The claim went elsewhere. What was made for it is of no use to anybody else.
  if (volume.metadata.annotations?.[PROVISIONED_BY] !== undefined && volume.spec.persistentVolumeReclaimPolicy === "Delete") return release(volume, binder);
  unbind(volume, binder);
}

function release(volume: PersistentVolume, binder: Binder): void {
  const phase = volume.status?.phase;
  const released = phase === "Released" || phase === "Failed" ? volume : setVolumePhase(volume, "Released", binder);
  const { persistentVolumeReclaimPolicy: policy = "Retain" } = released.spec;
  if (policy === "Delete") remove(released, binder);
  else if (policy === "Recycle") recycle(released, binder);
  else if (policy !== "Retain") setVolumePhase(released, "Failed", binder, ["Warning", "VolumeUnknownReclaimPolicy", "Volume has unrecognized PersistentVolumeReclaimPolicy"]);
}

/**
 * What a provisioner made, the provisioner removes; of hand-made volumes, be they of a CSI driver, only folders below `/tmp`.
 *
 * @simplified What was in such a folder stays.
 */
function remove(volume: PersistentVolume, binder: Binder): void {
  if (volume.status?.phase === "Failed" || (volume.metadata.annotations?.[PROVISIONED_BY] ?? "") !== "") return;
  const path = volume.spec.hostPath?.path;
  if (path !== undefined && /\/tmp\/./.test(path)) return binder.deleteVolume(volume.metadata.name);
  const message =
    path === undefined
      ? `error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`
      : `host_path deleter only supports /tmp/.+ but received provided ${path}`;
  setVolumePhase(volume, "Failed", binder, ["Warning", "VolumeFailedDelete", message]);
}

/**
 * Gives a volume back to whoever asks next.
 *
 * @simplified Upstream starts a pod that empties the folder; here the volume is free at once and what was in it stays. The policy is
 * deprecated: only hostPath and NFS volumes know it.
 */
function recycle(volume: PersistentVolume, binder: Binder): void {
  const { namespace = "", name = "" } = volume.spec.claimRef ?? {};
  const users = consumersOf({ metadata: { namespace, name } }, binder)
    .filter((pod) => !isFinished(pod))
    .map((pod) => `${namespace}/${pod.metadata.name}`)
    .sort(compareStrings);
  // Pods that use a newer claim of the same name use that one's volume.
  if (users.length > 0 && !binder.claim({ namespace, name })) {
    binder.tell(volume, ["Normal", "VolumeFailedRecycle", `Volume is used by pods: ${users.join(",")}`]);
    return;
  }
  if (!volume.spec.hostPath && !volume.spec.nfs) {
    setVolumePhase(volume, "Failed", binder, ["Warning", "VolumeFailedRecycle", "No recycler plugin found for the volume!"]);
    return;
  }
  binder.tell(volume, ["Normal", "VolumeRecycled", "Volume recycled"]);
  unbind(volume, binder);
}
