import "server-only";
import type { NextAuthOptions } from "next-auth";
import type { CredentialsConfig } from "next-auth/providers/credentials";
import { addressOf } from "./address";
import { oauthProviders } from "./providers";
import { Refusal } from "./refusal";
import { authSecret, isServedSecurely } from "./secret";
import { signInWithPassword, signInWithProvider } from "./sign-in";

const FORTNIGHT_SECONDS = 14 * 24 * 60 * 60;
const DAY_SECONDS = 24 * 60 * 60;

/** What arrives from the browser: next-auth hands over plain headers. */
function headersOf(headers: Record<string, unknown> | undefined): { get(name: string): string | null } {
  return { get: (name) => (typeof headers?.[name] === "string" ? headers[name] : null) };
}

/** Written out, not made by next-auth's helper: its CommonJS default import differs between Next, Node and Vitest. */
const credentials: CredentialsConfig<{ email: { type: string }; password: { type: string } }> = {
  id: "credentials",
  name: "credentials",
  type: "credentials",
  credentials: { email: { type: "email" }, password: { type: "password" } },
  async authorize(given, request) {
    try {
      return await signInWithPassword(given?.email, given?.password, addressOf(headersOf(request.headers)));
    } catch (error) {
      // The page shows next-auth's error string: "CredentialsSignin" for null, this one for the limit.
      if (error instanceof Refusal) throw new Error(error.code, { cause: error });
      // next-auth puts the message of an error into an address the browser sees: ours stays in the log.
      console.error("auth:", error);
      throw new Error("request.failed", { cause: error });
    }
  },
};

const callbacks: NonNullable<NextAuthOptions["callbacks"]> = {
  async signIn({ user, account }) {
    if (!account || account.type === "credentials") return true;
    const known = await signInWithProvider({
      provider: account.provider,
      subject: account.providerAccountId,
      email: user.email ?? null,
      name: user.name ?? null,
    });
    if (!known) return "/es/sign-in?error=OAuthAccountNotLinked";
    user.id = known.id;
    user.version = known.version;
    return true;
  },
  jwt({ token, user }) {
    if (user) {
      token.uid = user.id;
      token.version = user.version ?? 0;
    }
    return token;
  },
  session({ session, token }) {
    session.user.id = token.uid;
    session.version = token.version;
    return session;
  },
};

/**
 * next-auth's options. Sessions are signed tokens holding who and which session version; role and everything else are read
 * from the database on each request (`currentUser`), so a demotion or a closed session works at once.
 */
export function authOptions(): NextAuthOptions {
  const secure = isServedSecurely();
  return {
    secret: authSecret(),
    session: { strategy: "jwt", maxAge: FORTNIGHT_SECONDS, updateAge: DAY_SECONDS },
    pages: { signIn: "/es/sign-in", error: "/es/sign-in" },
    useSecureCookies: secure,
    cookies: {
      sessionToken: {
        name: secure ? "__Host-timonel.session" : "timonel.session",
        options: { httpOnly: true, sameSite: "lax", path: "/", secure },
      },
    },
    providers: [credentials, ...oauthProviders()],
    callbacks,
  };
}
