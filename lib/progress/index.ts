import "server-only";

export { readAnswer } from "./answer-shape";
export { catalogExercises, requireExercise } from "./catalog";
export type { Solution } from "./catalog";
export { drawSeed } from "./draw-seed";
export type { DrawnSeed } from "./draw-seed";
export { hintUsed } from "./hint-used";
export { mergeGuestProgress } from "./merge-guest-progress";
export type { MergedAnswer, MergeResult } from "./merge-guest-progress";
export { progressOf } from "./progress-of";
export type { ExerciseProgress, ExerciseState, Progress } from "./progress-of";
export { recordVisit } from "./record-visit";
export type { LessonState } from "./record-visit";
export { revealSolution } from "./reveal-solution";
export type { RevealedSolution } from "./reveal-solution";
export { faceOf, submitAnswer } from "./submit-answer";
export type { StoredSubmission, SubmissionResult } from "./submit-answer";
