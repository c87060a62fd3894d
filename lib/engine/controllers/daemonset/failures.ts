/**
 * Patience with nodes on which daemon pods keep failing: a failed pod is replaced at once, the next one after a second,
 * and twice as long after each more, up to fifteen minutes. Upstream: failedPodsBackoff.
 */
import type { Pod } from "../../resources/core/pod/pod";
import type { Table } from "../../sim/state";
import type { ControllerContext } from "../controller";
import type { Ended } from "./decide";
import { TIMERS } from "../../sim/timers";

const FIRST = TIMERS.workloads.daemonBackoff.ms;
const LONGEST = TIMERS.workloads.daemonBackoffMost.ms;

/** The wait after a node's latest failure, and when that was. */
interface Failure {
  readonly wait: number;
  readonly at: number;
}

/** What is remembered of failures, by set and node. */
export function failuresOf({ state }: ControllerContext): Table<Failure> {
  return state.table<Failure>("daemonset:failures");
}

/** Forgets all about a set. */
export function forget(failures: Table<Failure>, set: string): void {
  for (const key of [...failures.keys()]) if (key.startsWith(`${set}|`)) failures.delete(key);
}

/** Notes pods that failed; tells which of them must wait, and how long the soonest has to. Of several on a node one goes at a time. */
export function pauseFailures(ended: readonly Ended[], failures: Table<Failure>, set: string, now: number): { readonly waiting: ReadonlySet<Pod>; readonly wait?: number } {
  const waiting = new Set<Pod>();
  let soonest: number | undefined;
  for (const { node, pod, type } of ended) {
    if (type !== "Warning") continue;
    const key = `${set}|${node}`;
    const last = failures.get(key);
    if (last && now - last.at < last.wait) {
      waiting.add(pod);
      soonest = Math.min(soonest ?? Infinity, last.wait - (now - last.at));
      continue;
    }
    // Long quiet makes good: the back-off begins anew.
    const quiet = last === undefined || now - last.at > 2 * LONGEST;
    failures.set(key, { wait: quiet ? FIRST : Math.min(LONGEST, last.wait * 2), at: now });
  }
  return { waiting, ...(soonest === undefined ? {} : { wait: soonest }) };
}
