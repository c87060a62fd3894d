import { send, type Sent } from "@/app/_ui/send";
import { rememberSomebody } from "./session";
import { csrfToken } from "./sign-out";

/** Where to go after signing in: a page of ours, or the map. Addresses of elsewhere are not followed. */
export function nextPage(locale: string): string {
  const wanted = new URLSearchParams(window.location.search).get("next") ?? "";
  return /^\/(es|en)(\/[\w%~.-]+)*$/.test(wanted) ? wanted : `/${locale}/course`;
}

/** Signs in with address and password. `code` says why not: `CredentialsSignin`, `request.too-many`, `request.offline`. */
export async function signIn(email: string, password: string): Promise<{ readonly ok: true } | { readonly ok: false; readonly code: string }> {
  try {
    const answer = await fetch("/api/auth/callback/credentials", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ csrfToken: await csrfToken(), email, password, callbackUrl: "/", json: "true" }),
    });
    const body: unknown = await answer.json();
    const url = typeof body === "object" && body !== null && "url" in body ? String(body.url) : "/";
    const error = new URL(url, window.location.origin).searchParams.get("error");
    if (error === null && answer.ok) rememberSomebody(true);
    return error === null && answer.ok ? { ok: true } : { ok: false, code: error ?? "request.failed" };
  } catch {
    return { ok: false, code: "request.offline" };
  }
}

/** Leaves for a provider's own sign-in page. */
export async function signInWith(provider: string, callbackUrl: string): Promise<void> {
  const answer = await fetch(`/api/auth/signin/${provider}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ csrfToken: await csrfToken(), callbackUrl, json: "true" }),
  });
  const body: unknown = await answer.json();
  rememberSomebody(true);
  if (typeof body === "object" && body !== null && "url" in body) window.location.assign(String(body.url));
}

/** Makes an account; the caller then signs in with the same words. */
export function signUp(account: { email: string; password: string; name: string; locale: string }): Promise<Sent<unknown>> {
  return send("POST", "/api/sign-up", account);
}
