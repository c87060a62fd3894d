import { describe, expect, it } from "vitest";
import { NODE, POD } from "../apimachinery/kinds";
import type { KindId, KubeObject } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { Pod } from "../resources/core/pod/pod";
import { createState } from "../sim/state";
import { ObjectStore } from "../store/store";
import { createNodeBoard } from "./board";

describe("the board of nodes", () => {
  it("counts what a pod holds while its resources change in place, and what it asks for thereafter", () => {
    const store = new ObjectStore();
    const client = { user: "test", list: (kind: KindId) => store.list(kind) } as unknown as Client;
    store.put(NODE, { apiVersion: "v1", kind: "Node", metadata: { name: "n", uid: "n" }, status: { allocatable: { cpu: "4" } } } as unknown as KubeObject, "test");
    const board = createNodeBoard();
    const assumed = createState().table<string>("assumed");
    const spec = (cpu: string) => ({ nodeName: "n", containers: [{ name: "c", image: "i", resources: { requests: { cpu } } }] });
    const holds = (cpu: string) => ({ containerStatuses: [{ name: "c", allocatedResources: { cpu }, resources: { requests: { cpu } } }] });
    const pod = store.put(POD, { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default", uid: "p" }, spec: spec("2"), status: holds("2") } as unknown as KubeObject, "test") as Pod;
    const used = (): number | undefined => board.nodes(client, assumed)[0]?.requested.cpu;
    expect(used()).toBe(2000);
    const seen = (more: object): number | undefined => {
      const before = store.revision;
      store.put(POD, { ...pod, ...more }, "test");
      for (const event of store.since(before)) board.observe(event);
      return used();
    };
    const less = spec("1");
    expect(seen({ spec: less })).toBe(2000);
    expect(seen({ spec: less, status: holds("1500m") })).toBe(1500);
    expect(seen({ spec: less, status: holds("1") })).toBe(1000);
    expect(seen({ spec: spec("3"), status: holds("1") })).toBe(3000);
    // A change that can never be made counts no more, though only a condition says so.
    const held = holds("1");
    const more = spec("3");
    expect(seen({ spec: more, status: held })).toBe(3000);
    expect(seen({ spec: more, status: { ...held, conditions: [{ type: "PodResizePending", status: "True", reason: "Infeasible" }] } })).toBe(1000);
  });

  it("tells those who look for victims when a pod started, though no sum changed", () => {
    const store = new ObjectStore();
    const client = { user: "test", list: (kind: KindId) => store.list(kind) } as unknown as Client;
    for (const name of ["a", "b"]) store.put(NODE, { apiVersion: "v1", kind: "Node", metadata: { name, uid: name } } as unknown as KubeObject, "test");
    const pod = store.put(POD, { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default", uid: "p" }, spec: { nodeName: "b", containers: [] } } as unknown as KubeObject, "test");
    const board = createNodeBoard();
    board.nodes(client, createState().table<string>("assumed"));
    const [tick, versions, before] = [board.tick, [...board.versions], store.revision];
    store.put(POD, { ...pod, status: { startTime: "2026-01-01T00:00:00Z" } } as unknown as KubeObject, "test");
    for (const event of store.since(before)) board.observe(event);
    expect(board.changedSince(tick)).toEqual([1]);
    expect(board.versions).toEqual(versions);
  });
});
