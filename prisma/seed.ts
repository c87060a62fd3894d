/**
 * Fills an empty database with a demo class: a teacher, three students, and attempts made by handing in the course's own
 * written answers, wrong ones first. Every attempt goes through `submitAnswer`, so the demo shows real reports. Does
 * nothing when anybody already lives in the database. Run with `--conditions=react-server` (the server rooms insist).
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hashPassword, type CurrentUser } from "@/lib/auth";
import { allExercises, exerciseServer } from "@/lib/course";
import { db } from "@/lib/db";
import { recordVisit, submitAnswer } from "@/lib/progress";
import { writtenAnswer } from "@/lib/grader";

const HOUR_MILLIS = 60 * 60 * 1000;

interface Demo {
  readonly password: string;
  readonly class: { readonly name: string; readonly inviteCode: string };
  readonly accounts: readonly { readonly role: "TEACHER" | "STUDENT"; readonly email: string; readonly name: string }[];
}

const demo = JSON.parse(readFileSync(new URL("demo.json", import.meta.url), "utf8")) as Demo;

/** How far each student gets: of the exercises, what share is tried, and how often the first try is right. */
const HABITS = [
  { tries: 1, wrongFirst: 2, gives: "solution" },
  { tries: 0.6, wrongFirst: 1, gives: "wrong" },
  { tries: 0.3, wrongFirst: 1, gives: "solution" },
] as const;

if ((await db.user.count()) > 0) {
  console.log("the database is not empty: nothing seeded");
} else {
  const students = await people();
  let attempts = 0;
  for (const [n, student] of students.entries()) attempts += await attemptsBy(student, n);
  console.log(`seeded ${demo.accounts.length} people and ${attempts} attempts`);
}
await db.$disconnect();
process.exit(0);

async function people(): Promise<readonly CurrentUser[]> {
  const passwordHash = await hashPassword(demo.password);
  const users = [];
  for (const { role, email, name } of demo.accounts) users.push(await db.user.create({ data: { role, email, name, passwordHash } }));
  const owner = users.find((user) => user.role === "TEACHER");
  if (!owner) throw new Error("the demo has no teacher");
  const students = users.filter((user) => user.role === "STUDENT");
  const { name, inviteCode } = demo.class;
  await db.class.create({
    data: { ownerId: owner.id, name, inviteCode, inviteToken: randomBytes(24).toString("base64url"), enrolments: { create: students.map(({ id }) => ({ userId: id })) } },
  });
  return students.map(({ id, email, name, role }) => ({ id, email, name, role, locale: "es", theme: "system" }));
}

async function attemptsBy(student: CurrentUser, n: number): Promise<number> {
  const habit = HABITS[n % HABITS.length] ?? HABITS[0];
  const exercises = allExercises();
  const lessons = new Set<string>();
  let made = 0;
  for (const { id, lesson } of exercises.slice(0, Math.ceil(exercises.length * habit.tries))) {
    if (!lessons.has(lesson)) await recordVisit(student, { lesson, state: habit.tries === 1 ? "done" : "started" });
    lessons.add(lesson);
    const whole = await exerciseServer(id);
    if (!whole) continue;
    const wrong = whole.wrong.slice(n % 2, (n % 2) + habit.wrongFirst);
    const last = habit.gives === "solution" || made % 2 === 0 ? whole.solutions.slice(0, 1) : [];
    for (const [place, written] of [...wrong, ...last].entries()) {
      const answer = writtenAnswer(whole.exercise, 1, written.files);
      made += (await handIn(student, answer, `seed-${id}-${place}`.slice(0, 64), made)) ? 1 : 0;
    }
  }
  return made;
}

/** Hands in, and dates the attempt back so that the class seems to have worked through a week. */
async function handIn(student: CurrentUser, answer: unknown, idempotencyKey: string, made: number): Promise<boolean> {
  try {
    const { submission } = await submitAnswer(student, { answer, idempotencyKey }, "seed");
    if (!submission) return false;
    const createdAt = new Date(Date.now() - 7 * 24 * HOUR_MILLIS + made * 1.5 * HOUR_MILLIS);
    await db.submission.update({ where: { id: submission.id }, data: { createdAt } });
    return true;
  } catch (error) {
    console.warn(`seed: ${idempotencyKey} was not taken: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
