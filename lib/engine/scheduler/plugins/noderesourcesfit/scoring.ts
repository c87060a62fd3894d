import type { NodeInfo } from "../../node-info";
import type { PodAmounts } from "../../pod-amounts";
import { MAX_SCORE } from "../../framework";

/** How full nodes are scored: spread (`LeastAllocated`), pack (`MostAllocated`), or along a curve. */
export interface ScoringStrategy {
  readonly type: "LeastAllocated" | "MostAllocated" | "RequestedToCapacityRatio";
  readonly resources: readonly { readonly name: string; readonly weight: number }[];
  /** Points of the curve; scores from 0 to 10. */
  readonly shape?: readonly { readonly utilization: number; readonly score: number }[];
}

/** The default: the emptier of CPU and memory alike, the better. */
export const LEAST_ALLOCATED: ScoringStrategy = {
  type: "LeastAllocated",
  resources: [
    { name: "cpu", weight: 1 },
    { name: "memory", weight: 1 },
  ],
};

/** The score of a node for a pod. Upstream: plugins/noderesources/resource_allocation.go and its scorers. */
export function scoreBy({ type, resources, shape = [] }: ScoringStrategy, pod: PodAmounts, node: NodeInfo): number {
  let sum = 0;
  let weights = 0;
  for (const { name, weight } of resources) {
    const { capacity, requested } = afterwards(name, pod, node);
    if (capacity === 0) continue;
    const score = type === "LeastAllocated" ? free(requested, capacity) : type === "MostAllocated" ? used(requested, capacity) : onCurve(shape, requested, capacity);
    // A curve's nought says nothing, so it does not pull the others down.
    if (type === "RequestedToCapacityRatio" && score <= 0) continue;
    sum += score * weight;
    weights += weight;
  }
  if (weights === 0) return 0;
  return type === "RequestedToCapacityRatio" ? Math.floor(sum / weights + 0.5) : Math.trunc(sum / weights);
}

/**
 * What would be asked of a resource with the pod there. Of CPU and memory a pod that says nothing is taken to want a
 * little; `exact` counts what is asked for and nothing more. Of no concern: what is neither here nor asked for.
 */
export function afterwards(name: string, pod: PodAmounts, { allocatable, requested, assumedCpu, assumedMemory }: NodeInfo, exact = false): { readonly capacity: number; readonly requested: number } {
  const own = exact ? pod.asked : pod.wanted;
  if (name === "cpu") return { capacity: allocatable.cpu, requested: (exact ? requested.cpu : assumedCpu) + own.cpu };
  if (name === "memory") return { capacity: allocatable.memory, requested: (exact ? requested.memory : assumedMemory) + own.memory };
  if (name === "ephemeral-storage") return { capacity: allocatable.storage, requested: requested.storage + own.storage };
  const more = own.scalar.get(name) ?? 0;
  return more === 0 ? { capacity: 0, requested: 0 } : { capacity: allocatable.scalar.get(name) ?? 0, requested: (requested.scalar.get(name) ?? 0) + more };
}

function free(requested: number, capacity: number): number {
  return requested > capacity ? 0 : Math.trunc(((capacity - requested) * MAX_SCORE) / capacity);
}

function used(requested: number, capacity: number): number {
  return Math.trunc((Math.min(requested, capacity) * MAX_SCORE) / capacity);
}

function onCurve(shape: NonNullable<ScoringStrategy["shape"]>, requested: number, capacity: number): number {
  const points = shape.map(({ utilization, score }) => ({ utilization, score: score * 10 }));
  const utilization = requested > capacity ? 100 : Math.trunc((requested * 100) / capacity);
  const at = points.findIndex((point) => utilization <= point.utilization);
  const right = points[at];
  const left = points[at - 1];
  if (!right) return points.at(-1)?.score ?? 0;
  if (!left) return right.score;
  return left.score + Math.trunc(((right.score - left.score) * (utilization - left.utilization)) / (right.utilization - left.utilization));
}
