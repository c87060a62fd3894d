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

/** Eight hexadecimal digits. */
function word(value = 0): string {
  return (0x100000000 + value).toString(16).slice(1);
}

const UID_BOUNDS = [0x100000000, 0x100000000, 0x100000000, 0x100000000, 4] as const;

/** A version-4-shaped uid drawn from the seed. */
export function uid(random: Random): string {
  const drawn = random.draws(UID_BOUNDS);
  const [a, b, c, d] = [word(drawn[0]), word(drawn[1]), word(drawn[2]), word(drawn[3])];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${"89ab".charAt(drawn[4] ?? 0)}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
