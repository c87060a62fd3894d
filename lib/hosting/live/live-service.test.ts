import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { gatewayAddress, startLive } from "./live-service";

const folder = mkdtempSync(join(tmpdir(), "timonel-service-"));
const keeper = { load: () => Promise.resolve(null), save: () => Promise.resolve(true) };
const record = { id: "a", source: { type: "fixture", fixture: "three-nodes", files: {} }, inputs: [], tokenHash: "", expiresAt: 0 } as const;

beforeAll(() => {
  vi.stubEnv("TIMONEL_LIVE_WORKER", join(import.meta.dirname, "../../../tests/server/support/fake-live-worker.mjs"));
  vi.stubEnv("TIMONEL_GATEWAY_IDENTITY", join(folder, "gateway.json"));
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => void vi.stubEnv("TIMONEL_GATEWAY_PORT", undefined));
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe("the thread of live clusters", () => {
  it("is known to have ended, once, and what was asked of it then is refused", async () => {
    const ended = vi.fn();
    const { thread } = await startLive(keeper, ended);
    expect(await thread.open(record)).toEqual({ ok: true, value: { epoch: "true", next: 0 } });
    await expect(thread.ask("a", { epoch: "", since: 0 })).rejects.toThrow("the thread of live clusters ended");
    await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1));
    const { thread: next } = await startLive(keeper, ended);
    expect((await next.open(record)).ok).toBe(true);
    await next.stop();
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it("is not left behind by a start that failed", async () => {
    const ended = vi.fn();
    const told = vi.spyOn(Worker.prototype, "postMessage");
    const terminated = vi.spyOn(Worker.prototype, "terminate");
    vi.stubEnv("TIMONEL_GATEWAY_PORT", "1");
    await expect(startLive(keeper, ended)).rejects.toThrow("EADDRINUSE");
    expect([told.mock.calls.length, terminated.mock.calls.length]).toEqual([1, 1]);
    writeFileSync(join(folder, "file"), "");
    vi.stubEnv("TIMONEL_GATEWAY_IDENTITY", join(folder, "file", "gateway.json"));
    await expect(startLive(keeper, ended)).rejects.toThrow("EEXIST");
    vi.stubEnv("TIMONEL_GATEWAY_IDENTITY", join(folder, "gateway.json"));
    expect(told).toHaveBeenCalledTimes(1);
    expect(ended).not.toHaveBeenCalled();
  });
});

it("is found where the site is, unless another name was given", () => {
  vi.stubEnv("TIMONEL_GATEWAY_HOST", undefined);
  vi.stubEnv("NEXTAUTH_URL", undefined);
  expect(gatewayAddress(6443)).toBe("https://localhost:6443");
  vi.stubEnv("NEXTAUTH_URL", "https://curso.example:8443/es");
  expect(gatewayAddress(6443)).toBe("https://curso.example:6443");
  vi.stubEnv("TIMONEL_GATEWAY_HOST", "api.curso.example");
  expect(gatewayAddress(443)).toBe("https://api.curso.example:443");
  vi.stubEnv("TIMONEL_GATEWAY_HOST", "2001:db8::1");
  expect(gatewayAddress(6443)).toBe("https://[2001:db8::1]:6443");
});
