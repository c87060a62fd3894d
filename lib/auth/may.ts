import type { CurrentUser } from "./current-user";

type Person = Pick<CurrentUser, "id" | "role">;

/** What can be asked of {@link may}, and about what. */
export interface Actions {
  "class.create": Record<never, never>;
  "class.manage": { readonly ownerId: string };
  /** `teacherIds`: owners of the classes the student is in. */
  "attempt.read": { readonly userId: string; readonly teacherIds: readonly string[] };
  "account.manage": { readonly userId: string };
  "role.set": { readonly userId: string };
}

/** May this person do that to this? The one place where the rules of roles are written; guests may do none of it. */
export function may<A extends keyof Actions>(user: Person | null, action: A, subject: Actions[A]): boolean {
  if (!user) return false;
  const about = subject as Partial<{ ownerId: string; userId: string; teacherIds: readonly string[] }>;
  switch (action) {
    case "class.create":
      return user.role !== "STUDENT";
    case "class.manage":
      return user.role === "ADMIN" || (user.role === "TEACHER" && about.ownerId === user.id);
    case "attempt.read":
      return user.role === "ADMIN" || about.userId === user.id || (user.role === "TEACHER" && (about.teacherIds ?? []).includes(user.id));
    case "account.manage":
      return about.userId === user.id;
    case "role.set":
      return user.role === "ADMIN" && about.userId !== user.id;
    default:
      return false;
  }
}
