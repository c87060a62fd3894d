import { PERSISTENT_VOLUME_CLAIM, POD } from "../../apimachinery/kinds";
import { controllerRef, isControlledBy } from "../../apimachinery/owner";
import { keyOf, refOf, type KubeObject, type ObjectKey } from "../../apimachinery/meta";
import type { Client } from "../../client/client";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { claimName } from "../../resources/core/pod/claim-names";
import type { Pod, Volume } from "../../resources/core/pod/pod";
import type { Controller } from "../controller";

interface Ephemeral {
  readonly name: string;
  readonly template: NonNullable<NonNullable<Volume["ephemeral"]>["volumeClaimTemplate"]>;
}

const NONE: readonly Ephemeral[] = [];

function hasEphemeral(volumes: readonly Volume[]): boolean {
  for (let i = 0; i < volumes.length; i += 1) if (volumes[i]?.ephemeral !== undefined) return true;
  return false;
}

function ephemeralIn(pod: Pod): readonly Ephemeral[] {
  const { volumes } = pod.spec;
  if (!volumes || !hasEphemeral(volumes)) return NONE;
  return volumes.flatMap((volume) => {
    const template = volume.ephemeral?.volumeClaimTemplate;
    const name = claimName(pod, volume);
    return template && name !== undefined ? [{ name, template }] : [];
  });
}

/** The pods that name a claim by one of their ephemeral volumes, whosever it was. */
function namedBy({ metadata: { namespace = "", name } }: KubeObject, client: Client): readonly ObjectKey[] {
  return client.list<Pod>(POD, { namespace }).filter((pod) => ephemeralIn(pod).some((one) => one.name === name)).map(keyOf);
}

/**
 * Makes the claims of generic ephemeral volumes, each owned by its pod, so that it goes with it. A claim of that name
 * that is not the pod's own is left alone, and told of. Upstream: pkg/controller/volume/ephemeral.
 */
export const ephemeralVolumeController: Controller = {
  name: "ephemeral-volume",
  eventSource: "ephemeral_volume",
  reconciles: POD,
  // What volumes a pod has never changes.
  ignores: "changes",
  wants: (pod) => ephemeralIn(pod as Pod).length > 0,
  watches: [{ kind: PERSISTENT_VOLUME_CLAIM, only: "DELETED", wakes: namedBy }],
  reconcile(key, { client, event }) {
    const pod = client.get<Pod>(POD, key);
    if (!pod || pod.metadata.deletionTimestamp !== undefined) return;
    for (const { name, template } of ephemeralIn(pod)) {
      const claim = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace: key.namespace, name });
      if (claim && !isControlledBy(claim, pod)) {
        event({ ...refOf(pod), uid: pod.metadata.uid }, "Warning", "EphemeralVolumeConflict", `PVC ${key.namespace}/${name} was not created for pod ${key.namespace}/${key.name} (pod is not owner)`);
      }
      if (claim) continue;
      client.create({
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { ...template.metadata, name, namespace: key.namespace, ownerReferences: [controllerRef(pod)] },
        spec: template.spec,
      });
    }
  },
};
