import { describe, expect, it } from "vitest";
import type { Check, Exercise, GradeReport } from "./exercise";
import { reportHash } from "./report-hash";

const text = { es: "a", en: "a" };
const check = (id: string): Check => ({ id, title: text, points: 1, run: () => ({ passed: true }) });
const exercise: Exercise = { id: "x", lesson: "L13", kind: "choice", difficulty: 1, title: text, setup: () => ({ fixture: "empty" }), checks: [check("open")], hints: [text, text, text] };
const line = (id: string, passed: boolean): GradeReport["results"][number] => ({
  check: id, title: text, points: 1, earned: passed ? 1 : 0,
  finding: passed ? { passed } : { passed, code: "no", message: text, next: text, evidence: [] },
});
const report = (results: GradeReport["results"]): GradeReport => ({
  exercise: "x", seed: 1, engineVersion: "1", answerHash: "h", results, score: results.length, maxScore: results.length, passed: true,
});

describe("reportHash", () => {
  it("does not see the checks that only the server has", () => {
    expect(reportHash(report([line("open", true), line("hidden", false)]), exercise)).toBe(reportHash(report([line("open", true)]), exercise));
  });

  it("sees a check that came out differently", () => {
    expect(reportHash(report([line("open", true)]), exercise)).not.toBe(reportHash(report([line("open", false)]), exercise));
  });
});
