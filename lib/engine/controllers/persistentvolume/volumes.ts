import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM } from "../../apimachinery/kinds";
import { refOf, type ObjectKey } from "../../apimachinery/meta";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Controller, ControllerContext } from "../controller";
import { setPhase } from "./bind";

/** The annotation that names the provisioner a volume came from; it removes what it made. */
export const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

/**
 * Keeps volumes' phases: Available, Bound, and Released once their claim is gone. A released volume is never given to
 * another claim; `Delete` asks whoever made it to remove it. Upstream: pkg/controller/volume/persistentvolume, syncVolume.
 */
export const volumeBinder: Controller = {
  name: "persistentvolume-volumes",
  eventSource: "persistentvolume-controller",
  reconciles: PERSISTENT_VOLUME,
  watches: [
    {
      kind: PERSISTENT_VOLUME_CLAIM,
      wakes: (claim) => {
        const name = (claim as PersistentVolumeClaim).spec.volumeName ?? "";
        return name === "" ? [] : [{ namespace: "", name }];
      },
    },
  ],
  reconcile,
};

function reconcile(key: ObjectKey, context: ControllerContext): void {
  const { client } = context;
  const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, key);
  if (!volume) return;
  const reference = volume.spec.claimRef;
  if (!reference || (reference.uid ?? "") === "") {
    setPhase(volume, "Available", undefined, context);
    return;
  }
  const claim = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace: reference.namespace ?? "", name: reference.name ?? "" });
  if (claim && claim.metadata.uid === reference.uid) {
    if ((claim.spec.volumeName ?? "") === volume.metadata.name) setPhase(volume, "Bound", undefined, context);
    return;
  }
  const phase = volume.status?.phase;
  const released = phase === "Released" || phase === "Failed" ? volume : setPhase(volume, "Released", undefined, context);
  if (volume.spec.persistentVolumeReclaimPolicy === "Delete" && released.status?.phase === "Released") reclaim(released, context);
}

/** What a provisioner made, the provisioner removes; for hand-made volumes nobody here knows how. */
function reclaim(volume: PersistentVolume, context: ControllerContext): void {
  if (volume.metadata.annotations?.[PROVISIONED_BY] !== undefined || volume.spec.csi) return;
  const path = volume.spec.hostPath?.path;
  const message =
    path === undefined
      ? `error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`
      : `host_path deleter only supports /tmp/.+ but received provided ${path}`;
  setPhase(volume, "Failed", message, context);
  context.event({ ...refOf(volume), uid: volume.metadata.uid }, "Warning", "VolumeFailedDelete", message);
}
