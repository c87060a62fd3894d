import "server-only";
import { invalidField, type CurrentUser } from "@/lib/auth";
import { db } from "@/lib/db";
import { z } from "zod";
import { catalogEntry } from "./catalog";
import { ensureSeed, FIRST_SEED, putSeed, randomSeed } from "./seeds";

const shape = z.strictObject({ exercise: z.string().max(100), fresh: z.boolean().optional() });

/** The variant to work with, and whether what is handed in for it counts. */
export interface DrawnSeed {
  readonly exercise: string;
  readonly seed: number;
  readonly practice: boolean;
}

/**
 * The seed someone's exercise runs with. `fresh` asks for another variant, and gets it once the present one was solved or
 * its solution shown: asking is no way to fish for an easy one. Guests get a seed that is remembered only by their browser.
 */
export async function drawSeed(user: CurrentUser | null, request: unknown): Promise<DrawnSeed> {
  const parsed = shape.safeParse(request);
  if (!parsed.success) throw invalidField("body");
  const { exercise, fresh = false } = parsed.data;
  const entry = await catalogEntry(exercise);
  if (!user) return { exercise, seed: entry.hasVariants && fresh ? randomSeed() : FIRST_SEED, practice: false };
  const present = await ensureSeed(user.id, entry);
  const seed = fresh && entry.hasVariants && (await isSpent(user.id, exercise, present)) ? await putSeed(user.id, exercise, randomSeed()) : present;
  return { exercise, seed, practice: await isPractice(user.id, exercise, seed, entry.hasVariants) };
}

async function isSpent(userId: string, exerciseId: string, seed: number): Promise<boolean> {
  const [shown, solved] = await Promise.all([
    db.solutionReveal.findFirst({ where: { userId, exerciseId, seed }, select: { seed: true } }),
    db.submission.findFirst({ where: { userId, exerciseId, seed, passed: true }, select: { id: true } }),
  ]);
  return shown !== null || solved !== null;
}

/** Has the solution that answers this seed been shown? Without variants one solution answers them all. */
export async function isPractice(userId: string, exerciseId: string, seed: number, hasVariants: boolean): Promise<boolean> {
  const shown = await db.solutionReveal.findFirst({ where: { userId, exerciseId, ...(hasVariants ? { seed } : {}) }, select: { seed: true } });
  return shown !== null;
}
