import "server-only";
import { createHash } from "node:crypto";
import { allExercises, exerciseFace, exercisePublic, exerciseServer, lessonById, type ExerciseFace } from "@/lib/course";
import { noSuchExercise, noSuchLesson } from "./refusals";

/** What the server needs to know of an exercise before and after grading it. */
export interface CatalogEntry {
  readonly id: string;
  readonly hints: number;
  /** Does another seed make another variant? Otherwise every seed has the same solution. */
  readonly hasVariants: boolean;
  /** Changes when what the student is given or judged by changes. */
  readonly contentVersion: string;
}

/** One written solution: the reference first, alternatives after. */
export interface Solution {
  readonly name: string;
  readonly files: { readonly [path: string]: string };
}

/** The exercise with this id. Refuses unknown ids, `__proto__` and friends included. */
export async function catalogEntry(id: string): Promise<CatalogEntry> {
  const open = await exercisePublic(id);
  if (!open || !exerciseFace(id)) throw noSuchExercise();
  const whole = await exerciseServer(id);
  return {
    id,
    hints: open.exercise.hints.length,
    hasVariants: open.exercise.params !== undefined,
    contentVersion: createHash("sha256")
      .update(JSON.stringify([open, whole?.secret ?? null]))
      .digest("hex")
      .slice(0, 16),
  };
}

/** The solutions of an exercise: only {@link revealSolution} may hand them out. */
export async function solutionsOf(id: string): Promise<readonly Solution[]> {
  const whole = await exerciseServer(id);
  if (!whole) throw noSuchExercise();
  return whole.solutions.map(({ name, files }) => ({ name, files }));
}

/** Refuses ids of no exercise. */
export function requireExercise(id: string): ExerciseFace {
  const face = exerciseFace(id);
  if (!face) throw noSuchExercise();
  return face;
}

/** Refuses ids of no lesson. */
export function requireLesson(id: string): void {
  if (!lessonById(id)) throw noSuchLesson();
}

/** Every exercise of the course, in its order. */
export function catalogExercises(): readonly ExerciseFace[] {
  return allExercises();
}
