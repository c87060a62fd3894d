import { askLive, disconnectLive } from "@/lib/hosting";
import { answerLimits } from "@/lib/workbench";
import { forUsers } from "../../_http/route";

/** `{epoch, since, input?, wait?}` → what was done since, by whoever did it; waits up to `wait` ms for news. */
export const POST = forUsers<{ id: string }>(({ user, params, body }) => askLive(user, params.id, body), { maxBytes: answerLimits.file + 4_096 });

/** Ends the connection: its token opens nothing any more. */
export const DELETE = forUsers<{ id: string }>(({ user, params }) => disconnectLive(user, params.id));
