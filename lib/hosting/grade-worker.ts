import type { Answer } from "@/lib/workbench";
import { gradeAnswer } from "./grade-answer";
import type { GradeOutcome } from "./grading";

/** The entry of a grading thread (bundled by `scripts/workers.mjs`). Answers cross as text: one copy, no surprises. */
export function gradeInThread({ answer }: { readonly answer: string }): Promise<GradeOutcome> {
  return gradeAnswer(JSON.parse(answer) as Answer);
}
