import type { JsonObject } from "@/lib/engine";
import { parseManifests } from "@/lib/manifest";
import type { Check, Exercise } from "./exercise";
import type { ExerciseParts } from "./grade";

/** An exercise as the course room hands it out: its declaration, and its folders as path → text. */
export interface ExerciseFolder {
  readonly exercise: Exercise;
  readonly start: { readonly [path: string]: string };
  readonly cluster: { readonly [path: string]: string };
}

/**
 * What the judge needs, from what the course keeps: the manifests of `cluster/` read into objects, in the order of their
 * paths. The same in browser and server, which differ only in `serverChecks`. A broken manifest is the author's: the content
 * check finds it, here it is left out.
 */
export function exerciseParts({ exercise, start, cluster }: ExerciseFolder, serverChecks: readonly Check[] = []): ExerciseParts {
  const paths = Object.keys(cluster).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const objects = paths.flatMap((path) => parseManifests(cluster[path] ?? "").documents.map((document): JsonObject => document.value));
  return { exercise, objects, files: start, serverChecks };
}
