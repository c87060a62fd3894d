const ADVICE =
  "NEXTAUTH_SECRET is missing or shorter than 32 characters: sessions cannot be signed. `npm start` writes one into .env; " +
  "to make one by hand: node -e \"console.log(require('crypto').randomBytes(32).toString('base64url'))\"";

/** The secret that signs sessions. There is no fallback: without one the site refuses to serve (see `instrumentation.ts`). */
export function authSecret(): string {
  const secret = process.env.NEXTAUTH_SECRET;
  if (secret === undefined || secret.length < 32) throw new Error(ADVICE);
  return secret;
}

/** Ends the process with one clear line when there is no secret. Called once, when the server starts. */
export function refuseToServeWithoutSecret(): void {
  try {
    authSecret();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

/** Is the site reached through https? Then cookies are `Secure` and carry the `__Host-` prefix. */
export function isServedSecurely(): boolean {
  return process.env.NEXTAUTH_URL?.startsWith("https://") ?? false;
}
