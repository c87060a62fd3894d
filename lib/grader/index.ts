/** The judge: exercises, checks and reports. */
export { defineExercise, defineServerChecks } from "./exercise";
export type { Check, CheckResult, Evidence, Exercise, ExerciseKind, ExerciseSetup, Finding, GradeReport, Option, Params, Probe, Question } from "./exercise";
export { defaultGradeLimits, grade, openExercise, type ExerciseParts, type GradeLimits } from "./grade";
export { stopText } from "./stop-text";
export { exerciseParts, type ExerciseFolder } from "./exercise-parts";
export { reportHash } from "./report-hash";
export { commandLines, writtenAnswer } from "./written-answer";
export { eventEvidence, eventsAbout, fail, firstFailure, numberEvidence, objectEvidence, packetEvidence, pass } from "./finding";
export { ask, isAnswered, isReadyPod, nodesOf, objectsOf, podsOf, readyPods, settle, waitUntil } from "./observe";
export { answered, numberOf, type AnsweredBy, type Decision, type Mistake } from "./checks/answered";
