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
});
