import type { Cluster, DnsAnswer, Json, JsonObject, PacketTrace } from "@/lib/engine";
import type { Installable } from "./fixtures/published";
import type { Input } from "./input";
import type { FixtureName } from "./scene";

/** What a terminal line printed. Text is as the real command prints it. */
export interface TerminalOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** The command is still in the foreground and prints more as time advances. */
  readonly running: boolean;
}

/** What an input brought about. */
export interface Effect {
  readonly output?: TerminalOutput;
  readonly trace?: PacketTrace;
  readonly dns?: DnsAnswer;
  readonly response?: { readonly code: number; readonly body: string; readonly contentType: string; readonly headers: Readonly<Record<string, string>> };
  /** Why the input was refused; nothing changed then. `code` is translated by `lib/explain`. */
  readonly refused?: { readonly code: string; readonly params: Readonly<Record<string, string | number>> };
}

/** How a workbench begins. */
export interface WorkbenchSetup {
  readonly fixture: FixtureName;
  readonly seed: number;
  /** What is installed, and running, before the objects are applied. */
  readonly installs?: readonly Installable[];
  /** Objects applied and settled before the student arrives. */
  readonly objects?: readonly JsonObject[];
  /** Files on the student's disk. */
  readonly files?: Readonly<Record<string, string>>;
  /** Inputs played before the student arrives (faults, uploads, waiting); they are not part of the answer. */
  readonly prelude?: readonly Input[];
  /** Steps a run may take in all. */
  readonly stepBudget?: number;
}

/** What a student sits at: files, terminal, cluster and the journal of what was done. */
export interface Workbench {
  readonly cluster: Cluster;
  /** The student's disk, by path relative to the home folder. */
  readonly files: ReadonlyMap<string, string>;
  /** The last value given to each question. */
  readonly responses: ReadonlyMap<string, Json>;
  /** Everything done so far; consecutive advances are one. */
  readonly inputs: readonly Input[];
  /** Does one input. Nothing else mutates. Never throws for what a student typed. @throws {BudgetExceeded} */
  apply(input: Input): Effect;
  /** An independent copy. */
  fork(): Workbench;
  /** Completions for a terminal line up to the cursor. */
  complete(line: string): readonly string[];
}
