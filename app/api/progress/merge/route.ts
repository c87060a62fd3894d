import { mergeGuestProgress } from "@/lib/progress";
import { forUsers } from "../../_http/route";

const TWO_MIB = 2 * 1024 * 1024;

/** `{submissions: [{answer, idempotencyKey, practice?}], visits: [{lesson, state}]}` → what became of each. */
export const POST = forUsers(({ user, body }) => mergeGuestProgress(user, body), { maxBytes: TWO_MIB });
