import { deepEqual } from "../../apimachinery/compare";
import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM } from "../../apimachinery/kinds";
import { keyOf } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { ControllerContext } from "../controller";
import { BIND_COMPLETED, BOUND_BY_CONTROLLER } from "../../resources/core/persistentvolume/match";

/** Sets a volume's phase. */
export function setPhase(volume: PersistentVolume, phase: NonNullable<NonNullable<PersistentVolume["status"]>["phase"]>, message: string | undefined, { client, now }: ControllerContext): PersistentVolume {
  const current = client.get<PersistentVolume>(PERSISTENT_VOLUME, keyOf(volume));
  if (!current || (current.status?.phase === phase && current.status.message === message)) return current ?? volume;
  return client.updateStatus<PersistentVolume>({ ...current, status: { phase, ...(message === undefined ? {} : { message }), lastPhaseTransitionTime: timestamp(now) } });
}

/** The volume set aside for a claim: its reference names the claim by uid. */
export function reserved(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef, ...spec } = volume.spec;
  if (claimRef?.uid === claim.metadata.uid) return volume;
  const reference = {
    kind: "PersistentVolumeClaim",
    namespace: claim.metadata.namespace ?? "",
    name: claim.metadata.name,
    uid: claim.metadata.uid,
    apiVersion: "v1",
    resourceVersion: claim.metadata.resourceVersion,
  };
  // A volume somebody reserved by name keeps saying so when its claim goes.
  const annotations = claimRef ? volume.metadata.annotations : { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: "yes" };
  return { ...volume, metadata: { ...volume.metadata, ...(annotations === undefined ? {} : { annotations }) }, spec: { ...spec, claimRef: reference } };
}

/** Writes both sides of a binding, the volume's first, so that nobody else takes it meanwhile. Upstream: bind. */
export function bind(claim: PersistentVolumeClaim, volume: PersistentVolume, context: ControllerContext): void {
  const { client } = context;
  const taken = reserved(volume, claim);
  const stored = taken === volume ? volume : client.update<PersistentVolume>(taken);
  const bound = setPhase(stored, "Bound", undefined, context);
  const byUs = (claim.spec.volumeName ?? "") === "";
  const annotations = { ...claim.metadata.annotations, ...(byUs ? { [BOUND_BY_CONTROLLER]: "yes" } : {}), [BIND_COMPLETED]: "yes" };
  const named = client.update<PersistentVolumeClaim>({ ...claim, metadata: { ...claim.metadata, annotations }, spec: { ...claim.spec, volumeName: volume.metadata.name } });
  const current = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, keyOf(named)) ?? named;
  const status = { phase: "Bound" as const, accessModes: bound.spec.accessModes ?? [], capacity: bound.spec.capacity ?? {} };
  if (!deepEqual({ ...current.status, ...status }, current.status)) client.updateStatus<PersistentVolumeClaim>({ ...current, status: { ...current.status, ...status } });
}
