import { describe, expect, it } from "vitest";
import { PERSISTENT_VOLUME_CLAIM, POD } from "../../apimachinery/kinds";
import { createCluster, type Cluster } from "../../cluster";
import { testImages } from "../../kubelet/testing/images";
import { seconds } from "../../sim/clock";

const claim = (c: Cluster, name: string) => c.as("admin").get(PERSISTENT_VOLUME_CLAIM, { namespace: "default", name });
const remove = (c: Cluster, kind: typeof POD, name: string) => c.as("admin").delete({ kind, namespace: "default", name });
const asked = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };

function run(name: string, volume: object, args: readonly string[]): Cluster {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images: testImages, storage: [{ name: "disk", provisioner: "block.csi.example.com", kind: "block", default: true }] });
  c.as("admin").create({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", namespace: "default" }, spec: asked });
  c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { restartPolicy: "Never", volumes: [{ name: "v", ...volume }], containers: [{ name: "app", image: args[0] === "crasher" ? "crasher:1" : "web:1", ...(args.length > 0 ? { command: args } : {}), volumeMounts: [{ name: "v", mountPath: "/data" }] }] } });
  c.advance(seconds(30));
  return c;
}

describe("the protection of claims", () => {
  it("holds as long as a placed pod is there, ended or not", () => {
    for (const args of [[], ["crasher", "0"]]) {
      const c = run("web", { persistentVolumeClaim: { claimName: "data" } }, args);
      remove(c, PERSISTENT_VOLUME_CLAIM, "data");
      c.advance(seconds(30));
      expect(claim(c, "data")?.metadata.deletionTimestamp).toBeDefined();
      remove(c, POD, "web");
      c.advance(seconds(60));
      expect(claim(c, "data")).toBeUndefined();
    }
  });

  it("holds for the claim of a generic ephemeral volume", () => {
    const c = run("web", { ephemeral: { volumeClaimTemplate: { spec: asked } } }, []);
    remove(c, PERSISTENT_VOLUME_CLAIM, "web-v");
    c.advance(seconds(30));
    expect(claim(c, "web-v")?.metadata.deletionTimestamp).toBeDefined();
    remove(c, POD, "web");
    c.advance(seconds(60));
    expect(claim(c, "web-v")).toBeUndefined();
  });
});
