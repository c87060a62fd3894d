import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "yaml";
import type { Check, Exercise } from "@/lib/grader";

/** The folder of everything written. */
export const contentRoot = fileURLToPath(new URL("../../content/modules", import.meta.url));

/** Files below a folder, path → text, in order; none when it is not there. */
export function filesUnder(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(paths.sort((a, b) => (a < b ? -1 : 1)).map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

/** A folder of a lesson, with what is in it. */
export interface LessonOnDisk {
  readonly id: string;
  readonly folder: string;
  readonly place: string;
  readonly fixture: string;
  readonly exercises: readonly string[];
  readonly texts: { readonly es: string; readonly en: string };
  /** Scene name → source. */
  readonly scenes: Readonly<Record<string, string>>;
}

/** An answer kept beside an exercise. */
export interface Written {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

/** What a wrong answer must fail, and why. */
export interface Expected {
  readonly why: { readonly es: string; readonly en: string };
  /** The variant it is about; the first when absent. */
  readonly seed?: number;
  readonly fails: Readonly<Record<string, string>>;
}

/** An exercise with everything beside it. */
export interface ExerciseOnDisk {
  readonly id: string;
  readonly place: string;
  readonly exercise: Exercise;
  readonly secret: readonly Check[];
  readonly start: Readonly<Record<string, string>>;
  readonly cluster: Readonly<Record<string, string>>;
  readonly tasks: { readonly es: string; readonly en: string };
  readonly solutions: readonly Written[];
  readonly wrong: readonly Written[];
  /** Fields of the solutions whose absence nobody has to notice: `file: path`. */
  readonly unchecked: readonly string[];
  /** The codes its own checks can answer with. */
  readonly codes: readonly string[];
}

function lines(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory()).sort();
}

/** Every lesson with a text in both languages. */
export function readLessons(): readonly LessonOnDisk[] {
  return lines(contentRoot).flatMap((module) =>
    lines(join(contentRoot, module)).flatMap((name) => {
      const folder = join(contentRoot, module, name);
      if (!["lesson.yaml", "es.mdx", "en.mdx"].every((file) => existsSync(join(folder, file)))) return [];
      const file = parse(readFileSync(join(folder, "lesson.yaml"), "utf8")) as { id: string; fixture?: string; exercises?: string[] };
      const scenes = Object.entries(filesUnder(join(folder, "scenes"))).map(([path, text]) => [path.replace(/\.ya?ml$/, ""), text] as const);
      return [{ id: file.id, folder, place: relative(contentRoot, folder), fixture: file.fixture ?? "three-nodes", exercises: file.exercises ?? [], texts: { es: readFileSync(join(folder, "es.mdx"), "utf8"), en: readFileSync(join(folder, "en.mdx"), "utf8") }, scenes: Object.fromEntries(scenes) }];
    }),
  );
}

function answersIn(folder: string): readonly Written[] {
  return existsSync(folder) ? lines(folder).map((name) => ({ name, files: filesUnder(join(folder, name)) })) : [];
}

/** Codes written in a source, as `fail("x.y"` or `code: "x.y"`. */
function codesIn(source: string): readonly string[] {
  return [...new Set([...source.matchAll(/(?:fail\(|code: )"([a-z0-9-]+\.[a-z0-9.-]+)"/g)].map((match) => match[1] ?? ""))];
}

async function readExercise(folder: string): Promise<ExerciseOnDisk> {
  const load = async (name: string): Promise<unknown> => ((await import(pathToFileURL(join(folder, name)).href)) as { default: unknown }).default;
  const exercise = (await load("exercise.ts")) as Exercise;
  const secret = existsSync(join(folder, "server.ts")) ? ((await load("server.ts")) as readonly Check[]) : [];
  const solution = filesUnder(join(folder, "solution"));
  const reference = Object.fromEntries(Object.entries(solution).filter(([path]) => !path.startsWith("alternative-")));
  const text = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  const unchecked = text("unchecked.yaml");
  const list = (unchecked === "" ? [] : ((parse(unchecked) as (string | Record<string, string>)[] | null) ?? [])).map((item) => (typeof item === "string" ? item : Object.entries(item).map(([file, path]) => `${file}: ${path}`).join("")));
  return {
    id: exercise.id,
    place: relative(contentRoot, folder),
    exercise,
    secret,
    start: filesUnder(join(folder, "start")),
    cluster: filesUnder(join(folder, "cluster")),
    tasks: { es: text("task.es.mdx"), en: text("task.en.mdx") },
    solutions: [{ name: "reference", files: reference }, ...answersIn(join(folder, "solution"))],
    wrong: answersIn(join(folder, "wrong")),
    unchecked: list,
    codes: codesIn(`${text("exercise.ts")}\n${text("server.ts")}`),
  };
}

/** Every exercise of a lesson, in the order of its `lesson.yaml`; those it does not list come last. */
export async function readExercises(lesson: LessonOnDisk): Promise<readonly ExerciseOnDisk[]> {
  const base = join(lesson.folder, "exercises");
  const folders = existsSync(base) ? lines(base).filter((name) => existsSync(join(base, name, "exercise.ts"))) : [];
  const found = await Promise.all(folders.map((name) => readExercise(join(base, name))));
  const rank = (id: string): number => (lesson.exercises.includes(id) ? lesson.exercises.indexOf(id) : 99);
  return [...found].sort((a, b) => rank(a.id) - rank(b.id));
}
