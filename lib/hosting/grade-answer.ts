import { exerciseServer } from "@/lib/course";
import { exerciseParts, grade, openExercise, reportHash, type Check, type ExerciseParts } from "@/lib/grader";
import type { Answer, Workbench } from "@/lib/workbench";
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
  const parts = exerciseParts(found, checksOf(found.secret));
  const report = grade(parts, answer, undefined, openedFor(parts, answer));
  return { graded: true, report, publicHash: reportHash(report, found.exercise) };
}

/**
 * Exercises as they were opened lately: whoever checks an answer checks the next one soon, and opening takes a good part of
 * grading. They are left as they are, so each verdict is the same as without.
 */
const opened = new Map<string, Workbench>();
/** Most kept: a few megabytes each, in a thread of a few hundred. */
const KEPT = 8;

/** The exercise as a student of this seed finds it; undefined when opening it fails, which {@link grade} then says. */
function openedFor(parts: ExerciseParts, { exercise, seed }: Answer): Workbench | undefined {
  const key = `${exercise}#${seed}`;
  try {
    const bench = opened.get(key) ?? openExercise(parts, seed);
    opened.delete(key);
    opened.set(key, bench);
    const [oldest] = opened.keys();
    if (opened.size > KEPT && oldest !== undefined) opened.delete(oldest);
    return bench;
  } catch {
    return undefined;
  }
}

/** `server.ts` exports a list made by `defineServerChecks`; the index knows only that it is there. */
function checksOf(secret: unknown): readonly Check[] {
  return Array.isArray(secret) ? (secret as readonly Check[]) : [];
}
