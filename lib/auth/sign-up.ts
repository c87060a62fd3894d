import { z } from "zod";
import { db, isDuplicate } from "@/lib/db";
import { consume } from "./limits";
import { hashPassword, isAcceptablePassword } from "./passwords";
import { accountNotCreated, invalidField } from "./refusals";

/** One spelling an address: lower case and trimmed. */
export function canonicalEmail(email: string): string {
  return email.trim().toLowerCase();
}

const shape = z.object({
  email: z.string().max(254),
  password: z.string().max(1_000),
  name: z.string().trim().max(80).optional(),
  locale: z.enum(["es", "en"]).optional(),
});

/** Makes a student's account. Teachers are appointed (`setRole`), never self-declared. Refuses by field, and by rate. */
export async function signUp(request: unknown, address: string): Promise<{ readonly id: string; readonly email: string }> {
  const parsed = shape.safeParse(request);
  if (!parsed.success) throw invalidField(fieldOf(parsed.error));
  const email = canonicalEmail(parsed.data.email);
  if (!z.email().safeParse(email).success) throw invalidField("email");
  if (!isAcceptablePassword(parsed.data.password, email)) throw invalidField("password");
  await consume("sign-up-everybody", "all");
  await consume("sign-up-address", address);
  const passwordHash = await hashPassword(parsed.data.password);
  try {
    const { name = "", locale = "es" } = parsed.data;
    return await db.user.create({ data: { email, name, locale, passwordHash }, select: { id: true, email: true } });
  } catch (error) {
    if (isDuplicate(error)) throw accountNotCreated();
    throw error;
  }
}

function fieldOf(error: z.ZodError): "email" | "password" | "name" | "locale" | "body" {
  const field = error.issues[0]?.path[0];
  return field === "email" || field === "password" || field === "name" || field === "locale" ? field : "body";
}
