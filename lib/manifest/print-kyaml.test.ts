import { expect, it } from "vitest";
import { parseYaml, toKyaml, type Json } from "./index";

it("writes what kubectl writes", () => {
  const value: Json = { kind: "X", data: { "a b": 'say "x"', yes: "y", "k8s.io/x": "one\n two\nthree", n: [1, "x"], l: [{ a: 1.5 }, {}], e: [], t: "a\tb\u0007" }, apiVersion: "v1" };
  expect(toKyaml(value)).toBe(`---
{
  apiVersion: "v1",
  data: {
    "a b": "say \\"x\\"",
    e: [],
    k8s.io/x: "\\
       one\\n\\
      \\ two\\n\\
       three\\
      ",
    l: [{
      a: 1.5,
    }, {}],
    "n": [
      1,
      "x",
    ],
    "t": "a\tb\\a",
    "yes": "y",
  },
  kind: "X",
}
`);
});

it("is YAML that reads back", () => {
  const value: Json = { text: "a\n\n  b\n", last: "x\ny", on: true, "1e3": null, "2020-01-01": "2020-01-01", "": "" };
  expect(parseYaml(toKyaml(value)).documents[0]?.value).toEqual(value);
});
