import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, STORAGE_CLASS } from "../../apimachinery/kinds";
import { keyOf, refOf, type ObjectKey } from "../../apimachinery/meta";
import type { Client } from "../../client/client";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../../resources/core/pod/pod";
import type { StorageClass } from "../../resources/storage/storageclass/storageclass";
import type { Controller, ControllerContext } from "../controller";
import { bind } from "./bind";
import { BIND_COMPLETED, classOfClaim, findVolume, isForClaim, mismatch, SELECTED_NODE } from "../../resources/core/persistentvolume/match";

/** Annotations that hand a claim to the provisioner of its class. */
export const PROVISIONER = "volume.kubernetes.io/storage-provisioner";
const BETA_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";
const NO_PROVISIONER = "kubernetes.io/no-provisioner";

/**
 * Binds claims to volumes: the smallest that fits, one for one; or hands them to their class's provisioner.
 * Upstream: pkg/controller/volume/persistentvolume, syncClaim.
 *
 * @simplified A claim and a volume that fit are bound as soon as both exist, not at the next fifteen-second look.
 */
export const claimBinder: Controller = {
  name: "persistentvolume-binder",
  eventSource: "persistentvolume-controller",
  reconciles: PERSISTENT_VOLUME_CLAIM,
  watches: [
    { kind: PERSISTENT_VOLUME, wakes: (volume, client) => concerned(volume as PersistentVolume, client) },
    {
      kind: STORAGE_CLASS,
      wakes: ({ metadata }, client) => pending(client).filter((claim) => classOfClaim(claim) === metadata.name).map(keyOf),
    },
  ],
  reconcile,
};

function pending(client: Client): readonly PersistentVolumeClaim[] {
  return client.list<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM).filter((claim) => claim.metadata.annotations?.[BIND_COMPLETED] === undefined);
}

function concerned(volume: PersistentVolume, client: Client): readonly ObjectKey[] {
  const reference = volume.spec.claimRef;
  if (reference) return [{ namespace: reference.namespace ?? "", name: reference.name ?? "" }];
  return volume.status?.phase === "Available" ? pending(client).map(keyOf) : [];
}

function reconcile(key: ObjectKey, context: ControllerContext): void {
  const claim = context.client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, key);
  if (!claim || claim.metadata.deletionTimestamp !== undefined) return;
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) keepBound(claim, context);
  else if ((claim.spec.volumeName ?? "") !== "") bindAsked(claim, context);
  else bindAny(claim, context);
}

const aboutOf = (claim: PersistentVolumeClaim) => ({ ...refOf(claim), uid: claim.metadata.uid });

function keepBound(claim: PersistentVolumeClaim, context: ControllerContext): void {
  const { client, event } = context;
  const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: claim.spec.volumeName ?? "" });
  if (volume && (isForClaim(volume, claim) || !volume.spec.claimRef)) return bind(claim, volume, context);
  if (claim.status?.phase === "Lost") return;
  const [reason, message] = volume
    ? ["ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly"]
    : ["ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!"];
  client.updateStatus<PersistentVolumeClaim>({ ...claim, status: { phase: "Lost" } });
  event(aboutOf(claim), "Warning", reason, message);
}

function bindAsked(claim: PersistentVolumeClaim, context: ControllerContext): void {
  const { client, event } = context;
  const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: claim.spec.volumeName ?? "" });
  if (!volume) return setPending(claim, context);
  if (volume.spec.claimRef && !isForClaim(volume, claim)) return setPending(claim, context);
  const wrong = volume.spec.claimRef ? undefined : mismatch(volume, claim);
  if (wrong === undefined) return bind(claim, volume, context);
  event(aboutOf(claim), "Warning", "VolumeMismatch", `Cannot bind to requested volume "${volume.metadata.name}": ${wrong}`);
  setPending(claim, context);
}

function bindAny(claim: PersistentVolumeClaim, context: ControllerContext): void {
  const { client, event } = context;
  const className = classOfClaim(claim);
  const storageClass = className === "" ? undefined : client.get<StorageClass>(STORAGE_CLASS, { namespace: "", name: className });
  const waits = storageClass?.volumeBindingMode === "WaitForFirstConsumer" && claim.metadata.annotations?.[SELECTED_NODE] === undefined;
  const volume = findVolume(client.list<PersistentVolume>(PERSISTENT_VOLUME), claim, { delayed: waits });
  if (volume) return bind(claim, volume, context);
  if (waits) {
    const consumer = consumerOf(claim, client);
    if (consumer === undefined) event(aboutOf(claim), "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
    else event(aboutOf(claim), "Normal", "WaitForPodScheduled", `waiting for pod ${consumer} to be scheduled`);
  } else if (className !== "") return provision(claim, className, storageClass, context);
  else event(aboutOf(claim), "Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set");
  setPending(claim, context);
}

/** A pod that uses the claim and waits for a node. */
function consumerOf(claim: PersistentVolumeClaim, client: Client): string | undefined {
  return client
    .list<Pod>(POD, { namespace: claim.metadata.namespace ?? "" })
    .find((pod) => !pod.spec.nodeName && (pod.spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === claim.metadata.name))?.metadata.name;
}

function provision(claim: PersistentVolumeClaim, className: string, storageClass: StorageClass | undefined, context: ControllerContext): void {
  const { client, event } = context;
  const fail = (message: string): void => event(aboutOf(claim), "Warning", "ProvisioningFailed", message);
  if (!storageClass) {
    fail(`storageclass.storage.k8s.io "${className}" not found`);
    return setPending(claim, context);
  }
  const { provisioner } = storageClass;
  if (provisioner === NO_PROVISIONER) {
    event(aboutOf(claim), "Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set");
    return setPending(claim, context);
  }
  const annotations = { ...claim.metadata.annotations, [BETA_PROVISIONER]: provisioner, [PROVISIONER]: provisioner };
  const handed = client.update<PersistentVolumeClaim>({ ...claim, metadata: { ...claim.metadata, annotations } });
  if (claim.metadata.annotations?.[PROVISIONER] !== provisioner) {
    const how = "If volume creation is delayed, please verify that the provisioner is running and correctly registered.";
    event(aboutOf(claim), "Normal", "ExternalProvisioning", `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. ${how}`);
  }
  setPending(handed, context);
}

function setPending(claim: PersistentVolumeClaim, { client }: ControllerContext): void {
  if (claim.status?.phase !== "Pending") client.updateStatus<PersistentVolumeClaim>({ ...claim, status: { ...claim.status, phase: "Pending" } });
}
