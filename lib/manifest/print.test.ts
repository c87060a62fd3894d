import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Json, parseYaml, toJson, toYaml } from "./index";

const file = (name: string): string => readFileSync(new URL(`./testing/${name}`, import.meta.url), "utf8");

test("YAML is printed byte for byte as kubectl printed it", () => {
  expect(toYaml(JSON.parse(file("printed.json")) as Json)).toBe(file("printed.yaml"));
});

test("JSON is printed byte for byte as kubectl printed it", () => {
  expect(`${toJson(JSON.parse(file("printed.json")) as Json)}\n`).toBe(file("printed.kubectl.json"));
});

test("what kubectl printed reads back as what it was", () => {
  expect(parseYaml(file("printed.yaml")).documents[0]?.value).toEqual(JSON.parse(file("printed.kubectl.json")));
});

test("angle brackets and ampersands are escaped in JSON", () => {
  expect(toJson({ b: "<a & b>", a: [] })).toBe('{\n    "a": [],\n    "b": "\\u003ca \\u0026 b\\u003e"\n}');
});

const word = fc.constantFrom("yes", "0777", "1e3", "22:22", "a: b", "- x", " lead", "trail ", "a\nb\n", "a\n\n", "\n", " a\nb", "#c", "a #b", "<<", "~", "2020-01-01", "\t", "ñ", "😀", "\u2028", "\u007f", "\ufeff", "\u0085", "\uffff", "'", '"', "\\", "x".repeat(140), "lorem ipsum dolor ".repeat(12));
const value = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(word, fc.string(), fc.string({ unit: "binary", maxLength: 8 }), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(word, fc.string()), tie("json"), { maxKeys: 4 }).map((record) => ({ ...record })),
  ),
})).json.map((json) => JSON.parse(JSON.stringify(json)) as Json);

test("printing and reading give back the same value", () => {
  fc.assert(
    fc.property(value, (json) => {
      const { documents, problems } = parseYaml(toYaml({ json }));
      expect(problems).toEqual([]);
      expect(documents[0]?.value).toEqual({ json });
      expect(parseYaml(toJson({ json })).documents[0]?.value).toEqual({ json });
    }),
    { numRuns: 800 },
  );
});
