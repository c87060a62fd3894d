import type { Exercise } from "@/lib/grader";
import { exerciseLoaders, sceneLoaders } from "./generated/open.generated";

/** The half of an exercise a browser may hold: what it asks, what it starts from, and the checks that are not secret. */
export interface PublicExercise {
  readonly id: string;
  readonly exercise: Exercise;
  /** The student's disk at first: path → text, from `start/`. */
  readonly start: { readonly [path: string]: string };
  /** Manifests already applied when the exercise opens: path → text, from `cluster/`. */
  readonly cluster: { readonly [path: string]: string };
}

/** A live diagram's file, `scenes/<name>.yaml`, as data. Its meaning belongs to whoever plays it. */
export type Scene = { readonly [key: string]: unknown };

/** Loads the public half of an exercise; nothing when no exercise has this id. */
export async function exercisePublic(id: string): Promise<PublicExercise | undefined> {
  const load = Object.hasOwn(exerciseLoaders, id) ? exerciseLoaders[id] : undefined;
  return load ? (await load()).publicExercise : undefined;
}

/** Loads a scene by `LESSON/name` (`L13/owner-tree`); nothing when there is none. */
export async function scene(id: string): Promise<Scene | undefined> {
  const load = Object.hasOwn(sceneLoaders, id) ? sceneLoaders[id] : undefined;
  return load ? (await load()).scene : undefined;
}
