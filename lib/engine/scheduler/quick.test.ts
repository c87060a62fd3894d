import { describe, expect, it } from "vitest";
import { compareStrings } from "../apimachinery/compare";
import { NAMESPACE, NODE, POD, REPLICA_SET, SERVICE } from "../apimachinery/kinds";
import type { KindId, KubeObject, ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Pod } from "../resources/core/pod/pod";
import { createRandom } from "../sim/random";
import { createState } from "../sim/state";
import { ObjectStore, refIn } from "../store/store";
import { createNodeBoard } from "./board";
import { bestNodes, findNodes, scoreNodes } from "./cycle";
import type { Cycle } from "./framework";
import { nodeInfo } from "./node-info";
import { defaultProfile } from "./profile";
import { createQuickCycles } from "./quick";

const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";

/** A cluster of 130 nodes in which pods come and go, half of them with wishes about their neighbours. `zones`: one node of how many lies in none; 1: none lies in any. */
function town(seed: number, zones: number) {
  const random = createRandom(seed, createState());
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const store = new ObjectStore();
  const client = {
    user: "test",
    get: (kind: KindId, key: ObjectKey) => store.get(refIn(kind, key)),
    list: (kind: KindId, options: { readonly namespace?: string } = {}) => store.list(kind, options.namespace),
  } as unknown as Client;
  const put = (kind: KindId, object: unknown) => store.put(kind, object as KubeObject, "test");
  for (const name of ["default", "other"]) put(NAMESPACE, { apiVersion: "v1", kind: "Namespace", metadata: { name, uid: name, labels: { team: name } } });
  put(SERVICE, { apiVersion: "v1", kind: "Service", metadata: { name: "svc", namespace: "default", uid: "svc" }, spec: { selector: { app: "a" } } });
  put(REPLICA_SET, { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "rs", namespace: "default", uid: "rs" }, spec: { selector: { matchLabels: { app: "b" } } } });
  const setNode = (i: number): void => {
    const labels = { [HOST]: `n${i}`, disk: pick(["ssd", "hdd"]), ...(random.below(zones) === 0 ? {} : { [ZONE]: pick(["z1", "z2", "z3"]) }) };
    const taints = random.below(6) === 0 ? [{ key: "t", value: "v", effect: pick(["NoSchedule", "PreferNoSchedule"]) }] : [];
    const images = random.below(3) === 0 ? [{ names: ["big:1"], sizeBytes: 500_000_000 }] : [];
    put(NODE, { apiVersion: "v1", kind: "Node", metadata: { name: `n${String(i).padStart(3, "0")}`, uid: `n${i}`, labels }, spec: { taints, ...(random.below(15) === 0 ? { unschedulable: true } : {}) }, status: { images, allocatable: { cpu: "4", memory: "8Gi", pods: "6", "ephemeral-storage": "10Gi" } } });
  };
  for (let i = 0; i < 130; i += 1) setNode(i);
  const term = () => ({ topologyKey: pick([HOST, ZONE]), labelSelector: { matchLabels: { app: pick(["a", "b", "c"]) } }, ...(random.below(4) === 0 ? { namespaceSelector: {} } : {}) });
  const maybe = <T>(chance: number, make: () => T): T | undefined => (random.below(chance) === 0 ? make() : undefined);
  const affinity = () => ({
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: maybe(3, () => [term()]) ?? [], preferredDuringSchedulingIgnoredDuringExecution: maybe(2, () => [{ weight: 5, podAffinityTerm: term() }]) ?? [] },
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: maybe(3, () => [term()]) ?? [], preferredDuringSchedulingIgnoredDuringExecution: maybe(2, () => [{ weight: 7, podAffinityTerm: term() }]) ?? [] },
    nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 3, preference: { matchExpressions: [{ key: "disk", operator: "In", values: ["ssd"] }] } }] },
  });
  const spread = () => [{ maxSkew: 1 + random.below(2), topologyKey: pick([HOST, ZONE]), whenUnsatisfiable: pick(["DoNotSchedule", "ScheduleAnyway"]), labelSelector: { matchLabels: { app: pick(["a", "b"]) } }, ...(random.below(2) === 0 ? { nodeTaintsPolicy: "Honor" } : {}) }];
  const podOf = (i: number): Pod => {
    const app = pick(["a", "b", "c"]);
    const optional = { affinity: maybe(2, affinity), topologySpreadConstraints: maybe(3, spread), nodeSelector: maybe(6, () => ({ disk: "ssd" })), tolerations: maybe(3, () => [{ operator: "Exists" }]) };
    const spec = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
    const owner = app === "b" ? { ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "rs", uid: "rs", controller: true }] } : {};
    return { apiVersion: "v1", kind: "Pod", metadata: { name: `p${i}`, namespace: pick(["default", "default", "other"]), uid: `p${i}`, labels: { app }, creationTimestamp: "", ...owner }, spec: { containers: [{ name: "c", image: pick(["big:1", "small:1"]), resources: { requests: { cpu: pick(["100m", "500m"]), memory: "64Mi" } }, ...(random.below(8) === 0 ? { ports: [{ containerPort: 80, hostPort: 80 }] } : {}) }], ...spec } } as unknown as Pod;
  };
  return { random, pick, store, client, put, setNode, podOf };
}

