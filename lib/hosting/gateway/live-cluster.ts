/** A cluster that lives in real time, and tells those who stream from it when to look. */
import { BudgetExceeded, millis, type Cluster } from "@/lib/engine";

/** How fast virtual time runs against real time; `off` when only the control API moves it. */
export type Rate = number | "off";

const TICK = 100;
/** Most virtual time one tick makes up for, after the process was held up. */
const CATCH_UP = 5000;

/**
 * Holds one cluster, moves its clock, and lets its controllers work after every write: once a turn
 * of the event loop, however many writes there were. Not safe to use after {@link close}.
 */
export class LiveCluster {
  private readonly listeners = new Set<() => void>();
  private readonly endings = new Set<() => void>();
  private ticker: ReturnType<typeof setInterval> | undefined;
  private last = performance.now();
  private scheduled = false;
  /** Why time stands still: two controllers fight, or the budget is spent. */
  stopped: string | undefined;

  constructor(
    private current: Cluster,
    readonly rate: Rate,
  ) {
    if (rate !== "off") this.ticker = setInterval(() => this.tick(rate), TICK);
  }

  get cluster(): Cluster {
    return this.current;
  }

  /** Called whenever the cluster may have moved; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Called when the cluster is replaced or closed: streams must end. Returns how to stop. */
  onEnd(listener: () => void): () => void {
    this.endings.add(listener);
    return () => void this.endings.delete(listener);
  }

  /** Something was written: controllers have their turn soon, then streams. */
  touch(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.run(() => this.current.advance(millis(0)));
    });
  }

  /** Does something with the cluster, then wakes the streams. @throws whatever `action` throws, but for a spent budget */
  run(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error;
      this.stopped = error.message;
    }
    for (const listener of [...this.listeners]) listener();
  }

  /** Puts another cluster in place of this one. Streams end, as they do when a server restarts. */
  replace(next: Cluster): void {
    this.current = next;
    this.stopped = undefined;
    this.end();
  }

  close(): void {
    clearInterval(this.ticker);
    this.ticker = undefined;
    this.end();
  }

  private end(): void {
    for (const listener of [...this.endings]) listener();
  }

  private tick(rate: number): void {
    const now = performance.now();
    const passed = Math.min(CATCH_UP, now - this.last);
    this.last = now;
    if (this.stopped !== undefined) return;
    this.run(() => this.current.advance(millis(Math.round(passed * rate))));
  }
}
