import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type * as Reasons from "@/lib/engine/reason";
import { playCorrection } from "../corrections/play";
import { Given, unexplainedEvents } from "./explained";

/** Every reason the engine gives while the scenes are played: those of hops, names, verdicts, placements. */
const heard = vi.hoisted(() => ({ given: undefined as Given | undefined }));
vi.mock("@/lib/engine/reason", async (original) => {
  const real = await original<typeof Reasons>();
  return { ...real, reason: (...told: Parameters<typeof real.reason>) => given().note(real.reason(...told)) };
});
const given = (): Given => (heard.given ??= new Given());

const folder = join(import.meta.dirname, "drawings");

/** What the teacher drew on the board, played: the same statements as in the notes, put to the test. */
describe("the drawings of the notes", () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml")).sort()) {
    it(`${file.slice(0, -5)} does what was drawn`, { timeout: 60_000 }, () => {
      const { contradictions, events, transcript, statements } = playCorrection(readFileSync(join(folder, file), "utf8"));
      expect(contradictions, transcript).toEqual([]);
      expect(unexplainedEvents(events)).toEqual([]);
      expect(statements).toBeGreaterThan(3);
    });
  }

  it("leave no reason without its sentence in both languages", () => {
    expect(given().codes.length).toBeGreaterThan(8);
    expect(given().unexplained()).toEqual([]);
  });
});
