import { classById, roster, updateClass } from "@/lib/classroom";
import { forUsers } from "../../_http/route";

type Params = { id: string };

/** `{class, students}`. */
export const GET = forUsers<Params>(async ({ user, params }) => ({ class: await classById(user, params.id), students: await roster(user, params.id) }));

/** `{name?, archived?, newInvitation?}` → the class. */
export const PATCH = forUsers<Params>(({ user, params, body }) => updateClass(user, params.id, body));
