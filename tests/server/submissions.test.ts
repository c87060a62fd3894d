import { call, db, makePerson, submission } from "./support/world";
import { beforeAll, describe, expect, it } from "vitest";
import { POST as hint } from "@/app/api/hints/route";
import { POST as merge } from "@/app/api/progress/merge/route";
import { GET as progress } from "@/app/api/progress/route";
import { POST as drawSeed } from "@/app/api/seeds/route";
import { POST as reveal } from "@/app/api/solutions/[exercise]/route";
import { POST as submit } from "@/app/api/submissions/route";
import { POST as visit } from "@/app/api/visits/route";

type Person = Awaited<ReturnType<typeof makePerson>>;
interface Result {
  readonly submission: { readonly id: string; readonly practice: boolean; readonly passed: boolean; readonly seed: number } | null;
  readonly report: { readonly score: number };
}

const handIn = async (as: Person | null, body: unknown) => {
  const answer = await call(submit, { as, body });
  return { ...answer, result: answer.json as Result };
};
const standing = async (as: Person, exercise: string) => {
  const { json } = await call(progress, { as });
  return (json as { exercises: { exercise: string; state: string; score: number; attempts: number; hints: number }[] }).exercises.find((one) => one.exercise === exercise);
};

describe("handing in an answer", () => {
  let ana: Person;
  beforeAll(async () => {
    ana = await makePerson("ana");
  });

  it("stores the server's report and ignores what the browser believed", async () => {
    const { status, result } = await handIn(ana, { ...submission("wrong"), reportHash: "my-own-full-marks" });
    expect(status).toBe(200);
    expect(result.report.score).toBe(0);
    const row = await db.submission.findUniqueOrThrow({ where: { id: result.submission?.id ?? "" } });
    expect(row).toMatchObject({ userId: ana.id, score: 0, passed: false, practice: false, clientReportHash: "my-own-full-marks", engineVersion: "test" });
    expect(JSON.parse(row.failures)).toEqual(["done:fake.not-solved"]);
  });

  it("takes the same key twice as one submission, also when both arrive together", async () => {
    const body = submission("solve", { key: "the-same-key" });
    const [first, second] = await Promise.all([handIn(ana, body), handIn(ana, body)]);
    const third = await handIn(ana, body);
    expect(new Set([first, second, third].map(({ result }) => result.submission?.id)).size).toBe(1);
    expect(await db.submission.count({ where: { idempotencyKey: "the-same-key" } })).toBe(1);
    const other = await handIn(ana, submission("half", { key: "the-same-key" }));
    expect(other.status).toBe(409);
  });

  it("lets two people use the same key", async () => {
    const luis = await makePerson("luis");
    expect((await handIn(luis, submission("half", { key: "the-same-key" }))).status).toBe(200);
  });

  it("grades guests and keeps nothing of theirs", async () => {
    const before = await db.submission.count();
    const { status, result } = await handIn(null, submission("solve"));
    expect([status, result.submission, result.report.score]).toEqual([200, null, 3]);
    expect(await db.submission.count()).toBe(before);
  });

  it("says so when the replay goes over its budget, and keeps nothing", async () => {
    const before = await db.submission.count();
    const { status, json } = await handIn(ana, submission("hang"));
    expect([status, (json as { error: { code: string } }).error.code]).toEqual([400, "grading.budget-exceeded"]);
    expect((await handIn(ana, submission("break"))).status).toBe(503);
    expect(await db.submission.count()).toBe(before);
  });

  it("keeps the best mark after a later, worse answer", async () => {
    await handIn(ana, submission("half"));
    expect(await standing(ana, "scale-up")).toMatchObject({ state: "passed", score: 3 });
  });

  it("loses none of 200 that arrive at once", async () => {
    const people = await Promise.all(Array.from({ length: 10 }, (_, n) => makePerson(`crowd-${n}`)));
    const sent = Array.from({ length: 200 }, (_, n) => handIn(people[n % 10] ?? null, submission(n % 2 ? "solve" : "half")));
    const answers = await Promise.all(sent);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(200);
    const ids = answers.map(({ result }) => result.submission?.id ?? "");
    expect(await db.submission.count({ where: { id: { in: ids } } })).toBe(200);
  });
});

