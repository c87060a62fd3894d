import { type Algorithm, hash, verify } from "@node-rs/argon2";

/** OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane. */
const COST = { algorithm: 2 as Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Too common at any length we accept; a full breach list would be a download. */
const COMMONEST = new Set([
  "1234567890", "12345678910", "0123456789", "9876543210", "0987654321", "123456789a", "1q2w3e4r5t", "1q2w3e4r5t6y", "qwertyuiop",
  "qwerty1234", "qwerty12345", "qwerty123456", "password12", "password123", "password1234", "passw0rd123", "contraseña", "contraseña1",
  "contrasena", "contrasena1", "contraseña123", "contrasena123", "administrador", "administrator", "kubernetes", "kubernetes1",
  "kubernetes123", "iloveyou123", "letmein123", "bienvenido", "bienvenido1", "welcome123", "adminadmin", "teamoteamo", "asdfghjkl1",
]);

/** At least ten characters (paste allowed, nothing composed required), not a known favourite, not one's own address. */
export function isAcceptablePassword(password: string, email: string): boolean {
  if (password.length < 10 || password.length > 200) return false;
  const plain = password.toLowerCase();
  if (COMMONEST.has(plain) || plain === email.toLowerCase()) return false;
  return new Set(plain).size >= 4;
}

/** An argon2id hash, salted, with its own parameters inside. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFC"), COST);
}

const home = globalThis as typeof globalThis & { timonelDummyHash?: Promise<string> };

/**
 * Does `password` belong to `stored`? With no stored hash (no such person, or one who signs in elsewhere) it takes just as
 * long and says no, so that the time of the answer tells nobody who has an account.
 */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const against = stored ?? (await (home.timonelDummyHash ??= hashPassword("nobody has this password")));
  const matches = await verify(against, password.normalize("NFC")).catch(() => false);
  return matches && stored !== null && stored !== undefined;
}
