import type { CurrentUser } from "@/lib/auth";
import type { Prisma } from "@/lib/db";

type Person = Pick<CurrentUser, "id" | "role">;

/**
 * Which classes a person manages, as a condition to put in the `where` of the very query that reads or writes: there is no
 * moment between asking and acting, and another's class is simply not found.
 */
export function managedBy(user: Person): Prisma.ClassWhereInput {
  if (user.role === "ADMIN") return {};
  // Someone no longer a teacher manages nothing, whatever they once made.
  return user.role === "TEACHER" ? { ownerId: user.id } : { id: { in: [] } };
}

/** Whose work a person may read: their own, and that of students in classes they manage. */
export function readableBy(user: Person): Prisma.UserWhereInput {
  if (user.role === "ADMIN") return {};
  if (user.role === "STUDENT") return { id: user.id };
  return { OR: [{ id: user.id }, { enrolments: { some: { class: { ownerId: user.id } } } }] };
}
