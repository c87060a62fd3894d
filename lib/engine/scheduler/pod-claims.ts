import { PERSISTENT_VOLUME_CLAIM } from "../apimachinery/kinds";
import { reason } from "../reason";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../resources/core/pod/pod";
import { unresolvable, type Cycle, type Refusal } from "./framework";

/** Names of the claims a pod mounts, in order of its volumes; those of generic ephemeral volumes are named after pod and volume. */
export function claimNames(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return [volume.persistentVolumeClaim.claimName];
    return "ephemeral" in volume ? [`${pod.metadata.name}-${volume.name}`] : [];
  });
}

/** A claim of the pod's namespace, or the refusal that it is missing. */
export function claimOf({ client, pod }: Cycle, name: string): PersistentVolumeClaim | Refusal {
  const key = { namespace: pod.metadata.namespace ?? "", name };
  const claim = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, key);
  return claim ?? unresolvable(`persistentvolumeclaim "${name}" not found`, reason("scheduler.claim-not-found", { claim: name }, [{ kind: PERSISTENT_VOLUME_CLAIM, ...key }]));
}
