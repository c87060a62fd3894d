import "server-only";
import { getServerSession } from "next-auth";
import { db, type Role } from "@/lib/db";
import { isLocale, type Locale } from "@/lib/text";
import { authOptions } from "./options";
import { notAllowed, unauthenticated } from "./refusals";

/** The colours a person chose. */
export type Theme = "system" | "light" | "dark";

/** Who is asking, as the database knows them now. */
export interface CurrentUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly locale: Locale;
  readonly theme: Theme;
}

/** The person of this request, or null for a guest. Null also when their account is gone or the session was closed. */
export async function currentUser(): Promise<CurrentUser | null> {
  const session = await getServerSession(authOptions());
  if (!session?.user?.id) return null;
  const user = await db.user.findUnique({ where: { id: session.user.id } });
  if (!user || user.sessionVersion !== session.version) return null;
  const { id, email, name, role, locale, theme } = user;
  return { id, email, name, role, locale: isLocale(locale) ? locale : "es", theme: isTheme(theme) ? theme : "system" };
}

/** Is this a theme's name? */
export function isTheme(value: string): value is Theme {
  return value === "system" || value === "light" || value === "dark";
}

/** The person of this request. Refuses guests with `unauthenticated`. */
export async function requireUser(): Promise<CurrentUser> {
  const user = await currentUser();
  if (!user) throw unauthenticated();
  return user;
}

/** A teacher or an administrator. Refuses guests and students. */
export async function requireTeacher(): Promise<CurrentUser> {
  const user = await requireUser();
  if (user.role === "STUDENT") throw notAllowed();
  return user;
}
