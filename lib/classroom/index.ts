import "server-only";

export { attempt, attemptsOf } from "./attempts";
export type { Attempt, AttemptFace } from "./attempts";
export { archiveClass, classById, classesOf, createClass, joinedClasses, updateClass } from "./classes";
export type { ClassView, JoinedClass } from "./classes";
export { commonFailures } from "./common-failures";
export type { CommonFailure } from "./common-failures";
export { exportCsv, safeCell } from "./export-csv";
export { gradeTable } from "./grade-table";
export type { GradeCell, GradeTable } from "./grade-table";
export { joinClass, removeStudent, roster } from "./members";
export type { Student } from "./members";
