import { isFinished } from "../pod-state";
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, classOfClaim, findVolume, isForClaim, mismatch, SELECTED_NODE } from "../../resources/core/persistentvolume/match";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { claimNames } from "../../resources/core/pod/claim-names";
import type { Pod } from "../../resources/core/pod/pod";
import { InvalidBinding, type Binder } from "./binder";
import { bind, loseClaim, setClaimPhase } from "./bind";

/** Annotations that hand a claim to the provisioner of its class. */
export const PROVISIONER = "volume.kubernetes.io/storage-provisioner";
const BETA_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";
const BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

/**
 * Brings one claim a step further: to the smallest volume that fits, to the provisioner of its class, or to `Lost`.
 * Upstream: pkg/controller/volume/persistentvolume, syncClaim. @throws {InvalidBinding}
 */
export function syncClaim(claim: PersistentVolumeClaim, binder: Binder): void {
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) keepBound(claim, binder);
  else if ((claim.spec.volumeName ?? "") !== "") bindAsked(claim, binder);
  else bindAny(claim, binder);
}

function keepBound(claim: PersistentVolumeClaim, binder: Binder): void {
  const { volumeName = "" } = claim.spec;
  if (volumeName === "") return loseClaim(claim, ["Warning", "ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!"], binder);
  const volume = binder.volume(volumeName);
  if (!volume) return loseClaim(claim, ["Warning", "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!"], binder);
  if (!volume.spec.claimRef || volume.spec.claimRef.uid === claim.metadata.uid) return bind(claim, volume, binder);
  loseClaim(claim, ["Warning", "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly"], binder);
}

function bindAsked(claim: PersistentVolumeClaim, binder: Binder): void {
  const volume = binder.volume(claim.spec.volumeName ?? "");
  const pend = (): void => void setClaimPhase(claim, "Pending", undefined, binder);
  if (!volume) return pend();
  if (!volume.spec.claimRef) {
    const wrong = mismatch(volume, claim);
    if (wrong === undefined) return bind(claim, volume, binder);
    binder.tell(claim, ["Warning", "VolumeMismatch", `Cannot bind to requested volume "${volume.metadata.name}": ${wrong}`]);
    return pend();
  }
  if (isForClaim(volume, claim)) return bind(claim, volume, binder);
  if (claim.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined) {
    const { namespace = "", name = "" } = volume.spec.claimRef;
    binder.tell(claim, ["Warning", "FailedBinding", `volume "${volume.metadata.name}" already bound to a different claim.`]);
    throw new InvalidBinding(`invalid binding of claim "${claim.metadata.namespace ?? ""}/${claim.metadata.name}" to volume "${volume.metadata.name}": volume already claimed by "${namespace}/${name}"`);
  }
  binder.tell(claim, ["Warning", "FailedBinding", `volume "${volume.metadata.name}" already bound to a different claim.`]);
  pend();
}

function bindAny(claim: PersistentVolumeClaim, binder: Binder): void {
  const className = classOfClaim(claim);
  const delayed = className !== "" && binder.storageClass(className)?.volumeBindingMode === "WaitForFirstConsumer";
  const volume = findVolume(binder.volumes(), claim, { delayed });
  if (volume) return bind(claim, volume, binder);
  if (assignDefaultClass(claim, binder)) return;
  if (delayed && claim.metadata.annotations?.[SELECTED_NODE] === undefined) binder.tell(claim, awaited(claim, binder));
  else if (className !== "") return provision(claim, className, binder);
  else binder.tell(claim, ["Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set"]);
  setClaimPhase(claim, "Pending", undefined, binder);
}

/** A claim that names no class gets the default one as soon as there is one; `""` says that it wants none. */
function assignDefaultClass(claim: PersistentVolumeClaim, binder: Binder): boolean {
  if (claim.spec.storageClassName !== undefined || claim.metadata.annotations?.[BETA_CLASS] !== undefined) return false;
  const name = binder.defaultClass();
  if (name === undefined) return false;
  binder.updateClaim({ ...claim, spec: { ...claim.spec, storageClassName: name } });
  return true;
}

function awaited(claim: PersistentVolumeClaim, binder: Binder): readonly ["Normal", string, string] {
  const pods = consumersOf(claim, binder)
    .filter((pod) => (pod.spec.nodeName ?? "") === "" && !isFinished(pod))
    .map((pod) => pod.metadata.name);
  if (pods.length === 0) return ["Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding"];
  return ["Normal", "WaitForPodScheduled", `waiting for pod${pods.length > 1 ? "s" : ""} ${pods.join(",")} to be scheduled`];
}

/** The pods that name a claim, by itself or as an ephemeral volume. */
export function consumersOf({ metadata }: { readonly metadata: { readonly namespace?: string; readonly name: string } }, binder: Pick<Binder, "pods">): readonly Pod[] {
  return binder.pods(metadata.namespace ?? "").filter((pod) => claimNames(pod).includes(metadata.name));
}

function provision(claim: PersistentVolumeClaim, className: string, binder: Binder): void {
  const storageClass = binder.storageClass(className);
  const fail = (message: string): void => binder.tell(claim, ["Warning", "ProvisioningFailed", message]);
  if (!storageClass) return fail(`storageclass.storage.k8s.io "${className}" not found`);
  const { provisioner } = storageClass;
  // What the tree itself once provisioned is gone from it; everybody else is somebody outside.
  if (provisioner.startsWith("kubernetes.io/") && !MIGRATED.has(provisioner)) return fail(`no volume plugin matched name: ${provisioner}`);
  const { annotations = {} } = claim.metadata;
  if (annotations[PROVISIONER] !== provisioner || annotations[BETA_PROVISIONER] !== provisioner) {
    binder.updateClaim({ ...claim, metadata: { ...claim.metadata, annotations: { ...annotations, [BETA_PROVISIONER]: provisioner, [PROVISIONER]: provisioner } } });
  }
  const how = "If volume creation is delayed, please verify that the provisioner is running and correctly registered.";
  binder.tell(claim, ["Normal", "ExternalProvisioning", `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. ${how}`]);
}

/** In-tree provisioners whose work CSI drivers took over. Upstream: csi-translation-lib. */
const MIGRATED: ReadonlySet<string> = new Set(["kubernetes.io/aws-ebs", "kubernetes.io/azure-disk", "kubernetes.io/azure-file", "kubernetes.io/cinder", "kubernetes.io/gce-pd", "kubernetes.io/portworx-volume", "kubernetes.io/vsphere-volume"]);
