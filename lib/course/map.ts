import type { ExerciseKind } from "@/lib/grader";
import type { Locale, Text } from "@/lib/text";
import { course } from "./generated/map.generated";

/** An exercise as the map and the cards show it: enough to name it, not enough to answer it. */
export interface ExerciseFace {
  /** Eternal: progress is stored under it. */
  readonly id: string;
  readonly lesson: string;
  /** Its folder's name inside the lesson. */
  readonly folder: string;
  readonly title: Text;
  readonly kind: ExerciseKind;
  /** From 1 (a first try) to 3 (takes thought). */
  readonly difficulty: 1 | 2 | 3;
  readonly maxScore: number;
}

/** A lesson of the chart, written or not. */
export interface Lesson {
  readonly id: string;
  readonly module: string;
  readonly slug: Text;
  readonly title: Text;
  readonly minutes: number;
  /** Ids of the lessons to read first. */
  readonly needs: readonly string[];
  readonly aims: { readonly [L in Locale]: readonly string[] };
  /** Where its prose lies, `module-folder/lesson-folder`; null while unwritten. */
  readonly folder: string | null;
  readonly exercises: readonly ExerciseFace[];
}

export interface Module {
  readonly id: string;
  readonly title: Text;
  readonly lessons: readonly Lesson[];
}

/** A route through the course for one kind of work. */
export interface Track {
  readonly id: string;
  readonly title: Text;
  readonly aim: Text;
  readonly lessons: readonly string[];
  /** The lessons that carry the track, when it goes through all of them. */
  readonly core?: readonly string[];
}

export interface CourseMap {
  readonly title: Text;
  readonly subtitle: Text;
  readonly modules: readonly Module[];
  /** Lesson ids in the recommended order: none comes before what it needs. */
  readonly order: readonly string[];
  readonly tracks: readonly Track[];
}

const lessons: readonly Lesson[] = course.modules.flatMap((module) => module.lessons);
const byId: ReadonlyMap<string, Lesson> = new Map(lessons.map((lesson) => [lesson.id, lesson]));
const faces: ReadonlyMap<string, ExerciseFace> = new Map(
  lessons.flatMap((lesson) => lesson.exercises.map((exercise) => [exercise.id, exercise] as const)),
);

/** The whole chart: modules, lessons, tracks and the recommended order. */
export function courseMap(): CourseMap {
  return course;
}

/** Every lesson, module by module. */
export function allLessons(): readonly Lesson[] {
  return lessons;
}

/** The lesson with this id, or nothing. */
export function lessonById(id: string): Lesson | undefined {
  return byId.get(id);
}

/** The lesson whose address in `locale` is `/<locale>/<slug>`, or nothing. */
export function lessonBySlug(locale: Locale, slug: string): Lesson | undefined {
  return lessons.find((lesson) => lesson.slug[locale] === slug);
}

/** The module a lesson belongs to. */
export function moduleOf(lesson: Lesson): Module {
  const found = course.modules.find((module) => module.id === lesson.module);
  if (!found) throw new Error(`the index names no module ${lesson.module}`);
  return found;
}

/** The lessons before and after in the recommended order. */
export function neighboursOf(lesson: Lesson): { readonly previous?: Lesson; readonly next?: Lesson } {
  const place = course.order.indexOf(lesson.id);
  const previous = place > 0 ? byId.get(course.order[place - 1] ?? "") : undefined;
  const next = place >= 0 ? byId.get(course.order[place + 1] ?? "") : undefined;
  return { ...(previous ? { previous } : {}), ...(next ? { next } : {}) };
}

/** Every exercise that can be opened, in the order of the course. */
export function allExercises(): readonly ExerciseFace[] {
  return [...faces.values()];
}

/** The public face of an exercise, or nothing when there is none with this id. */
export function exerciseFace(id: string): ExerciseFace | undefined {
  return faces.get(id);
}
