import { describe, expect, it } from "vitest";
import type { Json } from "../meta";
import { applyJsonPatch } from "./json";

const DOCUMENT = { data: { a: "1" }, list: ["x"] };
const told = (operation: Json): unknown => {
  const answer = applyJsonPatch(DOCUMENT, [operation]);
  return "error" in answer ? answer.error : answer.result;
};

describe("JSON patches that cannot be applied", () => {
  it("tell which path leads nowhere, and of what", () => {
    expect(told({ op: "replace", path: "/nope/x", value: 1 })).toBe("replace operation does not apply: doc is missing path: /nope/x: missing value");
    expect(told({ op: "test", path: "/nope/x", value: 1 })).toBe("test operation does not apply: is missing path: /nope/x: missing value");
    expect(told({ op: "move", from: "/data/a", path: "/nope/x" })).toBe("move operation does not apply: doc is missing destination path: /nope/x: missing value");
    expect(told({ op: "move", from: "x", path: "/data/z" })).toBe("move operation does not apply: doc is missing from path: x: missing value");
    expect(told({ op: "add", path: "", value: 1 })).toBe('add operation does not apply: doc is missing path: "": missing value');
    expect(told({ op: "move", path: "/data/z" })).toBe("move operation failed to decode from: operation, missing from field: missing value");
  });

  it("tell a place in a list that is none", () => {
    expect(told({ op: "remove", path: "/list/-" })).toBe("error in remove for path: '/list/-': strconv.Atoi: parsing \"-\": invalid syntax");
    expect(told({ op: "test", path: "/list/9", value: 1 })).toBe("error in test for path: '/list/9': Unable to access invalid index: 9: invalid index referenced");
  });
});

describe("JSON patches of the whole", () => {
  it("replace it by what holds something", () => {
    expect(told({ op: "replace", path: "", value: { b: 1 } })).toEqual({ b: 1 });
    expect(told({ op: "replace", path: "", value: "9" })).toEqual(DOCUMENT);
    expect(told({ op: "test", path: "", value: DOCUMENT })).toEqual(DOCUMENT);
  });
});
