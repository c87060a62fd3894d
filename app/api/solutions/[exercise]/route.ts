import { revealSolution } from "@/lib/progress";
import { forEverybody } from "../../_http/route";

/** `{giveUp?}` → `{exercise, solutions, reason, seed, practice}`. A POST: looking at a solution has consequences. */
export const POST = forEverybody<{ exercise: string }>(({ user, params, body, address }) => revealSolution(user, params.exercise, body, address));
