import { z } from "zod";

/**
 * The shapes of the YAML files an author writes under `content/`. Ids are eternal (progress is stored under them);
 * folders and slugs may change. Unknown keys are refused, so that a misspelt one is noticed.
 */

const line = z.string().trim().min(1);
const text = z.strictObject({ es: line, en: line });
const slugPart = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens");
const lessonId = z.string().regex(/^L\d{2}$/, "a lesson id such as L13");
const folder = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "a folder name in lower case");

/** `content/course.yaml`. */
export const courseFile = z.strictObject({
  title: text,
  subtitle: text,
  modules: z.array(folder).min(1),
  order: z.array(lessonId).min(1),
  tracks: z.array(
    z.strictObject({ id: slugPart, title: text, aim: text, lessons: z.array(lessonId).min(1), core: z.array(lessonId).optional() }),
  ),
});

/** An entry of `module.yaml`; `folder` is given once the lesson is written. */
export const lessonEntry = z.strictObject({
  id: lessonId,
  slug: z.strictObject({ es: slugPart, en: slugPart }),
  title: text,
  minutes: z.int().min(1).max(60),
  needs: z.array(lessonId),
  aims: z.strictObject({ es: z.array(line).min(1), en: z.array(line).min(1) }),
  folder: folder.optional(),
});

/** `content/modules/NN-name/module.yaml`. */
export const moduleFile = z.strictObject({
  id: z.string().regex(/^M\d$/, "a module id such as M3"),
  title: text,
  lessons: z.array(lessonEntry).min(1),
});

/** `lesson.yaml` in a written lesson's folder. */
export const lessonFile = z.looseObject({
  id: lessonId,
  fixture: z.string().optional(),
  exercises: z.array(slugPart).default([]),
  fineprint: z.array(z.string().regex(/^C\d{2}$/, "a correction id such as C05")).default([]),
});

/** What the index keeps of an `exercise.ts`: the public face the pages show before anything is opened. */
export const exerciseFace = z.looseObject({
  id: slugPart,
  lesson: lessonId,
  kind: z.enum(["choice", "multiple", "manifest", "repair", "gaps", "terminal", "predict", "trace", "chaos", "design", "calculation"]),
  difficulty: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  title: text,
  checks: z.array(z.looseObject({ points: z.number() })),
});

/** What the index keeps of a `server.ts`. */
export const secretChecks = z.array(z.looseObject({ points: z.number() }));

/** A language's text and its translation, as the files hold it. */
export type ContentText = z.infer<typeof text>;
export type CourseFile = z.infer<typeof courseFile>;
export type ModuleFile = z.infer<typeof moduleFile>;
export type LessonEntry = z.infer<typeof lessonEntry>;
export type ExerciseFace = z.infer<typeof exerciseFace>;
export type LessonFile = z.infer<typeof lessonFile>;
