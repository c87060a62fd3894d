/** How long a Job waits before it replaces pods that failed. Upstream: backoff_utils.go. */
import type { Pod } from "../../resources/core/pod/pod";
import { finishedAt, indexFailures, indexIgnored } from "./pods";
import { TIMERS } from "../../sim/timers";

const FIRST = TIMERS.workloads.jobBackoff.ms;
const LONGEST = TIMERS.workloads.jobBackoffMost.ms;

/** Failures since the last success, and when the latest was. */
export interface Backoff {
  readonly failures: number;
  readonly last?: number;
}

/** The record after more pods have ended: a success starts the count anew. Upstream: newBackoffRecord. */
export function nextBackoff(known: Backoff | undefined, succeeded: readonly Pod[], failed: readonly Pod[]): Backoff {
  const ends = failed.map(finishedAt);
  if (succeeded.length > 0) {
    const success = Math.max(...succeeded.map(finishedAt));
    const after = ends.filter((end) => end > success);
    return after.length === 0 ? { failures: 0 } : { failures: after.length, last: Math.max(...after) };
  }
  const before = known ?? { failures: 0 };
  return ends.length === 0 ? before : { failures: before.failures + ends.length, last: Math.max(...ends) };
}

/** Milliseconds still to wait: 10 s after the first failure, twice as long after each more, ten minutes at most. */
export function remaining({ failures, last }: Backoff, now: number): number {
  if (failures === 0 || last === undefined) return 0;
  let wait = FIRST;
  for (let i = 1; i < failures && wait < LONGEST; i += 1) wait *= 2;
  return Math.max(0, Math.min(wait, LONGEST) - (now - last));
}

/** The same for one index, told by the pod that failed last. */
export function remainingForIndex(pod: Pod | undefined, now: number): number {
  return pod === undefined ? 0 : remaining({ failures: indexFailures(pod) + indexIgnored(pod) + 1, last: finishedAt(pod) }, now);
}
