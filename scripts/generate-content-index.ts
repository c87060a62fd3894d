/**
 * Reads `content/`, refuses what does not fit its schemas, and writes the indexes the site is built from into
 * `lib/course/generated` (ignored by git): the chart, the public half of each exercise and each scene as modules the
 * browser loads one by one, and the server's half apart. Run by `npm run -s content:index`. What is listed and not on disk
 * yet is left out with a warning; `-- --strict`, which the content check uses, makes that a problem too.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "yaml";
import type { ZodType } from "zod";
import {
  courseFile,
  exerciseFace,
  lessonFile,
  moduleFile,
  secretChecks,
  type CourseFile,
  type ExerciseFace,
  type LessonEntry,
  type LessonFile,
  type ModuleFile,
} from "@/lib/course/schema";

const root = fileURLToPath(new URL("..", import.meta.url));
const content = join(root, "content");
const out = join(root, "lib/course/generated");
const RESERVED = new Set(["course", "exercise", "sandbox", "progress", "sign-in", "sign-up", "account", "join", "teach"]);
const problems: string[] = [];
const warnings: string[] = [];

interface ExerciseIndex {
  readonly id: string;
  readonly lesson: string;
  readonly folder: string;
  readonly title: { es: string; en: string };
  readonly kind: string;
  readonly difficulty: number;
  readonly maxScore: number;
}
interface WrittenLesson {
  readonly entry: LessonEntry;
  readonly path: string;
  readonly file: LessonFile;
}

await main();

async function main(): Promise<void> {
  const course = read(join(content, "course.yaml"), courseFile);
  if (!course) return finish();
  const modules = course.modules.map((folder) => ({ folder, file: read(join(content, "modules", folder, "module.yaml"), moduleFile) }));
  const present = modules.filter((m): m is { folder: string; file: ModuleFile } => m.file !== undefined);
  checkChart(course, present.map((m) => m.file));
  const written = present.flatMap((m) => m.file.lessons.flatMap((entry) => writtenLesson(m.folder, entry)));
  const exercises = (await Promise.all(written.map(indexExercises))).flat();
  checkUnique("exercise id", exercises.map((e) => e.id));
  const served = new Set(written.map((lesson) => lesson.entry.id));
  rmSync(out, { recursive: true, force: true });
  emitMap(course, present, served, exercises);
  emitOpen(written, exercises);
  emitServer(written, exercises);
  emitProse(written, exercises);
  finish(`${served.size} written of ${present.reduce((n, m) => n + m.file.lessons.length, 0)} lessons, ${exercises.length} exercises`);
}

/** Reads one YAML file against its schema; a problem is noted and answered with nothing. */
function read<T>(path: string, schema: ZodType<T>): T | undefined {
  const name = relative(root, path);
  if (!existsSync(path)) return note(`${name}: the file is missing`);
  try {
    const result = schema.safeParse(parse(readFileSync(path, "utf8")));
    if (result.success) return result.data;
    for (const issue of result.error.issues) note(`${name}: ${issue.path.join(".")}: ${issue.message}`);
    return undefined;
  } catch (error) {
    return note(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function note(problem: string): undefined {
  problems.push(problem);
  return undefined;
}

function warn(what: string): undefined {
  warnings.push(what);
  return undefined;
}

function checkChart(course: CourseFile, modules: readonly ModuleFile[]): void {
  const lessons = modules.flatMap((module) => module.lessons);
  const ids = new Set(lessons.map((lesson) => lesson.id));
  checkUnique("lesson id", lessons.map((lesson) => lesson.id));
  checkUnique("module id", modules.map((module) => module.id));
  for (const locale of ["es", "en"] as const) {
    checkUnique(`${locale} slug`, lessons.map((lesson) => lesson.slug[locale]));
    for (const { id, slug } of lessons) if (RESERVED.has(slug[locale])) note(`${id}: the slug ${slug[locale]} belongs to a page`);
  }
  checkUnique("place in the order", course.order);
  for (const id of ids) if (!course.order.includes(id)) note(`course.yaml: the order leaves ${id} out`);
  for (const track of course.tracks) for (const id of track.lessons) if (!ids.has(id)) note(`course.yaml: track ${track.id} names ${id}`);
  for (const lesson of lessons) {
    const place = course.order.indexOf(lesson.id);
    for (const need of lesson.needs) {
      if (!ids.has(need)) note(`${lesson.id} needs ${need}, which does not exist`);
      else if (course.order.indexOf(need) > place) note(`course.yaml: ${lesson.id} comes before ${need}, which it needs`);
    }
  }
}

function checkUnique(what: string, values: readonly string[]): void {
  for (const value of values.filter((v, i) => values.indexOf(v) !== i)) note(`${what} ${value} is used twice`);
}

/** A lesson whose folder and prose exist. One listed but not on disk yet stays unwritten on the chart. */
function writtenLesson(moduleFolder: string, entry: LessonEntry): WrittenLesson[] {
  if (!entry.folder) return [];
  const path = `${moduleFolder}/${entry.folder}`;
  const absolute = join(content, "modules", path);
  const missing = ["lesson.yaml", "es.mdx", "en.mdx"].filter((name) => !existsSync(join(absolute, name)));
  if (missing.length > 0) {
    warn(`${entry.id}: content/modules/${path} lacks ${missing.join(", ")}`);
    return [];
  }
  const file = read(join(absolute, "lesson.yaml"), lessonFile);
  if (!file) return [];
  if (file.id !== entry.id) note(`content/modules/${path}/lesson.yaml says ${file.id}, the chart says ${entry.id}`);
  return [{ entry, path, file }];
}

/** The exercises of a lesson that are on disk, in the order of `lesson.yaml`. */
async function indexExercises({ entry, path, file }: WrittenLesson): Promise<ExerciseIndex[]> {
  const base = join(content, "modules", path, "exercises");
  const folders = existsSync(base) ? readdirSync(base).filter((name) => existsSync(join(base, name, "exercise.ts"))) : [];
  const found = new Map<string, ExerciseIndex>();
  for (const folder of folders.sort((a, b) => (a < b ? -1 : 1))) {
    const where = relative(root, join(base, folder, "exercise.ts"));
    try {
      const loaded = (await import(pathToFileURL(join(base, folder, "exercise.ts")).href)) as { default: unknown };
      const face = exerciseFace.parse(loaded.default);
      found.set(face.id, faceOf(face, await secretPoints(join(base, folder, "server.ts")), entry.id, folder));
      for (const locale of ["es", "en"]) if (!existsSync(join(base, folder, `task.${locale}.mdx`))) warn(`${where}: task.${locale}.mdx is missing`);
    } catch (error) {
      note(`${where}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const id of file.exercises) if (!found.has(id)) warn(`${entry.id}: lesson.yaml lists ${id}, which no folder holds`);
  for (const id of found.keys()) if (!file.exercises.includes(id)) note(`${entry.id}: ${id} is not listed in lesson.yaml`);
  return file.exercises.flatMap((id) => found.get(id) ?? []);
}

/** What the checks that stay on the server are worth: the chart tells the whole score, not which checks give it. */
async function secretPoints(path: string): Promise<number> {
  if (!existsSync(path)) return 0;
  const loaded = (await import(pathToFileURL(path).href)) as { default: unknown };
  return secretChecks.parse(loaded.default).reduce((sum, check) => sum + check.points, 0);
}

function faceOf(face: ExerciseFace, hidden: number, lesson: string, folder: string): ExerciseIndex {
  return {
    id: face.id,
    lesson,
    folder,
    title: face.title,
    kind: face.kind,
    difficulty: face.difficulty,
    maxScore: face.checks.reduce((sum, check) => sum + check.points, hidden),
  };
}

function emitMap(
  course: CourseFile,
  modules: readonly { folder: string; file: ModuleFile }[],
  served: ReadonlySet<string>,
  exercises: readonly ExerciseIndex[],
): void {
  const map = {
    title: course.title,
    subtitle: course.subtitle,
    order: course.order,
    tracks: course.tracks,
    modules: modules.map(({ folder, file }) => ({
      id: file.id,
      title: file.title,
      lessons: file.lessons.map((lesson) => ({
        ...lesson,
        module: file.id,
        folder: served.has(lesson.id) ? `${folder}/${lesson.folder}` : null,
        exercises: exercises.filter((exercise) => exercise.lesson === lesson.id),
      })),
    })),
  };
  write("map.generated.ts", `import type { CourseMap } from "../map";\n\nexport const course: CourseMap = ${json(map)};\n`);
}

function emitOpen(written: readonly WrittenLesson[], exercises: readonly ExerciseIndex[]): void {
  const loaders = exercises.map(({ id }) => `  ${json(id)}: () => import("./exercises/${id}.public.generated"),`);
  const scenes: string[] = [];
  for (const { entry, path } of written) {
    for (const [file, source] of Object.entries(filesUnder(join(content, "modules", path, "scenes")))) {
      if (!/\.ya?ml$/.test(file)) continue;
      const name = file.replace(/\.ya?ml$/, "");
      const value: unknown = parseScene(`content/modules/${path}/scenes/${file}`, source);
      write(`scenes/${entry.id}-${name}.generated.ts`, `import type { Scene } from "../../open";\n\nexport const scene: Scene = ${json(value)};\n`);
      scenes.push(`  ${json(`${entry.id}/${name}`)}: () => import("./scenes/${entry.id}-${name}.generated"),`);
    }
  }
  const types = `import type { PublicExercise, Scene } from "../open";\n\n`;
  const exerciseMap = `export const exerciseLoaders: { readonly [id: string]: () => Promise<{ publicExercise: PublicExercise }> } = {\n${loaders.join("\n")}\n};\n\n`;
  const sceneMap = `export const sceneLoaders: { readonly [id: string]: () => Promise<{ scene: Scene }> } = {\n${scenes.join("\n")}\n};\n`;
  write("open.generated.ts", types + exerciseMap + sceneMap);
  for (const exercise of exercises) emitPublicExercise(exercise, pathOf(exercise, written));
}

function emitPublicExercise({ id }: ExerciseIndex, path: string): void {
  const base = join(content, "modules", path);
  const body = [
    `import exercise from "@/content/modules/${path}/exercise";`,
    `import type { PublicExercise } from "../../open";`,
    "",
    `export const publicExercise: PublicExercise = {`,
    `  id: ${json(id)},`,
    `  exercise,`,
    `  start: ${json(filesUnder(join(base, "start")))},`,
    `  cluster: ${json(filesUnder(join(base, "cluster")))},`,
    `};`,
  ];
  write(`exercises/${id}.public.generated.ts`, `${body.join("\n")}\n`);
}

function emitServer(written: readonly WrittenLesson[], exercises: readonly ExerciseIndex[]): void {
  const loaders = exercises.map(({ id }) => `  ${json(id)}: () => import("./exercises/${id}.server.generated"),`);
  write(
    "server.generated.ts",
    `import type { SecretHalf } from "../secret";\n\nexport const serverLoaders: { readonly [id: string]: () => Promise<{ secretHalf: SecretHalf }> } = {\n${loaders.join("\n")}\n};\n`,
  );
  for (const exercise of exercises) {
    const path = pathOf(exercise, written);
    const base = join(content, "modules", path);
    const hasSecret = existsSync(join(base, "server.ts"));
    const body = [
      ...(hasSecret ? [`import secret from "@/content/modules/${path}/server";`] : []),
      `import type { SecretHalf } from "../../secret";`,
      "",
      `export const secretHalf: SecretHalf = {`,
      hasSecret ? `  secret,` : `  secret: null,`,
      `  solutions: ${json(solutionsOf(join(base, "solution")))},`,
      `  wrong: ${json(answersIn(join(base, "wrong")))},`,
      `};`,
    ];
    write(`exercises/${exercise.id}.server.generated.ts`, `${body.join("\n")}\n`);
  }
}

/** The texts, as modules of the page that shows them: lessons by id, tasks by exercise id. */
function emitProse(written: readonly WrittenLesson[], exercises: readonly ExerciseIndex[]): void {
  const pair = (id: string, es: string, en: string) =>
    `  ${json(id)}: { es: () => import("@/content/modules/${es}"), en: () => import("@/content/modules/${en}") },`;
  const lessons = written.map(({ entry, path }) => pair(entry.id, `${path}/es.mdx`, `${path}/en.mdx`));
  const tasks = exercises.flatMap((exercise) => {
    const base = pathOf(exercise, written);
    const there = ["es", "en"].every((locale) => existsSync(join(content, "modules", base, `task.${locale}.mdx`)));
    return there ? [pair(exercise.id, `${base}/task.es.mdx`, `${base}/task.en.mdx`)] : [];
  });
  const map = (name: string, lines: readonly string[]) => `export const ${name}: ProseMap = {\n${lines.join("\n")}\n};\n`;
  write("prose.generated.ts", `import type { ProseMap } from "../prose";\n\n${map("lessonTexts", lessons)}\n${map("taskTexts", tasks)}`);
}

/** `solution/` itself is the reference; its folders `alternative-*` are other honest ways. */
function solutionsOf(folder: string): { name: string; files: Record<string, string> }[] {
  const all = filesUnder(folder);
  const reference = Object.fromEntries(Object.entries(all).filter(([path]) => !path.startsWith("alternative-")));
  const alternatives = answersIn(folder).filter(({ name }) => name.startsWith("alternative-"));
  return Object.keys(reference).length > 0 ? [{ name: "reference", files: reference }, ...alternatives] : alternatives;
}

function answersIn(folder: string): { name: string; files: Record<string, string> }[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());
  return names.sort((a, b) => (a < b ? -1 : 1)).map((name) => ({ name, files: filesUnder(join(folder, name)) }));
}

/** Every file below a folder, path → text, paths in order. A folder that is not there holds nothing. */
function filesUnder(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(paths.sort((a, b) => (a < b ? -1 : 1)).map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

function parseScene(name: string, source: string): unknown {
  try {
    return parse(source);
  } catch (error) {
    return note(`${name}: ${error instanceof Error ? error.message : String(error)}`) ?? {};
  }
}

function pathOf(exercise: ExerciseIndex, written: readonly WrittenLesson[]): string {
  const lesson = written.find(({ entry }) => entry.id === exercise.lesson);
  return `${lesson?.path ?? ""}/exercises/${exercise.folder}`;
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function write(name: string, text: string): void {
  const path = join(out, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function finish(summary?: string): void {
  if (summary) process.stdout.write(`content: ${summary}\n`);
  const strict = process.argv.includes("--strict");
  for (const what of warnings) process.stderr.write(`content: ${strict ? "" : "not yet: "}${what}\n`);
  for (const problem of problems) process.stderr.write(`content: ${problem}\n`);
  if (problems.length > 0 || (strict && warnings.length > 0)) process.exitCode = 1;
}
