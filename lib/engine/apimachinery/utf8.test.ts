import { expect, it } from "vitest";
import { decodeBase64, decodeBase64Bytes, encodeBase64 } from "./base64";
import { utf8Bytes, utf8Text } from "./utf8";

it("goes to bytes and back without loss", () => {
  for (const text of ["", "plain", "héllo €", "👑 of Spain", "x".repeat(10_000) + "é"]) {
    expect(utf8Text(utf8Bytes(text))).toBe(text);
    expect(utf8Bytes(text)).toEqual([...new TextEncoder().encode(text)]);
    expect(decodeBase64(encodeBase64(text))).toBe(text);
  }
});

it("has a mark for every byte that is no text, as Go has", () => {
  for (const [bytes, text] of [
    [[0xff, 0x61], "\ufffda"],
    [[0xc3], "\ufffd"],
    [[0xe2, 0x82, 0x61], "\ufffd\ufffda"],
    [[0xc0, 0x80], "\ufffd\ufffd"],
    [[0xe0, 0x80, 0x80], "\ufffd\ufffd\ufffd"],
    [[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
    [[0xf4, 0x90, 0x80, 0x80], "\ufffd\ufffd\ufffd\ufffd"],
  ] as const) {
    expect(utf8Text(bytes)).toBe(text);
  }
  expect(() => utf8Text([0xff], () => { throw new Error("broken"); })).toThrow("broken");
});

it("skips in base64 what is none of it", () => {
  expect(decodeBase64Bytes("aGk\n=")).toEqual([104, 105]);
});
