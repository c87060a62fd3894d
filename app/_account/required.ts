import "server-only";
import { notFound, redirect } from "next/navigation";
import { path } from "@/app/_ui/paths";
import { currentUser, Refusal, type CurrentUser } from "@/lib/auth";
import type { Locale } from "@/lib/text";

/** The person of this page; a guest is sent to sign in and comes back here. */
export async function personOr(locale: Locale, ...here: readonly string[]): Promise<CurrentUser> {
  const user = await currentUser();
  if (!user) redirect(`${path(locale, "sign-in")}?next=${encodeURIComponent(path(locale, ...here))}`);
  return user;
}

/** What a use case answers, or the page for addresses that lead nowhere: what is another's reads like what is not there. */
export async function orNotFound<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal && (error.kind === "not-found" || error.kind === "forbidden" || error.kind === "invalid")) notFound();
    throw error;
  }
}
