import type { Random } from "./random";

/** The letters Kubernetes uses for generated suffixes: no vowels, no look-alikes. Upstream: util/rand. */
const SAFE = "bcdfghjklmnpqrstvwxz2456789";

/** A suffix as `metadata.generateName` and ReplicaSets append it: five safe letters by default. */
export function suffix(random: Random, length = 5): string {
  let text = "";
  for (let i = 0; i < length; i += 1) text += SAFE[random.below(SAFE.length)];
  return text;
}

/** A version-4-shaped uid drawn from the seed. */
export function uid(random: Random): string {
  const hex = [0, 1, 2, 3].map(() => random.next().toString(16).padStart(8, "0")).join("");
  const variant = "89ab"[random.below(4)] as string;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
