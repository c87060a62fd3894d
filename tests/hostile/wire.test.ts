import { describe, it } from "vitest";
import * as fc from "fast-check";
import { wireProperties } from "./wire";

// The long run is `npm run -s fuzz -- --minutes 10`.
describe("the wire gives a status to whatever comes:", () => {
  for (const { name, property } of wireProperties()) {
    it(name, () => void fc.assert(property, { numRuns: 150, interruptAfterTimeLimit: 800, markInterruptAsFailure: false, seed: 7 }));
  }
});
