import "server-only";
import type { CurrentUser } from "@/lib/auth";
import { db } from "@/lib/db";
import type { GradeReport } from "@/lib/grader";
import { faceOf, type StoredSubmission } from "@/lib/progress";
import type { Answer } from "@/lib/workbench";
import { noSuchAttempt, noSuchStudent } from "./refusals";
import { readableBy } from "./scope";

const PAGE = 200;

/** An attempt in a list: enough to choose one. */
export interface AttemptFace extends StoredSubmission {
  /** `check:code` of what failed. */
  readonly failures: readonly string[];
}

/** A whole attempt, to be replayed step by step. */
export interface Attempt extends AttemptFace {
  readonly student: { readonly id: string; readonly name: string };
  readonly answer: Answer;
  readonly report: GradeReport;
  readonly engineVersion: string;
  readonly contentVersion: string;
}

/** A student's attempts at an exercise (or at all), newest first. The student themselves, or a teacher of a class they are in. */
export async function attemptsOf(user: CurrentUser, studentId: string, exerciseId?: string): Promise<readonly AttemptFace[]> {
  const who = { AND: [{ id: studentId }, readableBy(user)] };
  const rows = await db.submission.findMany({
    where: { user: who, ...(exerciseId === undefined ? {} : { exerciseId }) },
    omit: { answer: true, report: true },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE,
  });
  // "Nobody you may see" and "nobody at all" must read the same, and differ from "has not tried yet".
  if (rows.length === 0 && !(await db.user.findFirst({ where: who, select: { id: true } }))) throw noSuchStudent();
  return rows.map((row) => ({ ...faceOf(row), failures: JSON.parse(row.failures) as string[] }));
}

/** One attempt for replay. The same readers as {@link attemptsOf}. */
export async function attempt(user: CurrentUser, id: string): Promise<Attempt> {
  const row = await db.submission.findFirst({ where: { id, user: readableBy(user) }, include: { user: { select: { id: true, name: true } } } });
  if (!row) throw noSuchAttempt();
  return {
    ...faceOf(row),
    failures: JSON.parse(row.failures) as string[],
    student: row.user,
    answer: JSON.parse(row.answer) as Answer,
    report: JSON.parse(row.report) as GradeReport,
    engineVersion: row.engineVersion,
    contentVersion: row.contentVersion,
  };
}
