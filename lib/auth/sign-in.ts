import { db, isDuplicate } from "@/lib/db";
import { isClosedDemoAccount } from "./demo";
import { consume, forgive } from "./limits";
import { hashPassword, verifyPassword } from "./passwords";
import { canonicalEmail } from "./sign-up";

/** What a session token is made from. */
export interface SignedIn {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly version: number;
}

/**
 * The person with this address and password, or null: the same answer, after the same time, for an unknown address, a
 * wrong password and an account without one. Refuses with `too-many` per account, per network address and overall.
 */
export async function signInWithPassword(email: unknown, password: unknown, address: string): Promise<SignedIn | null> {
  if (typeof email !== "string" || typeof password !== "string" || email.length > 254 || password.length > 200) return null;
  const account = canonicalEmail(email);
  await consume("sign-in-everybody", "all");
  await consume("sign-in-address", address);
  await consume("sign-in-account", account);
  const user = await db.user.findUnique({ where: { email: account } });
  if (!(await verifyPassword(user?.passwordHash, password)) || user === null || isClosedDemoAccount(account)) return null;
  await forgive("sign-in-account", account);
  return { id: user.id, email: user.email, name: user.name, version: user.sessionVersion };
}

/** Who a provider says this is. `subject` is the provider's own id of the person. */
export interface ProviderIdentity {
  readonly provider: string;
  readonly subject: string;
  readonly email: string | null;
  readonly name: string | null;
}

/**
 * The person behind a provider's identity, made on first sight. Known by (provider, subject) only: an address that already
 * has an account here is refused (null), because an address is a claim and not a proof.
 */
export async function signInWithProvider(identity: ProviderIdentity): Promise<SignedIn | null> {
  const { provider, subject } = identity;
  const key = { provider_providerAccountId: { provider, providerAccountId: subject } };
  const account = await db.account.findUnique({ where: key, include: { user: true } });
  if (account) return { id: account.user.id, email: account.user.email, name: account.user.name, version: account.user.sessionVersion };
  if (!identity.email) return null;
  try {
    const user = await db.user.create({
      data: {
        email: canonicalEmail(identity.email),
        name: (identity.name ?? "").slice(0, 80),
        accounts: { create: { provider, providerAccountId: subject } },
      },
    });
    return { id: user.id, email: user.email, name: user.name, version: user.sessionVersion };
  } catch (error) {
    if (isDuplicate(error)) return null;
    throw error;
  }
}

/** Sets a password and closes every other session of the person. */
export async function setPassword(userId: string, password: string): Promise<void> {
  await db.user.update({ where: { id: userId }, data: { passwordHash: await hashPassword(password), sessionVersion: { increment: 1 } } });
}
