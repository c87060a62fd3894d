import { compareStrings } from "../../../apimachinery/compare";
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
  if (attributesOf(volume) !== attributesOf(claim)) return "VolumeAttributesClass does not match";
  if ((volume.spec.volumeMode ?? "Filesystem") !== (claim.spec.volumeMode ?? "Filesystem")) return "incompatible volumeMode";
  if (!hasModes(volume, claim)) return "incompatible accessMode";
  return undefined;
}

function hasModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => (volume.spec.accessModes ?? []).includes(mode));
}

/** How a volume is looked for. */
export interface Search {
  /** Where its pod shall run: only the scheduler knows. */
  readonly node?: Node;
  /** Volumes somebody else is about to take. */
  readonly taken?: ReadonlySet<string>;
  /** The class waits for a consumer: without a node only what was set aside for the claim is taken. */
  readonly delayed?: boolean;
}

/**
 * Of these volumes, the one set aside for the claim, else the smallest that is large enough, available, of its class, mode and
 * labels, and reachable from the node. Whether the access modes fit is looked at only with a node; without one the caller
 * has seen to it. Upstream: component-helpers/storage/volume, FindMatchingVolume.
 */
export function findMatchingVolume(volumes: readonly PersistentVolume[], claim: PersistentVolumeClaim, { node, taken, delayed = false }: Search): PersistentVolume | undefined {
  const size = sizeOfClaim(claim);
  const { selector } = claim.spec;
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken?.has(volume.metadata.name) || (volume.spec.claimRef && !isForClaim(volume, claim))) continue;
    if (sizeOfVolume(volume) < size || (volume.spec.volumeMode ?? "Filesystem") !== (claim.spec.volumeMode ?? "Filesystem")) continue;
    if (attributesOf(volume) !== attributesOf(claim) || volume.metadata.deletionTimestamp !== undefined) continue;
    const reachable = node === undefined || reachableFrom(volume, node);
    if (isForClaim(volume, claim)) return reachable ? volume : undefined;
    if ((node === undefined && delayed) || volume.status?.phase !== "Available" || !reachable) continue;
    if (selector !== undefined && !labelSelectorMatches(selector as unknown as LabelSelector, volume.metadata.labels)) continue;
    if (classOfVolume(volume) !== classOfClaim(claim) || (node !== undefined && !hasModes(volume, claim))) continue;
    if (smallest === undefined || sizeOfVolume(smallest) > sizeOfVolume(volume)) smallest = volume;
  }
  return smallest;
}

const attributesOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string => spec.volumeAttributesClassName ?? "";

/**
 * The volume that suits a claim best among all there are: those with the fewest access modes beyond the asked ones are
 * looked at first, group by group; with a node they are all one group. Upstream: persistentVolumeOrderedIndex.findByClaim.
 */
export function findVolume(volumes: readonly PersistentVolume[], claim: PersistentVolumeClaim, search: Search = {}): PersistentVolume | undefined {
  const byName = [...volumes].sort((a, b) => compareStrings(a.metadata.name, b.metadata.name));
  if (search.node) return findMatchingVolume(byName, claim, search);
  const groups = new Map<string, PersistentVolume[]>();
  for (const volume of byName) {
    if (!hasModes(volume, claim)) continue;
    const modes = [...(volume.spec.accessModes ?? [])].sort(compareStrings);
    const key = `${modes.length} ${modes.join(" ")}`;
    const group = groups.get(key);
    if (group) group.push(volume);
    else groups.set(key, [volume]);
  }
  for (const key of [...groups.keys()].sort(compareStrings)) {
    const found = findMatchingVolume(groups.get(key) ?? [], claim, search);
    if (found) return found;
  }
  return undefined;
}
