import { ApiError } from "../apimachinery/api-error";
import type { ComponentContext } from "./component";
import { millis, type Millis } from "../sim/clock";
import type { Table } from "../sim/state";

/** First retry after 5 ms, doubling to 1000 s. Upstream: workqueue.DefaultTypedControllerRateLimiter. */
const FIRST_RETRY = 5;
const LAST_RETRY = 1_000_000;

/** Does a piece of work; was something of it refused by the API? That is noted in the journal. Anything else that is thrown is a bug of ours and passes through. */
export function isRefused(by: string, about: string, context: Pick<ComponentContext, "clock" | "journal">, work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    context.journal.record({ at: context.clock.now(), by, what: "retry", about, detail: error.status.message });
    return true;
  }
}

/** Does a piece of work and answers how long to wait before it is tried again: not at all when it went well, longer each time when it was refused. */
export function attempt(failures: Table<number>, by: string, about: string, context: Pick<ComponentContext, "clock" | "journal">, work: () => void): Millis | undefined {
  if (!isRefused(by, about, context, work)) {
    failures.delete(about);
    return undefined;
  }
  const count = failures.get(about) ?? 0;
  failures.set(about, count + 1);
  return millis(Math.min(LAST_RETRY, FIRST_RETRY * (1 << Math.min(count, 20))));
}
