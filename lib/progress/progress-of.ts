import "server-only";
import { db } from "@/lib/db";

/** Where someone is with an exercise. `practised`: only answers given after seeing the solution. */
export type ExerciseState = "tried" | "practised" | "passed";

/** One exercise someone has tried. Exercises not listed are untouched. */
export interface ExerciseProgress {
  readonly exercise: string;
  readonly state: ExerciseState;
  /** The best score that counts, and what it is out of; 0 when only practised. */
  readonly score: number;
  readonly maxScore: number;
  readonly attempts: number;
  readonly lastAt: string;
  readonly solutionShown: boolean;
  readonly hints: number;
}

/** All that someone has done. */
export interface Progress {
  readonly exercises: readonly ExerciseProgress[];
  readonly lessons: readonly { readonly lesson: string; readonly state: string; readonly lastSeen: string }[];
}

/** What someone has done, best mark a exercise. Marks already given are never taken away by a later, worse answer. */
export async function progressOf(userId: string): Promise<Progress> {
  const where = { userId };
  const [all, counting, passed, shown, hints, visits] = await Promise.all([
    db.submission.groupBy({ by: ["exerciseId"], where, _count: true, _max: { createdAt: true, maxScore: true } }),
    db.submission.groupBy({ by: ["exerciseId"], where: { userId, practice: false }, _max: { score: true } }),
    db.submission.groupBy({ by: ["exerciseId"], where: { userId, practice: false, passed: true }, _max: { maxScore: true } }),
    db.solutionReveal.findMany({ where, select: { exerciseId: true } }),
    db.hintUse.groupBy({ by: ["exerciseId"], where, _count: true }),
    db.lessonVisit.findMany({ where, orderBy: { lastSeen: "desc" } }),
  ]);
  const best = new Map(counting.map((row) => [row.exerciseId, row._max.score ?? 0]));
  const done = new Map(passed.map((row) => [row.exerciseId, row._max.maxScore ?? 0]));
  const seen = new Set(shown.map((row) => row.exerciseId));
  const helped = new Map(hints.map((row) => [row.exerciseId, row._count]));
  const exercises = all.map((row): ExerciseProgress => {
    const exercise = row.exerciseId;
    return {
      exercise,
      state: done.has(exercise) ? "passed" : best.has(exercise) ? "tried" : "practised",
      score: best.get(exercise) ?? 0,
      maxScore: done.get(exercise) ?? row._max.maxScore ?? 0,
      attempts: row._count,
      lastAt: row._max.createdAt?.toISOString() ?? "",
      solutionShown: seen.has(exercise),
      hints: helped.get(exercise) ?? 0,
    };
  });
  const lessons = visits.map(({ lessonId, state, lastSeen }) => ({ lesson: lessonId, state, lastSeen: lastSeen.toISOString() }));
  return { exercises, lessons };
}
