/**
 * The course room's door for the browser: the chart, the public half of every exercise and the scenes of the
 * live diagrams. Nothing reached from here knows a solution, a wrong answer or a check that stays on the server.
 */
export {
  allExercises,
  allLessons,
  courseMap,
  exerciseFace,
  lessonById,
  lessonBySlug,
  moduleOf,
  neighboursOf,
  type CourseMap,
  type ExerciseFace,
  type Lesson,
  type Module,
  type Track,
} from "./map";
export { exercisePublic, scene, type PublicExercise, type Scene } from "./open";
