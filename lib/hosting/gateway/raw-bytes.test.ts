import { describe, expect, it } from "vitest";
import { bytesOf, textOf } from "./raw-bytes";

describe("bytes in a place for text", () => {
  it.each([
    ["text", Buffer.from("año 漢字 😀\ufeff"), "año 漢字 😀\ufeff"],
    ["bytes no character begins with", Buffer.from([0x89, 0x50, 0xff]), "\udc89P\udcff"],
    ["a character cut short", Buffer.from("é😀").subarray(0, 5), "é\udcf0\udc9f\udc98"],
    ["longer than need be, surrogates, and beyond the last", Buffer.from([0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80]), "\udcc0\udc80\udced\udca0\udc80\udcf4\udc90\udc80\udc80"],
  ])("%s", (_what, bytes, text) => {
    expect(textOf(bytes)).toBe(text);
    expect(bytesOf(text)).toEqual(bytes);
  });

  it("come back as they were, even through JSON", () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647);
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(Array.from({ length: random() % 40 }, () => (random() % 3 === 0 ? random() : [0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80][random() % 9] ?? 0) & 0xff));
      expect(bytesOf(JSON.parse(JSON.stringify(textOf(bytes))) as string)).toEqual(bytes);
    }
  });

  it("are never half of a character that text was cut through", () => {
    expect(bytesOf("a\ud83d")).toEqual(Buffer.from("a\ufffd"));
  });
});
