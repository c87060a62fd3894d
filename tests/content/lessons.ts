import { openScene, openWorkbench, readScene, type FixtureName, type Workbench } from "@/lib/workbench";
import { parse } from "yaml";
import { nodesIn, parseMdx, partings } from "./parity";
import type { LessonOnDisk } from "./read";
import type { Json } from "@/lib/engine";

/** Does what was printed fit what the lesson shows? `…` alone on a line stands for any lines, even none. */
export function fits(shown: readonly string[], printed: readonly string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return printed.length === 0;
  if (first.trim() === "…") return fits(rest, printed) || (printed.length > 0 && fits(shown, printed.slice(1)));
  return printed.length > 0 && first.trimEnd() === (printed[0] ?? "").trimEnd() && fits(rest, printed.slice(1));
}

const linesOf = (text: string): readonly string[] => {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.length === 1 && lines[0] === "" ? [] : lines;
};

/** The commands of a console block, each with what it shows. */
export function commandsOf(block: string): readonly { readonly line: string; readonly shown: readonly string[] }[] {
  const commands: { line: string; shown: string[] }[] = [];
  for (const line of linesOf(block)) {
    if (line.startsWith("$ ")) commands.push({ line: line.slice(2), shown: [] });
    else commands.at(-1)?.shown.push(line);
  }
  return commands;
}

const fresh = (lesson: LessonOnDisk): Workbench => openWorkbench({ fixture: lesson.fixture as FixtureName, seed: 1 });

function runYaml(lesson: LessonOnDisk, source: string, invalid: boolean): readonly string[] {
  const bench = fresh(lesson);
  bench.apply({ type: "save-file", path: "bloque.yaml", text: source });
  const output = bench.apply({ type: "run", line: "kubectl apply -f bloque.yaml" }).output;
  const refused = output?.exitCode !== 0;
  if (refused === invalid) return [];
  return [invalid ? `${lesson.id}: a block marked invalid is accepted:\n${source}` : `${lesson.id}: a block is refused: ${output?.stderr ?? ""}`];
}

function runConsole(lesson: LessonOnDisk, bench: Workbench, block: string): readonly string[] {
  return commandsOf(block).flatMap(({ line, shown }) => {
    const output = bench.apply({ type: "run", line }).output;
    const printed = linesOf(`${output?.stdout ?? ""}${output?.stderr ?? ""}`);
    return fits(shown, printed) ? [] : [`${lesson.id}: $ ${line}\n  shows   ${JSON.stringify(shown)}\n  printed ${JSON.stringify(printed)}`];
  });
}

/** Runs every block of a lesson that claims something: manifests, refused manifests, terminal sessions. */
export function runBlocks(lesson: LessonOnDisk): { readonly blocks: number; readonly problems: readonly string[] } {
  const session = fresh(lesson);
  const problems: string[] = [];
  let blocks = 0;
  for (const node of nodesIn(parseMdx(lesson.texts.es))) {
    if (node.type !== "code") continue;
    const source = node.value ?? "";
    if (node.lang === "yaml") {
      blocks += 1;
      problems.push(...runYaml(lesson, source, node.meta === "invalid"));
      const path = /^# file: (\S+)/.exec(source)?.[1];
      if (path !== undefined) session.apply({ type: "save-file", path, text: `${source}\n` });
    }
    if (node.lang === "console") {
      blocks += 1;
      problems.push(...runConsole(lesson, session, source));
    }
  }
  return { blocks, problems };
}

/** Plays a scene and all its actions. A refused input, a failed apply, a name nobody knows: the author's mistakes. */
export function playScene(lesson: LessonOnDisk, name: string, seed = 1): readonly string[] {
  const scene = readScene(name, parse(lesson.scenes[name] ?? "") as Json);
  const bench = openScene(scene, seed);
  return scene.actions.flatMap((action) =>
    action.inputs.flatMap((input) => {
      const effect = bench.apply(input);
      const where = `${lesson.id}/${name}, ${action.id}`;
      if (effect.refused) return [`${where}: refused: ${effect.refused.code}`];
      if (effect.trace?.outcome === "no-such-host") return [`${where}: ${effect.trace.asked}: nobody knows that name`];
      const stderr = effect.output?.stderr ?? "";
      return /unknown (command|flag|shorthand)|the path .* does not exist|doesn't have a resource type/.test(stderr) ? [`${where}: ${input.type === "run" ? input.line : ""}: ${stderr.trim()}`] : [];
    }),
  );
}

/** Both languages side by side, the exercises listed and the scenes named. */
export function lessonProblems(lesson: LessonOnDisk): readonly string[] {
  const nodes = nodesIn(parseMdx(lesson.texts.es));
  const values = (component: string, prop: string): readonly string[] => nodes.filter((node) => node.name === component).flatMap((node) => (node.attributes ?? []).filter((attribute) => attribute.name === prop).map((attribute) => String(attribute.value)));
  const shown = values("Exercise", "id");
  const scenes = [...values("Live", "scene"), ...values("FinePrint", "proof")];
  return [
    ...partings(`${lesson.id}`, lesson.texts.es, lesson.texts.en),
    ...lesson.exercises.filter((id) => shown.filter((other) => other === id).length !== 1).map((id) => `${lesson.id}: ${id} is listed and stands in the text ${shown.filter((other) => other === id).length} times`),
    ...shown.filter((id) => !lesson.exercises.includes(id)).map((id) => `${lesson.id}: ${id} is in the text and not in lesson.yaml`),
    ...scenes.filter((name) => !(name in lesson.scenes)).map((name) => `${lesson.id}: there is no scene ${name}`),
    ...Object.keys(lesson.scenes).filter((name) => !scenes.includes(name)).map((name) => `${lesson.id}: no text shows the scene ${name}`),
  ];
}
