import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { freshDatabase, inspect, keyOf, killHard, root, startServer, stormAndKill } from "./support/crash";

const SUBMISSIONS = 200;
const PEOPLE = 20;
const PASSWORD = "una frase bastante larga";

/** Needs `npm run build`: the unit suite alone runs its twin, `kill9.test.ts`, over the same use case. */
const isBuilt = existsSync(join(root, ".next/BUILD_ID")) && existsSync(join(root, "dist-workers/grade.mjs"));
const exercise = isBuilt ? await firstExercise() : undefined;

async function firstExercise(): Promise<string | undefined> {
  const { allExercises } = await import("@/lib/course");
  return allExercises()[0]?.id;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

/** Signs someone up and in as their browser would; resolves with their cookies. */
async function enter(origin: string, n: number): Promise<string> {
  const email = `storm-${n}@example.org`;
  const headers = { "content-type": "application/json", origin };
  await fetch(`${origin}/api/sign-up`, { method: "POST", headers, body: JSON.stringify({ email, password: PASSWORD }) });
  const first = await fetch(`${origin}/api/auth/csrf`);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const form = new URLSearchParams({ csrfToken, email, password: PASSWORD, json: "true" });
  const cookies = (response: Response) => response.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "").join("; ");
  const entered = await fetch(`${origin}/api/auth/callback/credentials`, {
    method: "POST", body: form, redirect: "manual", headers: { cookie: cookies(first), origin },
  });
  return cookies(entered);
}

describe.skipIf(exercise === undefined)("the production server killed during 200 concurrent submissions", () => {
  const database = freshDatabase();
  afterAll(() => database.remove());

  it("has every acknowledged one after its restart, each once, and a sound database", async () => {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const start = () =>
      startServer([join(root, "tests/server/support/production-server.mjs")], {
        NODE_ENV: "production", PORT: String(port), DATABASE_URL: database.url, NEXTAUTH_URL: origin,
        NEXTAUTH_SECRET: "a secret for tests only, long enough", TIMONEL_SUBMISSIONS_PER_MINUTE: "1000",
      });
    const { child } = await start();
    const cookies = await Promise.all(Array.from({ length: PEOPLE }, (_, n) => enter(origin, n)));
    const send = (n: number) =>
      fetch(`${origin}/api/submissions`, {
        method: "POST",
        headers: { "content-type": "application/json", origin, cookie: cookies[n % PEOPLE] ?? "" },
        body: JSON.stringify({ answer: { exercise, seed: 1, inputs: [] }, idempotencyKey: keyOf(n) }),
      });
    const first = await stormAndKill(child, SUBMISSIONS, 60, send);
    const acknowledged = first.filter(({ id }) => id !== null);
    expect(acknowledged.length).toBeGreaterThanOrEqual(60);
    const left = await inspect(database.url);
    expect(left).toMatchObject({ integrity: "ok", foreignKeys: 0 });
    for (const { id } of acknowledged) expect(left.ids).toContain(id);

    const second = await start();
    const again = await Promise.all(first.map(async (_, n) => ((await (await send(n)).json()) as { submission: { id: string } }).submission.id));
    await killHard(second.child);
    for (const [n, { id }] of first.entries()) if (id !== null) expect(again[n]).toBe(id);
    const after = await inspect(database.url);
    expect([after.integrity, after.ids.size]).toEqual(["ok", SUBMISSIONS]);
    console.log(`kill -9: ${acknowledged.length} of ${SUBMISSIONS} acknowledged before it, all of them there after it; integrity ok`);
  }, 180_000);
});
