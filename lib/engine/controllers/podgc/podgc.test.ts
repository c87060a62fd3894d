import { describe, expect, it } from "vitest";
import { NODE, POD } from "../../apimachinery/kinds";
import { findCondition } from "../../apimachinery/conditions";
import { seconds } from "../../sim/clock";
import { podsIn, scriptedCluster } from "../../testing/scripted";

const pod = (more: object) => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default", finalizers: ["example.com/keep"] }, spec: { containers: [{ name: "c", image: "a" }], ...more } });

describe("a pod that nobody will remove", () => {
  it("has failed when it never came to a node and a finalizer keeps it", () => {
    const cluster = scriptedCluster([]);
    const admin = cluster.as("admin");
    admin.create(pod({}));
    cluster.advance(seconds(1));
    admin.delete({ kind: POD, namespace: "default", name: "p" });
    cluster.advance(seconds(5));
    expect(podsIn(cluster).map(({ status }) => status?.phase)).toEqual(["Pending"]);
    cluster.advance(seconds(20));
    expect(podsIn(cluster).map(({ status }) => status?.phase)).toEqual(["Failed"]);
  });

  it("has failed, for the reason that its node is gone", () => {
    const cluster = scriptedCluster([{ name: "n1", cpu: "4", memory: "8Gi" }]);
    const admin = cluster.as("admin");
    admin.create(pod({ nodeName: "n1" }));
    admin.delete({ kind: NODE, namespace: "", name: "n1" });
    cluster.advance(seconds(60));
    const [left] = podsIn(cluster);
    expect(left?.status?.phase).toBe("Failed");
    expect(findCondition(left?.status?.conditions, "DisruptionTarget")).toMatchObject({ status: "True", reason: "DeletionByPodGC", message: "PodGC: node no longer exists", observedGeneration: 1 });
  });
});
