import { joinClass } from "@/lib/classroom";
import { forUsers } from "../../_http/route";

/** `{code}` or `{token}` → `{id, name}`. */
export const POST = forUsers(({ user, body }) => joinClass(user, body));
