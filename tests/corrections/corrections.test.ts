import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type * as Reasons from "@/lib/engine/reason";
import { Given, unexplainedEvents } from "../golden/explained";
import { playCorrection } from "./play";

/** Every reason the engine gives while the scenes are played: those of hops, names, verdicts, placements. */
const heard = vi.hoisted(() => ({ given: undefined as Given | undefined }));
vi.mock("@/lib/engine/reason", async (original) => {
  const real = await original<typeof Reasons>();
  return { ...real, reason: (...told: Parameters<typeof real.reason>) => given().note(real.reason(...told)) };
});
const given = (): Given => (heard.given ??= new Given());

const folder = import.meta.dirname;

/** What the course says more exactly than the notes, each proved by running it. */
describe("the corrections of the notes", () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml")).sort()) {
    it(`${file.slice(0, -5).toUpperCase()} is what the cluster does`, () => {
      const played = playCorrection(readFileSync(join(folder, file), "utf8"));
      expect(played.contradictions, played.transcript).toEqual([]);
      expect(unexplainedEvents(played.events)).toEqual([]);
      expect(played.statements).toBeGreaterThan(0);
      expect(played.says.es).not.toBe("");
      expect(played.says.en).not.toBe("");
    });
  }

  it("install nothing that nobody publishes", () => {
    expect(() => playCorrection("id: x\ninstalls: [itsio]\nsteps: []\n")).toThrow("installs knows istio, openshift, gateway-api, not itsio");
  });

  it("leave no reason without its sentence in both languages", () => {
    expect(given().codes.length).toBeGreaterThan(25);
    expect(given().unexplained()).toEqual([]);
  });
});
