import { attemptsOf } from "@/lib/classroom";
import { forUsers } from "../_http/route";

/** `?student=` (oneself unless said) and `?exercise=` → `{attempts}`, newest first. */
export const GET = forUsers(async ({ user, query }) => ({
  attempts: await attemptsOf(user, query.get("student") ?? user.id, query.get("exercise") ?? undefined),
}));
