import "server-only";
import { z } from "zod";
import { invalidField, type CurrentUser } from "@/lib/auth";
import { db } from "@/lib/db";
import { requireLesson } from "./catalog";

const shape = z.strictObject({ lesson: z.string().max(100), state: z.enum(["started", "done"]) });

/** How far someone is with a lesson. */
export type LessonState = "started" | "done";

/** Notes that a lesson was opened or finished. What is done stays done. */
export async function recordVisit(user: CurrentUser, request: unknown): Promise<void> {
  const parsed = shape.safeParse(request);
  if (!parsed.success) throw invalidField("body");
  requireLesson(parsed.data.lesson);
  await noteVisit(user.id, parsed.data.lesson, parsed.data.state);
}

/** The write itself, for merging too. `lessonId` must exist. */
export async function noteVisit(userId: string, lessonId: string, state: LessonState): Promise<void> {
  await db.lessonVisit.upsert({
    where: { userId_lessonId: { userId, lessonId } },
    create: { userId, lessonId, state },
    update: { lastSeen: new Date(), ...(state === "done" ? { state } : {}) },
  });
}
