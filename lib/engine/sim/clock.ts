import type { Json } from "../apimachinery/meta";

/** Milliseconds of virtual time since the cluster was born. Never wall time. Always an integer. */
export type Instant = number & { readonly __brand: "Instant" };
/** A length of virtual time in whole milliseconds. */
export type Millis = number & { readonly __brand: "Millis" };

/** A length of time given in seconds; fractions of a millisecond are dropped. */
export function seconds(amount: number): Millis {
  return Math.trunc(amount * 1000) as Millis;
}

/** A length of time given in milliseconds. */
export function millis(amount: number): Millis {
  return Math.trunc(amount) as Millis;
}

/** The instant `delay` after `instant`. */
export function later(instant: Instant, delay: number): Instant {
  return (instant + Math.trunc(delay)) as Instant;
}

/**
 * A wake-up call, written as data so that a cluster can be saved, forked and replayed.
 *
 * A callback would close over one particular cluster; a timer only names who wants to be
 * woken and with what message, and the cluster it fires in looks the component up.
 */
export interface Timer {
  readonly at: Instant;
  /** Breaks ties: of two timers due together, the one set first fires first. */
  readonly seq: number;
  readonly component: string;
  readonly message: Json;
}

/**
 * Virtual time. The only source of time in the engine.
 *
 * Time stands still while anything runs and jumps straight to the next timer when nothing
 * does, so a ten-minute rollout takes microseconds and always takes the same path.
 */
export interface Clock {
  now(): Instant;
  /** Books a wake-up for `component`. A negative or zero delay fires later in the current instant, never re-entrantly. */
  after(delay: Millis, component: string, message: Json): Timer;
  cancel(timer: Pick<Timer, "seq">): void;
}

/** What a clock writes down. */
export interface ClockSnapshot {
  readonly now: number;
  readonly seq: number;
  readonly timers: readonly Timer[];
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** The clock with the powers of the loop that drives it: a binary heap of timers; cancelled ones are skipped when they surface. */
export class VirtualClock implements Clock {
  private current: Instant;
  private seq: number;
  private heap: Timer[];
  private readonly live: Set<number>;

  constructor(from?: ClockSnapshot) {
    this.current = (from?.now ?? 0) as Instant;
    this.seq = from?.seq ?? 0;
    // Written in firing order, and a sorted array is already a heap.
    this.heap = [...(from?.timers ?? [])];
    this.live = new Set(this.heap.map((timer) => timer.seq));
  }

  now(): Instant {
    return this.current;
  }

  after(delay: Millis, component: string, message: Json): Timer {
    this.seq += 1;
    const timer: Timer = { at: (this.current + Math.max(0, Math.trunc(delay))) as Instant, seq: this.seq, component, message };
    this.live.add(timer.seq);
    this.push(timer);
    return timer;
  }

  cancel(timer: Pick<Timer, "seq">): void {
    this.live.delete(timer.seq);
  }

  /** When the next timer is due, if any. */
  nextAt(): Instant | undefined {
    this.dropCancelled();
    return this.heap[0]?.at;
  }

  /** Takes the next timer due at or before `limit` and moves to its time. */
  take(limit: Instant): Timer | undefined {
    this.dropCancelled();
    const head = this.heap[0];
    if (!head || head.at > limit) return undefined;
    this.pop();
    this.live.delete(head.seq);
    this.current = head.at;
    return head;
  }

  /** Moves forward to `instant`; never back. */
  moveTo(instant: Instant): void {
    if (instant > this.current) this.current = instant;
  }

  snapshot(): ClockSnapshot {
    const timers = this.heap.filter((timer) => this.live.has(timer.seq)).sort((a, b) => (before(a, b) ? -1 : 1));
    return { now: this.current, seq: this.seq, timers };
  }

  private dropCancelled(): void {
    for (let head = this.heap[0]; head && !this.live.has(head.seq); head = this.heap[0]) this.pop();
  }

  private push(timer: Timer): void {
    const heap = this.heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Timer;
      if (!before(timer, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop();
    if (heap.length === 0 || !last) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && before(right, heap[child] as Timer)) child += 1;
      const below = heap[child] as Timer;
      if (!before(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}
