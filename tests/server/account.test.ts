import { call, db, makePerson, PASSWORD, submission } from "./support/world";
import { describe, expect, it } from "vitest";
import { GET as exportData } from "@/app/api/account/export/route";
import { DELETE as deleteAccount, PATCH as patchAccount } from "@/app/api/account/route";
import { GET as progress } from "@/app/api/progress/route";
import { POST as signUp } from "@/app/api/sign-up/route";
import { POST as submit } from "@/app/api/submissions/route";
import { POST as visit } from "@/app/api/visits/route";
import { authOptions, authSecret } from "@/lib/auth";

/** Signs in through the provider next-auth would call. */
async function signIn(email: string, password: string): Promise<{ id: string; version?: number } | null> {
  const [provider] = authOptions().providers;
  if (!provider || provider.type !== "credentials") throw new Error("the first provider is e-mail and password");
  return (await provider.authorize({ email, password }, { headers: {} } as never)) as { id: string } | null;
}

describe("signing up and in", () => {
  it("makes a student whose password is kept as argon2id, and lets them in by any spelling of their address", async () => {
    const { status } = await call(signUp, { body: { email: " Nora@Example.org ", password: "una frase bastante larga", name: "Nora", locale: "en" } });
    expect(status).toBe(200);
    const row = await db.user.findUniqueOrThrow({ where: { email: "nora@example.org" } });
    expect(row).toMatchObject({ role: "STUDENT", name: "Nora", locale: "en" });
    expect(row.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await signIn("NORA@example.org", "una frase bastante larga")).toMatchObject({ id: row.id, version: 1 });
  });

  it("says the same to an unknown address and a wrong password, and takes as long", async () => {
    await makePerson("olga");
    const time = async (email: string) => {
      const began = performance.now();
      expect(await signIn(email, "not the password")).toBeNull();
      return performance.now() - began;
    };
    await time("warm-up@example.org");
    // The shortest of three: what else the machine does makes a try longer, never shorter.
    const tries: [known: number, unknown: number][] = [];
    for (let i = 0; i < 3; i += 1) tries.push([await time("olga@example.org"), await time("nobody@example.org")]);
    const known = Math.min(...tries.map(([first]) => first));
    const unknown = Math.min(...tries.map(([, second]) => second));
    expect(unknown).toBeGreaterThan(known / 4);
  });

  it("refuses a taken address without saying which part was wrong", async () => {
    await makePerson("pia");
    const { status, text } = await call(signUp, { body: { email: "PIA@example.org", password: "una frase bastante larga" } });
    expect(status).toBe(409);
    expect(text).not.toContain("pia@");
  });

  it("stops guessing at one account after ten tries, and says when to come back", async () => {
    await makePerson("quim");
    for (let guess = 0; guess < 10; guess += 1) expect(await signIn("quim@example.org", `guess ${guess}`)).toBeNull();
    await expect(signIn("quim@example.org", PASSWORD)).rejects.toThrow("request.too-many");
  });

  it("does not start without a secret, and says how to make one", () => {
    const secret = process.env.NEXTAUTH_SECRET;
    try {
      for (const bad of ["", "short"]) {
        process.env.NEXTAUTH_SECRET = bad;
        expect(() => authSecret()).toThrow(/NEXTAUTH_SECRET.*randomBytes/);
        expect(() => authOptions()).toThrow(/NEXTAUTH_SECRET/);
      }
    } finally {
      process.env.NEXTAUTH_SECRET = secret ?? "";
    }
  });

  it("locks its cookie to the host when served through https", () => {
    const before = process.env.NEXTAUTH_URL;
    process.env.NEXTAUTH_URL = "https://timonel.example";
    expect(authOptions().cookies?.sessionToken).toMatchObject({ name: "__Host-timonel.session", options: { httpOnly: true, secure: true, sameSite: "lax", path: "/" } });
    if (before === undefined) delete process.env.NEXTAUTH_URL;
    else process.env.NEXTAUTH_URL = before;
  });
});

describe("one's own account", () => {
  it("changes language and theme", async () => {
    const rosa = await makePerson("rosa");
    expect((await call(patchAccount, { as: rosa, method: "PATCH", body: { locale: "en", theme: "dark", name: "Rosa" } })).status).toBe(200);
    expect(await db.user.findUniqueOrThrow({ where: { id: rosa.id } })).toMatchObject({ locale: "en", theme: "dark", name: "Rosa" });
  });

  it("closes every session when the password changes, which needs the old one", async () => {
    const sara = await makePerson("sara");
    const change = (current: string) => call(patchAccount, { as: sara, method: "PATCH", body: { password: { current, next: "otra frase bastante larga" } } });
    expect((await change("wrong")).status).toBe(400);
    expect((await call(progress, { as: sara })).status).toBe(200);
    expect((await change(PASSWORD)).status).toBe(200);
    expect((await call(progress, { as: sara })).status).toBe(401);
    expect(await signIn(sara.email, "otra frase bastante larga")).toMatchObject({ version: 2 });
  });

  it("hands over everything held, and no hash", async () => {
    const tomas = await makePerson("tomas");
    await call(submit, { as: tomas, body: submission("half") });
    await call(visit, { as: tomas, body: { lesson: "L13", state: "done" } });
    const { headers, text, json } = await call(exportData, { as: tomas });
    expect(headers.get("content-disposition")).toContain("attachment");
    expect(json).toMatchObject({ email: tomas.email, hasPassword: true, submissions: [{ score: 1, answer: { exercise: "scale-up" } }], visits: [{ lessonId: "L13" }] });
    expect(text).not.toContain("argon2");
  });

  it("is deleted with everything in it, after the password, and its session with it", async () => {
    const ursula = await makePerson("ursula", "TEACHER");
    const student = await makePerson("vera");
    const made = await db.class.create({ data: { name: "x", ownerId: ursula.id, inviteCode: "DDDD2222", inviteToken: "token-d" } });
    await db.enrolment.create({ data: { classId: made.id, userId: student.id } });
    await db.account.create({ data: { userId: ursula.id, provider: "github", providerAccountId: "1" } });
    await call(submit, { as: ursula, body: submission("solve") });
    await call(submit, { as: student, body: submission("solve") });
    const remove = (password?: string) => call(deleteAccount, { as: ursula, method: "DELETE", body: { password } });
    expect((await remove()).status).toBe(400);
    expect((await remove("wrong")).status).toBe(400);
    expect((await remove(PASSWORD)).status).toBe(200);
    const where = { userId: ursula.id };
    const left = await Promise.all([
      db.user.count({ where: { id: ursula.id } }), db.class.count({ where: { ownerId: ursula.id } }), db.submission.count({ where }),
      db.account.count({ where }), db.attemptSeed.count({ where }), db.enrolment.count({ where: { classId: made.id } }),
    ]);
    expect(left).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await db.submission.count({ where: { userId: student.id } })).toBe(1);
    expect((await call(progress, { as: ursula })).status).toBe(401);
  });
});
