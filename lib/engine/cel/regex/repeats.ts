import type { Node } from "./node";

/** Most copies of the innermost thing that nested repetitions may ask for. Upstream: regexp/syntax, repeatIsValid. */
export const MOST_REPEATS = 1000;

function innerNodes(node: Node): readonly Node[] {
  if (node.type === "cat" || node.type === "alt") return node.nodes;
  return node.type === "repeat" || node.type === "group" ? [node.node] : [];
}

/** Does a repetition, with those inside it, ask for at most so many copies? Upstream: regexp/syntax, repeatIsValid. */
export function isRepeatable(node: Node, most: number): boolean {
  let left = most;
  // `*`, `+` and `?` count as one copy.
  if (node.type === "repeat") {
    if (node.max === 0) return true;
    const count = node.max ?? node.min;
    if (count > left) return false;
    left = Math.floor(left / Math.max(1, count));
  }
  return innerNodes(node).every((inner) => isRepeatable(inner, left));
}
