import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, db, makePerson } from "./support/world";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

const home = globalThis as typeof globalThis & { timonelLive?: Promise<unknown> };
const standIn = home.timonelLive;
const folder = mkdtempSync(join(tmpdir(), "timonel-thread-"));

beforeAll(() => {
  delete home.timonelLive;
  vi.stubEnv("TIMONEL_LIVE_WORKER", join(import.meta.dirname, "support/fake-live-worker.mjs"));
  vi.stubEnv("TIMONEL_GATEWAY_IDENTITY", join(folder, "gateway.json"));
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterAll(() => {
  if (standIn) home.timonelLive = standIn;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

it("a thread of live clusters that ends gives way to another", async () => {
  const person = await makePerson("live-thread");
  const { POST: connect } = await import("@/app/api/live/route");
  const { POST: ask } = await import("@/app/api/live/[id]/route");
  const body = { source: { type: "fixture", fixture: "three-nodes", files: {} }, inputs: [] };
  const first = await call(connect, { as: person, body });
  expect(first.status).toBe(200);
  // The stand-in of a thread dies of any question.
  expect((await call(ask, { as: person, params: first.json, body: { epoch: "", since: 0 } })).status).toBe(500);
  await expect.poll(() => home.timonelLive).toBeUndefined();
  expect((await call(connect, { as: person, body })).status).toBe(200);
  expect(await db.liveCluster.count({ where: { userId: person.id } })).toBe(2);
});
