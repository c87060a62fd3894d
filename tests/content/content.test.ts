import { describe, expect, it } from "vitest";
import { judgeExercise } from "./judging";
import { commandsOf, fits, lessonProblems, playScene, runBlocks } from "./lessons";
import { mutationsOf, unnoticed } from "./mutations";
import { partings, skeletonOf } from "./parity";
import { readExercises, readLessons } from "./read";
import { exerciseProblems, untranslated } from "./shapes";

const lessons = readLessons();
const found = (await Promise.all(lessons.map(async (lesson) => (await readExercises(lesson)).map((exercise) => ({ lesson, exercise }))))).flat();

describe.each(lessons)("lesson $id", (lesson) => {
  it("says the same in both languages, and names only what exists", () => {
    expect(lessonProblems(lesson)).toEqual([]);
  });

  it("shows manifests and sessions that come out as printed", () => {
    expect(runBlocks(lesson).problems).toEqual([]);
  });

  it.each(Object.keys(lesson.scenes))("plays its scene %s", (name) => {
    expect(playScene(lesson, name)).toEqual([]);
  });
});

describe.each(found.map((each) => ({ id: each.exercise.id, ...each })))("exercise $id", ({ lesson, exercise }) => {
  it("is declared well, in both languages", () => {
    expect(exerciseProblems(exercise, lesson)).toEqual([]);
  });

  it("starts unsolved, is solved by its solutions, and tells each wrong answer why", { timeout: 60_000 }, () => {
    expect(judgeExercise(exercise).problems).toEqual([]);
  });
});

it("lists every exercise of its lessons", () => {
  expect(found.map(({ exercise }) => exercise.id)).toEqual(lessons.flatMap((lesson) => lesson.exercises));
});

describe("the mutations", () => {
  const first = found.find(({ exercise }) => exercise.id === "l13-e1")?.exercise;

  it("take out one field at a time", () => {
    const fields = first ? mutationsOf(first, 1).map(({ field }) => field) : [];
    expect(fields).toContain("deployment.yaml: spec.template.metadata.labels");
    expect(fields).toContain("deployment.yaml: spec.template.metadata.labels.app");
  });

  it("find what no check looks at", () => {
    expect(first ? unnoticed({ ...first, unchecked: [] }).problems : []).toEqual(["l13-e1: nobody notices when this goes: deployment.yaml: spec.template.spec.containers.0.ports (tighten a check, or list it in unchecked.yaml)"]);
  });
});

describe("the reading of lessons", () => {
  it("takes the dots for any lines, even none", () => {
    expect(fits(["a", "…", "b"], ["a", "b"])).toBe(true);
    expect(fits(["a", "…", "b"], ["a", "x", "y", "b"])).toBe(true);
    expect(fits(["a", "…"], ["b"])).toBe(false);
    expect(fits([], ["unexpected"])).toBe(false);
  });

  it("splits a session into commands and what they print", () => {
    expect(commandsOf("$ one\n1\n2\n$ two\n")).toEqual([{ line: "one", shown: ["1", "2"] }, { line: "two", shown: [] }]);
  });

  it("sees where two languages part, and lets comments differ", () => {
    expect(partings("x", "## Uno\n\n```yaml\na: 1 # uno\n```", "## One\n\n```yaml\na: 1 # one\n```")).toEqual([]);
    expect(partings("x", "## Uno", "### One")).toHaveLength(1);
    expect(partings("x", '<Live scene="a"/>', '<Live scene="b"/>')).toHaveLength(1);
    expect(skeletonOf("| a | b |\n|---|---|\n| 1 | 2 |")).toEqual(["table 2×2"]);
  });

  it("notices a text left untranslated", () => {
    expect(untranslated({ title: { es: "lo mismo en los dos idiomas", en: "lo mismo en los dos idiomas" } }, "x")).toHaveLength(1);
    expect(untranslated({ title: { es: "", en: "something" } }, "x")).toHaveLength(1);
    expect(untranslated({ title: { es: "web", en: "web" } }, "x")).toEqual([]);
  });
});
