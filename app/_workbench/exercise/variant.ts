import { whoIsHere } from "@/app/_account/session";
import { send } from "@/app/_ui/send";

/** The variant to play. */
export interface Variant {
  readonly seed: number;
  readonly practice: boolean;
}

/** A written solution. */
export interface SolutionFace {
  readonly name: string;
  readonly files: { readonly [path: string]: string };
}

const FIRST: Variant = { seed: 1, practice: false };
const PREFIX = "timonel.variant.";

function kept(exercise: string): Variant {
  try {
    const value: unknown = JSON.parse(window.localStorage.getItem(PREFIX + exercise) ?? "null");
    if (typeof value !== "object" || value === null) return FIRST;
    const { seed, practice } = value as { readonly seed?: unknown; readonly practice?: unknown };
    return typeof seed === "number" && Number.isInteger(seed) && seed >= 0 ? { seed, practice: practice === true } : FIRST;
  } catch {
    return FIRST;
  }
}

/** Remembers a variant in this browser, for guests and for when there is no connection. */
export function keepVariant(exercise: string, variant: Variant): void {
  try {
    window.localStorage.setItem(PREFIX + exercise, JSON.stringify(variant));
  } catch {
    // The variant holds for this visit.
  }
}

/** The variant somebody plays: the server knows it for who signed in, this browser for a guest and without a connection. */
export async function variantOf(exercise: string): Promise<Variant> {
  if (!(await whoIsHere())) return kept(exercise);
  const sent = await send<Variant>("POST", "/api/seeds", { exercise });
  if (!sent.ok || typeof sent.body.seed !== "number") return kept(exercise);
  const variant = { seed: sent.body.seed, practice: sent.body.practice };
  keepVariant(exercise, variant);
  return variant;
}

/** Asks for another variant. Null without an answer. */
export async function anotherVariant(exercise: string): Promise<Variant | null> {
  const sent = await send<Variant>("POST", "/api/seeds", { exercise, fresh: true });
  if (!sent.ok) return null;
  const variant = { seed: sent.body.seed, practice: sent.body.practice };
  keepVariant(exercise, variant);
  return variant;
}

/** The solutions, and the variant to go on with. */
export interface Revealed {
  readonly solutions: readonly SolutionFace[];
  readonly next: Variant;
}

/** Asks for the solution. A guest who solved it asks as one who gives up: the server knows nothing of guests. */
export async function reveal(exercise: string, giveUp: boolean): Promise<Revealed | { readonly refused: string; readonly offline: boolean; readonly message: { readonly es: string; readonly en: string } | null }> {
  const guest = !(await whoIsHere());
  const sent = await send<{ solutions: readonly SolutionFace[]; seed: number; practice: boolean }>("POST", `/api/solutions/${encodeURIComponent(exercise)}`, giveUp || guest ? { giveUp: true } : {});
  if (!sent.ok) return { refused: sent.code, offline: sent.status === 0, message: sent.message };
  return { solutions: sent.body.solutions, next: { seed: sent.body.seed, practice: sent.body.practice } };
}
