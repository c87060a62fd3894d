import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Json, parseManifests, parseYaml, toJson, toYaml } from "./index";

const HEAD = "apiVersion: x/v1\nkind: A\nmetadata:\n  name: a\n";
const valueOf = (source: string): Json | undefined => (parseYaml(`x: ${source}\n`).documents[0]?.value as { x: Json } | undefined)?.x;
const upstreamOf = (tail: string): unknown => parseManifests(HEAD + tail).problems[0]?.params["upstream"];

describe("scalars mean what kubectl takes them for", () => {
  test.each<[string, Json]>([
    ["yes", true], ["off", false], ["y", true], ["n", false], ["NO", false], ["On", true], ["tRUE", "tRUE"],
    ["0777", 511], ["0o777", 511], ["08", 8], ["0x1F", 31], ["-0x1f", -31], ["0b11", 3], ["1_000", 1000], ["685.230_15e+03", 685230.15],
    ["22:22", "22:22"], ["12:30:45", "12:30:45"], ["2020-01-01", "2020-01-01"], ["~", null], ["", null], ["1e3", 1000], [".5", 0.5], ["1.", 1],
    ['"yes"', "yes"], ["'0777'", "0777"], ["!!str 5", "5"], ['!!int "5"', 5], ["!!binary aG9sYQ==", "hola"], ["1.2.3", "1.2.3"], ["1e999", "1e999"],
    ["9007199254740991", 9007199254740991], ["+5", 5], ["-", "-"], ["_1", "_1"], ["a b", "a b"],
  ])("%s", (source, value) => {
    expect(source === "-" ? valueOf('"-"') : valueOf(source)).toEqual(value);
  });

  test("keys become strings the same way", () => {
    const { documents } = parseYaml("y: 1\nn: 2\n0777: 3\n1.5: 4\n1e30: 5\n8080: 6\n2020-01-01: 7\n");
    expect(documents[0]?.value).toEqual({ true: 1, false: 2, "511": 3, "1.5": 4, "1e+30": 5, "8080": 6, "2020-01-01": 7 });
  });

  test("merge keys fill what the mapping does not say itself", () => {
    const { documents } = parseYaml("base: &b {a: 1, b: 2}\nx:\n  <<: *b\n  b: 3\n");
    expect(documents[0]?.value).toEqual({ base: { a: 1, b: 2 }, x: { a: 1, b: 3 } });
  });
});

describe("messages are kubectl's", () => {
  const yaml = (words: string): string => `error converting YAML to JSON: yaml: ${words}`;
  test.each<[string, string]>([
    ["x: .inf\n", "error converting YAML to JSON: json: unsupported value: +Inf"],
    ["x:\n\ty: 1\n", yaml("line 6: found character that cannot start any token")],
    ["x: a: b\n", yaml("line 5: mapping values are not allowed in this context")],
    ["xx\ny: 2\n", yaml("line 6: could not find expected ':'")],
    ["x: [1, 2\n", yaml("line 5: did not find expected ',' or ']'")],
    ["x: {a: 1\n", yaml("line 5: did not find expected ',' or '}'")],
    ['x: "abc\n', yaml("line 6: found unexpected end of stream")],
    ["x: *foo\n", yaml("unknown anchor 'foo' referenced")],
    ['x: "\\q"\n', yaml("line 5: found unknown escape character")],
    [" y: 2\n", yaml("line 4: did not find expected key")],
    ["x:\n- a\n b: 2\n", yaml("line 7: mapping values are not allowed in this context")],
    ["x: @a\n", yaml("line 5: found character that cannot start any token")],
    ["x: &a [*a]\n", yaml("anchor 'a' value contains itself")],
    ["null: 1\n", "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: 1"],
    ["x: }\n", yaml("line 4: did not find expected node content")],
    ["x: a\n  y: b\n", yaml("line 6: mapping values are not allowed in this context")],
    ["x: - a\n", yaml("line 5: block sequence entries are not allowed in this context")],
    ["---x\na: b\n", "invalid Yaml document separator: x"],
    ["x:\n  - a\n - b\n", yaml("line 6: did not find expected key")],
    ["x:\n    a: 1\n  b: 2\n", yaml("line 6: did not find expected key")],
    ['x: "a" b\n', yaml("line 4: did not find expected key")],
    ["x: !!int foo\n", yaml("cannot decode !!str `foo` as a !!int")],
    ["x: \x01\n", yaml("control characters are not allowed")],
    ["x\n", yaml("line 6: could not find expected ':'")],
  ])("%j", (tail, words) => {
    expect(upstreamOf(tail)).toBe(words);
  });

  test("a document without kind says so, and one that is no object too", () => {
    expect(parseManifests("apiVersion: v1\n").problems[0]?.params["upstream"]).toBe(`Object 'Kind' is missing in '{"apiVersion":"v1"}'`);
    expect(parseManifests("foo\n").problems[0]).toMatchObject({ code: "manifest.not-an-object", line: 1 });
    expect(parseManifests("kind: A\n").problems[0]?.code).toBe("manifest.missing-api-version");
  });
});

