import { drawSeed } from "@/lib/progress";
import { forEverybody } from "../_http/route";

/** `{exercise, fresh?}` → `{exercise, seed, practice}`. */
export const POST = forEverybody(({ user, body }) => drawSeed(user, body));
