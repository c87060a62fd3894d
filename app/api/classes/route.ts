import { classesOf, createClass, joinedClasses } from "@/lib/classroom";
import { forUsers } from "../_http/route";

/** `{classes, joined}`: those one manages, those one is a student of. */
export const GET = forUsers(async ({ user }) => ({ classes: await classesOf(user), joined: await joinedClasses(user) }));

/** `{name}` → the class. */
export const POST = forUsers(({ user, body }) => createClass(user, body));