describe("documents", () => {
  test("are cut at separators; empty ones count but do not appear; a broken one spoils only itself", () => {
    const { documents, problems } = parseManifests(`---\n${HEAD}---\n# nothing\n---\n${HEAD}x: a: b\n--- # more\n${HEAD}`);
    expect(documents.map((d) => d.index)).toEqual([0, 3]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: "manifest.syntax", document: 2, line: 13 });
    expect(problems[0]?.params["upstream"]).toBe("error converting YAML to JSON: yaml: line 5: mapping values are not allowed in this context");
  });

  test("BOM, CRLF and JSON are welcome", () => {
    const crlf = parseManifests(`\ufeff${HEAD}`.replaceAll("\n", "\r\n"));
    expect(crlf.problems).toEqual([]);
    expect(crlf.documents[0]?.value).toEqual({ apiVersion: "x/v1", kind: "A", metadata: { name: "a" } });
    expect(parseManifests('{\n\t"apiVersion": "v1",\n\t"kind": "A", "x": ["\\u00f1", 1]\n}').documents[0]?.value).toEqual({ apiVersion: "v1", kind: "A", x: ["ñ", 1] });
  });

  test("a key written twice: the last one counts, with a warning", () => {
    const { documents, problems } = parseManifests(`${HEAD}x: 1\nx: 2\n`);
    expect(documents[0]?.value["x"]).toBe(2);
    expect(problems).toMatchObject([{ code: "manifest.duplicate-key", severity: "warning", params: { key: "x" }, line: 6, column: 1 }]);
    expect(parseManifests(`${HEAD}x: 1\nx: 2\n`, { duplicateKeys: "error" }).problems[0]?.severity).toBe("error");
  });

  test("a cache is used when one is given", () => {
    const cache = new Map();
    expect(parseManifests(HEAD, { cache })).toBe(parseManifests(HEAD, { cache }));
  });
});

describe("positions", () => {
  const [document] = parseManifests(`# deployment\n${HEAD}spec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: "nginx"\n        ports: []\n  y: 1\ndata:\n  app.yaml: hola\n`).documents;
  test.each([
    ["spec.template.spec.containers[0].image", { line: 11, column: 16, endLine: 11, endColumn: 23 }],
    ["spec.template.spec.containers[0].resources.limits", { line: 10, column: 9, endLine: 10, endColumn: 13 }],
    ["spec.template.spec.containers[7]", { line: 9, column: 7, endLine: 9, endColumn: 17 }],
    ["metadata.name", { line: 5, column: 9, endLine: 5, endColumn: 10 }],
    ["data[app.yaml]", { line: 15, column: 13, endLine: 15, endColumn: 17 }],
    ["data.app.yaml", { line: 15, column: 13, endLine: 15, endColumn: 17 }],
    ["spec.true", { line: 13, column: 6, endLine: 13, endColumn: 7 }],
    ["nothing.at.all", { line: 2, column: 1, endLine: 2, endColumn: 11 }],
    ["", { line: 2, column: 1, endLine: 2, endColumn: 11 }],
    ["[[[]].][", { line: 2, column: 1, endLine: 2, endColumn: 11 }],
  ])("%s", (path, range) => {
    expect(document?.positionOf(path)).toEqual(range);
  });
});

describe("bad input", () => {
  const codesOf = (text: string): string[] => parseManifests(text).problems.map((p) => p.code);

  test("a billion laughs end at once", () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 9 }, () => `*a${i}`).join(",")}]`);
    expect(codesOf(`a0: &a0 lol\n${levels.join("\n")}\n`)).toEqual(["manifest.too-many-aliases"]);
    expect(codesOf(`a: &a x\nb: [${"*a,".repeat(101)}]`)).toEqual(["manifest.too-many-aliases"]);
  });

  test.each<[string, string, string]>([
    ["4 KB of [", "[".repeat(4096), "manifest.too-deep"],
    ["256 KB of [", "[".repeat(256 * 1024), "manifest.too-deep"],
    ["deep indentation", Array.from({ length: 300 }, (_, i) => `${" ".repeat(i)}a:\n`).join(""), "manifest.too-deep"],
    ["deep dashes", "- ".repeat(100_000), "manifest.too-deep"],
    ["too large", "a".repeat(256 * 1024 + 1), "manifest.too-large"],
    ["too large in bytes only", "ñ".repeat(140 * 1024), "manifest.too-large"],
    ["NUL", `${HEAD}x: a\0b\n`, "manifest.control-character"],
    ["too many documents", "---\na: b\n".repeat(600), "manifest.missing-kind"],
  ])("%s", (_, text, code) => {
    expect(codesOf(text)[0]).toBe(code);
  });

  test("the 501st document is refused, the first 500 are read", () => {
    const { documents, problems } = parseManifests(`${HEAD}---\n`.repeat(501));
    expect(documents).toHaveLength(500);
    expect(problems.map((p) => p.code)).toEqual(["manifest.too-many-documents"]);
  });

  test("keys called __proto__ and constructor are keys like any other", () => {
    const { documents } = parseYaml("__proto__: {polluted: true}\nconstructor: {prototype: 1}\nx: {<<: {__proto__: {y: 1}}}\n");
    const value = documents[0]?.value as { [key: string]: Json };
    expect(Object.keys(value)).toEqual(["__proto__", "constructor", "x"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect((value as { polluted?: boolean }).polluted).toBeUndefined();
    expect(toJson(value)).toContain('"__proto__"');
  });

  test("no text makes it throw", () => {
    const piece = fc.constantFrom("a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", "&a ", "*a ", "!!int ", "|\n", ">-\n", "'", '"', "\\", "? ", "---\n", "...\n", "<<: ", "%YAML 1.2\n", "\t", "#", "\0", "\r", "1", "!", ",", "é", "\ud83d", "@");
    const text = fc.oneof(fc.string(), fc.array(piece, { maxLength: 60 }).map((parts) => parts.join("")), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(text, fc.string(), (source, path) => {
        for (const document of parseYaml(source).documents) {
          const range = document.positionOf(path);
          expect(range.line).toBeGreaterThan(0);
          toYaml(document.value);
        }
        parseManifests(source);
      }),
      { numRuns: 1500 },
    );
  });
});
