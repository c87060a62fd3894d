/** What something costs, or how large it is: at least and at most. Upstream: cel-go/checker, CostEstimate and SizeEstimate. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** What stands for everything that cannot be counted any more. */
export const MOST = Number(18446744073709551615n);
/** Anything. */
export const UNKNOWN: Bounds = { min: 0, max: MOST };

/** Exactly so much. */
export const exactly = (amount: number): Bounds => ({ min: amount, max: amount });

const capped = (amount: number): number => Math.min(amount, MOST);

/** The sum of several. */
export function sum(...parts: readonly Bounds[]): Bounds {
  return parts.reduce((total, { min, max }) => ({ min: capped(total.min + min), max: capped(total.max + max) }), exactly(0));
}

/** The product of two. */
export function product(a: Bounds, b: Bounds): Bounds {
  return { min: capped(a.min * b.min), max: capped(a.max * b.max) };
}

/** So many times as much, rounded up. */
export function scaled({ min, max }: Bounds, factor: number): Bounds {
  return { min: capped(Math.ceil(min * factor)), max: capped(Math.ceil(max * factor)) };
}

/** What covers both. */
export function union(a: Bounds, b: Bounds): Bounds {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
