import type { NextAuthOptions } from "next-auth";
import GitHub from "next-auth/providers/github";
import Google from "next-auth/providers/google";

type Provider = NextAuthOptions["providers"][number];

/** A way to sign in, as the sign-in page lists it. */
export interface ProviderInfo {
  readonly id: "github" | "google" | "oidc";
  readonly name: string;
}

function pair(id: string | undefined, secret: string | undefined): { clientId: string; clientSecret: string } | undefined {
  return id && secret ? { clientId: id, clientSecret: secret } : undefined;
}

/**
 * The providers whose environment variables are set: `GITHUB_ID` and `GITHUB_SECRET`, `GOOGLE_ID` and `GOOGLE_SECRET`,
 * `OIDC_ISSUER` with `OIDC_ID` and `OIDC_SECRET` (and `OIDC_NAME`, what the button says). Half a pair is no provider.
 */
export function oauthProviders(): Provider[] {
  const { env } = process;
  const github = pair(env.GITHUB_ID, env.GITHUB_SECRET);
  const google = pair(env.GOOGLE_ID, env.GOOGLE_SECRET);
  const oidc = pair(env.OIDC_ID, env.OIDC_SECRET);
  const providers: Provider[] = [];
  if (github) providers.push(GitHub(github));
  if (google) providers.push(Google(google));
  if (oidc && env.OIDC_ISSUER) providers.push(openIdConnect(env.OIDC_ISSUER, env.OIDC_NAME ?? "OpenID Connect", oidc));
  return providers;
}

/** What the sign-in page may offer besides e-mail and password. */
export function availableProviders(): readonly ProviderInfo[] {
  return oauthProviders().map(({ id, name }) => ({ id: id as ProviderInfo["id"], name }));
}

function openIdConnect(issuer: string, name: string, client: { clientId: string; clientSecret: string }): Provider {
  return {
    id: "oidc",
    name,
    type: "oauth",
    wellKnown: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    ...client,
    profile: (profile: { sub: string; name?: string; email?: string }) => ({
      id: profile.sub,
      name: profile.name ?? null,
      email: profile.email ?? null,
    }),
  };
}
