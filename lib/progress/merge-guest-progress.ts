import "server-only";
import { z } from "zod";
import { consume, invalidField, Refusal, type CurrentUser } from "@/lib/auth";
import type { Text } from "@/lib/text";
import { readAnswer } from "./answer-shape";
import { catalogEntry, requireLesson } from "./catalog";
import { noteVisit } from "./record-visit";
import { isTheirSeed, putSeed } from "./seeds";
import { store, type StoredSubmission } from "./submit-answer";

const MAX_ANSWERS = 100;

const shape = z.strictObject({
  submissions: z
    .array(z.strictObject({ answer: z.unknown(), idempotencyKey: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/), practice: z.boolean().optional() }))
    .max(MAX_ANSWERS)
    .default([]),
  visits: z.array(z.strictObject({ lesson: z.string().max(100), state: z.enum(["started", "done"]) })).max(100).default([]),
});

/** What became of each answer, in the order they were sent. */
export interface MergeResult {
  readonly submissions: readonly MergedAnswer[];
}

export type MergedAnswer =
  | { readonly idempotencyKey: string; readonly submission: StoredSubmission | null }
  | { readonly idempotencyKey: string; readonly refused: { readonly code: string; readonly message: Text } };

/**
 * Takes over what someone did before having an account: each answer is replayed and judged like any other, none is
 * believed. One that is refused (an exercise that is gone, a damaged journal) does not stop the others. Safe to repeat: the
 * keys make it one merge.
 */
export async function mergeGuestProgress(user: CurrentUser, request: unknown): Promise<MergeResult> {
  const parsed = shape.safeParse(request);
  if (!parsed.success) throw invalidField("body");
  await consume("merge", user.id);
  for (const { lesson, state } of parsed.data.visits) await mergeVisit(user.id, lesson, state);
  const submissions: MergedAnswer[] = [];
  for (const { answer, idempotencyKey, practice = false } of parsed.data.submissions) {
    submissions.push(await mergeAnswer(user.id, answer, idempotencyKey, practice));
  }
  return { submissions };
}

async function mergeAnswer(userId: string, value: unknown, idempotencyKey: string, practice: boolean): Promise<MergedAnswer> {
  try {
    const answer = readAnswer(value);
    const entry = await catalogEntry(answer.exercise);
    // A guest's variant becomes theirs; which one it is was never a secret nor a merit.
    if (!(await isTheirSeed(userId, entry.id, answer.seed))) await putSeed(userId, entry.id, answer.seed);
    const { submission } = await store(userId, { answer, entry, idempotencyKey, practice });
    return { idempotencyKey, submission };
  } catch (error) {
    if (error instanceof Refusal) return { idempotencyKey, refused: { code: error.code, message: error.text } };
    throw error;
  }
}

async function mergeVisit(userId: string, lesson: string, state: "started" | "done"): Promise<void> {
  try {
    requireLesson(lesson);
  } catch (error) {
    if (error instanceof Refusal) return;
    throw error;
  }
  await noteVisit(userId, lesson, state);
}
