import "server-only";

export { gradingBusy, gradingRefusal } from "./grading";
export type { GradeOutcome, GradeService } from "./grading";
export { gradeService, GradingPool, warmGrading } from "./grading-pool";
export { Turnstile } from "./turnstile";
export type { TurnstileLimits } from "./turnstile";
export { createServerIdentity, kubeconfig, LiveCluster, startCluster, startGateway } from "./gateway";
export type { Gateway, GatewayOptions, Identity, Rate, ServerIdentity, StandAlone, StandAloneOptions, Tenant } from "./gateway";
