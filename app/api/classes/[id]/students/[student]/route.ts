import { removeStudent } from "@/lib/classroom";
import { forUsers } from "../../../../_http/route";

/** Takes a student out of the class: its teacher, or the student themselves. */
export const DELETE = forUsers<{ id: string; student: string }>(({ user, params }) => removeStudent(user, params.id, params.student));
