import { POD } from "../../apimachinery/kinds";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import type { Pod } from "../../resources/core/pod/pod";
import type { ControllerContext } from "../controller";
import { isFinished } from "../pod-state";
import { sizeOf, totalActual } from "./limits";
import { scale, syncRevisions, type ReplicaSets } from "./replica-sets";
import { cleanUp } from "./scaling";
import { isComplete } from "./status";

/** One step of a Recreate update: all old pods end before the first new one begins. Upstream: deployment/recreate.go. */
export function recreate(sets: ReplicaSets, context: ControllerContext): ReplicaSets {
  const emptied = sets.old.map((replicaSet) => (sizeOf(replicaSet) > 0 ? scale(sets.deployment, replicaSet, 0, context) : replicaSet));
  const shrunk: ReplicaSets = { ...sets, old: emptied, all: sets.fresh ? [...emptied, sets.fresh] : emptied };
  if (emptied.some((replicaSet, i) => replicaSet !== sets.old[i])) return shrunk;
  if (oldPodsRun(sets.old, context)) return shrunk;
  const ready = sets.fresh ? sets : syncRevisions(sets.deployment, sets.all, true, context);
  if (!ready.fresh) return ready;
  const fresh = scale(ready.deployment, ready.fresh, ready.deployment.spec.replicas ?? 1, context);
  if (ready.deployment.status && isComplete(ready.deployment, ready.deployment.status)) cleanUp(ready.deployment, ready.old, context);
  return { ...ready, fresh, all: [...ready.old, fresh] };
}

function oldPodsRun(old: readonly ReplicaSet[], { client }: ControllerContext): boolean {
  if (totalActual(old) > 0) return true;
  return old.some((replicaSet) => client.ownedBy<Pod>(POD, replicaSet.metadata.uid).some((pod) => !isFinished(pod)));
}