describe("solutions and variants", () => {
  it("shows no solution before solving or giving up", async () => {
    const eva = await makePerson("eva");
    const asked = await call(reveal, { as: eva, params: { exercise: "scale-up" }, body: {} });
    expect(asked.status).toBe(409);
    expect(asked.text).not.toContain("SECRET-SOLUTION");
    expect((await call(reveal, { as: null, params: { exercise: "scale-up" }, body: {} })).status).toBe(409);
  });

  it("marks the rest as practice once someone gave up on an exercise without variants", async () => {
    const bea = await makePerson("bea");
    const shown = await call(reveal, { as: bea, params: { exercise: "scale-up" }, body: { giveUp: true } });
    expect(shown.json).toMatchObject({ reason: "gave-up", practice: true, solutions: [{ name: "solution" }] });
    expect((await handIn(bea, submission("solve"))).result.submission).toMatchObject({ practice: true, passed: true });
    expect(await standing(bea, "scale-up")).toMatchObject({ state: "practised", score: 0, attempts: 1 });
  });

  it("draws a new variant after giving up, which counts; the old one is practice", async () => {
    const carla = await makePerson("carla");
    const { json } = await call(drawSeed, { as: carla, body: { exercise: "find-fault" } });
    const first = (json as { seed: number }).seed;
    const shown = (await call(reveal, { as: carla, params: { exercise: "find-fault" }, body: { giveUp: true } })).json as { seed: number; practice: boolean };
    expect(shown.seed).not.toBe(first);
    expect(shown.practice).toBe(false);
    expect((await handIn(carla, submission("solve", { exercise: "find-fault", seed: first }))).result.submission?.practice).toBe(true);
    expect((await handIn(carla, submission("solve", { exercise: "find-fault", seed: shown.seed }))).result.submission?.practice).toBe(false);
    expect(await standing(carla, "find-fault")).toMatchObject({ state: "passed", score: 3 });
  });

  it("gives no other variant for the asking, and takes no answer for a variant never given", async () => {
    const dora = await makePerson("dora");
    const seeds = [];
    for (const fresh of [false, true, true]) seeds.push(((await call(drawSeed, { as: dora, body: { exercise: "find-fault", fresh } })).json as { seed: number }).seed);
    expect(new Set(seeds).size).toBe(1);
    expect((await handIn(dora, submission("solve", { exercise: "find-fault", seed: 424_242 }))).status).toBe(409);
  });

  it("gives one variant to two tabs that ask at once", async () => {
    const fina = await makePerson("fina");
    const drawn = await Promise.all([1, 2, 3, 4].map(() => call(drawSeed, { as: fina, body: { exercise: "find-fault" } })));
    expect(new Set(drawn.map(({ json }) => (json as { seed: number }).seed)).size).toBe(1);
  });
});

describe("a guest's progress", () => {
  it("is judged again when they sign up, and merging twice changes nothing", async () => {
    const gil = await makePerson("gil");
    const body = {
      submissions: [
        submission("solve"),
        submission("solve", { exercise: "find-fault", seed: 77 }),
        submission("solve", { exercise: "gone" }),
        { answer: "nonsense", idempotencyKey: "nonsense-1" },
      ],
      visits: [{ lesson: "L13", state: "done" }, { lesson: "L99", state: "done" }],
    };
    const first = (await call(merge, { as: gil, body })).json as { submissions: { submission?: { passed: boolean }; refused?: { code: string } }[] };
    expect(first.submissions.map((one) => one.submission?.passed ?? one.refused?.code)).toEqual([true, true, "exercise.not-found", "submission.unreadable"]);
    await call(merge, { as: gil, body });
    expect(await db.submission.count({ where: { userId: gil.id } })).toBe(2);
    const { json } = await call(progress, { as: gil });
    expect(json).toMatchObject({ lessons: [{ lesson: "L13", state: "done" }] });
  });

  it("may only be declared less than it is", async () => {
    const hugo = await makePerson("hugo");
    await call(merge, { as: hugo, body: { submissions: [{ ...submission("solve"), practice: true }] } });
    expect(await standing(hugo, "scale-up")).toMatchObject({ state: "practised" });
  });
});

describe("visits and hints", () => {
  it("keeps a finished lesson finished and counts a hint once", async () => {
    const ines = await makePerson("ines");
    for (const state of ["started", "done", "started"]) expect((await call(visit, { as: ines, body: { lesson: "L28", state } })).status).toBe(200);
    for (const n of [0, 0, 1]) expect((await call(hint, { as: ines, body: { exercise: "scale-up", hint: n } })).status).toBe(200);
    expect((await call(hint, { as: ines, body: { exercise: "scale-up", hint: 3 } })).status).toBe(400);
    await handIn(ines, submission("half"));
    expect((await call(progress, { as: ines })).json).toMatchObject({ lessons: [{ lesson: "L28", state: "done" }] });
    expect(await standing(ines, "scale-up")).toMatchObject({ hints: 2, score: 1, state: "tried" });
  });
});
