import "server-only";
import type { CurrentUser } from "@/lib/auth";
import { db } from "@/lib/db";
import { classById } from "./classes";

/** A reason some students of a class failed for. Codes, not sentences: the page explains them in its reader's language. */
export interface CommonFailure {
  readonly exercise: string;
  readonly check: string;
  readonly code: string;
  /** Students whose first attempt failed so. */
  readonly first: number;
  /** Students whose latest attempt still fails so. */
  readonly latest: number;
  /** Students who failed so at least once. */
  readonly students: number;
  /** Students of the class who tried the exercise: what the others are out of. */
  readonly tried: number;
  /** One attempt that failed so, to watch it happen. */
  readonly example: string;
}

interface Tally {
  readonly first: Set<string>;
  readonly latest: Set<string>;
  readonly students: Set<string>;
  example: string;
}

/** The reasons a class fails for, the widest spread first. Practice does not count. */
export async function commonFailures(user: CurrentUser, classId: string): Promise<readonly CommonFailure[]> {
  await classById(user, classId);
  const rows = await db.submission.findMany({
    where: { practice: false, user: { enrolments: { some: { classId } } } },
    select: { id: true, userId: true, exerciseId: true, failures: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  const latest = new Map(rows.map((row) => [`${row.userId} ${row.exerciseId}`, row.id]));
  const started = new Set<string>();
  const tried = new Map<string, Set<string>>();
  const tallies = new Map<string, Tally>();
  for (const row of rows) {
    const pair = `${row.userId} ${row.exerciseId}`;
    const isFirst = !started.has(pair);
    started.add(pair);
    tried.set(row.exerciseId, (tried.get(row.exerciseId) ?? new Set()).add(row.userId));
    for (const failure of JSON.parse(row.failures) as string[]) {
      const key = `${row.exerciseId} ${failure}`;
      const tally = tallies.get(key) ?? { first: new Set(), latest: new Set(), students: new Set(), example: row.id };
      tallies.set(key, tally);
      tally.students.add(row.userId);
      tally.example = row.id;
      if (isFirst) tally.first.add(row.userId);
      if (latest.get(pair) === row.id) tally.latest.add(row.userId);
    }
  }
  return [...tallies].map(([key, tally]) => failureOf(key, tally, tried)).sort(widestFirst);
}

function failureOf(key: string, tally: Tally, tried: ReadonlyMap<string, ReadonlySet<string>>): CommonFailure {
  const space = key.indexOf(" ");
  const exercise = key.slice(0, space);
  const failure = key.slice(space + 1);
  const colon = failure.indexOf(":");
  return {
    exercise,
    check: failure.slice(0, colon),
    code: failure.slice(colon + 1),
    first: tally.first.size,
    latest: tally.latest.size,
    students: tally.students.size,
    tried: tried.get(exercise)?.size ?? 0,
    example: tally.example,
  };
}

function widestFirst(a: CommonFailure, b: CommonFailure): number {
  const keyOf = (one: CommonFailure) => `${one.exercise} ${one.check}:${one.code}`;
  return b.students - a.students || b.latest - a.latest || (keyOf(a) < keyOf(b) ? -1 : 1);
}
