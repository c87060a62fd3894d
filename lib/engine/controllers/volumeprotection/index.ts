import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD } from "../../apimachinery/kinds";
import type { KubeObject, ObjectKey } from "../../apimachinery/meta";
import { isControlledBy } from "../../apimachinery/owner";
import type { Client } from "../../client/client";
import type { PersistentVolume } from "../../resources/core/persistentvolume/persistentvolume";
import { claimName, claimNames } from "../../resources/core/pod/claim-names";
import type { Pod } from "../../resources/core/pod/pod";
import type { Controller } from "../controller";

const CLAIM_PROTECTION = "kubernetes.io/pvc-protection";
const VOLUME_PROTECTION = "kubernetes.io/pv-protection";

function dropFinalizer(client: Client, object: KubeObject, name: string): void {
  const { finalizers = [], ...rest } = object.metadata;
  const kept = finalizers.filter((one) => one !== name);
  client.update({ ...object, metadata: kept.length === 0 ? rest : { ...rest, finalizers: kept } });
}

/** Protects again what was stripped of its protection while it lives. */
function addFinalizer(client: Client, object: KubeObject, name: string): void {
  const { finalizers = [] } = object.metadata;
  client.update({ ...object, metadata: { ...object.metadata, finalizers: [...finalizers, name] } });
}

/** Does a placed pod use a claim? One that has ended does, until it is deleted; what was made for it alone it no longer uses once its kubelet is done with it. Upstream: podUsesPVC. */
function uses(pod: Pod, claim: KubeObject): boolean {
  if ((pod.spec.nodeName ?? "") === "") return false;
  const isShutDown = pod.metadata.deletionTimestamp !== undefined && pod.metadata.deletionGracePeriodSeconds === 0;
  return (pod.spec.volumes ?? []).some((volume) => {
    if (claimName(pod, volume) !== claim.metadata.name) return false;
    return volume.persistentVolumeClaim !== undefined || (!isShutDown && isControlledBy(claim, pod));
  });
}

const NONE: readonly ObjectKey[] = [];

/** Lets a claim that is being deleted go once no placed pod uses it. Upstream: pkg/controller/volume/pvcprotection. */
export const claimProtection: Controller = {
  name: "persistentvolumeclaim-protection",
  reconciles: PERSISTENT_VOLUME_CLAIM,
  wants: ({ metadata }) => metadata.deletionTimestamp !== undefined || !(metadata.finalizers ?? []).includes(CLAIM_PROTECTION),
  watches: [
    {
      kind: POD,
      while: PERSISTENT_VOLUME_CLAIM,
      wakes: (object, client) => {
        const pod = object as Pod;
        const namespace = pod.metadata.namespace ?? "";
        const names = claimNames(pod);
        if (names.length === 0) return NONE;
        return names
          .map((name): ObjectKey => ({ namespace, name }))
          .filter((key) => client.get<KubeObject>(PERSISTENT_VOLUME_CLAIM, key)?.metadata.deletionTimestamp !== undefined);
      },
    },
  ],
  reconcile(key, { client }) {
    const claim = client.get<KubeObject>(PERSISTENT_VOLUME_CLAIM, key);
    if (!claim) return;
    const isProtected = (claim.metadata.finalizers ?? []).includes(CLAIM_PROTECTION);
    if (claim.metadata.deletionTimestamp === undefined && !isProtected) return addFinalizer(client, claim, CLAIM_PROTECTION);
    if (claim.metadata.deletionTimestamp === undefined || !isProtected) return;
    const used = client.list<Pod>(POD, { namespace: key.namespace }).some((pod) => uses(pod, claim));
    if (!used) dropFinalizer(client, claim, CLAIM_PROTECTION);
  },
};

/** Lets a volume that is being deleted go once it is not bound. Upstream: pkg/controller/volume/pvprotection. */
export const volumeProtection: Controller = {
  name: "persistentvolume-protection",
  reconciles: PERSISTENT_VOLUME,
  wants: ({ metadata }) => metadata.deletionTimestamp !== undefined || !(metadata.finalizers ?? []).includes(VOLUME_PROTECTION),
  watches: [],
  reconcile(key, { client }) {
    const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, key);
    if (!volume) return;
    const isProtected = (volume.metadata.finalizers ?? []).includes(VOLUME_PROTECTION);
    if (volume.metadata.deletionTimestamp === undefined && !isProtected) return addFinalizer(client, volume, VOLUME_PROTECTION);
    if (volume.metadata.deletionTimestamp === undefined || !isProtected) return;
    if (volume.status?.phase !== "Bound") dropFinalizer(client, volume, VOLUME_PROTECTION);
  },
};
