import { defaultGradeLimits, exerciseParts, grade, openExercise, writtenAnswer, type ExerciseParts, type GradeReport } from "@/lib/grader";
import type { Workbench } from "@/lib/workbench";
import { parse } from "yaml";
import type { ExerciseOnDisk, Expected, Written } from "./read";

/** Variants every solution must solve. */
export const SEEDS: readonly number[] = [1, 2, 3, 11];

/** An exercise's verdicts, and what is amiss with it. */
export interface Judgement {
  readonly id: string;
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

/** The parts a grading takes, hidden checks included. */
export function partsOf(found: ExerciseOnDisk): ExerciseParts {
  return exerciseParts({ exercise: found.exercise, start: found.start, cluster: found.cluster }, found.secret);
}

const benches = new Map<string, Workbench>();

/** An exercise as a student of this seed finds it; opened once, to be forked. */
export function openedOnce(found: ExerciseOnDisk, seed: number): Workbench {
  const key = `${found.place} ${seed}`;
  const bench = benches.get(key) ?? openExercise(partsOf(found), seed);
  // Only the latest few are kept: a cluster is not small.
  if (benches.size > 8) benches.clear();
  benches.set(key, bench);
  return bench;
}

/** Judges one written answer on one variant. */
export function judge(found: ExerciseOnDisk, written: Pick<Written, "files">, seed: number): GradeReport {
  return grade(partsOf(found), writtenAnswer(found.exercise, seed, written.files), defaultGradeLimits, openedOnce(found, seed));
}

/** The checks an answer failed, with their codes. */
export function failuresOf(report: GradeReport): Readonly<Record<string, string>> {
  return Object.fromEntries(report.results.flatMap(({ check, finding }) => (finding.passed ? [] : [[check, finding.code]])));
}

const tell = (report: GradeReport): string => `${report.score}/${report.maxScore}${report.stopped ? ` (${report.stopped.code})` : ""} ${JSON.stringify(failuresOf(report))}`;

function judgeStart(found: ExerciseOnDisk, problems: string[]): string {
  const disk = { ...found.start, ...found.exercise.setup(found.exercise.params?.(1) ?? {}, 1).files };
  const manifests = Object.fromEntries(Object.entries(disk).filter(([path]) => /\.ya?ml$/.test(path)));
  const idle = grade(partsOf(found), { exercise: found.id, seed: 1, inputs: [] });
  const applied = grade(partsOf(found), writtenAnswer(found.exercise, 1, manifests));
  for (const [name, report] of [["nothing done", idle], ["start/ as it is", applied]] as const) if (report.passed) problems.push(`${found.id}: ${name} gets full marks`);
  return `start ${Math.max(idle.score, applied.score)}/${idle.maxScore}`;
}

function judgeSolutions(found: ExerciseOnDisk, problems: string[]): string {
  const told = found.solutions.map((solution) => {
    // The reference on every variant; each alternative on two of them.
    const seeds = solution.name === "reference" ? SEEDS : SEEDS.slice(0, 2);
    const bad = seeds.map((seed) => ({ seed, report: judge(found, solution, seed) })).filter(({ report }) => !report.passed);
    for (const { seed, report } of bad) problems.push(`${found.id}: solution ${solution.name}, seed ${seed}: ${tell(report)}`);
    return `${solution.name} ${seeds.length - bad.length}/${seeds.length}`;
  });
  return `solutions ${told.join(", ")}`;
}

/** What a wrong answer's `expected.yaml` says. */
export function expectedOf(written: Written): Expected {
  return parse(written.files["expected.yaml"] ?? "fails: {}") as Expected;
}

function judgeWrong(found: ExerciseOnDisk, problems: string[], failed: Set<string>): string {
  const told = found.wrong.map((wrong) => {
    const expected = expectedOf(wrong);
    if (!expected.why?.es || !expected.why?.en || Object.keys(expected.fails ?? {}).length === 0) problems.push(`${found.id}: wrong/${wrong.name}/expected.yaml says why in both languages, and what fails`);
    const report = judge(found, wrong, expected.seed ?? 1);
    const got = failuresOf(report);
    for (const check of Object.keys(got)) failed.add(check);
    const asked = expected.fails ?? {};
    const same = Object.keys({ ...got, ...asked }).every((check) => got[check] === asked[check]);
    if (!same || report.stopped) problems.push(`${found.id}: wrong/${wrong.name}: declared ${JSON.stringify(asked)}, got ${tell(report)}`);
    return `${wrong.name} ${same ? "as declared" : "OTHERWISE"} (${Object.values(asked).join(", ")})`;
  });
  if (found.wrong.length < 2) problems.push(`${found.id}: at least two wrong answers are needed`);
  return `wrong: ${told.join("; ")}`;
}

/** Start, solutions and wrong answers of one exercise. */
export function judgeExercise(found: ExerciseOnDisk): Judgement {
  const problems: string[] = [];
  const failed = new Set<string>();
  const lines = [judgeStart(found, problems), judgeSolutions(found, problems), judgeWrong(found, problems, failed)];
  for (const check of [...found.exercise.checks, ...found.secret]) if (!failed.has(check.id)) problems.push(`${found.id}: no wrong answer fails the check ${check.id}`);
  const shown = new Set(found.wrong.flatMap((wrong) => Object.values(expectedOf(wrong).fails ?? {})));
  for (const code of found.codes) if (!shown.has(code)) problems.push(`${found.id}: no wrong answer shows the code ${code}`);
  return { id: found.id, lines, problems };
}
