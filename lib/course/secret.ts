import "server-only";
import { serverLoaders } from "./generated/server.generated";
import { exercisePublic, type PublicExercise } from "./open";

/** The files of one written answer, by path: manifests, and `commands.txt` when it was typed. */
export interface WrittenAnswer {
  readonly name: string;
  readonly files: { readonly [path: string]: string };
}

/** A typical mistake; `expected.yaml` among its files says which checks it fails and why. */
export type WrongAnswer = WrittenAnswer;

/** A whole exercise. Never send any of it to a browser: use {@link PublicExercise} for that. */
export interface ServerExercise extends PublicExercise {
  /** The default export of `server.ts`: the checks that stay here. Null when the exercise has none. */
  readonly secret: unknown;
  /** The reference first, then the alternatives. */
  readonly solutions: readonly WrittenAnswer[];
  readonly wrong: readonly WrongAnswer[];
}

/** What `server.generated.ts` holds of an exercise. */
export type SecretHalf = Omit<ServerExercise, keyof PublicExercise>;

/** Loads an exercise whole; nothing when no exercise has this id. */
export async function exerciseServer(id: string): Promise<ServerExercise | undefined> {
  const load = Object.hasOwn(serverLoaders, id) ? serverLoaders[id] : undefined;
  const open = await exercisePublic(id);
  if (!load || !open) return undefined;
  return { ...open, ...(await load()).secretHalf };
}
