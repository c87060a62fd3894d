import { amountsOf, type PodAmounts } from "../../pod-amounts";
import { MAX_SCORE, SKIP, SUCCESS, type SchedulerPlugin } from "../../framework";
import { afterwards } from "../noderesourcesfit/scoring";

/** Prefers nodes where resources would be used to like degrees. */
export function createNodeResourcesBalancedAllocation(resources: readonly string[]): SchedulerPlugin {
  return {
    name: "NodeResourcesBalancedAllocation",
    weight: 1,
    preScore: ({ pod }) => (resources.every((name) => amountOf(name, amountsOf(pod)) === 0) ? SKIP : SUCCESS),
    score({ pod }, node) {
      const fractions: number[] = [];
      for (const name of resources) {
        const { capacity, requested } = afterwards(name, amountsOf(pod), node, true);
        if (capacity !== 0) fractions.push(Math.min(1, requested / capacity));
      }
      return Math.trunc((1 - deviation(fractions)) * MAX_SCORE);
    },
  };
}

/** Upstream: plugins/noderesources/balanced_allocation.go, of CPU and memory. */
export const nodeResourcesBalancedAllocation = createNodeResourcesBalancedAllocation(["cpu", "memory"]);

function amountOf(name: string, { asked }: PodAmounts): number {
  if (name === "cpu" || name === "memory") return asked[name];
  return name === "ephemeral-storage" ? asked.storage : (asked.scalar.get(name) ?? 0);
}

/** The standard deviation; of two, half of what lies between them. */
function deviation(fractions: readonly number[]): number {
  const [first = 0, second = 0] = fractions;
  if (fractions.length < 2) return 0;
  if (fractions.length === 2) return Math.abs((first - second) / 2);
  const mean = fractions.reduce((sum, one) => sum + one, 0) / fractions.length;
  return squareRoot(fractions.reduce((sum, one) => sum + (one - mean) * (one - mean), 0) / fractions.length);
}

/** By Newton's steps down from above, the same on every engine. */
function squareRoot(value: number): number {
  if (value === 0) return 0;
  let root = Math.max(1, value);
  for (;;) {
    const next = (root + value / root) / 2;
    if (next >= root) return root;
    root = next;
  }
}
