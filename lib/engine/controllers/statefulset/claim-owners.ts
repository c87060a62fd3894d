/** Who owns the claims of a StatefulSet's pods. Upstream: stateful_set_utils.go. */
import type { OwnerReference } from "../../apimachinery/meta";
import type { StatefulSet } from "../../resources/apps/statefulset/statefulset";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../../resources/core/pod/pod";
import { ordinalOf, startOf } from "./identity";

const RETAIN = "Retain";

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

const ofSet = ({ metadata }: StatefulSet): Owner => ({ apiVersion: "apps/v1", kind: "StatefulSet", name: metadata.name, uid: metadata.uid ?? "" });
const ofPod = ({ metadata }: Pod): Owner => ({ apiVersion: "v1", kind: "Pod", name: metadata.name, uid: metadata.uid ?? "" });
const names = (reference: OwnerReference, owner: Owner): boolean => reference.apiVersion === owner.apiVersion && reference.kind === owner.kind && reference.name === owner.name;
const ownersOf = (claim: PersistentVolumeClaim): readonly OwnerReference[] => claim.metadata.ownerReferences ?? [];

/** Does the claim belong to an earlier set or pod of the same name? Upstream: hasStaleOwnerRef. */
function isStale(claim: PersistentVolumeClaim, owner: Owner): boolean {
  const reference = ownersOf(claim).find((one) => names(one, owner));
  return reference !== undefined && reference.uid !== owner.uid;
}

/** Does somebody else control the claim, an earlier set or pod of the same name included? Where nothing is ever deleted that is no matter. Upstream: hasUnexpectedController. */
function isForeign(claim: PersistentVolumeClaim, set: StatefulSet, owners: readonly Owner[]): boolean {
  const { whenScaled = RETAIN, whenDeleted = RETAIN } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenScaled === RETAIN && whenDeleted === RETAIN) return false;
  return ownersOf(claim).some((reference) => {
    const meant = owners.find((owner) => names(reference, owner));
    return meant ? reference.uid !== meant.uid : reference.controller === true;
  });
}

/** Which of the two the policy makes the owner, if any: a pod beyond the wanted size, or the set. */
function rightful(set: StatefulSet, pod: Pod): "set" | "pod" | undefined {
  const { whenScaled, whenDeleted } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const ordinal = ordinalOf(set, pod);
  const condemned = ordinal < startOf(set) || ordinal >= startOf(set) + (set.spec.replicas ?? 1);
  if (whenScaled === "Delete" && condemned) return "pod";
  return whenDeleted === "Delete" ? "set" : undefined;
}

/** Are the claim's owners what the retention policy asks for? A claim of an earlier set or pod is left alone. Upstream: isClaimOwnerUpToDate. */
export function ownersAreRight(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
  const [bySet, byPod] = [ofSet(set), ofPod(pod)];
  const owns = ({ uid }: Owner): boolean => ownersOf(claim).some((reference) => reference.uid === uid);
  if (isStale(claim, bySet) || isStale(claim, byPod)) return true;
  if (isForeign(claim, set, [bySet, byPod])) return !owns(bySet) && !owns(byPod);
  if (ownersOf(claim).some(({ uid, controller }) => (uid === bySet.uid || uid === byPod.uid) && controller !== true)) return false;
  const wanted = rightful(set, pod);
  return owns(bySet) === (wanted === "set") && owns(byPod) === (wanted === "pod");
}

/** The claim's owners as the policy asks: ours taken off, and the rightful one put on unless somebody else controls it. Upstream: updateClaimOwnerRefForSetAndPod. */
export function rightOwners(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): readonly OwnerReference[] {
  const [bySet, byPod] = [ofSet(set), ofPod(pod)];
  const others = ownersOf(claim).filter((reference) => !names(reference, bySet) && !names(reference, byPod));
  const wanted = isForeign(claim, set, [bySet, byPod]) ? undefined : rightful(set, pod);
  if (wanted === undefined) return others;
  const owner = wanted === "set" ? bySet : byPod;
  return others.some(({ uid }) => uid === owner.uid) ? others : [...others, { ...owner, controller: true, blockOwnerDeletion: true }];
}
