import type { Settings } from "./settings";

/** What is kept under a key: bytes, when they end (milliseconds since 1970, 0 for never), and their version. */
export interface Item {
  readonly flags: string;
  readonly value: string;
  readonly until: number;
  readonly cas: number;
}

/** What STATS counts. */
export type Counts = Readonly<Record<string, number>>;

/** The state between two requests. Items are in the order of their last use, the one longest unused first. */
export interface Kept {
  readonly items: readonly (readonly [string, Item])[];
  readonly lastCas: number;
  /** When everything older than the order to forget is forgotten, 0 when nobody gave one. */
  readonly flushAt: number;
  readonly startedAt: number;
  readonly counts: Counts;
}

/** Items at hand during a request. */
export interface Store {
  readonly items: Map<string, Item>;
  readonly settings: Settings;
  readonly now: number;
  readonly startedAt: number;
  lastCas: number;
  flushAt: number;
  readonly counts: Record<string, number>;
}

/** Nothing kept yet. */
export const emptyAt = (now: number): Kept => ({ items: [], lastCas: 0, flushAt: 0, startedAt: now, counts: {} });

/** Takes the state up for a request. */
export function opened(kept: Kept, settings: Settings, now: number): Store {
  const store: Store = { ...kept, items: new Map(kept.items), settings, now, counts: { ...kept.counts } };
  if (store.flushAt !== 0 && store.flushAt <= now) {
    store.items.clear();
    store.flushAt = 0;
  }
  return store;
}

/** The state a request leaves behind. */
export const closed = ({ items, lastCas, flushAt, startedAt, counts }: Store): Kept => ({ items: [...items], lastCas, flushAt, startedAt, counts });

/** Counts something. */
export function tally(store: Store, name: string, by = 1): void {
  store.counts[name] = (store.counts[name] ?? 0) + by;
}

/** Bytes an item takes, with what belongs to it. */
export const sizeOf = (key: string, { value }: Item): number => 48 + 8 + key.length + 1 + value.length + 2;

/** Bytes all items take. */
export const bytesOf = ({ items }: Store): number => [...items].reduce((sum, [key, item]) => sum + sizeOf(key, item), 0);

/** An item that is still alive; looking at one that is not removes it. */
export function find(store: Store, key: string): Item | undefined {
  const item = store.items.get(key);
  if (!item || item.until === 0 || item.until > store.now) return item;
  store.items.delete(key);
  return undefined;
}

/** An item that has been used goes to the end of the line. */
export function used(store: Store, key: string, item: Item): void {
  store.items.delete(key);
  store.items.set(key, item);
}

const MONTH = 2_592_000;

/** When something ends that was given so many seconds: up to thirty days from now on, beyond that since 1970; less than nothing is over already. */
export function endOf(store: Store, seconds: number): number {
  if (seconds === 0) return 0;
  if (seconds < 0) return 1;
  return seconds > MONTH ? seconds * 1000 : store.now + seconds * 1000;
}

/** Most items held, whatever their size. */
const MOST = 2_000;

/**
 * Keeps an item, and lets the ones longest unused go until there is room. False when there is none.
 *
 * @simplified There are no slab classes: memory is one pool, and an item takes what it is long. Beyond two thousand items the oldest go too.
 */
export function keep(store: Store, key: string, value: Omit<Item, "cas">): boolean {
  const item: Item = { ...value, cas: store.lastCas + 1 };
  const size = sizeOf(key, item);
  const before = store.items.get(key);
  let total = bytesOf(store) - (before ? sizeOf(key, before) : 0) + size;
  if (total > store.settings.limit && store.settings.isStrict) return false;
  store.lastCas += 1;
  used(store, key, item);
  for (const [oldest, old] of [...store.items]) {
    if ((total <= store.settings.limit && store.items.size <= MOST) || oldest === key) break;
    store.items.delete(oldest);
    total -= sizeOf(oldest, old);
    tally(store, old.until !== 0 && old.until <= store.now ? "reclaimed" : "evictions");
  }
  tally(store, "total_items");
  return true;
}
