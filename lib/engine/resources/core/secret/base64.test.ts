import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "./base64";

describe("base64", () => {
  it("gives back every text it was given", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => decodeBase64(encodeBase64(text)) === text));
    fc.assert(fc.property(fc.string(), (text) => encodeBase64(text) === Buffer.from(text, "utf8").toString("base64")));
  });

  it("marks what is no text", () => {
    expect(decodeBase64("/w==")).toBe("\ufffd");
  });
});
