import "server-only";

/** The course room's door for the server: all that the browser may know, and the half it may not. */
export * from "./public";
export { exerciseServer, type ServerExercise, type WrongAnswer, type WrittenAnswer } from "./secret";
