import { defaultGradeLimits, grade, writtenAnswer, type Check, type ExerciseParts } from "@/lib/grader";
import { parseAllDocuments, stringify } from "yaml";
import { openedOnce, partsOf } from "./judging";
import type { ExerciseOnDisk } from "./read";

/** A field taken out of a solution: where it was, and the files without it. */
export interface Mutation {
  readonly field: string;
  readonly files: Readonly<Record<string, string>>;
}

type Path = readonly (string | number)[];

/** Without these the API refuses the object: nothing is learnt by trying. */
const OBVIOUS = /^(apiVersion|kind|metadata|metadata\.name|metadata\.namespace|spec)$/;

function pathsIn(value: unknown, at: Path = []): readonly Path[] {
  // Taking the only item out of a list is taking the list out.
  if (Array.isArray(value)) return value.flatMap((item: unknown, i) => [...(value.length > 1 ? [[...at, i]] : []), ...pathsIn(item, [...at, i])]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => [[...at, name], ...pathsIn(item, [...at, name])]);
}

function without(value: unknown, path: Path): unknown {
  const [first, ...rest] = path;
  if (Array.isArray(value)) return value.flatMap((item: unknown, i) => (i !== first ? [item] : rest.length === 0 ? [] : [without(item, rest)]));
  return Object.fromEntries(Object.entries(value as object).flatMap(([name, item]) => (name !== first ? [[name, item]] : rest.length === 0 ? [] : [[name, without(item, rest)]])));
}

/** Every field of every manifest of the reference solution, taken out in turn. */
export function mutationsOf(found: ExerciseOnDisk, seed: number): readonly Mutation[] {
  const params = found.exercise.params?.(seed) ?? {};
  const files = found.solutions[0]?.files ?? {};
  return Object.entries(files).flatMap(([file, text]) => {
    if (!/\.ya?ml$/.test(file) || file === "inputs.yaml") return [];
    const filled = text.replaceAll(/\{\{([a-zA-Z]+)\}\}/g, (whole, name: string) => String(params[name] ?? whole));
    const values = parseAllDocuments(filled).map((document): unknown => document.toJS());
    return values.flatMap((value, index) =>
      pathsIn(value).filter((path) => !OBVIOUS.test(path.join("."))).map((path) => ({
        field: `${file}: ${values.length > 1 ? `${index}/` : ""}${path.join(".")}`,
        files: { ...files, [file]: values.map((each, i) => stringify(i === index ? without(each, path) : each)).join("---\n") },
      })),
    );
  });
}

/** The same judgement, but once a check has failed the others are not run: one is enough to notice. */
function impatient(parts: ExerciseParts): ExerciseParts {
  let failed = false;
  const hasty = (check: Check): Check => ({
    ...check,
    run(probe) {
      if (failed) return { passed: true };
      const finding = check.run(probe);
      failed = !finding.passed;
      return finding;
    },
  });
  return { ...parts, exercise: { ...parts.exercise, checks: parts.exercise.checks.map(hasty) }, serverChecks: parts.serverChecks.map(hasty) };
}

/** Fields whose absence no check notices, and entries of `unchecked.yaml` that are noticed after all or do not exist. */
export function unnoticed(found: ExerciseOnDisk, seed = 1): { readonly tried: number; readonly silent: readonly string[]; readonly problems: readonly string[] } {
  const mutations = mutationsOf(found, seed);
  const silent: string[] = [];
  let tried = 0;
  for (const { field, files } of mutations) {
    // What is inside a field nobody misses is not missed either.
    if (silent.some((outer) => field.startsWith(`${outer}.`))) continue;
    tried += 1;
    if (grade(impatient(partsOf(found)), writtenAnswer(found.exercise, seed, files), defaultGradeLimits, openedOnce(found, seed)).passed) silent.push(field);
  }
  const known = new Set(found.unchecked);
  return {
    tried,
    silent,
    problems: [
      ...silent.filter((field) => !known.has(field)).map((field) => `${found.id}: nobody notices when this goes: ${field} (tighten a check, or list it in unchecked.yaml)`),
      ...found.unchecked.filter((field) => !silent.includes(field)).map((field) => `${found.id}: unchecked.yaml lists ${field}, which is noticed or does not exist`),
    ],
  };
}
