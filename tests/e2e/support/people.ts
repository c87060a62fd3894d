import { readFileSync } from "node:fs";
import { expect, type APIRequestContext } from "@playwright/test";

/** Someone with an account. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

interface Demo {
  readonly password: string;
  readonly class: { readonly name: string; readonly inviteCode: string };
  readonly accounts: readonly { readonly role: string; readonly email: string; readonly name: string }[];
}

const demo = JSON.parse(readFileSync(new URL("../../../prisma/demo.json", import.meta.url), "utf8")) as Demo;

/** The demonstration class. */
export const demoClass = demo.class;

/** The first demonstration account with this role. */
export function demoPerson(role: "TEACHER" | "STUDENT"): Person {
  const account = demo.accounts.find((one) => one.role === role);
  if (!account) throw new Error(`prisma/demo.json has no ${role}`);
  return { email: account.email, name: account.name, password: demo.password };
}

/** Signs a browser context in without its pages: the cookie is kept in the context the request belongs to. */
export async function signIn(request: APIRequestContext, { email, password }: Person): Promise<void> {
  const { csrfToken } = (await (await request.get("/api/auth/csrf")).json()) as { csrfToken: string };
  const answer = await request.post("/api/auth/callback/credentials", { form: { csrfToken, email, password, callbackUrl: "/", json: "true" } });
  expect(answer.ok()).toBe(true);
  const { user } = (await (await request.get("/api/account")).json()) as { user: { email: string } | null };
  expect(user?.email).toBe(email);
}

let made = 0;

/** Words for an account nobody has yet. */
export function stranger(name: string): Person {
  made += 1;
  return { email: `persona-${process.pid}-${made}-${Math.floor(performance.timeOrigin)}@journeys.timonel.example`, password: "una frase de viaje", name };
}
