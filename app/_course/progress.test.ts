// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { localProgress, mergeIntoAccount, recordAttempt } from "./progress";

const answer = { exercise: "l13-e1", inputs: [] };

beforeEach(() => {
  window.localStorage.clear();
  vi.unstubAllGlobals();
});

describe("a guest's progress", () => {
  it("keeps the best score and counts the attempts", () => {
    recordAttempt("l13-e1", { score: 3, maxScore: 4, answer });
    recordAttempt("l13-e1", { score: 1, maxScore: 4, answer: { ...answer, worse: true } });
    expect(localProgress()["l13-e1"]).toMatchObject({ state: "started", score: 3, attempts: 2, answer });
  });

  it("stays solved after a worse attempt", () => {
    recordAttempt("l13-e1", { score: 4, maxScore: 4, answer });
    recordAttempt("l13-e1", { score: 0, maxScore: 4 });
    expect(localProgress()["l13-e1"]).toMatchObject({ state: "solved", score: 4, attempts: 2, answer });
  });

  it("survives a damaged store", () => {
    window.localStorage.setItem("timonel.progress", '{"a":1,"__proto__":{"state":"solved"},');
    expect(localProgress()).toEqual({});
    window.localStorage.setItem("timonel.progress", '{"l13-e1":{"state":"won"},"l13-e2":null}');
    expect(localProgress()).toEqual({});
  });

  it("is handed to the account, named so that twice is once, and then forgotten here", async () => {
    recordAttempt("l13-e1", { score: 4, maxScore: 4, answer });
    const key = localProgress()["l13-e1"]?.key;
    const fetched = vi.fn(async (_url: string, _init: RequestInit) => Response.json({ submissions: [{ idempotencyKey: key, submission: { id: "s" } }] }));
    vi.stubGlobal("fetch", fetched);
    expect(await mergeIntoAccount()).toBe(1);
    const sent = fetched.mock.calls[0];
    expect(sent?.[0]).toBe("/api/progress/merge");
    expect(JSON.parse(String(sent?.[1].body))).toEqual({ submissions: [{ answer, idempotencyKey: key }], visits: [] });
    expect(localProgress()).toEqual({});
  });

  it("stays here when the account could not take it", async () => {
    recordAttempt("l13-e1", { score: 4, maxScore: 4, answer });
    vi.stubGlobal("fetch", async () => new Response("{}", { status: 500 }));
    expect(await mergeIntoAccount()).toBe(0);
    expect(localProgress()["l13-e1"]?.state).toBe("solved");
  });
});
