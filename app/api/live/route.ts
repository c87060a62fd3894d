import { connectLive } from "@/lib/hosting";
import { answerLimits } from "@/lib/workbench";
import { forUsers } from "../_http/route";

/** `{source, inputs}` → `{id, kubeconfig, expiresAt, news}`: the workbench is on the network, for its owner's own kubectl. */
export const POST = forUsers(({ user, body }) => connectLive(user, body), { maxBytes: answerLimits.bytes + 4_096 });
