import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { Answer } from "@/lib/workbench";
import { GradingPool } from "./grading-pool";

const worker = fileURLToPath(new URL("../../tests/server/support/fake-grade-worker.mjs", import.meta.url));
const pool = new GradingPool(worker, { budgetMillis: 300, coldMillis: 300 });
const answer = (line: string): Answer => ({ exercise: "scale-up", seed: 1, inputs: [{ type: "run", line }] });

afterAll(() => pool.close());

describe("GradingPool", () => {
  it("grades in a thread", async () => {
    expect(await pool.grade(answer("solve"))).toMatchObject({ graded: true, report: { score: 3 } });
  });

  it("ends an endless replay, says so, and goes on with the next", async () => {
    expect(await pool.grade(answer("hang"))).toEqual({ graded: false, code: "grading.budget-exceeded" });
    expect(await pool.grade(answer("half"))).toMatchObject({ graded: true, report: { score: 1 } });
  });

  it("serves the others while some hang", async () => {
    const lines = ["hang", "solve", "hang", "half", "solve"];
    const outcomes = await Promise.all(lines.map((line) => pool.grade(answer(line))));
    expect(outcomes.map((outcome) => (outcome.graded ? outcome.report.score : outcome.code))).toEqual([
      "grading.budget-exceeded", 3, "grading.budget-exceeded", 1, 3,
    ]);
  });

  it("ends a replay that eats the memory, and lives", async () => {
    const roomy = new GradingPool(worker, { budgetMillis: 15_000, coldMillis: 15_000 });
    expect(await roomy.grade(answer("eat"))).toEqual({ graded: false, code: "grading.budget-exceeded" });
    expect(await roomy.grade(answer("solve"))).toMatchObject({ graded: true });
    await roomy.close();
  });

  it("keeps our own mistakes apart, and logs them with the answer", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await pool.grade(answer("throw"))).toEqual({ graded: false, code: "grading.failed" });
    expect(log.mock.calls[0]?.join(" ")).toContain('"line":"throw"');
    log.mockRestore();
  });

  it("refuses to open without its worker, and says how to build it", () => {
    expect(() => new GradingPool("/nowhere/grade.mjs")).toThrow(/scripts\/workers\.mjs/);
  });
});
