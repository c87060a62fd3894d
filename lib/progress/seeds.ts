import "server-only";
import { randomInt } from "node:crypto";
import { db, isDuplicate } from "@/lib/db";
import type { CatalogEntry } from "./catalog";

/** The seed of everything without variants, and of a guest's first try. */
export const FIRST_SEED = 1;

/** A seed nobody has chosen. */
export function randomSeed(): number {
  return randomInt(2, 0x7fff_ffff);
}

/** The seed in force for someone, or null when none was ever drawn. */
export async function seedInForce(userId: string, exerciseId: string): Promise<number | null> {
  const last = await db.attemptSeed.findFirst({ where: { userId, exerciseId }, orderBy: { draw: "desc" }, select: { seed: true } });
  return last?.seed ?? null;
}

/**
 * Puts the next seed in force. When two draws race, the unique key lets one through and both get that one's seed: a person
 * has one variant, whatever the number of open tabs.
 */
export async function putSeed(userId: string, exerciseId: string, seed: number): Promise<number> {
  const draw = await db.attemptSeed.count({ where: { userId, exerciseId } });
  try {
    await db.attemptSeed.create({ data: { userId, exerciseId, draw, seed } });
    return seed;
  } catch (error) {
    const winner = isDuplicate(error) ? await seedInForce(userId, exerciseId) : null;
    if (winner === null) throw error;
    return winner;
  }
}

/** The seed someone works with, drawn now if there is none. */
export async function ensureSeed(userId: string, entry: CatalogEntry): Promise<number> {
  const inForce = await seedInForce(userId, entry.id);
  return inForce ?? putSeed(userId, entry.id, entry.hasVariants ? randomSeed() : FIRST_SEED);
}

/** Was this seed ever given to this person? */
export async function isTheirSeed(userId: string, exerciseId: string, seed: number): Promise<boolean> {
  return (await db.attemptSeed.findFirst({ where: { userId, exerciseId, seed }, select: { draw: true } })) !== null;
}
