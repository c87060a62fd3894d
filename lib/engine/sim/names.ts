import type { Random } from "./random";

/** The letters Kubernetes uses for generated suffixes: no vowels, no look-alikes. Upstream: util/rand. */
const SAFE = "bcdfghjklmnpqrstvwxz2456789";

const FIVE = new Array<number>(5).fill(SAFE.length);

/** A suffix as `metadata.generateName` and ReplicaSets append it: five safe letters by default. */
export function suffix(random: Random, length = 5): string {
  let text = "";
  for (const at of random.draws(length === 5 ? FIVE : new Array<number>(length).fill(SAFE.length))) text += SAFE[at];
  return text;
}

const HEX = "0123456789abcdef";
const DASH = 45;

const UID_BOUNDS = [0x100000000, 0x100000000, 0x100000000, 0x100000000, 4] as const;

/** A version-4-shaped uid drawn from the seed. */
export function uid(random: Random): string {
  const drawn = random.draws(UID_BOUNDS);
  const codes: number[] = [];
  for (let i = 0; i < 32; i += 1) {
    if (i === 8 || i === 12 || i === 16 || i === 20) codes.push(DASH);
    const digit = ((drawn[i >> 3] ?? 0) >>> (28 - 4 * (i & 7))) & 15;
    codes.push(HEX.charCodeAt(i === 12 ? 4 : i === 16 ? 8 + (drawn[4] ?? 0) : digit));
  }
  // One flat text: uids are keys of many maps.
  return String.fromCharCode(...codes);
}
