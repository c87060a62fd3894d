import { describe, expect, it } from "vitest";
import { NODE, POD } from "../apimachinery/kinds";
import type { KindId, KubeObject, ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { Pod } from "../resources/core/pod/pod";
import { createRandom } from "../sim/random";
import { createState } from "../sim/state";
import { ObjectStore, refIn } from "../store/store";
import { createNodeBoard } from "./board";
import { findNodes } from "./cycle";
import type { Cycle } from "./framework";
import { nodeInfo } from "./node-info";
import { createNominations } from "./nominations";
import { preempt, type Preemption } from "./preemption";
import { defaultProfile } from "./profile";
import { createQuickCycles } from "./quick";

const podOf = (name: string, priority: number, cpu: string, more: { readonly nodeName?: string; readonly status?: object; readonly deleted?: boolean } = {}): Pod =>
  ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", uid: name, creationTimestamp: "", ...(more.deleted ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
    spec: { priority, containers: [{ name: "c", image: "i", resources: { requests: { cpu } } }], ...(more.nodeName ? { nodeName: more.nodeName } : {}) },
    status: more.status ?? {},
  }) as unknown as Pod;

const nodeNamed = (name: string) => ({ apiVersion: "v1", kind: "Node", metadata: { name, uid: name, creationTimestamp: "", labels: {} }, status: { allocatable: { cpu: "4", memory: "8Gi", pods: "10" } } }) as unknown as KubeObject;

function worldOf(nodes: number) {
  const store = new ObjectStore();
  const client = { user: "test", get: (kind: KindId, key: ObjectKey) => store.get(refIn(kind, key)), list: (kind: KindId) => store.list(kind) } as unknown as Client;
  for (let i = 0; i < nodes; i += 1) store.put(NODE, nodeNamed(`n${String(i).padStart(3, "0")}`), "test");
  return { store, client, place: (pod: Pod) => store.put(POD, pod, "test") };
}

const shown = (found: Preemption) => ("message" in found ? found.message : [found.node, ...found.victims.map(({ metadata }) => metadata.name)]);

describe("preemption", () => {
  const onlyNode = (victim: Pod): Preemption => {
    const { client } = worldOf(1);
    const node = nodeNamed("n000") as Parameters<typeof nodeInfo>[0];
    const pod = podOf("high", 10, "4", { status: { nominatedNodeName: "n000" } });
    const cycle: Cycle = { pod, client, nodes: [nodeInfo(node, [victim])], memo: new Map() };
    return preempt(defaultProfile, cycle, findNodes(defaultProfile, cycle, new Map()), []);
  };

  it("waits for those it sent away, not for those who leave for another reason", () => {
    const condition = (reason: string) => ({ conditions: [{ type: "DisruptionTarget", status: "True", reason }] });
    const leaving = (status: object): Pod => podOf("low", 0, "3", { nodeName: "n000", deleted: true, status });
    expect(shown(onlyNode(leaving(condition("PreemptionByScheduler"))))).toBe("preemption: not eligible due to a terminating pod on the nominated node.");
    expect(shown(onlyNode(leaving(condition("EvictionByEvictionAPI"))))).toEqual(["n000", "low"]);
    expect(shown(onlyNode(leaving({})))).toEqual(["n000", "low"]);
  });

  it.each([1, 2, 3])("finds from memory what looking at every place finds, while pods come, start, leave and are expected (%i)", (seed) => {
    const random = createRandom(seed, createState());
    const { store, client, place } = worldOf(104);
    const board = createNodeBoard();
    const nominations = createNominations((name) => board.touch(name));
    const quickly = createQuickCycles(defaultProfile);
    const assumed = createState().table<string>("assumed");
    const names = client.list<KubeObject>(NODE).map(({ metadata }) => metadata.name);
    for (const [i, nodeName] of names.entries()) for (let k = 0; k < 3; k += 1) place(podOf(`p${i}-${k}`, random.below(3), "1300m", { nodeName }));
    let seen = store.revision;
    for (let i = 0; i < 60; i += 1) {
      for (const event of store.since(seen)) board.observe(event);
      seen = store.revision;
      const nodes = board.nodes(client, assumed);
      const pod = podOf(`high${i}`, 1 + random.below(3), random.below(2) === 0 ? "1" : "2");
      const plain = nodes.map(({ node }) => nodeInfo(node, client.list<Pod>(POD).filter(({ spec }) => spec.nodeName === node.metadata.name)));
      const slow: Cycle = { pod, client, nodes: plain, memo: new Map() };
      const expected = new Map(names.map((name) => [name, nominations.on(name, pod) ?? []] as const).filter(([, list]) => list.length > 0));
      const byLooking = preempt(defaultProfile, slow, findNodes(defaultProfile, slow, expected), [], nominations.on);
      const outcome = quickly({ pod, client, nodes, memo: new Map() }, board)?.find(0, nominations);
      if (outcome && outcome.feasible.length === 0) expect(shown(preempt(defaultProfile, { pod, client, nodes, memo: new Map() }, outcome, [], nominations.on))).toEqual(shown(byLooking));
      if ("node" in byLooking && random.below(2) === 0) nominations.set(`default/${pod.metadata.name}`, byLooking.node, pod);
      for (let k = 0; k < 40; k += 1) {
        const pods = client.list<Pod>(POD);
        const other = pods[random.below(pods.length)] as Pod;
        const chance = random.below(40);
        if (chance === 0) store.remove(refIn(POD, { namespace: "default", name: other.metadata.name }), "test");
        else if (chance === 1) place({ ...other, metadata: { ...other.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } });
        else if (chance < 20) place({ ...other, status: { ...other.status, startTime: `2026-01-01T00:00:${10 + random.below(40)}Z` } });
      }
    }
  });
});
