import { describe, expect, test } from "vitest";
import type { Input } from "@/lib/workbench";
import { unappliedFiles } from "./unapplied";

const save = (path: string): Input => ({ type: "save-file", path, text: "kind: Pod" });
const run = (line: string): Input => ({ type: "run", line });
const files = { "a.yaml": "kind: Pod", "b.yaml": "kind: Pod", "notes.txt": "x", "empty.yaml": " " };

describe("files written and not applied", () => {
  test("a manifest saved and never applied waits", () => {
    expect(unappliedFiles([save("a.yaml")], files)).toEqual(["a.yaml"]);
  });
  test("applying it, or its folder, ends the waiting", () => {
    expect(unappliedFiles([save("a.yaml"), save("b.yaml"), run("kubectl apply -f a.yaml")], files)).toEqual(["b.yaml"]);
    expect(unappliedFiles([save("a.yaml"), save("b.yaml"), run("kubectl apply -f .")], files)).toEqual([]);
    expect(unappliedFiles([save("a.yaml"), run("k apply --filename=./a.yaml")], files)).toEqual([]);
  });
  test("saving again makes it wait again", () => {
    expect(unappliedFiles([save("a.yaml"), run("kubectl apply -f a.yaml"), save("a.yaml")], files)).toEqual(["a.yaml"]);
  });
  test("files nobody touched, empty ones and other files stay out", () => {
    expect(unappliedFiles([save("notes.txt"), save("empty.yaml"), run("cat b.yaml")], files)).toEqual([]);
  });
});
