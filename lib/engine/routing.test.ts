import { describe, expect, it } from "vitest";
import { CONFIG_MAP, JOB, POD, REPLICA_SET } from "./apimachinery/kinds";
import type { KindId, KubeObject } from "./apimachinery/meta";
import type { StoreEvent } from "./client/component";
import { Route } from "./routing";

const reference = (kind: string) => ({ apiVersion: kind === "Job" ? "batch/v1" : "apps/v1", kind, name: "o", uid: "u", controller: true });
const pod = (over: object = {}, owner?: string): KubeObject => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", uid: "1", ...(owner === undefined ? {} : { ownerReferences: [reference(owner)] }) }, spec: {}, ...over }) as unknown as KubeObject;
const event = (type: StoreEvent["type"], object: KubeObject, previous?: KubeObject): StoreEvent => ({ type, revision: 1, kind: POD, object, by: "x", ...(previous ? { previous } : {}) });

/** A store of nothing but what is named. */
const holding = (...kinds: readonly KindId[]): { readonly presence: number; count(kind: KindId): number } => ({ presence: kinds.length, count: (kind) => (kinds.includes(kind) ? 1 : 0) });
const EMPTY = holding();

function route(): Route<string> {
  const made = new Route<string>();
  made.add("all", { kind: POD });
  made.add("jobs", { kind: POD, owner: JOB });
  made.add("sets", { kind: POD, owner: REPLICA_SET, only: "DELETED" });
  made.add("specs", { kind: POD, unless: "status" });
  return made;
}

describe("the way of a change to those it concerns", () => {
  it("leads to those who care for whose it is, and for orphans to all", () => {
    expect(route().to(event("ADDED", pod({}, "Job")), EMPTY)).toEqual(["all", "jobs", "specs"]);
    expect(route().to(event("ADDED", pod({}, "ReplicaSet")), EMPTY)).toEqual(["all", "specs"]);
    expect(route().to(event("ADDED", pod()), EMPTY)).toEqual(["all", "jobs", "specs"]);
    expect(route().to(event("DELETED", pod({}, "ReplicaSet")), EMPTY)).toEqual(["all", "sets", "specs"]);
  });

  it("leads to the old owner and the new when an object changes hands", () => {
    expect(route().to(event("MODIFIED", pod({}, "ReplicaSet"), pod({}, "Job")), EMPTY)).toEqual(["all", "jobs", "specs"]);
    expect(route().to(event("MODIFIED", pod({}, "Job"), pod()), EMPTY)).toEqual(["all", "jobs", "specs"]);
  });

  it("spares those who do not care for status, and only of changes of status", () => {
    const before = pod();
    expect(route().to(event("MODIFIED", { ...before, status: { phase: "Running" } } as KubeObject, before), EMPTY)).toEqual(["all", "jobs"]);
    expect(route().to(event("MODIFIED", { ...before, metadata: { ...before.metadata, labels: { a: "b" } } }, before), EMPTY)).toContain("specs");
    expect(route().to(event("MODIFIED", { ...before, spec: { nodeName: "n" } } as unknown as KubeObject, before), EMPTY)).toContain("specs");
  });

  it("leads those who care for comings and goings alone past every change", () => {
    const made = new Route<string>();
    made.add("all", { kind: POD });
    made.add("comings", { kind: POD, unless: "changes" });
    const before = pod();
    expect(made.to(event("ADDED", before), EMPTY)).toEqual(["all", "comings"]);
    expect(made.to(event("MODIFIED", { ...before, spec: { nodeName: "n" } } as unknown as KubeObject, before), EMPTY)).toEqual(["all"]);
    expect(made.to(event("MODIFIED", { ...before, status: { phase: "Running" } } as KubeObject, before), EMPTY)).toEqual(["all"]);
    expect(made.to(event("DELETED", before), EMPTY)).toEqual(["all", "comings"]);
  });

  it("takes data for more than status, also when it went", () => {
    const config = new Route<string>();
    config.add("reader", { kind: CONFIG_MAP, unless: "status" });
    const full = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { a: "b" } } as unknown as KubeObject;
    const { data: _gone, ...empty } = full as unknown as Record<string, unknown>;
    expect(config.to({ ...event("MODIFIED", empty as unknown as KubeObject, full), kind: CONFIG_MAP }, EMPTY)).toEqual(["reader"]);
    expect(config.to({ ...event("MODIFIED", full, empty as unknown as KubeObject), kind: CONFIG_MAP }, EMPTY)).toEqual(["reader"]);
  });

  it("is shut while no object of the kind named is there, and open again from the first on", () => {
    const made = new Route<string>();
    made.add("jobs", { kind: POD, while: JOB });
    made.add("all", { kind: POD });
    expect(made.to(event("ADDED", pod()), EMPTY)).toEqual(["all"]);
    expect(made.to(event("ADDED", pod()), holding(JOB))).toEqual(["jobs", "all"]);
    expect(made.to(event("ADDED", pod()), EMPTY)).toEqual(["all"]);
  });
});
