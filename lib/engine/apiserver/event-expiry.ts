import { compareStrings } from "../apimachinery/compare";
import { EVENT } from "../apimachinery/kinds";
import { keyText, type KubeObject, type ObjectRef } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import type { Event } from "../resources/core/event/event";
import type { Clock } from "../sim/clock";
import { refIn, type ObjectStore } from "../store/store";
import { TIMERS } from "../sim/timers";

/** How long an Event is kept after it was last written, in milliseconds. Upstream: `--event-ttl` 1h. */
const EVENT_TTL = TIMERS.api.eventTtl.ms;
/** Leases are shared by all Events of one minute. Upstream: etcd3 leaseManager reuseDurationSeconds. */
const LEASE = 60_000;

/**
 * When Events are over. An expired Event is hidden from readers at once; it is taken from the store, with its DELETED, when the next Event
 * is made. Both depend on time and on what is stored alone, so nothing has to be woken for them.
 */
export class EventExpiry {
  /** No stored Event was last written before this; only spares looking. */
  private oldest = "";

  constructor(
    private readonly store: ObjectStore,
    private readonly clock: Clock,
  ) {}

  /** Is this an Event nobody should see any more? */
  isOver(object: KubeObject): boolean {
    const limit = this.limit();
    return limit !== undefined && lastWritten(object as Event) < limit;
  }

  /** Those of some Events that are not over. */
  current(events: readonly KubeObject[]): readonly KubeObject[] {
    const limit = this.limit();
    if (limit === undefined || this.oldest >= limit) return events;
    return events.some((event) => lastWritten(event as Event) < limit) ? events.filter((event) => lastWritten(event as Event) >= limit) : events;
  }

  /** Takes what is over out of the store. */
  sweep(): void {
    const limit = this.limit();
    if (limit === undefined || this.oldest >= limit) return;
    let oldest: string | undefined;
    const over: ObjectRef[] = [];
    for (const event of this.store.unordered(EVENT)) {
      const last = lastWritten(event as Event);
      if (last < limit) over.push(refIn(EVENT, { namespace: event.metadata.namespace ?? "", name: event.metadata.name }));
      else if (oldest === undefined || last < oldest) oldest = last;
    }
    over.sort((a, b) => compareStrings(keyText(a), keyText(b)));
    for (const ref of over) this.store.remove(ref, "system:apiserver");
    this.oldest = oldest ?? timestamp(this.clock.now());
  }

  /** Events last written before then are over; undefined while none can be. */
  private limit(): string | undefined {
    const now = this.clock.now();
    const since = now - (now % LEASE) - EVENT_TTL;
    return since < 0 ? undefined : timestamp(since as typeof now);
  }
}

/** Timestamps in this form compare as texts do. */
function lastWritten({ metadata, lastTimestamp }: Event): string {
  const made = metadata.creationTimestamp;
  return lastTimestamp && lastTimestamp > made ? lastTimestamp : made;
}
