import { intOrPercentOf } from "../../apimachinery/intstr";
import type { DaemonSet } from "../../resources/apps/daemonset/daemonset";
import type { Pod } from "../../resources/core/pod/pod";
import { REVISION_HASH } from "../history";
import { isAvailable } from "../pod-state";

/** A node, whether the daemon belongs there, and its pods there, oldest first. */
export interface NodePods {
  readonly node: string;
  /** Should it have a pod? */
  readonly run: boolean;
  /** May a pod that is there stay? */
  readonly stay: boolean;
  readonly pods: readonly Pod[];
}

/** Nodes that get a pod, and pods that go. */
export interface Moves {
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
}

/** A daemon pod that ended, which daemons do not do: what is to be said of it. */
export interface Ended {
  readonly node: string;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

const dying = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const isNew = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[REVISION_HASH] === hash;

/** How far an update may go above and below one pod a node. Upstream: UnavailableCount, SurgeCount. */
export function limits(set: DaemonSet, desired: number): { readonly surge: number; readonly unavailable: number } {
  const rolling = set.spec.updateStrategy?.rollingUpdate;
  const surge = intOrPercentOf(rolling?.maxSurge ?? 0, desired, true);
  const unavailable = intOrPercentOf(rolling?.maxUnavailable ?? 1, desired, true);
  // Both nought would never move; upstream falls back to one missing pod.
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** What is missing and what is too much, whatever the revision. Upstream: podsShouldBeOnNode. */
export function decide(set: DaemonSet, places: readonly NodePods[], hash: string, now: number): Moves & { readonly ended: readonly Ended[] } {
  const create: string[] = [];
  const remove: Pod[] = [];
  const ended: Ended[] = [];
  const surges = limits(set, places.filter(({ run }) => run).length).surge > 0;
  for (const { node, run, stay, pods } of places) {
    if (run && pods.length === 0) create.push(node);
    else if (!stay) remove.push(...pods.filter((pod) => !dying(pod)));
    else {
      const running: Pod[] = [];
      for (const pod of pods.filter((one) => !dying(one))) {
        const phase = pod.status?.phase;
        if (phase !== "Failed" && phase !== "Succeeded") {
          running.push(pod);
          continue;
        }
        const verb = phase === "Failed" ? "kill" : "delete";
        ended.push({ node, type: phase === "Failed" ? "Warning" : "Normal", reason: `${phase}DaemonPod`, message: `Found ${phase.toLowerCase()} daemon pod ${set.metadata.namespace ?? ""}/${pod.metadata.name} on node ${node}, will try to ${verb} it` });
        remove.push(pod);
      }
      remove.push(...surplus(set, running, hash, surges, now));
    }
  }
  return { create, remove, ended };
}

/** Of several running pods of a node the oldest stays; while surging one old and one new, until the new one is available. */
function surplus(set: DaemonSet, running: readonly Pod[], hash: string, surges: boolean, now: number): readonly Pod[] {
  if (running.length <= 1) return [];
  if (!surges) return running.slice(1);
  const oldest = running.find((pod) => !isNew(pod, hash));
  const newest = running.find((pod) => isNew(pod, hash));
  const done = newest !== undefined && isAvailable(newest, set.spec.minReadySeconds ?? 0, now);
  return running.filter((pod) => (pod !== oldest && pod !== newest) || (pod === oldest && done));
}

/** The next moves of a rolling update. Upstream: daemon/update.go rollingUpdate. */
export function rollout(set: DaemonSet, places: readonly NodePods[], hash: string, now: number): Moves {
  const { surge, unavailable } = limits(set, places.filter(({ run }) => run).length);
  const here = places.filter(({ pods }) => pods.length > 0);
  const available = (pod: Pod): boolean => isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  return surge > 0 ? bySurge(places, hash, surge, available) : byRemoval(here, hash, unavailable, available);
}

function byRemoval(places: readonly NodePods[], hash: string, unavailable: number, available: (pod: Pod) => boolean): Moves {
  let missing = 0;
  const replaced: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { pods } of places) {
    const fresh = pods.find((pod) => isNew(pod, hash));
    const old = pods.find((pod) => !isNew(pod, hash));
    if (pods.some(dying) || (fresh && old) || (!fresh && !old)) missing += 1;
    else if (fresh) missing += available(fresh) ? 0 : 1;
    else if (old && !available(old)) replaced.push(old);
    else if (old) candidates.push(old);
  }
  return { create: [], remove: [...replaced, ...candidates.slice(0, Math.max(0, unavailable - missing))] };
}

function bySurge(places: readonly NodePods[], hash: string, surge: number, available: (pod: Pod) => boolean): Moves {
  let surging = 0;
  const remove: Pod[] = [];
  const replaced: string[] = [];
  const candidates: string[] = [];
  for (const { node, run, pods } of places) {
    const alive = pods.filter((pod) => !dying(pod));
    if (alive.length < pods.length) {
      surging += alive.some((pod) => isNew(pod, hash)) ? 0 : 1;
      continue;
    }
    const fresh = alive.find((pod) => isNew(pod, hash));
    const old = alive.find((pod) => !isNew(pod, hash));
    if (!old) continue;
    // Where the new template has no place any more, nothing need come before the old pod goes.
    if (!run) remove.push(old);
    else if (!fresh) (available(old) ? candidates : replaced).push(node);
    else if (!available(old) || available(fresh)) remove.push(old);
    else surging += 1;
  }
  return { create: [...replaced, ...candidates.slice(0, Math.max(0, surge - surging))], remove };
}
