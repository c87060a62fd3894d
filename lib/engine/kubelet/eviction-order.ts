import { podRequests, type ResourcePod } from "../apimachinery/qos";
import { quantityValue } from "../apimachinery/quantity";
import type { Pod } from "../resources/core/pod/pod";

/** What a pod uses of its machine. */
export interface PodStats {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly processes: number;
}

/** A pod with what it uses; without `stats` nothing is known of it. */
export interface Candidate {
  readonly pod: Pod;
  readonly stats?: PodStats;
}

type Order = (a: Candidate, b: Candidate) => number;

/** Those first of which this holds. */
function first(holds: (candidate: Candidate) => boolean): Order {
  return (a, b) => Number(holds(b)) - Number(holds(a));
}

const unknownFirst = first(({ stats }) => stats === undefined);
const byPriority: Order = (a, b) => (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0);

function requested({ pod }: Candidate, resource: string): number {
  const amount = podRequests(pod as unknown as ResourcePod).get(resource);
  return amount === undefined ? 0 : Number(quantityValue(amount));
}

/** Pods that use more than they asked for, then those of lower priority, then those furthest over their request. */
function overRequest(resource: string, used: (stats: PodStats) => number): Order {
  const over = (candidate: Candidate): number => (candidate.stats ? used(candidate.stats) : 0) - requested(candidate, resource);
  return inTurn(unknownFirst, first((candidate) => over(candidate) > 0), byPriority, (a, b) => over(b) - over(a));
}

function inTurn(...orders: readonly Order[]): Order {
  return (a, b) => {
    for (const order of orders) {
      const answer = order(a, b);
      if (answer !== 0) return answer;
    }
    return 0;
  };
}

/** Which pods go first when a machine runs short of memory, disk or process numbers. Upstream: pkg/kubelet/eviction/helpers.go. */
export const EVICTION_ORDER: Readonly<Record<"memory" | "disk" | "pid", Order>> = {
  memory: overRequest("memory", (stats) => stats.memoryBytes),
  disk: overRequest("ephemeral-storage", (stats) => stats.diskBytes),
  pid: inTurn(byPriority, unknownFirst, (a, b) => (b.stats?.processes ?? 0) - (a.stats?.processes ?? 0)),
};

/** Candidates, the first to go first. */
export function rankForEviction(candidates: readonly Candidate[], shortOf: "memory" | "disk" | "pid"): readonly Candidate[] {
  return [...candidates].sort(EVICTION_ORDER[shortOf]);
}
