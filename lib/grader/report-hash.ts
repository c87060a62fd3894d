import { canonicalJson, fingerprint, type Json } from "@/lib/engine";
import type { Exercise, GradeReport } from "./exercise";

/**
 * A hash of what a browser could know of a report: the checks of `exercise` itself, without those only the server has and
 * without the sums they change. Equal in browser and server for equal answers; a difference is an alarm for us.
 */
export function reportHash(report: GradeReport, exercise: Exercise): string {
  const open = new Set(exercise.checks.filter((check) => check.visibility !== "server").map((check) => check.id));
  const results = report.results.filter(({ check }) => open.has(check)).map(({ check, earned, finding }) => [check, earned, finding.passed ? "" : finding.code]);
  const { answerHash, engineVersion, seed } = report;
  const facts: Json = [report.exercise, seed, engineVersion, answerHash, results, report.stopped?.code ?? null];
  return fingerprint(canonicalJson(facts));
}
