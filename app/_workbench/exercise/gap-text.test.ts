import { describe, expect, test } from "vitest";
import { fillGaps, gapPieces, readGaps } from "./gap-text";

const template = "kind: ⟦kind⟧\nspec:\n  replicas: ⟦n⟧ # (⟦n⟧)\n";

describe("a text with gaps", () => {
  test("filling and reading back give the same values", () => {
    const values = { kind: "Deployment", n: "3" };
    expect(readGaps(template, fillGaps(template, values))).toEqual(values);
  });
  test("empty gaps read back as empty", () => {
    expect(readGaps(template, fillGaps(template, {}))).toEqual({ kind: "", n: "" });
  });
  test("another text has no gaps to read", () => {
    expect(readGaps(template, "something else")).toEqual({});
  });
  test("pieces alternate between text and gap", () => {
    expect(gapPieces("a⟦b⟧c")).toEqual([{ type: "text", text: "a" }, { type: "gap", id: "b" }, { type: "text", text: "c" }]);
  });
});
