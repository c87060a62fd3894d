import "server-only";

export { gradingBusy, gradingRefusal } from "./grading";
export type { GradeOutcome, GradeService } from "./grading";
export { gradeService, GradingPool, warmGrading } from "./grading-pool";
export { ask as askLive, connect as connectLive, disconnect as disconnectLive, wakeLive } from "./live/connections";
export type { Connection } from "./live/connections";
export type { News } from "./live/messages";
export { Turnstile } from "./turnstile";
export type { TurnstileLimits } from "./turnstile";
