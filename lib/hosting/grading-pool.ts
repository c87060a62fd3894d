import "server-only";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Piscina } from "piscina";
import type { Answer } from "@/lib/workbench";
import { gradingBusy, type GradeOutcome, type GradeService } from "./grading";
import { Turnstile } from "./turnstile";

/** How long a replay may take by the clock on the wall. */
export interface Budgets {
  /** Once a thread is warm; the engine's own step budget normally speaks first. */
  readonly budgetMillis: number;
  /** For a thread's first answers: a fresh one loads the whole engine before it. */
  readonly coldMillis: number;
}

const BUDGETS: Budgets = { budgetMillis: 5_000, coldMillis: 15_000 };
const MEMORY_MB = 192;
const THREADS = Math.min(2, Math.max(1, availableParallelism() - 1));

/**
 * Grading threads. One answer a thread, so the budget is the answer's own; a thread that goes over it (or out of memory) is
 * ended and replaced, and the answer is told so. Nothing a student sends can stop the next student's.
 */
export class GradingPool implements GradeService {
  private readonly pool: Piscina;
  private readonly turnstile = new Turnstile({ inside: THREADS, waiting: 1_000, waitingPerKey: 1_000 });
  private warm = 0;
  private served = 0;

  constructor(
    filename: string,
    private readonly budgets: Budgets = BUDGETS,
  ) {
    if (!existsSync(filename)) throw new Error(`the grading worker is missing: ${filename}. Build it with: node scripts/workers.mjs`);
    this.pool = new Piscina({
      filename,
      name: "gradeInThread",
      minThreads: THREADS,
      maxThreads: THREADS,
      // Room is kept by the turnstile; a task here starts at once.
      maxQueue: THREADS * 2,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    });
  }

  async grade(answer: Answer): Promise<GradeOutcome> {
    this.served += 1;
    const passed = await this.turnstile.pass(`answer ${this.served}`, () => this.run(JSON.stringify(answer)));
    if (!passed) throw gradingBusy();
    return passed.result;
  }

  private async run(answer: string): Promise<GradeOutcome> {
    const budget = this.warm >= THREADS * 2 ? this.budgets.budgetMillis : this.budgets.coldMillis;
    try {
      const outcome: GradeOutcome = await this.pool.run({ answer }, { signal: AbortSignal.timeout(budget) });
      this.warm += 1;
      return outcome;
    } catch (error) {
      // Whatever thread comes next is a cold one.
      this.warm = 0;
      if (isOverBudget(error)) return { graded: false, code: "grading.budget-exceeded" };
      console.error("grading: the worker failed", error, answer.slice(0, 4_000));
      return { graded: false, code: "grading.failed" };
    }
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.pool.destroy();
  }
}

function isOverBudget(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return error.name === "AbortError" || error.name === "TimeoutError" || code === "ERR_WORKER_OUT_OF_MEMORY";
}

const home = globalThis as typeof globalThis & { timonelGrading?: GradeService };

/** The process's one pool, opened at the first answer. `TIMONEL_GRADE_WORKER` names another worker file. */
export function gradeService(): GradeService {
  const filename = process.env.TIMONEL_GRADE_WORKER ?? join(/* turbopackIgnore: true */ process.cwd(), "dist-workers", "grade.mjs");
  return (home.timonelGrading ??= new GradingPool(filename));
}

/** Opens the pool before anybody waits for it. A missing worker is logged here and refused again at the first answer. */
export function warmGrading(): void {
  try {
    gradeService();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
}
