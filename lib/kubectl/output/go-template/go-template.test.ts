import { describe, expect, it } from "vitest";
import { renderGoTemplate } from "./index";

const list = { items: [{ metadata: { name: "a", labels: { app: "x" } } }, { metadata: { name: "b" } }] };

describe("renderGoTemplate", () => {
  it.each([
    ["{{range .items}}{{.metadata.name}} {{end}}", "a b "],
    ['{{range $i, $e := .items}}{{if $i}},{{end}}{{$e.metadata.name}}{{end}}', "a,b"],
    ["{{len .items}}", "2"],
    ['{{range .items}}{{if .metadata.labels}}{{.metadata.labels.app}}{{else}}-{{end}}{{"\\n"}}{{end}}', "x\n-\n"],
    ['{{with (index .items 1)}}{{.metadata.name | printf "%q"}}{{end}}', '"b"'],
  ])("%s", (template, output) => {
    expect(renderGoTemplate(template, list)).toEqual({ output });
  });

  it("says what is wrong", () => {
    expect("error" in renderGoTemplate("{{range .items}}", list)).toBe(true);
    expect(renderGoTemplate("x\n{{.a | nope}}", list)).toEqual({ error: 'template: output:2: function "nope" not defined', stage: "parse" });
  });

  it.each([
    ["{{.items.name}}", 'template: output:1:8: executing "output" at <.items.name>: can\'t evaluate field name in type interface {}'],
    ["a\n {{index .items 9}}", 'template: output:2:3: executing "output" at <index .items 9>: error calling index: index out of range: 9'],
    ['{{define "t"}}{{len .}}{{end}}{{template "t" 3}}', 'template: output:1:16: executing "t" at <len .>: error calling len: len of type int'],
    ['{{eq .n 1.5}}', 'template: output:1:2: executing "output" at <eq .n 1.5>: error calling eq: incompatible types for comparison: int64 and float64'],
  ])("%s says where it went wrong", (template, error) => {
    expect(renderGoTemplate(template, { ...list, n: 1 })).toMatchObject({ error, stage: "execute" });
  });
});
