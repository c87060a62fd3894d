import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KindId, KubeObject } from "../apimachinery/meta";
import { Compacted, ObjectStore } from "./store";

const POD = "v1/Pod" as KindId;

interface Wish {
  readonly put: boolean;
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly node: string;
  readonly owner: string;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  put: fc.boolean(),
  // `a-b/x` sorts before `a/x`, as keys do in etcd.
  namespace: fc.constantFrom("", "a", "a-b", "b"),
  name: fc.constantFrom("x", "x-1", "y", "z"),
  app: fc.constantFrom("web", "db"),
  node: fc.constantFrom("", "n1", "n2"),
  owner: fc.constantFrom("", "u1"),
});

function pod({ namespace, name, app, node, owner }: Wish): KubeObject {
  const metadata = { name, uid: `${namespace}-${name}`, resourceVersion: "", ...(namespace === "" ? {} : { namespace }), labels: { app }, ...(owner === "" ? {} : { ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "rs", uid: owner, controller: app === "web" }] }) };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { nodeName: node } } as unknown as KubeObject;
}

/** A store written down as one list, for comparison. */
type Plain = Map<string, KubeObject>;

function follow(store: ObjectStore, plain: Plain, one: Wish): void {
  const key = `${one.namespace}/${one.name}`;
  if (one.put) plain.set(key, store.put(POD, pod(one), "test"));
  else if (plain.has(key)) {
    store.remove({ kind: POD, namespace: one.namespace, name: one.name }, "test");
    plain.delete(key);
  }
}

function expectSame(store: ObjectStore, plain: Plain): void {
  const ordered = [...plain].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  const those = (is: (object: KubeObject & { readonly spec?: { readonly nodeName: string } }) => boolean): readonly KubeObject[] => ordered.filter(is);
  expect(store.list(POD)).toEqual(ordered);
  expect(store.count(POD)).toBe(plain.size);
  expect(new Set(store.unordered(POD))).toEqual(new Set(ordered));
  expect(store.list(POD, "a")).toEqual(those(({ metadata }) => metadata.namespace === "a"));
  expect(store.lookup(POD, "label:app=web")).toEqual(those(({ metadata }) => metadata.labels?.["app"] === "web"));
  expect(store.lookup(POD, "node:n1")).toEqual(those(({ spec }) => spec?.nodeName === "n1"));
  expect(store.lookup(POD, "owner:u1")).toEqual(those(({ metadata }) => metadata.ownerReferences !== undefined));
  const orphans = those(({ metadata }) => metadata.ownerReferences?.some(({ controller }) => controller === true) !== true);
  expect(store.lookup(POD, "orphan")).toEqual(orphans);
  expect(store.sizeOf(POD, "orphan")).toBe(orphans.length);
  expect(store.isOwner("u1")).toBe(ordered.some(({ metadata }) => metadata.ownerReferences !== undefined));
  for (const [key, object] of plain) expect(store.get({ kind: POD, namespace: key.slice(0, key.indexOf("/")), name: key.slice(key.indexOf("/") + 1) })).toBe(object);
}

describe("the store", () => {
  test("listsLooksUpAndCountsAsAPlainListWould_whateverWasAskedBefore", () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 40 }), fc.nat(40), (wishes, asked) => {
        const store = new ObjectStore();
        const plain: Plain = new Map();
        wishes.forEach((one, i) => {
          follow(store, plain, one);
          // Indexes are built when first asked for and kept up from then on.
          if (i >= asked) expectSame(store, plain);
        });
        expectSame(store, plain);
      }),
      { numRuns: 150 },
    );
  });

  test("aListIsTheSameOneUntilSomethingInItChanges_alsoWhenItIsEmpty", () => {
    const store = new ObjectStore();
    expect(store.list(POD, "a")).toBe(store.list(POD, "a"));
    store.put(POD, pod({ put: true, namespace: "b", name: "x", app: "web", node: "", owner: "" }), "test");
    expect(store.list(POD, "a")).toBe(store.list(POD, "a"));
    const before = store.list(POD, "b");
    expect(store.list(POD, "b")).toBe(before);
    store.put(POD, pod({ put: true, namespace: "a", name: "x", app: "web", node: "", owner: "" }), "test");
    expect(store.list(POD, "b")).toBe(before);
    expect(store.list(POD, "a")).toHaveLength(1);
  });

  test("aForkAndItsParentNeverSeeEachOthersWrites", () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 20 }), fc.array(fc.tuple(wish, fc.boolean()), { maxLength: 20 }), (before, after) => {
        const store = new ObjectStore();
        const plain: Plain = new Map();
        for (const one of before) follow(store, plain, one);
        store.lookup(POD, "node:n1");
        const fork = store.fork();
        const plainFork: Plain = new Map(plain);
        for (const [one, inFork] of after) follow(inFork ? fork : store, inFork ? plainFork : plain, one);
        expectSame(store, plain);
        expectSame(fork, plainFork);
      }),
      { numRuns: 150 },
    );
  });

  test("historyIsKeptInOrder_andWhatIsNoLongerKeptIsSaidToBeCompacted", () => {
    const store = new ObjectStore();
    const one: Wish = { put: true, namespace: "a", name: "x", app: "web", node: "", owner: "" };
    store.put(POD, pod(one), "test");
    const from = store.revision;
    for (let i = 0; i < 3; i += 1) store.put(POD, pod({ ...one, app: String(i) }), "test");
    store.remove({ kind: POD, namespace: "a", name: "x" }, "test");
    expect(store.since(from).map(({ type, revision }) => [type, revision])).toEqual([["MODIFIED", from + 1], ["MODIFIED", from + 2], ["MODIFIED", from + 3], ["DELETED", from + 4]]);
    store.delivered(store.revision);
    for (let i = 0; i < 50_000; i += 1) store.put(POD, pod(one), "test");
    store.delivered(store.revision);
    store.put(POD, pod(one), "test");
    expect(() => store.since(from)).toThrow(Compacted);
    expect(store.since(store.revision - 1)).toHaveLength(1);
  });

  test("aSnapshotRestoredHoldsTheSame_andRefusesHistory", () => {
    const store = new ObjectStore();
    const plain: Plain = new Map();
    for (const namespace of ["", "a", "a-b"]) follow(store, plain, { put: true, namespace, name: "x", app: "web", node: "n1", owner: "u1" });
    const again = ObjectStore.restore(JSON.parse(JSON.stringify(store.snapshot())) as never, () => POD);
    expect(again.list(POD)).toEqual(store.list(POD));
    expect(again.revision).toBe(store.revision);
    expect(() => again.since(1)).toThrow(Compacted);
  });
});
