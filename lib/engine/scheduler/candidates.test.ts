import { describe, expect, it } from "vitest";
import { FindingsByPlace, type Candidate, type Cost, type Finding } from "./candidates";

const cost = (over: Partial<Cost> = {}): Cost => ({ violations: 0, top: 0, sum: 1, victims: 1, earliest: 10, ...over });
const candidate = (node: string, over: Partial<Cost> = {}): Candidate => ({ node, victims: [], cost: cost(over) });
const refused: Finding = { texts: ["Insufficient cpu"] };

function searched(findings: readonly Finding[], { offset = 0, wanted = 100, own = -1 } = {}): Candidate | ReadonlyMap<string, number> {
  return new FindingsByPlace(findings.length).search(offset, wanted, own, (place) => findings[place] as Finding);
}

describe("the search for a place to make room in", () => {
  it("takes the cheapest candidate, the first by name among equals", () => {
    expect(searched([refused, candidate("b", { sum: 5 }), candidate("c"), candidate("d")])).toMatchObject({ node: "c" });
    expect(searched([candidate("a"), candidate("b"), candidate("c")], { offset: 1 })).toMatchObject({ node: "a" });
  });

  it("weighs broken budgets first, then the least important victims, the fewest, and the youngest", () => {
    const dear = [candidate("budget", { violations: 1, top: -5 }), candidate("important", { top: 9, sum: 0 }), candidate("many", { victims: 2 }), candidate("old", { earliest: 3 }), candidate("cheap")];
    for (const one of dear.slice(0, 4)) expect(searched([one, dear[4] as Candidate])).toMatchObject({ node: "cheap" });
  });

  it("stops when it has seen enough candidates", () => {
    expect(searched([candidate("a", { sum: 9 }), refused, candidate("c", { sum: 8 }), candidate("d")], { wanted: 2 })).toMatchObject({ node: "c" });
  });

  it("goes on until it has seen one that breaks no budget", () => {
    expect(searched([candidate("a", { violations: 2 }), candidate("b", { violations: 1 }), candidate("c", { sum: 9 }), candidate("d")], { wanted: 2 })).toMatchObject({ node: "c" });
  });

  it("counts the words of refusals when there is no candidate", () => {
    expect(searched([refused, { texts: ["Insufficient cpu", "Too many pods"] }, refused])).toEqual(new Map([["Insufficient cpu", 3], ["Too many pods", 1]]));
  });

  it("looks again only where something changed, and always at the pod's own place", () => {
    const findings = new FindingsByPlace(3);
    const looked: number[] = [];
    const look = (place: number): Finding => (looked.push(place), refused);
    findings.search(0, 1, 2, look);
    findings.forget([1]);
    findings.search(0, 1, 2, look);
    findings.forget(undefined);
    findings.search(0, 1, -1, look);
    expect(looked).toEqual([0, 1, 2, 1, 2, 0, 1, 2]);
  });
});
