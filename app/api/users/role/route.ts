import { z } from "zod";
import { invalidField, setRole } from "@/lib/auth";
import { forUsers } from "../../_http/route";

const shape = z.strictObject({ email: z.string().max(254), role: z.enum(["STUDENT", "TEACHER", "ADMIN"]) });

/** `{email, role}` → `{}`. Administrators only. */
export const PATCH = forUsers(({ user, body }) => {
  const parsed = shape.safeParse(body);
  if (!parsed.success) throw invalidField("role");
  return setRole(user, parsed.data.email, parsed.data.role);
});
