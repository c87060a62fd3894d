import type { Toleration } from "../../resources/core/pod/pod";

/**
 * How many seconds a pod stays when these tolerations are what puts up with a node's taints: the shortest of their
 * `tolerationSeconds`, 0 for none at all, Infinity when none of them has an end. Upstream: getMinTolerationTime.
 */
export function patience(tolerations: readonly Toleration[]): number {
  if (tolerations.length === 0) return 0;
  return Math.min(...tolerations.map(({ tolerationSeconds }) => (tolerationSeconds === undefined ? Infinity : Math.max(0, tolerationSeconds))));
}
