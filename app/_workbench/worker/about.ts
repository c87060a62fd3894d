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
  const params = exercise.params?.(seed) ?? {};
  const placed = (template: string): string => template.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : whole));
  const said = (words: Text): string => placed(pick(words, locale));
  return {
    type: "exercise",
    id: exercise.id,
    lesson: exercise.lesson,
    kind,
    seed,
    hasVariants: exercise.params !== undefined,
    hints: exercise.hints.map(said),
    questions: (exercise.questions ?? []).map((question) => questionFace(question, said)),
    gaps: gaps ? { file: placed(gaps.file), template: placed(gaps.template), fields: gaps.fields.map(({ id, label, options = [] }) => ({ id, label: said(label), options: options.map(placed) })) } : null,
    send: (tools.send ?? []).map(({ from, url, label }) => ({ from: placed(from), url: placed(url), label: said(label) })),
    machines: tools.machines ?? [],
    balancer: tools.balancer === true,
    terminal: tools.terminal ?? TYPES.includes(kind),
    editor: tools.editor ?? WRITES.includes(kind),
    checks: exercise.checks.map(({ id, title, points }) => ({ id, title: said(title), points })),
    params,
    origins: originsOf(cluster),
    start,
  };
}

function questionFace(question: Question, said: (words: Text) => string): QuestionFace {
  const faces = (list: readonly { readonly id: string; readonly label: Text }[] = []): readonly ChoiceFace[] => list.map(({ id, label }) => ({ id, label: said(label) }));
  return { id: question.id, prompt: said(question.prompt), type: question.type, options: faces(question.options), items: faces(question.items), unit: question.unit ? said(question.unit) : "" };
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
