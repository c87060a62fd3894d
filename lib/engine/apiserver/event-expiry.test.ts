import { describe, expect, it } from "vitest";
import { EVENT } from "../apimachinery/kinds";
import { createCluster, restoreCluster, type Cluster } from "../cluster";
import { testImages } from "../kubelet/testing/images";
import type { Event } from "../resources/core/event/event";
import { seconds } from "../sim/clock";

const run = (c: Cluster, name: string): void => void c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { containers: [{ name: "c", image: "web:1" }] } });
const about = (c: Cluster, name: string): number => c.as("admin").list<Event>(EVENT).filter((event) => event.involvedObject.name === name).length;

describe("events", () => {
  it("are hidden an hour after they were last written, and gone with a DELETED when the next one is made", () => {
    const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "4", memory: "8Gi" }], images: testImages });
    run(c, "early");
    c.advance(seconds(3500));
    expect(about(c, "early")).toBeGreaterThan(3);
    const copy = restoreCluster(c.snapshot(), testImages);
    c.advance(seconds(200));
    expect(about(c, "early")).toBe(0);
    const before = c.revision;
    run(c, "late");
    c.advance(seconds(20));
    const deleted = c.since(before).filter(({ type, kind }) => type === "DELETED" && kind === EVENT);
    expect(deleted.filter(({ object }) => (object as Event).involvedObject.name === "early").length).toBeGreaterThan(3);
    expect(about(c, "late")).toBeGreaterThan(3);
    copy.advance(seconds(200));
    run(copy, "late");
    copy.advance(seconds(20));
    expect(copy.snapshot()).toEqual(c.snapshot());
  });
});
