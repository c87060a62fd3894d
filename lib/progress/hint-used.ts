import "server-only";
import { z } from "zod";
import { invalidField, type CurrentUser } from "@/lib/auth";
import { db } from "@/lib/db";
import { catalogEntry } from "./catalog";
import { ensureSeed } from "./seeds";

const shape = z.strictObject({ exercise: z.string().max(100), hint: z.int().min(0).max(9) });

/** Notes that a hint was opened (they count from 0). Opening it again changes nothing. */
export async function hintUsed(user: CurrentUser, request: unknown): Promise<void> {
  const parsed = shape.safeParse(request);
  if (!parsed.success) throw invalidField("body");
  const { exercise, hint } = parsed.data;
  const entry = await catalogEntry(exercise);
  if (hint >= entry.hints) throw invalidField("body");
  const key = { userId: user.id, exerciseId: exercise, seed: await ensureSeed(user.id, entry), hint };
  await db.hintUse.upsert({ where: { userId_exerciseId_seed_hint: key }, create: key, update: {} });
}
