import { POD } from "../apimachinery/kinds";
import { parseKey } from "../apimachinery/meta";
import { workQueue, type ComponentContext, type WorkQueue } from "../client/component";
import type { Pod } from "../resources/core/pod/pod";
import type { StateTree, Table } from "../sim/state";
import { TIMERS } from "../sim/timers";

/** First wait after a failed attempt, doubling up to the last. Upstream: podInitialBackoffSeconds, podMaxBackoffSeconds. */
const FIRST_BACKOFF = TIMERS.scheduling.backoff.ms;
const LAST_BACKOFF = TIMERS.scheduling.backoffMost.ms;

/** What is remembered of a pod that found no node. */
interface Unschedulable {
  /** Plugins that refused it: only events they care about wake it. */
  readonly plugins: readonly string[];
  readonly attempts: number;
  readonly since: number;
}

/**
 * The pods that wait for a node: those to try now (highest priority first, then in order of arrival), those
 * woken within their back-off, and those that wait for something to change.
 *
 * As upstream since 1.33, a pod in back-off is tried at once when nothing else waits, so back-off
 * only decides who goes first. Upstream: backend/queue/scheduling_queue.go, SchedulerPopFromBackoffQ.
 */
export interface SchedulingQueue {
  add(key: string, priority: number): void;
  /** The next pod to try; undefined when there is none. */
  take(): string | undefined;
  forget(key: string): void;
  failed(key: string, plugins: readonly string[], now: number): void;
  attempts(key: string): number;
  /** Does any pod wait for something to change? */
  hasWaiting(): boolean;
  /** Wakes the pods whose refusing plugins one of `plugins` is among; all of them when `"*"`. */
  wake(plugins: readonly string[] | "*", context: ComponentContext): void;
}

const PRIORITIES = "scheduler:priorities";

/** The queue over a cluster's state. */
export function schedulingQueue(state: StateTree): SchedulingQueue {
  let queue = handles.get(state);
  if (!queue) handles.set(state, (queue = openQueue(state)));
  return queue;
}

/** Handles by state tree: they hold nothing of their own, so sharing one is only quicker. */
const handles = new WeakMap<StateTree, SchedulingQueue>();

function openQueue(state: StateTree): SchedulingQueue {
  const waiting: Table<Unschedulable> = state.table("scheduler:unschedulable");
  const ranks = state.table<number>(PRIORITIES);
  const attempts = state.table<number>("scheduler:attempts");
  const backoff = workQueue(state, "scheduler-backoff");
  const lines = new Map<string, WorkQueue>();
  const at = (rank: string): WorkQueue => {
    let line = lines.get(rank);
    if (!line) lines.set(rank, (line = workQueue(state, `scheduler/${rank}`)));
    return line;
  };
  return {
    add(key, priority) {
      waiting.delete(key);
      const rank = rankOf(priority);
      if (!ranks.has(rank)) ranks.set(rank, 1);
      at(rank).add(key);
    },
    take() {
      for (const rank of ranks.keys()) {
        const key = at(rank).take();
        if (key !== undefined) return key;
        ranks.delete(rank);
      }
      return backoff.take();
    },
    forget(key) {
      if (waiting.size > 0) waiting.delete(key);
      if (attempts.size > 0) attempts.delete(key);
    },
    failed(key, plugins, now) {
      const count = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, count);
      waiting.set(key, { plugins, attempts: count, since: now });
    },
    attempts: (key) => attempts.get(key) ?? 0,
    hasWaiting: () => waiting.size > 0,
    wake(plugins, context) {
      if (waiting.size === 0) return;
      for (const key of [...waiting.keys()]) {
        const pod = waiting.get(key);
        if (!pod || (plugins !== "*" && !pod.plugins.some((name) => plugins.includes(name)))) continue;
        const priority = context.client.get<Pod>(POD, parseKey(key))?.spec.priority ?? 0;
        const wait = Math.min(LAST_BACKOFF, FIRST_BACKOFF * (1 << Math.min(pod.attempts - 1, 5)));
        if (pod.since + wait <= context.clock.now()) this.add(key, priority);
        else {
          waiting.delete(key);
          backoff.add(key);
        }
      }
    },
  };
}

/** A priority as text that sorts highest first. */
function rankOf(priority: number): string {
  return String(4_000_000_000 - priority).padStart(10, "0");
}
