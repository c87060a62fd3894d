import { partings } from "./parity";
import type { ExerciseOnDisk, LessonOnDisk } from "./read";

const same = new Set(["NodePort", "LoadBalancer"]);

/** Texts inside a declaration that lack a language, or say the same in both where they should not. */
export function untranslated(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => untranslated(item, `${path}.${i}`));
  if (typeof value !== "object" || value === null) return [];
  const record = value as Readonly<Record<string, unknown>>;
  if ("es" in record || "en" in record) {
    const { es, en } = record;
    if (typeof es !== "string" || typeof en !== "string" || es.trim() === "" || en.trim() === "") return [`${path}: both languages are needed`];
    const words = es.trim().split(/\s+/).length;
    return es === en && words > 3 && !same.has(es) ? [`${path}: es and en say the same: ${es}`] : [];
  }
  return Object.entries(record).flatMap(([name, item]) => untranslated(item, `${path}.${name}`));
}

/** What is amiss with how an exercise is declared. */
export function exerciseProblems(found: ExerciseOnDisk, lesson: LessonOnDisk): readonly string[] {
  const { exercise, id } = found;
  const checks = [...exercise.checks, ...found.secret];
  const questions = new Set((exercise.questions ?? []).map((question) => question.id));
  return [
    ...(lesson.exercises.includes(id) ? [] : [`${id}: not listed in ${lesson.id}'s lesson.yaml`]),
    ...(exercise.lesson === lesson.id ? [] : [`${id}: says it belongs to ${exercise.lesson}`]),
    ...(found.tasks.es === "" || found.tasks.en === "" ? [`${id}: a task is missing`] : partings(`${id}, task`, found.tasks.es, found.tasks.en)),
    ...(new Set(checks.map((check) => check.id)).size === checks.length ? [] : [`${id}: two checks have the same id`]),
    ...checks.filter((check) => !Number.isInteger(check.points) || check.points < 1).map((check) => `${id}: ${check.id} gives no points`),
    ...(questions.size === (exercise.questions ?? []).length ? [] : [`${id}: two questions have the same id`]),
    ...untranslated({ title: exercise.title, questions: exercise.questions, checks: checks.map(({ title }) => title), hints: exercise.hints, gaps: exercise.gaps?.fields, tools: exercise.tools }, id),
  ];
}
