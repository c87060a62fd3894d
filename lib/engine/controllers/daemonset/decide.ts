import { intOrPercentOf } from "../../apimachinery/intstr";
import type { DaemonSet } from "../../resources/apps/daemonset/daemonset";
import type { Pod } from "../../resources/core/pod/pod";
import { REVISION_HASH } from "../history";
import { isAvailable, isReady } from "../pod-state";

/** A node, whether the daemon belongs there, and its pods there, those that are placed first and then the oldest. */
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
  readonly pod: Pod;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

const dying = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const isNew = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[REVISION_HASH] === hash;

function scaled(set: DaemonSet, limit: "maxSurge" | "maxUnavailable", desired: number): number {
  const { type = "RollingUpdate", rollingUpdate } = set.spec.updateStrategy ?? {};
  return type === "RollingUpdate" ? intOrPercentOf(rollingUpdate?.[limit] ?? 0, desired, true) : 0;
}

/** How many pods beyond one a node an update may make. Upstream: SurgeCount. */
export function surgeCount(set: DaemonSet, desired: number): number {
  return scaled(set, "maxSurge", desired);
}

/** How many nodes an update may leave without a pod. Upstream: UnavailableCount. */
export function unavailableCount(set: DaemonSet, desired: number): number {
  return scaled(set, "maxUnavailable", desired);
}

/** How far an update may go above and below one pod a node; both nought would never move, so one may be missing. Upstream: updatedDesiredNodeCounts. */
function limits(set: DaemonSet, desired: number): { readonly surge: number; readonly unavailable: number } {
  const [surge, unavailable] = [surgeCount(set, desired), unavailableCount(set, desired)];
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** What is missing and what is too much, whatever the revision. Upstream: podsShouldBeOnNode. */
export function decide(set: DaemonSet, places: readonly NodePods[], hash: string, now: number): Moves & { readonly ended: readonly Ended[] } {
  const create: string[] = [];
  const remove: Pod[] = [];
  const ended: Ended[] = [];
  const surges = surgeCount(set, 1) > 0;
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
        ended.push({ node, pod, type: phase === "Failed" ? "Warning" : "Normal", reason: `${phase}DaemonPod`, message: `Found ${phase.toLowerCase()} daemon pod ${set.metadata.namespace ?? ""}/${pod.metadata.name} on node ${node}, will try to ${verb} it` });
        remove.push(pod);
      }
      // With surge a node need not wait for what is on its way out.
      if (surges && run && running.length === 0) create.push(node);
      remove.push(...surplus(set, running, hash, surges, now));
    }
  }
  return { create, remove, ended };
}

/** Of several running pods of a node the oldest stays; while surging one old and one new, as long as the old one is ready and the new one not available. */
function surplus(set: DaemonSet, running: readonly Pod[], hash: string, surges: boolean, now: number): readonly Pod[] {
  if (running.length <= 1) return [];
  if (!surges) return running.slice(1);
  const oldest = running.find((pod) => !isNew(pod, hash));
  const newest = running.find((pod) => isNew(pod, hash));
  const done = oldest !== undefined && newest !== undefined && (!isReady(oldest) || isAvailable(newest, set.spec.minReadySeconds ?? 0, now));
  return running.filter((pod) => (pod !== oldest && pod !== newest) || (pod === oldest && done));
}

/** The next moves of a rolling update. Upstream: daemon/update.go rollingUpdate. */
export function rollout(set: DaemonSet, places: readonly NodePods[], hash: string, now: number): Moves {
  const desired = places.filter(({ run }) => run).length;
  const { surge, unavailable } = limits(set, desired);
  const here = places.filter(({ pods }) => pods.length > 0);
  const available = (pod: Pod): boolean => isAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  return surge > 0 ? bySurge(here, hash, surge, desired, available) : byRemoval(here, hash, unavailable, available);
}

/** The new and the old pod of a node, terminating ones aside; nothing when there are several of a sort, which is not for an update to settle. Upstream: findUpdatedPodsOnNode. */
function pair({ pods }: NodePods, hash: string): { readonly fresh?: Pod | undefined; readonly old?: Pod | undefined } | undefined {
  const alive = pods.filter((pod) => !dying(pod));
  const fresh = alive.filter((pod) => isNew(pod, hash));
  const old = alive.filter((pod) => !isNew(pod, hash));
  return fresh.length > 1 || old.length > 1 ? undefined : { fresh: fresh[0], old: old[0] };
}

function byRemoval(places: readonly NodePods[], hash: string, unavailable: number, available: (pod: Pod) => boolean): Moves {
  let missing = 0;
  const replaced: Pod[] = [];
  const candidates: Pod[] = [];
  for (const place of places) {
    const { fresh, old } = pair(place, hash) ?? {};
    if ((fresh && old) || (!fresh && !old)) missing += 1;
    else if (fresh) missing += available(fresh) ? 0 : 1;
    else if (old && available(old)) candidates.push(old);
    else if (old) {
      // What is not there anyway is replaced at once, but healthy ones wait for it.
      missing += 1;
      replaced.push(old);
    }
  }
  return { create: [], remove: [...replaced, ...candidates.slice(0, Math.max(0, unavailable - missing))] };
}

function bySurge(places: readonly NodePods[], hash: string, surge: number, desired: number, available: (pod: Pod) => boolean): Moves {
  let surging = 0;
  let serving = 0;
  const remove: Pod[] = [];
  const misplaced: Pod[] = [];
  const replaced: string[] = [];
  const candidates: string[] = [];
  for (const place of places) {
    const both = pair(place, hash);
    if (!both) {
      surging += 1;
      continue;
    }
    const { fresh, old } = both;
    const counted = old ?? fresh;
    if (counted && available(counted)) serving += 1;
    if (!old) continue;
    if (fresh && available(fresh)) remove.push(old);
    else if (fresh) surging += 1;
    else if (place.run) (available(old) ? candidates : replaced).push(place.node);
    else (available(old) ? misplaced : remove).push(old);
  }
  // Where the new template has no place any more, the old pod serves until others do.
  remove.push(...misplaced.slice(0, Math.max(0, serving - desired)));
  return { create: [...replaced, ...candidates.slice(0, Math.max(0, surge - surging))], remove };
}
