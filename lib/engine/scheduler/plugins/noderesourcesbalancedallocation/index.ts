import { amountsOf } from "../../node-info";
import { MAX_SCORE, SKIP, SUCCESS, type SchedulerPlugin } from "../../framework";

/** Prefers nodes where CPU and memory would be used to like degrees. Upstream: plugins/noderesources/balanced_allocation.go. */
export const nodeResourcesBalancedAllocation: SchedulerPlugin = {
  name: "NodeResourcesBalancedAllocation",
  weight: 1,
  preScore({ pod }) {
    const { asked } = amountsOf(pod);
    return asked.cpu === 0 && asked.memory === 0 ? SKIP : SUCCESS;
  },
  score({ pod }, { allocatable, requested }) {
    const { asked } = amountsOf(pod);
    const fractions: number[] = [];
    if (allocatable.cpu > 0) fractions.push(Math.min(1, (requested.cpu + asked.cpu) / allocatable.cpu));
    if (allocatable.memory > 0) fractions.push(Math.min(1, (requested.memory + asked.memory) / allocatable.memory));
    const [cpu = 0, memory = 0] = fractions;
    const deviation = fractions.length < 2 ? 0 : Math.abs((cpu - memory) / 2);
    return Math.trunc((1 - deviation) * MAX_SCORE);
  },
};
