import { foreignOrigin } from "./refusals";

/**
 * Refuses a change asked for by another site's page. Browsers send `Origin` with every change and pages cannot forge it; a
 * request without one must at least not call itself cross-site. `SameSite=Lax` cookies are the other half.
 */
export function refuseForeignOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (origin === null) {
    if (site !== null && site !== "same-origin" && site !== "none") throw foreignOrigin();
    return;
  }
  if (!ownHosts(request).includes(hostOf(origin))) throw foreignOrigin();
}

/** The names this site answers to: what the browser asked for, and what the operator configured. */
function ownHosts(request: Request): readonly string[] {
  const asked = request.headers.get("host") ?? new URL(request.url).host;
  const configured = process.env.NEXTAUTH_URL;
  return configured ? [asked, hostOf(configured)] : [asked];
}

/** "null" (sandboxed pages, some redirects) and nonsense are nobody's host. */
function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : "";
}
