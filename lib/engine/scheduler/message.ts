import { compareStrings } from "../apimachinery/compare";
import type { FilterOutcome } from "./cycle";

/** `1 Insufficient cpu, 2 node(s) were unschedulable`: each text with its count, in upstream's order (that of the strings). */
export function histogram(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counted(counts);
}

/** The same of texts counted already. */
export function counted(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([text, count]) => `${count} ${text}`).sort(compareStrings).join(", ");
}

/**
 * The text of the `FailedScheduling` event. Upstream: framework.FitError.Error.
 *
 * `postFilter` is what preemption said, empty when it made room.
 */
export function failureMessage(nodes: number, outcome: FilterOutcome, postFilter: string): string {
  const head = `0/${nodes} nodes are available:`;
  const reasons = outcome.refused ? outcome.refused.status.messages.join(", ") : outcome.counted ? counted(outcome.counted.texts) : histogram([...outcome.rejected.values()].flatMap(({ status }) => status.messages));
  const tail = postFilter === "" ? "" : ` ${postFilter}`;
  if (nodes === 0 || reasons === "") return nodes === 0 ? `no nodes available to schedule pods` : `${head}${tail}`;
  return `${head} ${reasons}.${tail}`;
}
