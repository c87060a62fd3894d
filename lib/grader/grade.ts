import { BudgetExceeded, canonicalJson, engineVersion, fingerprint, millis, type Cluster, type Json } from "@/lib/engine";
import type { Text } from "@/lib/text";
import { answerLimits, openWorkbench, type Answer, type Input, type Workbench } from "@/lib/workbench";
import type { Check, CheckResult, Exercise, ExerciseSetup, Finding, GradeReport, Params, Probe } from "./exercise";
import { stopText } from "./stop-text";

/** What surrounds an exercise besides its `exercise.ts`: the folders beside it, and checks only the server has. */
export interface ExerciseParts {
  readonly exercise: Exercise;
  /** Objects of `cluster/*.yaml`, applied before the student arrives. */
  readonly objects: ExerciseSetup["objects"];
  /** Files of `start/`. */
  readonly files: Readonly<Record<string, string>>;
  /** Checks of `server.ts`; empty in a browser. */
  readonly serverChecks: readonly Check[];
}

/** How far a grading may go. */
export interface GradeLimits {
  /** Steps of the engine for the replay and for each check. */
  readonly steps: number;
  /** Virtual time the student's inputs may take. */
  readonly virtualHours: number;
}

/** What both browser and server give unless told otherwise. */
export const defaultGradeLimits: GradeLimits = { steps: 30_000, virtualHours: answerLimits.virtualHours };

/** Most virtual time the judge waits for the student's cluster to come to rest. */
const REST = { quietFor: millis(15_000), atMost: millis(600_000) };

/** Opens an exercise as a student of this seed finds it. */
export function openExercise(parts: ExerciseParts, seed: number, limits: GradeLimits = defaultGradeLimits): Workbench {
  const params = parts.exercise.params?.(seed) ?? {};
  const setup = parts.exercise.setup(params, seed);
  return openWorkbench({
    fixture: setup.fixture,
    seed,
    ...(setup.installs ? { installs: setup.installs } : {}),
    objects: [...(parts.objects ?? []), ...(setup.objects ?? [])],
    files: { ...parts.files, ...setup.files },
    prelude: setup.prelude ?? [],
    stepBudget: limits.steps,
  });
}

/**
 * Judges an answer by doing it again: replays the inputs on a fresh workbench, lets the cluster come
 * to rest, and gives each check a fork of its own.
 *
 * A pure function: equal answers give equal reports, in the browser and on the server. Never throws
 * for what an answer holds; a run that goes over a limit is reported in `stopped`, with no points.
 * `opened` is {@link openExercise} of the same parts and seed, for whoever grades many answers; it is left as it is.
 */
export function grade(parts: ExerciseParts, answer: Answer, limits: GradeLimits = defaultGradeLimits, opened?: Workbench): GradeReport {
  const { exercise } = parts;
  const checks = [...exercise.checks, ...parts.serverChecks];
  const frame = {
    exercise: exercise.id,
    seed: answer.seed,
    engineVersion,
    answerHash: fingerprint(canonicalJson(answer)),
    maxScore: checks.reduce((sum, check) => sum + check.points, 0),
  };
  const refusal = overLimits(exercise, answer, limits);
  if (refusal) return { ...frame, results: [], score: 0, passed: false, stopped: refusal };
  try {
    const before = opened ?? openExercise(parts, answer.seed, limits);
    const bench = before.fork();
    for (const input of answer.inputs) bench.apply(input);
    bench.cluster.settle(REST);
    const results = checks.map((check) => judge(check, probeOf(bench, before, exercise.params?.(answer.seed) ?? {}, (seed) => openExercise(parts, seed, limits))));
    const score = results.reduce((sum, result) => sum + result.earned, 0);
    return { ...frame, results, score, passed: score === frame.maxScore };
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    return { ...frame, results: [], score: 0, passed: false, stopped: stop("grading.budget-exceeded") };
  }
}

function judge(check: Check, probe: Probe): CheckResult {
  const finding = runCheck(check, probe);
  const { id, title, points } = check;
  // What a hidden check looked at stays on the server; its verdict and its advice do not.
  const shown: Finding = check.visibility === "server" && !finding.passed ? { ...finding, evidence: finding.evidence.filter((item) => item.type !== "file") } : finding;
  return { check: id, title, points, earned: finding.passed ? points : 0, finding: shown };
}

function runCheck(check: Check, probe: Probe): Finding {
  try {
    return check.run(probe);
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    return { passed: false, code: "grading.budget-exceeded", message: stopText["grading.budget-exceeded"], next: stopText["grading.budget-next"], evidence: [] };
  }
}

function probeOf(bench: Workbench, before: Workbench, params: Params, open: (seed: number) => Workbench): Probe {
  const fork = bench.fork();
  return {
    workbench: fork,
    cluster: fork.cluster,
    get before(): Cluster {
      return before.fork().cluster;
    },
    lab: (seed) => (seed === undefined ? before.fork() : open(seed)),
    files: bench.files,
    response: (question): Json | undefined => bench.responses.get(question),
    params,
  };
}

function overLimits(exercise: Exercise, answer: Answer, limits: GradeLimits): GradeReport["stopped"] {
  if (answer.exercise !== exercise.id) return stop("grading.other-exercise");
  if (answer.inputs.length > answerLimits.inputs) return stop("grading.too-many-inputs");
  const advanced = answer.inputs.reduce((sum, input: Input) => sum + (input.type === "advance" ? input.millis : 0), 0);
  if (advanced > limits.virtualHours * 3_600_000) return stop("grading.too-much-time");
  const bytes = answer.inputs.reduce((sum, input) => sum + JSON.stringify(input).length, 0);
  return bytes > answerLimits.bytes ? stop("grading.too-large") : undefined;
}

function stop(code: keyof typeof stopText): { readonly code: string; readonly message: Text } {
  return { code, message: stopText[code] };
}
