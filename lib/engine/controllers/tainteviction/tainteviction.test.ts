import { describe, expect, it } from "vitest";
import { EVENT, NODE } from "../../apimachinery/kinds";
import type { KubeObject } from "../../apimachinery/meta";
import { seconds } from "../../sim/clock";
import { podsIn, scriptedCluster } from "../../testing/scripted";

const taint = (key: string): { key: string; effect: string } => ({ key, effect: "NoExecute" });
const tolerates = (key: string, tolerationSeconds?: number) => ({ key, operator: "Exists", effect: "NoExecute", ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }) });

/** A pod with these tolerations on a node. */
function tolerant(...tolerations: readonly object[]) {
  const cluster = scriptedCluster([{ name: "n1", cpu: "4", memory: "8Gi" }]);
  const admin = cluster.as("admin");
  admin.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default" }, spec: { nodeName: "n1", containers: [{ name: "c", image: "a" }], tolerations } });
  const set = (...taints: { key: string; effect: string }[]): void => {
    admin.patch({ kind: NODE, namespace: "", name: "n1" }, { type: "merge", body: { spec: { taints } } });
    cluster.advance(seconds(1));
  };
  const leaving = (): boolean => podsIn(cluster).every(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const told = (): readonly unknown[] => admin.list<KubeObject & { readonly reason: string; readonly message: string }>(EVENT, { namespace: "default" }).filter(({ reason }) => reason === "TaintManagerEviction").map(({ message }) => message).sort();
  return { cluster, admin, set, leaving, told };
}

describe("a pod that puts up with a taint for a while", () => {
  it("goes when its time is over, which a second taint does not shorten", () => {
    const { cluster, set, leaving, told } = tolerant(tolerates("a", 60), tolerates("b", 5));
    set(taint("a"));
    set(taint("a"), taint("b"));
    cluster.advance(seconds(50));
    expect(leaving()).toBe(false);
    cluster.advance(seconds(10));
    expect(leaving()).toBe(true);
    expect(told()).toEqual(["Marking for deletion Pod default/p"]);
  });

  it("goes by the first of its tolerations that means the taint", () => {
    const forever = tolerant({ operator: "Exists" }, tolerates("a", 5));
    forever.set(taint("a"));
    forever.cluster.advance(seconds(10));
    expect(forever.leaving()).toBe(false);
    const brief = tolerant(tolerates("a", 5), { operator: "Exists" });
    brief.set(taint("a"));
    brief.cluster.advance(seconds(10));
    expect(brief.leaving()).toBe(true);
  });

  it("goes at once for a taint it does not put up with, and its waiting is called off aloud", () => {
    const { set, leaving, told } = tolerant(tolerates("a", 60));
    set(taint("a"));
    set(taint("a"), taint("b"));
    expect(leaving()).toBe(true);
    expect(told()).toEqual(["Cancelling deletion of Pod default/p", "Marking for deletion Pod default/p"]);
  });

  it("stays when the taint goes first", () => {
    const { cluster, set, leaving, told } = tolerant(tolerates("a", 60));
    set(taint("a"));
    set();
    cluster.advance(seconds(100));
    expect(leaving()).toBe(false);
    expect(told()).toEqual(["Cancelling deletion of Pod default/p"]);
  });
});
