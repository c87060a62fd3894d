import { describe, expect, it } from "vitest";
import { termMatches } from "./node-selector";
import type { Node } from "./node";
import type { NodeSelectorTerm } from "../pod/pod";

const node = { apiVersion: "v1", kind: "Node", metadata: { name: "n1", uid: "n1", creationTimestamp: "", labels: { disk: "ssd", cores: "8" } } } as unknown as Node;
const matches = (term: object): boolean => termMatches(term as NodeSelectorTerm, node);
const label = (operator: string, values?: readonly string[], key = "disk") => ({ matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] });

describe("a term of a node selector", () => {
  it("holds when all its parts do", () => {
    expect(matches(label("In", ["ssd", "hdd"]))).toBe(true);
    expect(matches(label("NotIn", ["hdd"], "rack"))).toBe(true);
    expect(matches(label("Gt", ["7"], "cores"))).toBe(true);
    expect(matches({ ...label("Exists"), matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }] })).toBe(true);
    expect(matches({})).toBe(false);
  });

  it("matches no node when a part of it cannot be read", () => {
    for (const term of [label("NotIn", []), label("Exists", ["ssd"]), label("DoesNotExist", ["x"], "rack"), label("NotIn", ["not a value!"]), label("NotIn", ["x"], "not a key!"), label("Lt", ["many"], "cores"), label("Near", ["ssd"])]) expect(matches(term)).toBe(false);
    expect(matches({ matchExpressions: [...label("In", ["ssd"]).matchExpressions, ...label("NotIn", []).matchExpressions] })).toBe(false);
  });

  it("compares a field with one value only", () => {
    for (const field of [{ operator: "In", values: ["n1", "n2"] }, { operator: "NotIn", values: [] }, { operator: "Exists" }]) expect(matches({ matchFields: [{ key: "metadata.name", ...field }] })).toBe(false);
    expect(matches({ matchFields: [{ key: "metadata.name", operator: "NotIn", values: ["n2"] }] })).toBe(true);
  });
});
