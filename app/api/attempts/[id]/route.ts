import { attempt } from "@/lib/classroom";
import { forUsers } from "../../_http/route";

/** One attempt with its answer and report, for replay: the student, or a teacher of a class they are in. */
export const GET = forUsers<{ id: string }>(({ user, params }) => attempt(user, params.id));
