import { hexDigit } from "../apimachinery/canonical";
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

const DASH = 45;
const FOUR = 52;

const UID_BOUNDS: readonly [number, number, number, number, number] = [0x100000000, 0x100000000, 0x100000000, 0x100000000, 4];

/** A version-4-shaped uid drawn from the seed. */
export function uid(random: Random): string {
  const drawn = random.draws(UID_BOUNDS) as typeof UID_BOUNDS;
  const a = drawn[0];
  const b = drawn[1];
  const c = drawn[2];
  const d = drawn[3];
  const variant = drawn[4];
  // One flat text, and in one call: uids are keys of many maps, and every object has one.
  return String.fromCharCode(
    hexDigit(a >>> 28), hexDigit(a >>> 24), hexDigit(a >>> 20), hexDigit(a >>> 16), hexDigit(a >>> 12), hexDigit(a >>> 8), hexDigit(a >>> 4), hexDigit(a),
    DASH, hexDigit(b >>> 28), hexDigit(b >>> 24), hexDigit(b >>> 20), hexDigit(b >>> 16),
    DASH, FOUR, hexDigit(b >>> 8), hexDigit(b >>> 4), hexDigit(b),
    DASH, hexDigit(8 + variant), hexDigit(c >>> 24), hexDigit(c >>> 20), hexDigit(c >>> 16),
    DASH, hexDigit(c >>> 12), hexDigit(c >>> 8), hexDigit(c >>> 4), hexDigit(c),
    hexDigit(d >>> 28), hexDigit(d >>> 24), hexDigit(d >>> 20), hexDigit(d >>> 16), hexDigit(d >>> 12), hexDigit(d >>> 8), hexDigit(d >>> 4), hexDigit(d),
  );
}
