import "server-only";
import type { CurrentUser } from "@/lib/auth";
import { db } from "@/lib/db";
import { catalogExercises, type ExerciseState } from "@/lib/progress";
import type { Text } from "@/lib/text";
import { classById } from "./classes";
import { roster, type Student } from "./members";

/** A student's standing in one exercise. Untouched exercises have no cell. */
export interface GradeCell {
  readonly state: ExerciseState;
  readonly score: number;
  readonly maxScore: number;
  readonly attempts: number;
  readonly lastAt: string;
}

/** Students down, exercises across. */
export interface GradeTable {
  readonly class: { readonly id: string; readonly name: string };
  readonly exercises: readonly { readonly id: string; readonly lesson: string; readonly title: Text; readonly maxScore: number }[];
  readonly rows: readonly {
    readonly student: Student;
    readonly cells: { readonly [exercise: string]: GradeCell };
    /** When they last handed something in or opened a lesson; null for never. */
    readonly lastSeen: string | null;
  }[];
}

/** The state of every student of a class in every exercise of the course. Only who manages the class may ask. */
export async function gradeTable(user: CurrentUser, classId: string): Promise<GradeTable> {
  const found = await classById(user, classId);
  const students = await roster(user, classId);
  const where = { user: { enrolments: { some: { classId } } } };
  const by: ("userId" | "exerciseId")[] = ["userId", "exerciseId"];
  const [all, counting, passed, visits] = await Promise.all([
    db.submission.groupBy({ by, where, _count: true, _max: { createdAt: true, maxScore: true } }),
    db.submission.groupBy({ by, where: { ...where, practice: false }, _max: { score: true } }),
    db.submission.groupBy({ by, where: { ...where, practice: false, passed: true }, _count: true }),
    db.lessonVisit.groupBy({ by: ["userId"], where, _max: { lastSeen: true } }),
  ]);
  const key = (row: { userId: string; exerciseId: string }) => `${row.userId} ${row.exerciseId}`;
  const best = new Map(counting.map((row) => [key(row), row._max.score ?? 0]));
  const done = new Set(passed.map(key));
  const cells = new Map<string, Map<string, GradeCell>>();
  const last = new Map(visits.map((row) => [row.userId, row._max.lastSeen?.toISOString() ?? ""]));
  for (const row of all) {
    const lastAt = row._max.createdAt?.toISOString() ?? "";
    const mine = cells.get(row.userId) ?? new Map<string, GradeCell>();
    cells.set(row.userId, mine);
    mine.set(row.exerciseId, {
      state: done.has(key(row)) ? "passed" : best.has(key(row)) ? "tried" : "practised",
      score: best.get(key(row)) ?? 0,
      maxScore: row._max.maxScore ?? 0,
      attempts: row._count,
      lastAt,
    });
    if (lastAt > (last.get(row.userId) ?? "")) last.set(row.userId, lastAt);
  }
  return {
    class: { id: found.id, name: found.name },
    exercises: catalogExercises().map(({ id, lesson, title, maxScore }) => ({ id, lesson, title, maxScore })),
    rows: students.map((student) => ({
      student,
      cells: Object.fromEntries(cells.get(student.id) ?? []),
      lastSeen: last.get(student.id) ?? null,
    })),
  };
}
