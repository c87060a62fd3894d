import { PERSISTENT_VOLUME_CLAIM } from "../apimachinery/kinds";
import { reason } from "../reason";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { unresolvable, type Cycle, type Refusal } from "./framework";

/** A claim of the pod's namespace, or the refusal that it is missing. */
export function claimOf({ client, pod }: Cycle, name: string): PersistentVolumeClaim | Refusal {
  const key = { namespace: pod.metadata.namespace ?? "", name };
  const claim = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, key);
  return claim ?? unresolvable(`persistentvolumeclaim "${name}" not found`, reason("scheduler.claim-not-found", { claim: name }, [{ kind: PERSISTENT_VOLUME_CLAIM, ...key }]));
}
