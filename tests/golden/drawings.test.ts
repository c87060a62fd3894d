import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { playCorrection } from "../corrections/play";

const folder = join(import.meta.dirname, "drawings");

/** What the teacher drew on the board, played: the same statements as in the notes, put to the test. */
describe("the drawings of the notes", () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml")).sort()) {
    it(`${file.slice(0, -5)} does what was drawn`, { timeout: 60_000 }, () => {
      const { contradictions, transcript, statements } = playCorrection(readFileSync(join(folder, file), "utf8"));
      expect(contradictions, transcript).toEqual([]);
      expect(statements).toBeGreaterThan(3);
    });
  }
});
