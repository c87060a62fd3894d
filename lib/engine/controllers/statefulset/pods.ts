import { ApiError } from "../../apimachinery/api-error";
import { PERSISTENT_VOLUME_CLAIM, POD } from "../../apimachinery/kinds";
import { refOf } from "../../apimachinery/meta";
import type { StatefulSet } from "../../resources/apps/statefulset/statefulset";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../../resources/core/pod/pod";
import type { ControllerContext } from "../controller";
import { ownersAreRight, rightOwners } from "./claim-owners";
import { claimName, claimsOf, identityMatches, ordinalOf, POD_INDEX_LABEL, POD_NAME_LABEL, type podOf } from "./identity";

/** Records what the controller did to a pod, in upstream's words. */
function tell(set: StatefulSet, verb: "Create" | "Delete" | "Update", name: string, error: ApiError | undefined, { event }: ControllerContext): void {
  const about = { ...refOf(set), uid: set.metadata.uid };
  const subject = `Pod ${name} in StatefulSet ${set.metadata.name}`;
  if (error) event(about, "Warning", `Failed${verb}`, `${verb} ${subject} failed error: ${error.status.message}`);
  else event(about, "Normal", `Successful${verb}`, `${verb} ${subject} successful`);
}

/** Creates the pod of an ordinal, its claims first. @throws {ApiError} what the API refused, once told. */
export function createPod(set: StatefulSet, draft: ReturnType<typeof podOf>, ordinal: number, context: ControllerContext): Pod {
  const name = draft.metadata.name ?? "";
  try {
    ensureClaims(set, ordinal, name, context);
    const pod = context.client.create<Pod>(draft);
    tell(set, "Create", name, undefined, context);
    keepRetention(set, pod, context);
    return pod;
  } catch (error) {
    if (error instanceof ApiError && error.status.reason !== "AlreadyExists") tell(set, "Create", name, error, context);
    throw error;
  }
}

/** Removes a pod. */
export function deletePod(set: StatefulSet, pod: Pod, context: ControllerContext): void {
  context.client.delete(refOf(pod), { preconditions: { uid: pod.metadata.uid } });
  tell(set, "Delete", pod.metadata.name, undefined, context);
}

/** Makes the claims an ordinal lacks. A claim on its way out is waited for. */
export function ensureClaims(set: StatefulSet, ordinal: number, pod: string, { client, event }: ControllerContext): void {
  for (const claim of claimsOf(set, ordinal)) {
    const name = claim.metadata.name ?? "";
    if (client.get(PERSISTENT_VOLUME_CLAIM, { namespace: set.metadata.namespace ?? "", name })) continue;
    const about = { ...refOf(set), uid: set.metadata.uid };
    try {
      client.create(claim);
      event(about, "Normal", "SuccessfulCreate", `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`);
    } catch (error) {
      if (error instanceof ApiError) event(about, "Warning", "FailedCreate", `Create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${error.status.message}`);
      throw error;
    }
  }
}

function claimsPresent(set: StatefulSet, ordinal: number, { client }: ControllerContext): readonly PersistentVolumeClaim[] {
  return (set.spec.volumeClaimTemplates ?? []).flatMap(({ metadata }) => {
    const key = { namespace: set.metadata.namespace ?? "", name: claimName(set, metadata.name, ordinal) };
    return client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, key) ?? [];
  });
}

/** Does a claim still belong to an earlier pod of this name, soon to go with it? Upstream: PodClaimIsStale. */
export function claimIsStale(set: StatefulSet, ordinal: number, context: ControllerContext): boolean {
  const name = `${set.metadata.name}-${ordinal}`;
  const alive = context.client.get<Pod>(POD, { namespace: set.metadata.namespace ?? "", name })?.metadata.uid;
  return claimsPresent(set, ordinal, context).some(
    (claim) => claim.metadata.deletionTimestamp !== undefined || (claim.metadata.ownerReferences ?? []).some((owner) => owner.kind === "Pod" && owner.name === name && owner.uid !== alive),
  );
}

/**
 * Makes the owners of a pod's claims follow `persistentVolumeClaimRetentionPolicy`: the set owns what goes with the
 * set, a condemned pod what goes with scaling down; with `Retain` nobody does.
 */
export function keepRetention(set: StatefulSet, pod: Pod, context: ControllerContext): void {
  for (const claim of claimsPresent(set, ordinalOf(set, pod), context)) {
    if (ownersAreRight(claim, set, pod)) continue;
    const { ownerReferences: _old, ...metadata } = claim.metadata;
    const owners = rightOwners(claim, set, pod);
    context.client.update<PersistentVolumeClaim>({ ...claim, metadata: owners.length === 0 ? metadata : { ...metadata, ownerReferences: owners } });
  }
}

/** Gives a pod back the label that names it, should somebody have changed it. Upstream: UpdateStatefulPod. */
export function keepIdentity(set: StatefulSet, pod: Pod, context: ControllerContext): void {
  if (identityMatches(set, pod)) return;
  const { name, labels } = pod.metadata;
  try {
    context.client.update<Pod>({ ...pod, metadata: { ...pod.metadata, labels: { ...labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinalOf(set, pod)) } } });
    tell(set, "Update", name, undefined, context);
  } catch (error) {
    if (error instanceof ApiError) tell(set, "Update", name, error, context);
    throw error;
  }
}