describe("the quick way through a cycle", () => {
  it.each([
    [1, 8, 1000],
    [2, 8, 1000],
    [3, 8, 1000],
    [4, 1, 1000],
    [6, 1, 3],
    [6, 8, 4],
  ])("decides as asking every plugin about every node does, while pods and nodes come, change and go (%i, %i, %i)", (seed, zones, kinds) => {
    const { random, pick, store, client, put, setNode, podOf } = town(seed, zones);
    const board = createNodeBoard();
    const quickly = createQuickCycles(defaultProfile);
    const assumed = createState().table<string>("assumed");
    const bound: Pod[] = [];
    const templates: Pod[] = [];
    const light = [{ name: "c", image: "small:1", resources: { requests: { cpu: "1m", memory: "1Ki" } } }] as unknown as Pod["spec"]["containers"];
    let seen = store.revision;
    let start = 0;
    for (let i = 0; i < (kinds > 4 ? 140 : 260); i += 1) {
      // Of few kinds, most pods are siblings of one that came before, and so light that room decides nothing.
      const fresh = podOf(i);
      const template = (templates[i % kinds] ??= kinds > 4 ? fresh : { ...fresh, spec: { ...fresh.spec, containers: light } });
      const pod = { ...template, metadata: { ...template.metadata, name: `p${i}`, uid: `p${i}` } };
      for (const event of store.since(seen)) board.observe(event);
      seen = store.revision;
      const nodes = board.nodes(client, assumed);
      const plain = nodes.map(({ node }) => nodeInfo(node, client.list<Pod>(POD).filter((one) => one.spec.nodeName === node.metadata.name && !isFinished(one))));
      const slow: Cycle = { pod, client, nodes: plain, memo: new Map() };
      const outcome = findNodes(defaultProfile, slow, new Map(), start);
      const quick = quickly({ pod, client, nodes, memo: new Map() }, board);
      const found = quick?.find(start, { on: () => undefined });
      expect(found?.looked).toBe(outcome.looked);
      if (outcome.feasible.length === 0) {
        const words = new Map<string, number>();
        for (const { status } of outcome.rejected.values()) for (const text of status.messages) words.set(text, (words.get(text) ?? 0) + 1);
        expect(new Map(found?.counted?.texts)).toEqual(words);
        expect([...(found?.counted?.plugins ?? [])].sort(compareStrings)).toEqual([...new Set([...outcome.rejected.values()].map(({ plugin }) => plugin))].sort(compareStrings));
        nodes.forEach(({ node }, place) => expect(found?.counted?.helpless(place)).toBe(outcome.rejected.get(node.metadata.name)?.status.code === "UnschedulableAndUnresolvable"));
        continue;
      }
      const best = bestNodes(outcome.feasible, scoreNodes(defaultProfile, slow, outcome.feasible));
      const names = quick?.best();
      expect(Array.from({ length: names?.length ?? 0 }, (_, at) => names?.at(at))).toEqual(outcome.feasible.length === 1 ? [outcome.feasible[0]?.node.metadata.name] : best);
      start = (start + outcome.looked) % nodes.length;
      bound.push(put(POD, { ...pod, spec: { ...pod.spec, nodeName: best[0] } }) as Pod);
      const other = pick(bound);
      const stored = store.get(refIn(POD, { namespace: other.metadata.namespace ?? "", name: other.metadata.name })) as Pod | undefined;
      const chance = random.below(6);
      if (stored && chance === 0) store.remove(refIn(POD, { namespace: other.metadata.namespace ?? "", name: other.metadata.name }), "test");
      else if (stored && chance === 1) put(POD, { ...stored, metadata: { ...stored.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } });
      else if (stored && chance === 2) put(POD, { ...stored, metadata: { ...stored.metadata, labels: { app: "a" } } });
      else if (stored && chance === 3) put(POD, { ...stored, status: { phase: pick(["Running", "Succeeded"]) } });
      if (random.below(10) === 0) setNode(random.below(135));
    }
    expect(bound.length).toBeGreaterThan(70);
  });

  it("counts refusals as they are, also those that changed while a pod expected somewhere was looked at", () => {
    const { store, client, put, podOf } = town(7, 8);
    const board = createNodeBoard();
    const quickly = createQuickCycles(defaultProfile);
    const assumed = createState().table<string>("assumed");
    const big = [{ name: "c", image: "small:1", resources: { requests: { cpu: "64" } } }] as unknown as Pod["spec"]["containers"];
    const template = { ...podOf(0), spec: { containers: big } } as Pod;
    let seen = 0;
    const attempt = (name: string, nominatedNodeName?: string): void => {
      const pod = { ...template, metadata: { ...template.metadata, name, uid: name }, ...(nominatedNodeName === undefined ? {} : { status: { nominatedNodeName } }) } as Pod;
      for (const event of store.since(Math.max(1, seen))) board.observe(event);
      seen = store.revision;
      const nodes = board.nodes(client, assumed);
      const outcome = findNodes(defaultProfile, { pod, client, nodes: nodes.map(({ node }) => nodeInfo(node, client.list<Pod>(POD).filter((one) => one.spec.nodeName === node.metadata.name))), memo: new Map() }, new Map(), 0);
      const words = new Map<string, number>();
      for (const { status } of outcome.rejected.values()) for (const text of status.messages) words.set(text, (words.get(text) ?? 0) + 1);
      const found = quickly({ pod, client, nodes, memo: new Map() }, board)?.find(0, { on: () => undefined });
      expect(new Map(found?.counted?.texts)).toEqual(words);
    };
    attempt("p1");
    for (let i = 0; i < 40; i += 1) {
      // A node that takes no more pods is refused in other words than before.
      for (let k = 0; k < 6; k += 1) put(POD, { ...template, metadata: { ...template.metadata, name: `s${i}-${k}`, uid: `s${i}-${k}` }, spec: { nodeName: `n${String(i).padStart(3, "0")}`, containers: [{ name: "c", image: "small:1" }] } });
      if (i % 2 === 0) attempt(`q${i}`, `n${String(129 - i).padStart(3, "0")}`);
      attempt(`r${i}`);
    }
    attempt("last");
  });
});
