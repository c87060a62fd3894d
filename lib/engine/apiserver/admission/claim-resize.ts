import { forbidden } from "../../apimachinery/api-error";
import { PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS } from "../../apimachinery/kinds";
import { classOfClaim, sizeOfClaim } from "../../resources/core/persistentvolume/match";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { StorageClass } from "../../resources/storage/storageclass/storageclass";
import { refIn, type ObjectStore } from "../../store/store";
import type { AdmissionPlugin } from "../request";

const CLAIMS = { group: "", plural: "persistentvolumeclaims", kind: "PersistentVolumeClaim" };

function mayGrow(claim: PersistentVolumeClaim, previous: PersistentVolumeClaim, store: ObjectStore): boolean {
  const name = classOfClaim(claim);
  if (name === "" || name !== classOfClaim(previous)) return false;
  const found = store.get(refIn(STORAGE_CLASS, { namespace: "", name })) as StorageClass | undefined;
  return found?.allowVolumeExpansion === true;
}

/** Claims grow only once bound, and only where their class says so. Upstream: plugin/pkg/admission/storage/persistentvolume/resize. */
export const claimResize: AdmissionPlugin = {
  name: "PersistentVolumeClaimResize",
  judges: new Set([PERSISTENT_VOLUME_CLAIM]),
  validate({ operation, definition, object, previous, ref, subresource }, { store }) {
    if (operation !== "UPDATE" || definition.kind !== PERSISTENT_VOLUME_CLAIM || subresource !== "" || !object || !previous) return;
    const [claim, before] = [object as PersistentVolumeClaim, previous as PersistentVolumeClaim];
    if (sizeOfClaim(claim) <= sizeOfClaim(before)) return;
    if (before.status?.phase !== "Bound") throw forbidden(CLAIMS, ref.name, "Only bound persistent volume claims can be expanded");
    if (!mayGrow(claim, before, store)) throw forbidden(CLAIMS, ref.name, "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
  },
};
