import { describe, expect, it } from "vitest";
import { worstCost } from "../../../cel/index";
import { rulesOf } from "./rules";
import type { Schema } from "./schema";
import { sizesOf } from "./sizes";

type Maker = (rule: string, most?: number) => Schema;

const rules = (rule: string): Schema => ({ "x-kubernetes-validations": [{ rule }] });
const bounds = (name: string, most: number | undefined): Schema => (most === undefined ? {} : { [name]: most });
const item = (type: string): Schema => (type === "int-or-string" ? { "x-kubernetes-int-or-string": true } : ["duration", "date", "date-time"].includes(type) ? { type: "string", format: type } : { type });
const array = (items: Schema): Maker => (rule, most) => ({ type: "array", items, ...bounds("maxItems", most), ...rules(rule) });
const map = (values: Schema): Maker => (rule, most) => ({ type: "object", additionalProperties: values, ...bounds("maxProperties", most), ...rules(rule) });
const text: Maker = (rule, most) => ({ type: "string", ...bounds("maxLength", most), ...rules(rule) });

function worst(schema: Schema): number {
  const [found] = rulesOf(schema, false).rules;
  if (!found || "error" in found.rule) throw new Error(found && "error" in found.rule ? found.rule.error : "no rule");
  return worstCost(found.rule, sizesOf(schema, false));
}

/** What upstream's own tests expect: without a bound, and with one. */
const EXPECTED: readonly (readonly [make: Maker, rule: string, unbounded: number, most: number, bounded: number])[] = [
  [array({ type: "array", items: item("number") }), "self.all(x, true)", 3145727, 100, 302],
  [array({ type: "object", properties: { required: { type: "string" } }, required: ["required"] }), "self.all(x, true)", 555128, 50, 152],
  [map(item("number")), "self.all(x, true)", 1348169, 10, 32],
  [map(item("string")), "self.all(x, true)", 1179647, 3, 11],
  [map(item("boolean")), "self.all(x, true)", 943718, 100, 302],
  [text, "self.contains('test')", 314574, 10, 5],
  [text, "self.startsWith('test')", 2, 15, 2],
  [text, 'size(self + "hello") > size("hello")', 314578, 4, 7],
  [array(item("number")), "self[1] == 0.0", 2, 5000, 2],
  [array(item("string")), "self[1] == self[1]", 314577, 8, 314577],
  [text, 'self.matches("x")', 314574, 50, 22],
  [text, '"".matches("(((((((((())))))))))[0-9]")', 7, 10, 7],
  [text, 'self.matches("")', 1, 100, 1],
  [text, 'self == "x"', 2, 0, 1],
  [array(item("number")), "self.all(x, x == 0.0)", 6291454, 6291456, 25165826],
  [array(item("int-or-string")), "self.all(x, true)", 4718591, 10, 32],
  [array(item("int-or-string")), "self[0] == 5", 3, 10, 3],
  [array(item("boolean")), "self[0] == false", 2, 25, 2],
  [array({ type: "array", items: item("number") }), "self[0][0] == -1.0", 3, 51, 3],
  [array({ type: "object", additionalProperties: item("number") }), "self.all(x, x.y == 25.2)", 6291452, 12, 74],
  [array({ type: "object", additionalProperties: item("number") }), "self[0].x > 2.0", 4, 3000, 4],
  [array(item("duration")), "self.all(x, true)", 2359295, 5, 17],
  [array(item("duration")), "self[0].getHours() == 2", 4, 525, 4],
  [array(item("date")), "self.all(x, true)", 725936, 15, 47],
  [array(item("date-time")), "self.all(x, true)", 428963, 25, 77],
  [map(item("int-or-string")), "self.all(x, true)", 1348169, 15, 47],
  [map({ type: "array", items: item("number") }), "self.all(x, true)", 1179647, 25, 77],
  [map(item("duration")), "self.all(x, true)", 1048577, 5, 17],
  [map(item("date")), "self.all(x, true)", 524288, 10, 32],
  [text, "self.find('[0-9]+') == ''", 629147, 10, 11],
  [(rule, most) => ({ type: "array", items: { type: "string", ...bounds("maxLength", most) }, ...bounds("maxItems", most), ...rules(rule) }), "self.join(' ') == 'aa bb'", 329853068905, 10, 43],
  [(rule, most) => ({ type: "array", items: { type: "string", ...bounds("maxLength", most) }, ...bounds("maxItems", most), ...rules(rule) }), "self.isSorted() == true", 329854432052, 10, 52],
  [(rule, most) => ({ type: "object", properties: { str: { type: "string", ...bounds("maxLength", most) }, before: { type: "string", maxLength: 2 }, after: { type: "string", maxLength: 4 } }, ...rules(rule) }), "self.str.replace(self.before, self.after) == 'does not matter'", 629154, 4, 12],
  [(rule, most) => ({ type: "object", properties: { str: { type: "string", ...bounds("maxLength", most) }, separator: { type: "string", ...bounds("maxLength", most) } }, ...rules(rule) }), "self.str.split(self.separator) == []", 629160, 10, 22],
  [map(item("string")), "self.all(x, x.contains(self[x]))", 2752507, 10, 72],
  [text, "self.lowerAscii() == 'lower!'", 314575, 10, 6],
  [map(item("integer")), "oldSelf.size() == self.size()", 5, 10, 5],
  [map(item("date-time")), 'self["a"] == self["b"]', 8, 7, 8],
  [(rule, most) => ({ type: "string", enum: ["A", "B", "C", "LongValue"], ...bounds("maxLength", most), ...rules(rule) }), "self.contains('A')", 2, 1000, 401],
];

describe("the worst cost of a rule", () => {
  it.each(EXPECTED)("%# is upstream's, with bounds and without: %s", (make, rule, unbounded, most, bounded) => {
    expect([worst(make(rule)), worst(make(rule, most))]).toEqual([unbounded, bounded]);
  });

  it("grows with each loop within another", () => {
    const [one, two, three] = ["true", "self.all(y, true)", "self.all(y, self.all(z, true))"].map((inner) => worst(array(item("number"))(`self.all(x, ${inner})`, 10)));
    expect([one, two, three]).toEqual([32, 352, 3552]);
  });

  it("knows what upstream's checker knows of the language", () => {
    const cost = (rule: string): number => worst({ type: "object", properties: { n: { type: "integer" } }, ...rules(rule) });
    expect(cost("[1, 2, 3].all(x, true)")).toBe(20);
    expect(cost("2 in [1, 2, 3]")).toBe(13);
    expect(cost("true || false")).toBe(0);
    expect(cost("((5 != 6) == (1 == 2)) == ((3 <= 4) == (9 != 9))")).toBe(7);
    expect(cost("has(self.n)")).toBe(1);
    expect(cost("self.?n.optMap(x, x > 1).orValue(true)")).toBeLessThan(30);
    expect(cost("[1, 2].map(x, x + 1).size() == 2")).toBe(10 + 10 + 1 + 2 * (12 + 2) + 1 + 1);
    expect(cost("string(self.n) + 'a' == 'b'")).toBeGreaterThan(1e15);
    expect(cost("'min %d'.format([self.n]) != ''")).toBeLessThan(30);
  });
});
