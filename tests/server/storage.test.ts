import { db, makePerson } from "./support/world";
import { describe, expect, it } from "vitest";
import { signInWithProvider } from "@/lib/auth/sign-in";

interface Plan {
  readonly detail: string;
}

describe("the database", () => {
  it("keeps a write-ahead log, syncs every commit and minds foreign keys", async () => {
    const pragma = async (name: string) => Object.values((await db.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${name}`))[0] ?? {})[0];
    expect([await pragma("journal_mode"), Number(await pragma("synchronous")), Number(await pragma("foreign_keys"))]).toEqual(["wal", 2, 1]);
  });

  it.each([
    ["a student's attempts", `SELECT * FROM "Submission" WHERE "userId" = 'a' AND "exerciseId" = 'b' ORDER BY "createdAt" DESC`],
    ["a repeated key", `SELECT * FROM "Submission" WHERE "userId" = 'a' AND "idempotencyKey" = 'b'`],
    ["a class's submissions", `SELECT "exerciseId" FROM "Submission" WHERE "userId" IN (SELECT "userId" FROM "Enrolment" WHERE "classId" = 'c')`],
    ["a person's classes", `SELECT * FROM "Enrolment" WHERE "userId" = 'a'`],
    ["a teacher's classes", `SELECT * FROM "Class" WHERE "ownerId" = 'a' ORDER BY "createdAt" DESC`],
    ["a seed in force", `SELECT * FROM "AttemptSeed" WHERE "userId" = 'a' AND "exerciseId" = 'b' ORDER BY "draw" DESC LIMIT 1`],
  ])("reads %s by an index", async (_, sql) => {
    const plan = await db.$queryRawUnsafe<Plan[]>(`EXPLAIN QUERY PLAN ${sql}`);
    expect(plan.map(({ detail }) => detail).join("\n")).not.toMatch(/SCAN|USE TEMP B-TREE FOR ORDER BY/);
  });
});

describe("signing in with a provider", () => {
  const identity = { provider: "github", subject: "42", email: "Wanda@Example.org", name: "Wanda" };

  it("knows people by the provider's id, also after their address changed", async () => {
    const first = await signInWithProvider(identity);
    const second = await signInWithProvider({ ...identity, email: "other@example.org" });
    expect(first?.id).toBe(second?.id);
    expect(first?.email).toBe("wanda@example.org");
  });

  it("gives nobody another's account for naming their address", async () => {
    const xavi = await makePerson("xavi");
    expect(await signInWithProvider({ ...identity, subject: "43", email: xavi.email })).toBeNull();
    expect(await signInWithProvider({ ...identity, provider: "google", subject: "42", email: null })).toBeNull();
  });
});
