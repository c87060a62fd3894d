import { describe, expect, test } from "vitest";
import { flag, parseFlags } from "./flags";

const flags = [flag("text", "output,o", ""), flag("bool", "watch,w", ""), flag("bool", "all,A", ""), flag("int", "replicas", ""), flag("repeated", "env", ""), flag("list", "columns,L", ""), flag("text", "dry-run", "", { default: "none", bare: "unchanged" }), flag("duration", "timeout", "", { default: "0s" })];

function read(line: string): Record<string, unknown> {
  const parsed = parseFlags(line.split(" ").filter((word) => word !== ""), flags);
  if ("error" in parsed) return { error: parsed.error };
  if ("help" in parsed) return { help: true };
  const { values, words, dash } = parsed;
  return { o: values.text("output"), w: values.bool("watch"), A: values.bool("all"), r: values.int("replicas"), env: values.list("env"), L: values.list("columns"), dry: values.text("dry-run"), words, dash };
}

describe("flags are read as pflag reads them", () => {
  test.each([
    ["pods -o yaml", { o: "yaml", words: ["pods"] }],
    ["-oyaml pods", { o: "yaml" }],
    ["-o=yaml", { o: "yaml" }],
    ["--output=yaml --watch", { o: "yaml", w: true }],
    ["--watch=false pods", { w: false, words: ["pods"] }],
    ["-wA pods", { w: true, A: true }],
    ["-wo json", { w: true, o: "json" }],
    ["--env A=1,2 --env B=2", { env: ["A=1,2", "B=2"] }],
    ["-L a,b -L c", { L: ["a", "b", "c"] }],
    ["--dry-run pods", { dry: "unchanged", words: ["pods"] }],
    ["--dry-run=client", { dry: "client" }],
    ["web -- ls -o x", { words: ["web", "ls", "-o", "x"], dash: 1, o: "" }],
    ["- x", { words: ["-", "x"] }],
    ["--replicas=-1", { r: -1 }],
    ["pods -h", { help: true }],
    ["--bogus", { error: "unknown flag: --bogus" }],
    ["-x", { error: "unknown shorthand flag: 'x' in -x" }],
    ["--output", { error: "flag needs an argument: --output" }],
    ["-o", { error: "flag needs an argument: 'o' in -o" }],
    ["--replicas two", { error: 'invalid argument "two" for "--replicas" flag: strconv.ParseInt: parsing "two": invalid syntax' }],
    ["--watch=maybe", { error: 'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax' }],
    ["--timeout 5", { error: 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"' }],
  ])("%s", (line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });
});
