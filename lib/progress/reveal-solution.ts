import "server-only";
import { z } from "zod";
import { consume, invalidField, type CurrentUser } from "@/lib/auth";
import { db } from "@/lib/db";
import { catalogEntry, solutionsOf, type Solution } from "./catalog";
import { solutionNotYet } from "./refusals";
import { ensureSeed, putSeed, randomSeed } from "./seeds";

const shape = z.strictObject({ giveUp: z.boolean().optional() });

/** The solutions, and what showing them costs. */
export interface RevealedSolution {
  readonly exercise: string;
  readonly solutions: readonly Solution[];
  readonly reason: "solved" | "gave-up";
  /** The seed to go on with: another variant after giving up, where there are variants. */
  readonly seed: number;
  /** Does what is handed in from now on with `seed` count for nothing? */
  readonly practice: boolean;
}

/**
 * Shows the solution to who solved the exercise, or who gives up and says so (`{giveUp: true}`).
 *
 * The showing is written down before anything is shown: from then on answers for that seed are practice. Giving up draws a
 * new variant where there are variants. Marks already earned stay. Guests may give up too; their browser must remember it.
 */
export async function revealSolution(user: CurrentUser | null, exerciseId: string, request: unknown, address: string): Promise<RevealedSolution> {
  const parsed = shape.safeParse(request);
  if (!parsed.success) throw invalidField("body");
  const entry = await catalogEntry(exerciseId);
  const giveUp = parsed.data.giveUp ?? false;
  if (!user) {
    if (!giveUp) throw solutionNotYet();
    await consume("guest-grade", address);
    return { exercise: exerciseId, solutions: await solutionsOf(exerciseId), reason: "gave-up", seed: entry.hasVariants ? randomSeed() : 1, practice: !entry.hasVariants };
  }
  const solved = (await db.submission.findFirst({ where: { userId: user.id, exerciseId, passed: true, practice: false }, select: { id: true } })) !== null;
  if (!solved && !giveUp) throw solutionNotYet();
  const reason = solved ? "solved" : "gave-up";
  const seed = await ensureSeed(user.id, entry);
  const key = { userId: user.id, exerciseId, seed };
  // One showing is enough: the first one's time and reason stand.
  await db.solutionReveal.upsert({ where: { userId_exerciseId_seed: key }, create: { ...key, reason }, update: {} });
  const solutions = await solutionsOf(exerciseId);
  const next = reason === "gave-up" && entry.hasVariants ? await putSeed(user.id, exerciseId, randomSeed()) : seed;
  return { exercise: exerciseId, solutions, reason, seed: next, practice: next === seed };
}
