/** How many may be inside, and how many may wait. */
export interface TurnstileLimits {
  readonly inside: number;
  readonly waiting: number;
  readonly waitingPerKey: number;
}

interface Visitor {
  readonly key: string;
  readonly enter: () => void;
}

/**
 * Lets work through in order of arrival: at most `inside` at once, and never two with the same key. Someone who sends a
 * hundred answers waits behind themselves, not in front of everybody.
 */
export class Turnstile {
  private readonly busy = new Set<string>();
  private readonly queue: Visitor[] = [];

  constructor(private readonly limits: TurnstileLimits) {}

  /** Runs `work` when its turn comes. Null, at once and without running it, when the queue (or the key's share of it) is full. */
  async pass<T>(key: string, work: () => Promise<T>): Promise<{ readonly result: T } | null> {
    const mine = this.queue.filter((visitor) => visitor.key === key).length;
    if (this.queue.length >= this.limits.waiting || mine >= this.limits.waitingPerKey) return null;
    await new Promise<void>((enter) => {
      this.queue.push({ key, enter });
      this.admit();
    });
    try {
      return { result: await work() };
    } finally {
      this.busy.delete(key);
      this.admit();
    }
  }

  private admit(): void {
    for (let place = 0; place < this.queue.length && this.busy.size < this.limits.inside; ) {
      const visitor = this.queue[place];
      if (!visitor || this.busy.has(visitor.key)) {
        place += 1;
        continue;
      }
      this.queue.splice(place, 1);
      this.busy.add(visitor.key);
      visitor.enter();
    }
  }
}
