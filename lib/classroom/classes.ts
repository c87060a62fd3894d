import "server-only";
import { randomBytes, randomInt } from "node:crypto";
import { z } from "zod";
import { consume, invalidField, may, notAllowed, type CurrentUser } from "@/lib/auth";
import { db, isDuplicate } from "@/lib/db";
import { classNameNeeded, noSuchClass } from "./refusals";
import { managedBy } from "./scope";

/** No 0 O 1 I L: the code is read aloud and copied from a blackboard. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

const name = z.string().trim().min(1).max(80);
const change = z.strictObject({ name: name.optional(), archived: z.boolean().optional(), newInvitation: z.boolean().optional() });

/** A class as its teacher sees it. */
export interface ClassView {
  readonly id: string;
  readonly name: string;
  readonly inviteCode: string;
  readonly inviteToken: string;
  readonly archived: boolean;
  readonly students: number;
  readonly createdAt: string;
}

/** A class as its students see it: no invitations, no numbers. */
export interface JoinedClass {
  readonly id: string;
  readonly name: string;
  readonly teacher: string;
  readonly joinedAt: string;
}

function invitation(): { readonly inviteCode: string; readonly inviteToken: string } {
  const inviteCode = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return { inviteCode, inviteToken: randomBytes(24).toString("base64url") };
}

const counted = { _count: { select: { enrolments: true } } } as const;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly inviteCode: string;
  readonly inviteToken: string;
  readonly archivedAt: Date | null;
  readonly createdAt: Date;
  readonly _count: { readonly enrolments: number };
}

function viewOf({ id, name, inviteCode, inviteToken, archivedAt, createdAt, _count }: Row): ClassView {
  return { id, name, inviteCode, inviteToken, archived: archivedAt !== null, students: _count.enrolments, createdAt: createdAt.toISOString() };
}

/** Makes a class of one's own. Teachers and administrators only. */
export async function createClass(user: CurrentUser, request: unknown): Promise<ClassView> {
  if (!may(user, "class.create", {})) throw notAllowed();
  const parsed = z.strictObject({ name }).safeParse(request);
  if (!parsed.success) throw classNameNeeded();
  await consume("class-create", user.id);
  for (;;) {
    try {
      return viewOf(await db.class.create({ data: { ownerId: user.id, name: parsed.data.name, ...invitation() }, include: counted }));
    } catch (error) {
      // Somebody else's code, once in a great while: draw again.
      if (!isDuplicate(error)) throw error;
    }
  }
}

/** The classes a person manages, newest first. */
export async function classesOf(user: CurrentUser): Promise<readonly ClassView[]> {
  const rows = await db.class.findMany({ where: managedBy(user), include: counted, orderBy: { createdAt: "desc" }, take: 500 });
  return rows.map(viewOf);
}

/** The classes a person is a student of. */
export async function joinedClasses(user: CurrentUser): Promise<readonly JoinedClass[]> {
  const rows = await db.enrolment.findMany({
    where: { userId: user.id },
    include: { class: { select: { id: true, name: true, owner: { select: { name: true } } } } },
    orderBy: { joinedAt: "desc" },
  });
  return rows.map((row) => ({ id: row.class.id, name: row.class.name, teacher: row.class.owner.name, joinedAt: row.joinedAt.toISOString() }));
}

/** One class its reader manages. */
export async function classById(user: CurrentUser, id: string): Promise<ClassView> {
  const row = await db.class.findFirst({ where: { AND: [{ id }, managedBy(user)] }, include: counted });
  if (!row) throw noSuchClass();
  return viewOf(row);
}

/** Renames, archives or brings back a class, or draws a new invitation (the old one stops working at once). */
export async function updateClass(user: CurrentUser, id: string, request: unknown): Promise<ClassView> {
  const parsed = change.safeParse(request);
  if (!parsed.success) throw parsed.error.issues[0]?.path[0] === "name" ? classNameNeeded() : invalidField("body");
  const { name: newName, archived, newInvitation } = parsed.data;
  const data = {
    ...(newName === undefined ? {} : { name: newName }),
    ...(archived === undefined ? {} : { archivedAt: archived ? new Date() : null }),
    ...(newInvitation ? invitation() : {}),
  };
  // An update of nothing counts no rows, and would read as "no such class".
  if (Object.keys(data).length === 0) return classById(user, id);
  const { count } = await db.class.updateMany({ where: { AND: [{ id }, managedBy(user)] }, data });
  if (count === 0) throw noSuchClass();
  return classById(user, id);
}

/** Closes a class: nobody can join any more; what was done in it can still be read. */
export function archiveClass(user: CurrentUser, id: string): Promise<ClassView> {
  return updateClass(user, id, { archived: true });
}
