import type { Random } from "./random";

/** The letters Kubernetes uses for generated suffixes: no vowels, no look-alikes. Upstream: util/rand. */
const SAFE = "bcdfghjklmnpqrstvwxz2456789";

/** A suffix as `metadata.generateName` and ReplicaSets append it: five safe letters by default. */
export function suffix(random: Random, length = 5): string {
  return random.draws(new Array<number>(length).fill(SAFE.length)).map((at) => SAFE[at]).join("");
}

const UID_BOUNDS = [0x100000000, 0x100000000, 0x100000000, 0x100000000, 4] as const;

/** A version-4-shaped uid drawn from the seed. */
export function uid(random: Random): string {
  const drawn = random.draws(UID_BOUNDS);
  const hex = drawn.slice(0, 4).map((part) => part.toString(16).padStart(8, "0")).join("");
  const variant = "89ab".charAt(drawn[4] ?? 0);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
