/**
 * `npm run check:content`: everything a reader will read and try is tried first.
 *
 * Shapes and ids; both languages side by side; every manifest, session and scene of the lessons on the engine; every exercise:
 * what it starts from, its solutions on several variants, its wrong answers, and each field of its solutions taken out in
 * turn. Exit code 0 when nothing is amiss, 1 otherwise. `-- --only l13-e1` looks at what begins so.
 */
import { exerciseProblems } from "../tests/content/shapes";
import { judgeExercise } from "../tests/content/judging";
import { lessonProblems, playScene, runBlocks } from "../tests/content/lessons";
import { unnoticed } from "../tests/content/mutations";
import { readExercises, readLessons, type ExerciseOnDisk, type LessonOnDisk } from "../tests/content/read";

const USAGE = "usage: npm run check:content [-- --only BEGINNING-OF-AN-ID]\n";
const problems: string[] = [];
const started = performance.now();

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function checkLesson(lesson: LessonOnDisk): void {
  const { blocks, problems: broken } = runBlocks(lesson);
  const scenes = Object.keys(lesson.scenes);
  const found = [...lessonProblems(lesson), ...broken, ...scenes.flatMap((name) => playScene(lesson, name))];
  problems.push(...found);
  const state = found.length === 0 ? "ok" : `${found.length} problems`;
  for (const locale of ["es", "en"] as const) say(`${lesson.id} ${locale}  ${lesson.texts[locale].split(/\s+/).length} words, ${blocks} blocks run, ${scenes.length} scenes played, ${lesson.exercises.length} exercises: ${state}`);
}

function checkExercise(found: ExerciseOnDisk, lesson: LessonOnDisk): void {
  const begun = performance.now();
  const judged = judgeExercise(found);
  const fields = unnoticed(found);
  problems.push(...exerciseProblems(found, lesson), ...judged.problems, ...fields.problems);
  say(`  ${found.id}  ${found.exercise.kind}, ${found.exercise.checks.length} checks and ${found.secret.length} hidden  (${Math.round(performance.now() - begun)} ms)`);
  for (const line of judged.lines) say(`    ${line}`);
  say(`    mutations: ${fields.tried} fields taken out, ${fields.tried - fields.silent.length} noticed${fields.silent.length === 0 ? "" : `, decoration: ${fields.silent.join("; ")}`}`);
}

async function main(args: readonly string[]): Promise<number> {
  const only = args[0] === "--only" ? args[1] : undefined;
  if (args.includes("--help") || (args.length > 0 && only === undefined)) {
    process.stdout.write(USAGE);
    return args.includes("--help") ? 0 : 2;
  }
  const wanted = (id: string): boolean => only === undefined || id.toLowerCase().startsWith(only.toLowerCase());
  const ids: string[] = [];
  for (const lesson of readLessons()) {
    if (wanted(lesson.id)) checkLesson(lesson);
    for (const found of await readExercises(lesson)) {
      ids.push(found.id);
      if (wanted(found.id)) checkExercise(found, lesson);
    }
    for (const id of lesson.exercises) if (!ids.includes(id)) problems.push(`${lesson.id}: lesson.yaml lists ${id}, which no folder holds`);
  }
  for (const id of new Set(ids.filter((each, i) => ids.indexOf(each) !== i))) problems.push(`the id ${id} is used twice`);
  for (const problem of problems) process.stderr.write(`! ${problem}\n`);
  say(`${ids.length} exercises, ${problems.length} problems, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
