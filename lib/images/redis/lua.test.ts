import { describe, expect, it } from "vitest";
import { LuaError, runLua } from "./lua";

const run = (source: string): unknown => runLua(source, [], ["7"], () => null);

describe("scripts of Lua", () => {
  it.each([
    ["while true do end", "Script killed by user"],
    ["while true do local x = 1 end", "Script killed by user"],
    ["for i = 1, 1000000000 do end", "Script killed by user"],
    ["for i = 2, 1, 0 do end", "Script killed by user"],
    ["local s = 'aaaaaaaaaa' for i = 1, 60 do s = s .. s end return 1", "not enough memory"],
    [`return ${"(".repeat(20_000)}1${")".repeat(20_000)}`, "too many syntax levels"],
    [`return ${"-".repeat(20_001).split("").join(" ")}1`, "too many syntax levels"],
    ["if true then ".repeat(5000), "too many syntax levels"],
    ["local t = {1} return t[1", "']' expected near '<eof>'"],
  ])("end however they are written: %.40s", (source, words) => {
    expect(() => run(source)).toThrow(LuaError);
    expect(() => run(source)).toThrow(words);
  });

  it.each([
    ["local sum = 0 for i = 1, 10 do sum = sum + i end return sum", 55],
    ["local i = 0 while i < 5 do i = i + 1 end return i", 5],
    ["return string.sub('abcdef', 2, 4)", "bcd"],
    ["return string.sub('abcdef', -2)", "ef"],
    ["return string.sub('abcdef', 1, -3)", "abcd"],
    ["return string.sub('abc', 5)", ""],
    ["local t = {10, 20} return t[2] .. ARGV[1]", "207"],
    ["return #'four' == 4 and not false", true],
  ])("%s", (source, value) => expect(run(source)).toBe(value));
});
