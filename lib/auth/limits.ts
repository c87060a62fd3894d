import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { tooMany } from "./refusals";

/**
 * How often, a key. In memory, because the site is one process (SQLite); a restart forgives everybody.
 *
 * Limits by address are wide: a whole classroom sits behind one. Limits by account are what stops guessing.
 */
const LIMITS = {
  "sign-in-account": { points: 10, duration: 15 * 60 },
  "sign-in-address": { points: 300, duration: 15 * 60 },
  "sign-in-everybody": { points: 1_200, duration: 60 },
  "sign-up-address": { points: 120, duration: 60 * 60 },
  "sign-up-everybody": { points: 600, duration: 60 * 60 },
  "password-check": { points: 10, duration: 15 * 60 },
  submission: { points: 60, duration: 60 },
  "guest-grade": { points: 300, duration: 60 },
  "guest-mutation": { points: 1_200, duration: 60 },
  "guest-reading": { points: 6_000, duration: 60 },
  merge: { points: 10, duration: 10 * 60 },
  invite: { points: 20, duration: 10 * 60 },
  "class-create": { points: 30, duration: 60 * 60 },
  mutation: { points: 240, duration: 60 },
  reading: { points: 600, duration: 60 },
  "live-connect": { points: 20, duration: 10 * 60 },
  export: { points: 20, duration: 10 * 60 },
} as const;

/** What is being limited. */
export type LimitName = keyof typeof LIMITS;

const home = globalThis as typeof globalThis & { timonelLimiters?: Map<LimitName, RateLimiterMemory> };
const limiters = (home.timonelLimiters ??= new Map());

function limiterOf(name: LimitName): RateLimiterMemory {
  const known = limiters.get(name);
  if (known) return known;
  const { points, duration } = LIMITS[name];
  const raised = name === "submission" ? Number(process.env.TIMONEL_SUBMISSIONS_PER_MINUTE) : Number.NaN;
  const made = new RateLimiterMemory({ keyPrefix: name, points: Number.isInteger(raised) && raised > 0 ? raised : points, duration });
  limiters.set(name, made);
  return made;
}

/** Counts one use of `name` by `key`. Refuses with `too-many` and the seconds to wait when the key has none left. */
export async function consume(name: LimitName, key: string): Promise<void> {
  try {
    await limiterOf(name).consume(key);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) throw tooMany(refused.msBeforeNext / 1000);
    throw refused;
  }
}

/** Forgives what `key` has used of `name`: a right password clears the wrong ones before it. */
export async function forgive(name: LimitName, key: string): Promise<void> {
  await limiterOf(name).delete(key);
}
