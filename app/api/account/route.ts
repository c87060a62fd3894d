import { z } from "zod";
import { deleteAccount, invalidField, updateAccount } from "@/lib/auth";
import { forEverybody, forUsers } from "../_http/route";

const confirmation = z.strictObject({ password: z.string().max(200).optional() });

/** `{user}`: who is asking, null for a guest. */
export const GET = forEverybody(async ({ user }) => ({ user }));

/** `{name?, locale?, theme?, password?: {current, next}}` → `{}`. */
export const PATCH = forUsers(({ user, body }) => updateAccount(user, body));

/** `{password}` → `{}`, and the account is gone. Those who sign in elsewhere have no password to give. */
export const DELETE = forUsers(({ user, body }) => {
  const parsed = confirmation.safeParse(body);
  if (!parsed.success) throw invalidField("body");
  return deleteAccount(user, parsed.data.password);
});
