import { commonFailures } from "@/lib/classroom";
import { forUsers } from "../../../_http/route";

/** `{failures}`, the widest spread first. */
export const GET = forUsers<{ id: string }>(async ({ user, params }) => ({ failures: await commonFailures(user, params.id) }));
