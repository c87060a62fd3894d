import type { Cluster, JsonObject, ObjectRef, PacketTrace, SchedulingTrace, Event } from "@/lib/engine";
import type { Json } from "@/lib/engine";
import type { Text } from "@/lib/text";
import type { FixtureName, Input, Installable, Workbench } from "@/lib/workbench";

/** How an exercise is played; decides which component the page shows. */
export type ExerciseKind = "choice" | "multiple" | "manifest" | "repair" | "gaps" | "terminal" | "predict" | "trace" | "chaos" | "design" | "calculation";

/** Values drawn from the seed (names, ports, the hidden fault); the statement and the reference solution are functions of them. */
export type Params = Readonly<Record<string, string | number | boolean>>;

/** What the cluster and the disk hold when the exercise opens. */
export interface ExerciseSetup {
  readonly fixture: FixtureName;
  /** What is installed, and running, before any object is applied. */
  readonly installs?: readonly Installable[];
  /** Objects besides `cluster/*.yaml`. */
  readonly objects?: readonly JsonObject[];
  /** Files besides `start/`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly prelude?: readonly Input[];
}

/** An option of a closed question. */
export interface Option {
  readonly id: string;
  readonly label: Text;
}

/**
 * A question answered by `respond` inputs. Whether a value is right is decided by running it in
 * the engine (`decide` gets a fresh workbench of the exercise), never by a fixed key, wherever the
 * curriculum says so.
 */
export interface Question {
  readonly id: string;
  readonly prompt: Text;
  readonly type: "single" | "multiple" | "number" | "text" | "order" | "assign";
  readonly options?: readonly Option[];
  /** For `assign`: the things to place among `options`. */
  readonly items?: readonly Option[];
  /** For `number`: what the value counts, and how far off still counts. */
  readonly unit?: Text;
}

/** An exercise, as its `exercise.ts` declares it through `defineExercise`. Files beside it are found by convention. */
export interface Exercise {
  /** Stable for ever: progress is stored under it. The folder may move; this may not. */
  readonly id: string;
  readonly lesson: string;
  readonly kind: ExerciseKind;
  readonly difficulty: 1 | 2 | 3;
  readonly title: Text;
  /** Parameters for a seed; the same for every seed when absent. */
  readonly params?: (seed: number) => Params;
  readonly setup: (params: Params, seed: number) => ExerciseSetup;
  readonly questions?: readonly Question[];
  /** For `gaps`: the file with `⟦gap⟧` marks and what each stands for. */
  readonly gaps?: { readonly file: string; readonly template: string; readonly fields: readonly { readonly id: string; readonly label: Text; readonly options?: readonly string[] }[] };
  /** For `trace`: who may send what. For `chaos`: which machines and faults the student may touch. */
  readonly tools?: { readonly send?: readonly { readonly from: string; readonly url: string; readonly label: Text }[]; readonly machines?: readonly string[]; readonly balancer?: boolean; readonly terminal?: boolean; readonly editor?: boolean };
  readonly checks: readonly Check[];
  /** Three: orients, points at where to look, almost gives it away. */
  readonly hints: readonly [Text, Text, Text];
}

/**
 * One question put to the student's cluster.
 *
 * Ask about behaviour ("does a request to the Service reach a ready pod?"), not about
 * spelling ("is there a field called…?"): any answer that works must pass.
 */
export interface Check {
  readonly id: string;
  readonly title: Text;
  readonly points: number;
  /** `server` checks live in `server.ts` and never reach a browser. */
  readonly visibility?: "everywhere" | "server";
  run(probe: Probe): Finding;
}

/** What a check may do. Each check gets a fresh fork, so it may break things. */
export interface Probe {
  readonly workbench: Workbench;
  readonly cluster: Cluster;
  /** The cluster as the exercise opened, before the student did anything. */
  readonly before: Cluster;
  /** A fresh workbench of this exercise, for running options and experiments; of another seed when one is given. */
  lab(seed?: number): Workbench;
  /** Manifests as the student wrote them, for the rare check that is about the text. */
  readonly files: ReadonlyMap<string, string>;
  /** The student's answer to a question, if given. */
  response(question: string): Json | undefined;
  readonly params: Params;
}

/** Something the reader can look at: what was found, before any theory. */
export type Evidence =
  | { readonly type: "object"; readonly ref: ObjectRef; readonly path?: string; readonly value?: Json }
  | { readonly type: "event"; readonly event: Pick<Event, "reason" | "message" | "type" | "involvedObject"> }
  | { readonly type: "packet"; readonly trace: PacketTrace }
  | { readonly type: "scheduling"; readonly trace: SchedulingTrace }
  | { readonly type: "log"; readonly pod: string; readonly lines: readonly string[] }
  | { readonly type: "file"; readonly place: string; readonly path: string; readonly content: string | null }
  | { readonly type: "api"; readonly code: number; readonly message: string }
  | { readonly type: "numbers"; readonly label: Text; readonly found: number; readonly wanted: string };

/**
 * A check's answer. A failure names its cause: `code` is stable and counted by teachers, `message` says
 * what was found and why it matters, `next` the next step, and every code an exercise can produce is
 * shown by at least one of its wrong answers.
 */
export type Finding =
  | { readonly passed: true; readonly note?: Text; readonly evidence?: readonly Evidence[] }
  | { readonly passed: false; readonly code: string; readonly message: Text; readonly next: Text; readonly evidence: readonly Evidence[] };

/** One check's line of a report. */
export interface CheckResult {
  readonly check: string;
  readonly title: Text;
  readonly points: number;
  readonly earned: number;
  readonly finding: Finding;
}

/** The verdict on an answer. A pure function of answer, exercise and engine, so it is equal in browser and server. */
export interface GradeReport {
  readonly exercise: string;
  readonly seed: number;
  readonly engineVersion: string;
  readonly answerHash: string;
  readonly results: readonly CheckResult[];
  readonly score: number;
  readonly maxScore: number;
  readonly passed: boolean;
  /** Present when the run could not be judged to the end: a budget, a limit, a journal that does not replay. */
  readonly stopped?: { readonly code: string; readonly message: Text };
}

/** Declares an exercise; the identity function, for the types. */
export function defineExercise(exercise: Exercise): Exercise {
  return exercise;
}

/** Declares the checks of an exercise that never leave the server. */
export function defineServerChecks(checks: readonly Check[]): readonly Check[] {
  return checks.map((check) => ({ ...check, visibility: "server" as const }));
}
