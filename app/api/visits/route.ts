import { recordVisit } from "@/lib/progress";
import { forUsers } from "../_http/route";

/** `{lesson, state: "started" | "done"}` → `{}`. */
export const POST = forUsers(({ user, body }) => recordVisit(user, body));
