import { deepEqual } from "../../apimachinery/compare";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, isForClaim } from "../../resources/core/persistentvolume/match";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Binder, Told } from "./binder";

type VolumePhase = NonNullable<NonNullable<PersistentVolume["status"]>["phase"]>;
type ClaimPhase = NonNullable<NonNullable<PersistentVolumeClaim["status"]>["phase"]>;
type Annotations = Readonly<Record<string, string>>;

/** The same object with these annotations; without the field when there are none. */
function annotated<T extends PersistentVolume | PersistentVolumeClaim>(object: T, annotations: Annotations): T {
  const { annotations: _before, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) } };
}

/** Sets a volume's phase, with the message that explains it, and tells of it when it changes. */
export function setVolumePhase(volume: PersistentVolume, phase: VolumePhase, binder: Binder, told?: Told): PersistentVolume {
  const message = told?.[2];
  if (volume.status?.phase === phase) return volume;
  const status = { phase, ...(message === undefined ? {} : { message }), lastPhaseTransitionTime: binder.now() };
  const stored = binder.updateVolumeStatus({ ...volume, status });
  if (told) binder.tell(volume, told);
  return stored;
}

/** Sets a claim's phase; a claim that is not bound has neither modes nor capacity. Upstream: updateClaimStatus. */
export function setClaimPhase(claim: PersistentVolumeClaim, phase: ClaimPhase, volume: PersistentVolume | undefined, binder: Binder): PersistentVolumeClaim {
  const { accessModes: _modes, capacity, ...rest } = claim.status ?? {};
  const becomes = claim.status?.phase !== phase;
  // A bound claim's capacity may lag behind its volume's on purpose, while the file system grows.
  const kept = becomes ? undefined : capacity;
  const attributes = becomes ? volume?.spec.volumeAttributesClassName : undefined;
  const bound = volume ? { accessModes: volume.spec.accessModes ?? [], capacity: kept ?? volume.spec.capacity ?? {}, ...(attributes === undefined ? {} : { currentVolumeAttributesClassName: attributes }) } : {};
  const status = { ...rest, phase, ...bound };
  return deepEqual(status, claim.status ?? {}) ? claim : binder.updateClaimStatus({ ...claim, status });
}

/** Sets a claim's phase and tells why, once. */
export function loseClaim(claim: PersistentVolumeClaim, told: Told, binder: Binder): void {
  if (claim.status?.phase === "Lost") return;
  setClaimPhase(claim, "Lost", undefined, binder);
  binder.tell(claim, told);
}

/** The volume set aside for a claim: its reference names the claim by uid. */
export function reserved(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec;
  const already = isForClaim(volume, claim);
  if (already && claimRef?.uid === claim.metadata.uid) return volume;
  const reference = {
    kind: "PersistentVolumeClaim",
    namespace: claim.metadata.namespace ?? "",
    name: claim.metadata.name,
    uid: claim.metadata.uid,
    apiVersion: "v1",
    resourceVersion: claim.metadata.resourceVersion,
  };
  const next = { ...volume, spec: { ...volume.spec, claimRef: reference } };
  // A volume somebody reserved by name keeps saying so when its claim goes.
  return already ? next : annotated(next, { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: "yes" });
}

/** Writes both sides of a binding, the volume's first, so that nobody else takes it meanwhile. Upstream: bind. */
export function bind(claim: PersistentVolumeClaim, volume: PersistentVolume, binder: Binder): void {
  const taken = reserved(volume, claim);
  const stored = taken === volume ? volume : binder.updateVolume(taken);
  const bound = setVolumePhase(stored, "Bound", binder);
  const byUs = claim.spec.volumeName !== bound.metadata.name;
  const { annotations = {} } = claim.metadata;
  const complete = annotations[BIND_COMPLETED] !== undefined && !byUs;
  const named = complete
    ? claim
    : binder.updateClaim({
        ...annotated(claim, { ...annotations, ...(byUs ? { [BOUND_BY_CONTROLLER]: annotations[BOUND_BY_CONTROLLER] ?? "yes" } : {}), [BIND_COMPLETED]: annotations[BIND_COMPLETED] ?? "yes" }),
        spec: { ...claim.spec, volumeName: bound.metadata.name },
      });
  setClaimPhase(named, "Bound", bound, binder);
}

/** Takes a volume from a claim that went elsewhere: what the controller wrote goes, what a person wrote stays. Upstream: unbindVolume. */
export function unbind(volume: PersistentVolume, binder: Binder): void {
  const { [BOUND_BY_CONTROLLER]: byUs, ...annotations } = volume.metadata.annotations ?? {};
  const { claimRef, ...spec } = volume.spec;
  const { uid: _uid, ...byName } = claimRef ?? {};
  const next = byUs === undefined ? { ...volume, spec: { ...spec, claimRef: byName } } : { ...annotated(volume, annotations), spec };
  setVolumePhase(binder.updateVolume(next), "Available", binder);
}
