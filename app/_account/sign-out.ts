import type { Locale } from "@/lib/text";

/** Closes the session and goes home with a fresh page, so that nothing of the person stays in memory. */
export async function leave(locale: Locale): Promise<void> {
  const token = await csrfToken();
  await fetch("/api/auth/signout", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ csrfToken: token, callbackUrl: `/${locale}`, json: "true" }),
  });
  window.location.assign(`/${locale}`);
}

/** The token next-auth wants with every form. */
export async function csrfToken(): Promise<string> {
  const answer = await fetch("/api/auth/csrf");
  const body: unknown = await answer.json();
  const token = typeof body === "object" && body !== null && "csrfToken" in body ? body.csrfToken : "";
  return typeof token === "string" ? token : "";
}
