import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { freshDatabase, inspect, keyOf, killHard, makeUsers, root, startServer, stormAndKill } from "./support/crash";

const SUBMISSIONS = 200;
const database = freshDatabase();
afterAll(() => database.remove());

const start = () =>
  startServer(["--conditions=react-server", "--import", "tsx", join(root, "tests/server/support/submission-server.ts")], {
    DATABASE_URL: database.url,
    NEXTAUTH_SECRET: "a secret for tests only, long enough",
    TIMONEL_SUBMISSIONS_PER_MINUTE: "1000",
    TIMONEL_GRADE_WORKER: join(root, "tests/server/support/fake-grade-worker.mjs"),
    TSX_TSCONFIG_PATH: join(root, "tests/server/support/tsconfig.json"),
  });

const bodyOf = (n: number) => JSON.stringify({ answer: { exercise: "scale-up", seed: 1, inputs: [{ type: "run", line: n % 2 ? "solve" : "half" }] }, idempotencyKey: keyOf(n) });

describe("a server killed during 200 concurrent submissions", () => {
  it("has every acknowledged one after its restart, each once, and a sound database", async () => {
    const users = await makeUsers(database.url, 20);
    const send = (port: string) => (n: number) =>
      fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: bodyOf(n), headers: { "x-test-user": users[n % users.length] ?? "", connection: "close" } });

    const first = await startServerAndStorm(send);
    const acknowledged = first.filter(({ id }) => id !== null);
    expect(acknowledged.length).toBeGreaterThanOrEqual(40);
    expect(acknowledged.length).toBeLessThan(SUBMISSIONS);
    const left = await inspect(database.url);
    expect(left).toMatchObject({ integrity: "ok", foreignKeys: 0 });
    for (const { id } of acknowledged) expect(left.ids).toContain(id);

    // Everybody hands in again, as a browser that got no answer would: who was acknowledged gets the same id.
    const { child, line } = await start();
    const again = await Promise.all(first.map(async (_, n) => ((await (await send(line)(n)).json()) as { submission: { id: string } }).submission.id));
    await killHard(child);
    for (const [n, { id }] of first.entries()) if (id !== null) expect(again[n]).toBe(id);
    const finally_ = await inspect(database.url);
    expect([finally_.integrity, finally_.ids.size]).toEqual(["ok", SUBMISSIONS]);
  }, 60_000);

  async function startServerAndStorm(send: (port: string) => (n: number) => Promise<Response>) {
    const { child, line } = await start();
    return stormAndKill(child, SUBMISSIONS, 40, send(line));
  }
});
