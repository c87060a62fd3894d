import { hintUsed } from "@/lib/progress";
import { forUsers } from "../_http/route";

/** `{exercise, hint}` (hints count from 0) → `{}`. */
export const POST = forUsers(({ user, body }) => hintUsed(user, body));
