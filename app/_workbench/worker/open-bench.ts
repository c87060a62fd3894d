import { BudgetExceeded, type JsonObject } from "@/lib/engine";
import type { Json } from "@/lib/engine";
import { explainCode } from "@/lib/explain";
import { exercisePublic, scene as sceneFile } from "@/lib/course/open";
import { exerciseParts, grade, openExercise, reportHash, type ExerciseParts, type GradeReport } from "@/lib/grader";
import { parseManifests } from "@/lib/manifest";
import type { Locale } from "@/lib/text";
import { openFree, openScene, readScene, type Effect, type Input, type Workbench } from "@/lib/workbench";
import { exerciseAbout, fixtureAbout, sceneAbout } from "./about";
import { createWatcher, type Watcher } from "./look";
import { tripView } from "./look/trips";
import type { About, Answered, Graded, Opened, Opening, Replayed, Reply, ReportView, Source } from "./protocol";
import { reportView } from "./report";
import type { Slice, View } from "./view-model";

/** A bench somebody sits at. `base` is how it began; forks of it are how one travels back. */
export interface OpenBench {
  readonly id: number;
  readonly about: About;
  readonly locale: Locale;
  readonly base: Workbench;
  bench: Workbench;
  readonly watcher: Watcher;
  readonly parts: ExerciseParts | undefined;
}

interface Beginning {
  readonly base: Workbench;
  readonly about: About;
  readonly parts?: ExerciseParts;
}

async function begin(source: Source, locale: Locale): Promise<Beginning | undefined> {
  if (source.type === "exercise") {
    const found = await exercisePublic(source.id);
    if (!found) return undefined;
    const parts = exerciseParts(found);
    const base = openExercise(parts, source.seed);
    return { base, parts, about: exerciseAbout(found.exercise, source.seed, locale, base.cluster, Object.fromEntries(base.files)) };
  }
  if (source.type === "scene") {
    const file = await sceneFile(source.id);
    if (!file) return undefined;
    const scene = readScene(source.id, file as Json);
    const base = openScene(scene);
    return { base, about: sceneAbout(source.id, scene, locale, base.cluster) };
  }
  const objects = source.objects === undefined ? undefined : parseManifests(source.objects).documents.map((document): JsonObject => document.value);
  const base = openFree(source.fixture, source.files ?? {}, objects);
  return { base, about: fixtureAbout(source.fixture, base.cluster) };
}

/** Opens a bench and does again what had been done. */
export async function openBench(id: number, opening: Opening): Promise<Answered<{ readonly open: OpenBench; readonly opened: Opened }>> {
  const started = await attempt(() => begin(opening.source, opening.locale));
  if (!started.ok) return started;
  if (!started.value) return { ok: false, code: "not-found", message: opening.source.type === "fixture" ? opening.source.fixture : opening.source.id };
  const { base, about, parts } = started.value;
  const open: OpenBench = { id, about, locale: opening.locale, base, bench: base, watcher: createWatcher(opening.slices), parts };
  const replayed = await attempt(() => travel(open, opening.inputs, opening.inputs.length));
  return replayed.ok ? { ok: true, value: { open, opened: replayed.value } } : replayed;
}

/** Goes to the moment after `step` of these inputs: a fresh copy of the beginning, and everything up to there again. */
export function travel(open: OpenBench, inputs: readonly Input[], step: number): Opened {
  const bench = open.base.fork();
  const replayed = inputs.slice(0, step).map((input): Replayed => ({ input, ...told(bench.apply(input), open.locale) }));
  open.bench = bench;
  return { bench: open.id, about: open.about, view: open.watcher.changes(bench), replayed };
}

/** Does one input and tells what came of it. */
export function send(open: OpenBench, input: Input): Reply {
  const effect = open.bench.apply(input);
  const { inputs } = open.bench;
  return { step: inputs.length, last: inputs.at(-1) ?? null, ...told(effect, open.locale), view: open.watcher.changes(open.bench) };
}

function told(effect: Effect, locale: Locale): Pick<Reply, "printed" | "trip" | "refused"> {
  return {
    ...(effect.output ? { printed: effect.output } : {}),
    ...(effect.trace ? { trip: tripView(effect.trace, locale) } : {}),
    ...(effect.refused ? { refused: explainCode(effect.refused.code, locale, effect.refused.params) } : {}),
  };
}

/** Changes what is looked at, and looks. */
export function watch(open: OpenBench, slices: readonly Slice[]): Partial<View> {
  open.watcher.watch(slices);
  return open.watcher.changes(open.bench);
}

/** The worker's own verdict on what was done so far. */
export function gradeBench(open: OpenBench): Graded {
  const { parts, about } = open;
  if (!parts || about.type !== "exercise") throw new Error("only an exercise is graded");
  const answer = { exercise: about.id, seed: about.seed, inputs: open.bench.inputs };
  const report = grade(parts, answer);
  return { report: reportView(report, open.locale), reportHash: reportHash(report, parts.exercise), answer };
}

/** A server's report in the reader's words. */
export function readReport(open: OpenBench, report: unknown): ReportView {
  return reportView(report as GradeReport, open.locale);
}

/** Runs something; a run out of budget and our own mistakes become answers. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<Answered<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, code: error instanceof BudgetExceeded ? "budget" : "bug", message };
  }
}
