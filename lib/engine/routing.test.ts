import { describe, expect, it } from "vitest";
import { CONFIG_MAP, JOB, POD, REPLICA_SET } from "./apimachinery/kinds";
import type { KubeObject } from "./apimachinery/meta";
import type { StoreEvent } from "./client/component";
import { Route } from "./routing";

const reference = (kind: string) => ({ apiVersion: kind === "Job" ? "batch/v1" : "apps/v1", kind, name: "o", uid: "u", controller: true });
const pod = (over: object = {}, owner?: string): KubeObject => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", uid: "1", ...(owner === undefined ? {} : { ownerReferences: [reference(owner)] }) }, spec: {}, ...over }) as unknown as KubeObject;
const event = (type: StoreEvent["type"], object: KubeObject, previous?: KubeObject): StoreEvent => ({ type, revision: 1, kind: POD, object, by: "x", ...(previous ? { previous } : {}) });

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
    expect(route().to(event("ADDED", pod({}, "Job")))).toEqual(["all", "jobs", "specs"]);
    expect(route().to(event("ADDED", pod({}, "ReplicaSet")))).toEqual(["all", "specs"]);
    expect(route().to(event("ADDED", pod()))).toEqual(["all", "jobs", "specs"]);
    expect(route().to(event("DELETED", pod({}, "ReplicaSet")))).toEqual(["all", "sets", "specs"]);
  });

  it("leads to the old owner and the new when an object changes hands", () => {
    expect(route().to(event("MODIFIED", pod({}, "ReplicaSet"), pod({}, "Job")))).toEqual(["all", "jobs", "specs"]);
    expect(route().to(event("MODIFIED", pod({}, "Job"), pod()))).toEqual(["all", "jobs", "specs"]);
  });

  it("spares those who do not care for status, and only of changes of status", () => {
    const before = pod();
    expect(route().to(event("MODIFIED", { ...before, status: { phase: "Running" } } as KubeObject, before))).toEqual(["all", "jobs"]);
    expect(route().to(event("MODIFIED", { ...before, metadata: { ...before.metadata, labels: { a: "b" } } }, before))).toContain("specs");
    expect(route().to(event("MODIFIED", { ...before, spec: { nodeName: "n" } } as unknown as KubeObject, before))).toContain("specs");
  });

  it("takes data for more than status, also when it went", () => {
    const config = new Route<string>();
    config.add("reader", { kind: CONFIG_MAP, unless: "status" });
    const full = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { a: "b" } } as unknown as KubeObject;
    const { data: _gone, ...empty } = full as unknown as Record<string, unknown>;
    expect(config.to({ ...event("MODIFIED", empty as unknown as KubeObject, full), kind: CONFIG_MAP })).toEqual(["reader"]);
    expect(config.to({ ...event("MODIFIED", full, empty as unknown as KubeObject), kind: CONFIG_MAP })).toEqual(["reader"]);
  });
});
