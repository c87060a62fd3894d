import { firstUntoleratedTaint, isTolerated, type Taint, type Toleration } from "@/lib/engine/apimachinery/taints";
import { compare, type Adapter } from "./adapter";

/** `api/taints-tolerations`. */
export const taintsTolerations: Adapter = ({ input, expected }) => {
  const taints = (input.taints ?? []) as readonly Taint[];
  const tolerations = (input.tolerations ?? []) as readonly Toleration[];
  const first = firstUntoleratedTaint(taints, tolerations, ["NoSchedule", "NoExecute"]);
  const got = { tolerated: taints.map((taint) => isTolerated(taint, tolerations)), blocksScheduling: first !== undefined };
  return compare(first === undefined ? got : { ...got, firstUntolerated: first }, expected);
};
