import { exerciseServer } from "@/lib/course";
import { exerciseParts, grade, reportHash, type Check } from "@/lib/grader";
import type { Answer } from "@/lib/workbench";
import type { GradeOutcome } from "./grading";

/**
 * Replays and judges an answer with the checks that never leave the server. What runs in a grading thread, and what the
 * `grade` command runs in its own process.
 *
 * `stopped` reports (a limit, a budget) are verdicts and come back as reports. An exception is our mistake: it is the
 * thread's border that reports it, with the answer, so that it can be replayed.
 */
export async function gradeAnswer(answer: Answer): Promise<GradeOutcome> {
  const found = await exerciseServer(answer.exercise);
  if (!found) return { graded: false, code: "grading.unknown-exercise" };
  const report = grade(exerciseParts(found, checksOf(found.secret)), answer);
  return { graded: true, report, publicHash: reportHash(report, found.exercise) };
}

/** `server.ts` exports a list made by `defineServerChecks`; the index knows only that it is there. */
function checksOf(secret: unknown): readonly Check[] {
  return Array.isArray(secret) ? (secret as readonly Check[]) : [];
}
