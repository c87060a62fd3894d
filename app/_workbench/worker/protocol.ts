import type { ExerciseKind, Question } from "@/lib/grader";
import type { Json } from "@/lib/engine";
import type { Locale } from "@/lib/text";
import type { FixtureName, Input, SceneView } from "@/lib/workbench";
import type { Slice, TripView, View } from "./view-model";

/** What a bench is opened on. */
export type Source =
  | { readonly type: "exercise"; readonly id: string; readonly seed: number }
  | { readonly type: "scene"; readonly id: string }
  /** `objects` is YAML applied and settled before anybody looks. */
  | { readonly type: "fixture"; readonly fixture: FixtureName; readonly objects?: string; readonly files?: { readonly [path: string]: string } };

/** How a bench is opened: on what, what had been done before, and in whose language it speaks. */
export interface Opening {
  readonly source: Source;
  readonly inputs: readonly Input[];
  readonly locale: Locale;
  readonly slices: readonly Slice[];
}

/** An option, in the reader's words. */
export interface ChoiceFace {
  readonly id: string;
  readonly label: string;
}

/** A question as it is asked. */
export interface QuestionFace {
  readonly id: string;
  readonly prompt: string;
  readonly type: Question["type"];
  readonly options: readonly ChoiceFace[];
  readonly items: readonly ChoiceFace[];
  readonly unit: string;
}

/** What the page may know of an exercise: no check, no solution. */
export interface ExerciseAbout {
  readonly type: "exercise";
  readonly id: string;
  readonly lesson: string;
  readonly kind: ExerciseKind;
  readonly seed: number;
  readonly hasVariants: boolean;
  readonly hints: readonly string[];
  readonly questions: readonly QuestionFace[];
  readonly gaps: { readonly file: string; readonly template: string; readonly fields: readonly { readonly id: string; readonly label: string; readonly options: readonly string[] }[] } | null;
  readonly send: readonly { readonly from: string; readonly url: string; readonly label: string }[];
  readonly machines: readonly string[];
  readonly balancer: boolean;
  readonly terminal: boolean;
  readonly editor: boolean;
  readonly checks: readonly { readonly id: string; readonly title: string; readonly points: number }[];
  /** The variant's values: statements quote them as `{{name}}`. */
  readonly params: { readonly [name: string]: string | number | boolean };
  /** Where requests may come from, and the files the disk held at first. */
  readonly origins: readonly string[];
  readonly start: { readonly [path: string]: string };
}

/** A scene's buttons and words. */
export interface SceneAbout {
  readonly type: "scene";
  readonly id: string;
  readonly title: string;
  readonly view: SceneView;
  readonly shows: string;
  readonly actions: readonly { readonly id: string; readonly label: string; readonly after: string; readonly inputs: readonly Input[]; readonly does: readonly string[] }[];
  readonly origins: readonly string[];
}

/** A free cluster. */
export interface FixtureAbout {
  readonly type: "fixture";
  readonly fixture: FixtureName;
  readonly origins: readonly string[];
}

export type About = ExerciseAbout | SceneAbout | FixtureAbout;

/** Something the terminal shows. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly running: boolean;
}

/** What one input brought about, and what changed to look at. */
export interface Reply {
  /** Inputs in the journal now, and the last of them: advances and savings melt into one. */
  readonly step: number;
  readonly last: Input | null;
  readonly printed?: Printed;
  readonly trip?: TripView;
  readonly refused?: string;
  readonly view: Partial<View>;
}

/** One replayed input with what it printed. */
export interface Replayed {
  readonly input: Input;
  readonly printed?: Printed;
  readonly trip?: TripView;
  readonly refused?: string;
}

/** An open bench. */
export interface Opened {
  readonly bench: number;
  readonly about: About;
  readonly view: Partial<View>;
  /** What was done before and is done again now, with its output. */
  readonly replayed: readonly Replayed[];
}

/** Answers that may be "no": nobody throws across the border. `code` is `not-found`, `budget` or `bug`. */
export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: "not-found" | "budget" | "bug"; readonly message: string };

/** Evidence, ready to be read. */
export type EvidenceView =
  | { readonly type: "text"; readonly label: string; readonly lines: readonly string[] }
  | { readonly type: "object"; readonly kind: string; readonly name: string; readonly path: string; readonly value: string }
  | { readonly type: "event"; readonly warning: boolean; readonly reason: string; readonly object: string; readonly message: string }
  | { readonly type: "trip"; readonly trip: TripView }
  | { readonly type: "numbers"; readonly label: string; readonly found: number; readonly wanted: string }
  | { readonly type: "file"; readonly place: string; readonly path: string; readonly content: string | null };

/** One check's line. */
export interface ResultView {
  readonly check: string;
  readonly title: string;
  readonly points: number;
  readonly earned: number;
  readonly passed: boolean;
  readonly message: string;
  readonly next: string;
  readonly evidence: readonly EvidenceView[];
}

/** A verdict in the reader's words. */
export interface ReportView {
  readonly score: number;
  readonly maxScore: number;
  readonly passed: boolean;
  readonly stopped: string;
  readonly results: readonly ResultView[];
}

/** The worker's own verdict, and what is handed in. */
export interface Graded {
  readonly report: ReportView;
  readonly reportHash: string;
  readonly answer: { readonly exercise: string; readonly seed: number; readonly inputs: readonly Input[] };
}

/** Something wrong in a file, at a place. Lines and columns from 1. */
export interface Diagnosis {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What the API server would say. */
  readonly upstream: string;
}

/** A word that fits where the cursor is. */
export interface Suggestion {
  readonly label: string;
  readonly insert: string;
  readonly detail: string;
  readonly documentation: string;
  readonly kind: "field" | "value" | "snippet";
}

/** What the editor may ask about a place in a text. */
export interface Place {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** The worker's door. Every call answers; none throws for what a student typed. */
export interface BenchApi {
  open(opening: Opening): Promise<Answered<Opened>>;
  send(bench: number, input: Input): Promise<Answered<Reply>>;
  /** Changes what is looked at, and looks. */
  watch(bench: number, slices: readonly Slice[]): Promise<Answered<Partial<View>>>;
  /** Goes to the moment after `step` inputs of the journal. */
  goTo(bench: number, inputs: readonly Input[], step: number): Promise<Answered<Opened>>;
  grade(bench: number): Promise<Answered<Graded>>;
  /** Puts a server's report into the reader's words. */
  readReport(bench: number, report: unknown): Promise<Answered<ReportView>>;
  completeLine(bench: number, line: string): Promise<Answered<readonly string[]>>;
  diagnose(bench: number, path: string, text: string): Promise<Answered<readonly Diagnosis[]>>;
  completeField(bench: number, place: Place): Promise<Answered<readonly Suggestion[]>>;
  hover(bench: number, place: Place): Promise<Answered<string>>;
  /** What a read-only terminal line prints, run aside: it leaves no trace. */
  peek(bench: number, line: string): Promise<Answered<string>>;
  close(bench: number): Promise<void>;
}

/** A value someone answered to a question. */
export type ResponseValue = Json;
