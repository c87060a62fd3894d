import { expect, it } from "vitest";
import { PERSISTENT_VOLUME_CLAIM } from "../../apimachinery/kinds";
import { controllerOf } from "../../apimachinery/owner";
import { createCluster } from "../../cluster";
import { testImages } from "../../kubelet/testing/images";
import { seconds } from "../../sim/clock";

it("leaves a claim that somebody else made alone, and makes the pod's own once that one is gone", () => {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images: testImages, storage: [{ name: "disk", provisioner: "block.csi.example.com", kind: "block", default: true }] });
  const admin = c.as("admin");
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  const key = { namespace: "default", name: "web-v" };
  admin.create({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: key, spec });
  admin.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "default" }, spec: { volumes: [{ name: "v", ephemeral: { volumeClaimTemplate: { spec } } }], containers: [{ name: "app", image: "web:1" }] } });
  c.advance(seconds(10));
  const claim = () => admin.get(PERSISTENT_VOLUME_CLAIM, key);
  expect(claim() && controllerOf(claim() as NonNullable<ReturnType<typeof claim>>)).toBeUndefined();
  admin.delete({ kind: PERSISTENT_VOLUME_CLAIM, ...key });
  c.advance(seconds(30));
  expect(claim() && controllerOf(claim() as NonNullable<ReturnType<typeof claim>>)?.name).toBe("web");
});
