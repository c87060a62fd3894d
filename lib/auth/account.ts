import "server-only";
import { z } from "zod";
import { db, type Role } from "@/lib/db";
import type { CurrentUser } from "./current-user";
import { consume } from "./limits";
import { may } from "./may";
import { isAcceptablePassword, verifyPassword } from "./passwords";
import { invalidField, notAllowed, notFound, wrongPassword } from "./refusals";
import { setPassword } from "./sign-in";

const change = z.strictObject({
  name: z.string().trim().max(80).optional(),
  locale: z.enum(["es", "en"]).optional(),
  theme: z.enum(["system", "light", "dark"]).optional(),
  password: z.object({ current: z.string().max(200).optional(), next: z.string().max(1_000) }).optional(),
});

/** Changes name, language, theme or password; a new password closes the other sessions and needs the present one. */
export async function updateAccount(user: CurrentUser, request: unknown): Promise<void> {
  const parsed = change.safeParse(request);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0];
    throw invalidField(field === "name" || field === "locale" || field === "theme" || field === "password" ? field : "body");
  }
  const { name, locale, theme, password } = parsed.data;
  if (password) {
    if (!isAcceptablePassword(password.next, user.email)) throw invalidField("password");
    await confirmPassword(user.id, password.current);
    await setPassword(user.id, password.next);
  }
  const data = { ...(name === undefined ? {} : { name }), ...(locale ? { locale } : {}), ...(theme ? { theme } : {}) };
  if (Object.keys(data).length > 0) await db.user.update({ where: { id: user.id }, data });
}

/** Who has a password must repeat it; who signs in elsewhere has none to repeat. Wrong ones are counted. */
async function confirmPassword(userId: string, password: string | undefined): Promise<void> {
  const found = await db.user.findUnique({ where: { id: userId }, select: { passwordHash: true } });
  if (!found) throw notFound();
  if (found.passwordHash === null) return;
  await consume("password-check", userId);
  if (password === undefined || !(await verifyPassword(found.passwordHash, password))) throw wrongPassword();
}

/** Deletes the person and everything held about them, their classes included, at once and for good. */
export async function deleteAccount(user: CurrentUser, password: string | undefined): Promise<void> {
  await confirmPassword(user.id, password);
  await db.user.deleteMany({ where: { id: user.id } });
}

/** Everything held about a person, as plain JSON. Only the password's hash is left out; its presence is told. */
export async function exportAccount(user: CurrentUser): Promise<Record<string, unknown>> {
  const found = await db.user.findUnique({
    where: { id: user.id },
    include: {
      accounts: true,
      classes: true,
      enrolments: { include: { class: { select: { name: true } } } },
      submissions: { orderBy: { createdAt: "asc" } },
      reveals: true,
      hints: true,
      visits: true,
      seeds: true,
      // The hash of a token is of no use to its owner, and of some to a thief.
      liveClusters: { omit: { tokenHash: true } },
    },
  });
  if (!found) throw notFound();
  const { passwordHash, submissions, liveClusters, ...rest } = found;
  return {
    format: "timonel-account/1",
    ...rest,
    hasPassword: passwordHash !== null,
    liveClusters: liveClusters.map((one) => ({ ...one, source: JSON.parse(one.source), inputs: JSON.parse(one.inputs) })),
    submissions: submissions.map((one) => ({ ...one, answer: JSON.parse(one.answer), report: JSON.parse(one.report), failures: JSON.parse(one.failures) })),
  };
}

/** Appoints someone by address. Administrators only, and not themselves; their sessions are closed so the new role starts clean. */
export async function setRole(admin: CurrentUser, email: string, role: Role): Promise<void> {
  const found = await db.user.findUnique({ where: { email: email.trim().toLowerCase() }, select: { id: true } });
  if (admin.role !== "ADMIN") throw notAllowed();
  if (!found) throw notFound();
  if (!may(admin, "role.set", { userId: found.id })) throw notAllowed();
  await db.user.update({ where: { id: found.id }, data: { role, sessionVersion: { increment: 1 } } });
}
