import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { playCorrection } from "./play";

const folder = import.meta.dirname;

/** What the course says more exactly than the notes, each proved by running it. */
describe("the corrections of the notes", () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml")).sort()) {
    it(`${file.slice(0, -5).toUpperCase()} is what the cluster does`, () => {
      const played = playCorrection(readFileSync(join(folder, file), "utf8"));
      expect(played.contradictions, played.transcript).toEqual([]);
      expect(played.statements).toBeGreaterThan(0);
      expect(played.says.es).not.toBe("");
      expect(played.says.en).not.toBe("");
    });
  }
});
