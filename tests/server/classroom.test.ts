import { call, db, makePerson, submission } from "./support/world";
import Papa from "papaparse";
import { beforeAll, describe, expect, it } from "vitest";
import { GET as attempt } from "@/app/api/attempts/[id]/route";
import { GET as csv } from "@/app/api/classes/[id]/csv/route";
import { GET as failures } from "@/app/api/classes/[id]/failures/route";
import { GET as table } from "@/app/api/classes/[id]/table/route";
import { POST as createClass } from "@/app/api/classes/route";
import { POST as join } from "@/app/api/classes/join/route";
import { POST as submit } from "@/app/api/submissions/route";
import type { CurrentUser } from "@/lib/auth";
import { exportCsv, safeCell } from "@/lib/classroom";

let teacher: Awaited<ReturnType<typeof makePerson>>;
let params: { id: string };

beforeAll(async () => {
  teacher = await makePerson("teacher", "TEACHER");
  const { json } = await call(createClass, { as: teacher, body: { name: "Kubernetes" } });
  const made = json as { id: string; inviteCode: string; inviteToken: string };
  params = { id: made.id };
  const [ana, luis, mal] = await Promise.all(["ana", "luis", "mal"].map((name) => makePerson(name)));
  await db.user.update({ where: { id: mal?.id ?? "" }, data: { name: '=HYPERLINK("http://evil.example")' } });
  for (const as of [ana, luis, mal]) await call(join, { as: as ?? null, body: { token: made.inviteToken } });
  await call(submit, { as: ana ?? null, body: submission("wrong") });
  await call(submit, { as: ana ?? null, body: submission("solve") });
  await call(submit, { as: luis ?? null, body: submission("half") });
  await call(submit, { as: await makePerson("stranger"), body: submission("wrong") });
});

describe("a class", () => {
  it("shows its teacher who stands where", async () => {
    const { json } = await call(table, { as: teacher, params });
    const { rows } = json as { rows: { student: { name: string }; cells: Record<string, unknown>; lastSeen: string | null }[] };
    expect(rows.map(({ student, cells }) => [student.name, cells["scale-up"]])).toMatchObject([
      ['=HYPERLINK("http://evil.example")', undefined],
      ["ana", { state: "passed", score: 3, maxScore: 3, attempts: 2 }],
      ["luis", { state: "tried", score: 1, attempts: 1 }],
    ]);
    expect(rows.map(({ lastSeen }) => lastSeen === null)).toEqual([true, false, false]);
  });

  it("counts the reasons of its failures, first and latest, with an attempt to watch", async () => {
    const { json } = await call(failures, { as: teacher, params });
    const [only, ...rest] = (json as { failures: { example: string }[] }).failures;
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ exercise: "scale-up", check: "done", code: "fake.not-solved", first: 2, latest: 1, students: 2, tried: 2 });
    const watched = await call(attempt, { as: teacher, params: { id: only?.example ?? "" } });
    expect(watched.json).toMatchObject({ exercise: "scale-up", answer: { inputs: [{ type: "run" }] }, report: { maxScore: 3 } });
  });

  it("exports a spreadsheet that runs nothing and reads back as it was", async () => {
    const { headers, json, text } = await call(csv, { as: teacher, params });
    expect([headers.get("content-type"), json]).toEqual(["text/csv; charset=utf-8", null]);
    const { data, meta } = Papa.parse<Record<string, string>>(text.replace(/^\ufeff/, ""), { header: true, skipEmptyLines: true });
    expect(meta.fields?.[0]).toBe("Alumno / Student");
    expect(data).toHaveLength(6);
    for (const cell of data.flatMap((line) => Object.values(line))) expect(cell).not.toMatch(/^[=+\-@]/);
    expect(data[0]).toMatchObject({ "Alumno / Student": '\'=HYPERLINK("http://evil.example")', "Estado / State": "sin empezar / not started" });
    expect(data.find((line) => line["Alumno / Student"] === "ana")).toMatchObject({ "Puntos / Score": "3", "Estado / State": "superado / passed" });
  });

  it("begins its spreadsheet with the mark Excel needs to read accents", async () => {
    const user: CurrentUser = { id: teacher.id, email: teacher.email, name: "", role: "TEACHER", locale: "es", theme: "system" };
    const { text, fileName } = await exportCsv(user, params.id);
    expect([text.codePointAt(0), fileName]).toEqual([0xfeff, `timonel-${params.id}.csv`]);
  });
});

describe("safeCell", () => {
  it.each(["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1", "|calc"])("disarms %j", (value) => {
    expect(safeCell(value)).toBe(`'${value}`);
  });
  it.each(["Ana", "a=b", "3 + 4", "", "O'Neil"])("leaves %j alone", (value) => {
    expect(safeCell(value)).toBe(value);
  });
});
