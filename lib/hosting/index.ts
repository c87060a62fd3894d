import "server-only";

export { gradingBusy, gradingRefusal } from "./grading";
export type { GradeOutcome, GradeService } from "./grading";
export { gradeService, GradingPool, warmGrading } from "./grading-pool";
export { Turnstile } from "./turnstile";
export type { TurnstileLimits } from "./turnstile";
