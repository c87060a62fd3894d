import type { Exercise, Question } from "@/lib/grader";
import type { Cluster } from "@/lib/engine";
import { pick, type Locale, type Text } from "@/lib/text";
import { journalLine } from "../journal-line";
import type { FixtureName, Scene } from "@/lib/workbench";
import type { ChoiceFace, ExerciseAbout, FixtureAbout, QuestionFace, SceneAbout } from "./protocol";

type Kind = Exercise["kind"];
const WRITES: readonly Kind[] = ["manifest", "repair", "design"];
const TYPES: readonly Kind[] = ["manifest", "repair", "terminal", "predict", "chaos", "design"];

/** The face of an exercise: what it asks, in one language, and nothing of how it judges. */
export function exerciseAbout(exercise: Exercise, seed: number, locale: Locale, cluster: Cluster, start: { readonly [path: string]: string }): ExerciseAbout {
  const { tools = {}, gaps, kind } = exercise;
  return {
    type: "exercise",
    id: exercise.id,
    lesson: exercise.lesson,
    kind,
    seed,
    hasVariants: exercise.params !== undefined,
    hints: exercise.hints.map((hint) => pick(hint, locale)),
    questions: (exercise.questions ?? []).map((question) => questionFace(question, locale)),
    gaps: gaps ? { file: gaps.file, template: gaps.template, fields: gaps.fields.map(({ id, label, options = [] }) => ({ id, label: pick(label, locale), options })) } : null,
    send: (tools.send ?? []).map(({ from, url, label }) => ({ from, url, label: pick(label, locale) })),
    machines: tools.machines ?? [],
    balancer: tools.balancer === true,
    terminal: tools.terminal ?? TYPES.includes(kind),
    editor: tools.editor ?? WRITES.includes(kind),
    checks: exercise.checks.map(({ id, title, points }) => ({ id, title: pick(title, locale), points })),
    params: exercise.params?.(seed) ?? {},
    origins: originsOf(cluster),
    start,
  };
}

function questionFace(question: Question, locale: Locale): QuestionFace {
  const faces = (list: readonly { readonly id: string; readonly label: Text }[] = []): readonly ChoiceFace[] => list.map(({ id, label }) => ({ id, label: pick(label, locale) }));
  return { id: question.id, prompt: pick(question.prompt, locale), type: question.type, options: faces(question.options), items: faces(question.items), unit: question.unit ? pick(question.unit, locale) : "" };
}

/** The face of a scene. */
export function sceneAbout(id: string, scene: Scene, locale: Locale, cluster: Cluster): SceneAbout {
  return {
    type: "scene",
    id,
    title: pick(scene.title, locale),
    view: scene.view,
    shows: scene.shows ? pick(scene.shows, locale) : "",
    actions: scene.actions.map(({ id: name, label, inputs, after }) => ({ id: name, label: pick(label, locale), after: after ? pick(after, locale) : "", inputs, does: inputs.map((input) => journalLine(input, locale)) })),
    origins: originsOf(cluster),
  };
}

/** The face of a free cluster. */
export function fixtureAbout(fixture: FixtureName, cluster: Cluster): FixtureAbout {
  return { type: "fixture", fixture, origins: originsOf(cluster) };
}

/** Who can send requests from outside: hosts that are nobody's balancer or DNS. */
function originsOf(cluster: Cluster): readonly string[] {
  const balancers = new Set(cluster.world.balancers().map(({ host }) => host));
  return cluster.world.hosts().map(({ name }) => name).filter((name) => !balancers.has(name) && !name.includes("dns"));
}
