import { describe, expect, it } from "vitest";
import type { DaemonSet } from "../../resources/apps/daemonset/daemonset";
import type { Pod } from "../../resources/core/pod/pod";
import { decide, rollout, unavailableCount, type NodePods } from "./decide";
import { REVISION_HASH } from "../history";
import { tolerationsOf } from "./placement";

const NOW = Date.UTC(2026, 0, 1);
const set = (rollingUpdate: object): DaemonSet => ({ spec: { updateStrategy: { type: "RollingUpdate", rollingUpdate }, template: {}, selector: {} }, metadata: { name: "ds", namespace: "default" } }) as unknown as DaemonSet;

/** A pod of the new or the old template, ready since the day before, or not ready. */
function pod(name: string, template: "new" | "old", ready: boolean, terminating = false): Pod {
  const condition = { type: "Ready", status: ready ? "True" : "False", lastTransitionTime: "2025-12-31T00:00:00Z" };
  const metadata = { name, labels: { [REVISION_HASH]: template }, ...(terminating ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) };
  return { metadata, spec: { containers: [], nodeName: "n" }, status: { phase: "Running", conditions: [condition] } } as unknown as Pod;
}

const place = (node: string, pods: readonly Pod[], run = true): NodePods => ({ node, run, stay: true, pods });
const removed = ({ remove }: { readonly remove: readonly Pod[] }): readonly string[] => remove.map(({ metadata }) => metadata.name);

describe("what daemon pods put up with", () => {
  it("keeps its place where the template says it already, but has no end", () => {
    const own = [{ key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 5 }, { key: "k", operator: "Exists" }] as const;
    const all = tolerationsOf({ containers: [], tolerations: own });
    expect(all.slice(0, 3).map(({ key }) => key)).toEqual(["node.kubernetes.io/unreachable", "k", "node.kubernetes.io/not-ready"]);
    expect(all.filter(({ key }) => key === "node.kubernetes.io/unreachable")).toEqual([{ key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" }]);
  });
});

describe("a daemon set's rolling update", () => {
  it("replaces old pods that are not there anyway, and then leaves healthy ones alone", () => {
    const places = [place("a", [pod("a", "old", false)]), place("b", [pod("b", "old", false)]), place("c", [pod("c", "old", true)])];
    expect(removed(rollout(set({ maxUnavailable: 1 }), places, "new", NOW))).toEqual(["a", "b"]);
    expect(removed(rollout(set({ maxUnavailable: 3 }), places, "new", NOW))).toEqual(["a", "b", "c"]);
  });

  it("moves by one node where its limits are both nought", () => {
    const still = set({ maxUnavailable: 0, maxSurge: 0 });
    expect(unavailableCount(still, 2)).toBe(0);
    expect(removed(rollout(still, [place("a", [pod("a", "old", true)]), place("b", [pod("b", "old", true)])], "new", NOW))).toEqual(["a"]);
  });

  it("counts a node as served by its new pod though the old one is still on its way out", () => {
    const places = [place("a", [pod("a-old", "old", true, true), pod("a-new", "new", true)]), place("b", [pod("b", "old", true)])];
    expect(removed(rollout(set({ maxUnavailable: 1 }), places, "new", NOW))).toEqual(["b"]);
  });

  it("while surging, keeps a pod where it has no place any more until others serve", () => {
    const surging = set({ maxSurge: 1, maxUnavailable: 0 });
    const sunset = place("a", [pod("a", "old", true)], false);
    expect(removed(rollout(surging, [sunset, place("b", [pod("b", "old", false)])], "new", NOW))).toEqual([]);
    expect(removed(rollout(surging, [sunset, place("b", [pod("b", "old", true)])], "new", NOW))).toEqual(["a"]);
  });

  it("while surging, does not wait for a pod that is on its way out", () => {
    const places = [place("a", [pod("old", "old", true, true)])];
    expect(decide(set({ maxSurge: 1, maxUnavailable: 0 }), places, "new", NOW).create).toEqual(["a"]);
    expect(decide(set({ maxUnavailable: 1 }), places, "new", NOW).create).toEqual([]);
  });

  it("while surging, removes the old pod of a pair as soon as it is not ready", () => {
    const surging = set({ maxSurge: 1, maxUnavailable: 0 });
    const pair = (ready: boolean): readonly NodePods[] => [place("a", [pod("old", "old", ready), pod("new", "new", false)])];
    expect(removed(decide(surging, pair(false), "new", NOW))).toEqual(["old"]);
    expect(removed(decide(surging, pair(true), "new", NOW))).toEqual([]);
  });
});
