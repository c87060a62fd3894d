import { gradeTable } from "@/lib/classroom";
import { forUsers } from "../../../_http/route";

/** Students by exercise. */
export const GET = forUsers<{ id: string }>(({ user, params }) => gradeTable(user, params.id));
