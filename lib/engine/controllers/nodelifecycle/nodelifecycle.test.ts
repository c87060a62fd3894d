import { describe, expect, test } from "vitest";
import { NODE } from "../../apimachinery/kinds";
import type { Node } from "../../resources/core/node/node";
import { seconds } from "../../sim/clock";
import { scriptedCluster } from "../../testing/scripted";

const nodes = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `n${i + 1}`, cpu: "4", memory: "8Gi" }));

function cut(count: number, off: readonly string[]) {
  const cluster = scriptedCluster(nodes(count));
  for (const name of off) cluster.machines.powerOff(name);
  const evicted = () => cluster.as("test").list<Node>(NODE).filter(({ spec }) => (spec?.taints ?? []).some(({ effect }) => effect === "NoExecute")).map(({ metadata }) => metadata.name);
  return { cluster, evicted };
}

describe("machines that fall silent together", () => {
  test("are emptied one every ten seconds", () => {
    const { cluster, evicted } = cut(6, ["n1", "n2"]);
    cluster.advance(seconds(51));
    expect(evicted()).toHaveLength(1);
    cluster.advance(seconds(10));
    expect(evicted()).toEqual(["n1", "n2"]);
  });

  test("are left alone while they are most of a small zone, and emptied once enough are back", () => {
    const { cluster, evicted } = cut(4, ["n1", "n2", "n3"]);
    cluster.advance(seconds(120));
    expect(evicted()).toEqual([]);
    cluster.machines.powerOn("n1");
    const node = cluster.as("kubelet").get<Node>(NODE, { namespace: "", name: "n1" });
    if (node) cluster.as("kubelet").updateStatus<Node>({ ...node, status: { ...node.status, conditions: (node.status?.conditions ?? []).map((one) => (one.type === "Ready" ? { ...one, status: "True" } : one)) } });
    cluster.advance(seconds(30));
    expect(evicted()).toEqual(["n2", "n3"]);
  });

  test("leave their line when they are taken out of the cluster", () => {
    const { cluster } = cut(5, ["n1", "n2", "n3", "n4"]);
    cluster.advance(seconds(120));
    const line = (): readonly string[] => Object.keys((cluster.snapshot().state as Readonly<Record<string, object>>)["nodelifecycle:asked"] ?? {});
    expect(line()).toEqual(["n1", "n2", "n3", "n4"]);
    cluster.as("test").delete({ kind: NODE, namespace: "", name: "n2" });
    cluster.advance(seconds(10));
    expect(line()).toEqual(["n1", "n3", "n4"]);
  });

  test("are not emptied at all when nobody is left", () => {
    const { cluster, evicted } = cut(2, ["n1", "n2"]);
    cluster.advance(seconds(120));
    expect(evicted()).toEqual([]);
  });
});
