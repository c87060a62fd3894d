import { compareNumbers, compareStrings } from "../../../apimachinery/compare";
import { labelSelectorMatches, type LabelSelector } from "../../../apimachinery/labels";
import { bytesOf } from "../../../apimachinery/quantity";
import type { Node } from "../node/node";
import type { PersistentVolume } from "./persistentvolume";
import type { PersistentVolumeClaim } from "../persistentvolumeclaim/persistentvolumeclaim";
import { anyTermMatches } from "../node/node-selector";

/** Set on a claim once both sides of a binding are written. */
export const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
/** Set on whichever side the controller, not a person, filled in. */
export const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
/** Where the scheduler wants a claim's volume. */
export const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

/** The storage class a claim asks for; "" for none. */
export function classOfClaim(claim: PersistentVolumeClaim): string {
  return claim.metadata.annotations?.[BETA_CLASS] ?? claim.spec.storageClassName ?? "";
}

/** The storage class a volume is of; "" for none. */
export function classOfVolume(volume: PersistentVolume): string {
  return volume.metadata.annotations?.[BETA_CLASS] ?? volume.spec.storageClassName ?? "";
}

/** Is the claim bound, on both sides? */
export function isBound(claim: PersistentVolumeClaim): boolean {
  return (claim.spec.volumeName ?? "") !== "" && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

/** Does the volume name this claim as its own, be it only by name? */
export function isForClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const reference = volume.spec.claimRef;
  if (!reference || reference.name !== claim.metadata.name || (reference.namespace ?? "") !== (claim.metadata.namespace ?? "")) return false;
  return (reference.uid ?? "") === "" || reference.uid === claim.metadata.uid;
}

/** May the volume be used from this node? */
export function reachableFrom(volume: PersistentVolume, node: Node): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return required === undefined || required === null || anyTermMatches(required.nodeSelectorTerms ?? [], node);
}

/** Bytes a claim asks for. */
export function sizeOfClaim(claim: PersistentVolumeClaim): number {
  return bytesOf(claim.spec.resources?.requests?.["storage"]);
}

const sizeOfVolume = (volume: PersistentVolume): number => bytesOf(volume.spec.capacity?.["storage"]);

/** Why a volume somebody asked for by name cannot serve a claim; undefined when it can. Upstream: checkVolumeSatisfyClaim. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (sizeOfVolume(volume) < sizeOfClaim(claim)) return "requested PV is too small";
  if (classOfVolume(volume) !== classOfClaim(claim)) return "storageClassName does not match";
  if ((volume.spec.volumeMode ?? "Filesystem") !== (claim.spec.volumeMode ?? "Filesystem")) return "incompatible volumeMode";
  if (!hasModes(volume, claim)) return "incompatible accessMode";
  return undefined;
}

function hasModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => (volume.spec.accessModes ?? []).includes(mode));
}

/**
 * The volume that suits a claim best: the one set aside for it, else the smallest that is large enough, of its class,
 * modes and labels, and reachable from `node` when one is given. Upstream: component-helpers FindMatchingVolume.
 */
export function findVolume(volumes: readonly PersistentVolume[], claim: PersistentVolumeClaim, options: { readonly node?: Node; readonly taken?: ReadonlySet<string>; readonly delayed?: boolean } = {}): PersistentVolume | undefined {
  const { node, taken, delayed = false } = options;
  const size = sizeOfClaim(claim);
  const fits = volumes.filter((volume) => {
    if (taken?.has(volume.metadata.name) || volume.metadata.deletionTimestamp !== undefined || sizeOfVolume(volume) < size || !hasModes(volume, claim)) return false;
    if ((volume.spec.volumeMode ?? "Filesystem") !== (claim.spec.volumeMode ?? "Filesystem")) return false;
    return node === undefined || reachableFrom(volume, node);
  });
  const reserved = fits.filter((volume) => isForClaim(volume, claim)).sort(bySize)[0];
  // While its consumer is awaited, a claim takes only what was set aside for it.
  if (reserved || (delayed && node === undefined)) return reserved;
  return fits
    .filter((volume) => !volume.spec.claimRef && (volume.status?.phase === undefined || volume.status.phase === "Available"))
    .filter((volume) => classOfVolume(volume) === classOfClaim(claim))
    .filter((volume) => claim.spec.selector === undefined || labelSelectorMatches(claim.spec.selector as unknown as LabelSelector, volume.metadata.labels))
    .sort((a, b) => compareNumbers((a.spec.accessModes ?? []).length, (b.spec.accessModes ?? []).length) || bySize(a, b))[0];
}

function bySize(a: PersistentVolume, b: PersistentVolume): number {
  return compareNumbers(sizeOfVolume(a), sizeOfVolume(b)) || compareStrings(a.metadata.name, b.metadata.name);
}
