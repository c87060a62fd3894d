import "server-only";
import { z } from "zod";
import { consume, invalidField, type CurrentUser } from "@/lib/auth";
import { db } from "@/lib/db";
import { classById } from "./classes";
import { noSuchInvitation, noSuchStudent, ownClass } from "./refusals";
import { managedBy } from "./scope";

const invitation = z.union([z.strictObject({ code: z.string().max(40) }), z.strictObject({ token: z.string().max(64) })]);

/** A student of a class, as its teacher sees them. */
export interface Student {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly joinedAt: string;
}

/** Joins a class by the code from the blackboard (case and spaces forgiven) or the token of the link. Twice is once. */
export async function joinClass(user: CurrentUser, request: unknown): Promise<{ readonly id: string; readonly name: string }> {
  const parsed = invitation.safeParse(request);
  if (!parsed.success) throw invalidField("body");
  await consume("invite", user.id);
  const by = "code" in parsed.data ? { inviteCode: parsed.data.code.replace(/[\s-]/g, "").toUpperCase() } : { inviteToken: parsed.data.token };
  const found = await db.class.findFirst({ where: { ...by, archivedAt: null }, select: { id: true, name: true, ownerId: true } });
  if (!found) throw noSuchInvitation();
  if (found.ownerId === user.id) throw ownClass();
  const key = { classId: found.id, userId: user.id };
  await db.enrolment.upsert({ where: { classId_userId: key }, create: key, update: {} });
  return { id: found.id, name: found.name };
}

/** The students of a class its reader manages, by name. */
export async function roster(user: CurrentUser, classId: string): Promise<readonly Student[]> {
  await classById(user, classId);
  const rows = await db.enrolment.findMany({
    where: { classId, class: managedBy(user) },
    include: { user: { select: { id: true, name: true, email: true } } },
    orderBy: [{ user: { name: "asc" } }, { user: { email: "asc" } }],
  });
  return rows.map((row) => ({ ...row.user, joinedAt: row.joinedAt.toISOString() }));
}

/** Takes a student out of a class: by its teacher, or by the student. Their work stays theirs. */
export async function removeStudent(user: CurrentUser, classId: string, studentId: string): Promise<void> {
  const allowed = studentId === user.id ? {} : { class: managedBy(user) };
  const { count } = await db.enrolment.deleteMany({ where: { classId, userId: studentId, ...allowed } });
  if (count === 0) throw noSuchStudent();
}
