import { progressOf } from "@/lib/progress";
import { forUsers } from "../_http/route";

/** `{exercises, lessons}` of whoever asks. */
export const GET = forUsers(({ user }) => progressOf(user.id));
