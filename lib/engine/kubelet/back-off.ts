import { TIMERS } from "../sim/timers";

/** First and longest wait between restarts. Upstream: MaxContainerBackOff and backOffPeriod of the kubelet. */
export const FIRST_DELAY = TIMERS.pods.crashBackoff.ms;
export const LONGEST_DELAY = TIMERS.pods.crashBackoffMost.ms;

/** A back-off in force: how long, and when it was last raised. */
export interface BackOff {
  readonly delay: number;
  readonly raised: number;
}

/** Milliseconds still to wait at `now` for something that failed at `failed`; 0 when it may go on. Upstream: flowcontrol.Backoff.IsInBackOffSince. */
export function remaining(backOff: BackOff | undefined, failed: number, now: number): number {
  if (!backOff || expired(backOff, failed)) return 0;
  return Math.max(0, failed + backOff.delay - now);
}

/** The back-off after one more failure: doubled, or the first again when it has been quiet for ten minutes. Upstream: flowcontrol.Backoff.Next. */
export function raise(backOff: BackOff | undefined, failed: number, now: number): BackOff {
  if (!backOff || expired(backOff, failed)) return { delay: FIRST_DELAY, raised: now };
  return { delay: Math.min(LONGEST_DELAY, backOff.delay * 2), raised: now };
}

function expired(backOff: BackOff, failed: number): boolean {
  return failed - backOff.raised > LONGEST_DELAY * 2;
}

/** A length of time as Go prints durations rounded to seconds: `10s`, `2m40s`, `5m0s`. */
export function durationText(delay: number): string {
  const total = Math.trunc(delay / 1000);
  if (total < 60) return `${total}s`;
  const minutes = Math.trunc(total / 60);
  const rest = `${minutes % 60}m${total % 60}s`;
  return minutes < 60 ? rest : `${Math.trunc(minutes / 60)}h${rest}`;
}
