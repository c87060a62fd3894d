import { describe, expect, it } from "vitest";
import { checkRules } from "./rules";
import type { Schema } from "./schema";

const rule = (text: string, more: Schema = {}): Schema => ({ rule: text, message: `not ${text}`, ...more });
const told = (schema: Schema, value: Schema, previous?: Schema): readonly string[] => checkRules(schema, value, previous).map(({ path, detail }) => `${path}: ${detail}`);

describe("rules under allOf", () => {
  const schema: Schema = {
    type: "object",
    "x-kubernetes-validations": [rule("self.spec.size > 0")],
    allOf: [{ properties: { spec: { "x-kubernetes-validations": [rule("self.size < 5")], properties: { name: { "x-kubernetes-validations": [rule("self != 'x'")] } } } } }],
    properties: { spec: { type: "object", "x-kubernetes-validations": [rule("self.size != 7")], properties: { size: { type: "integer" }, name: { type: "string" } } } },
  };

  it("run beside those of the whole, each once", () => {
    expect(told(schema, { spec: { size: 0, name: "y" } })).toEqual(["<nil>: not self.spec.size > 0"]);
    expect(told(schema, { spec: { size: 7, name: "x" } })).toEqual(["spec: not self.size < 5", "spec.name: not self != 'x'", "spec: not self.size != 7"]);
  });

  it("see the types of the whole", () => {
    expect(told(schema, { spec: { size: 4, name: "y" } })).toEqual([]);
  });

  it("let what was wrong before be, too", () => {
    const wrong = { spec: { size: 6, name: "y" } };
    expect(told(schema, wrong, { spec: { size: 6, name: "y" } })).toEqual([]);
    expect(told(schema, wrong, { spec: { size: 1, name: "y" } })).toEqual(["spec: not self.size < 5"]);
  });
});
