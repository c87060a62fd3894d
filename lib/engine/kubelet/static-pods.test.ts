import { describe, expect, it } from "vitest";
import { createCluster, restoreCluster, type Cluster } from "../cluster";
import { POD } from "../apimachinery/kinds";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";
import { testImages } from "./testing/images";

const PATH = "/host/etc/kubernetes/manifests/web.yaml";
const manifest = (image: string): string => JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } });
const pod = (on: Cluster, name: string): Pod | undefined => on.as("admin").get<Pod>(POD, { namespace: "default", name });
const write = (on: Cluster, text: string) => on.files({ namespace: "default", name: "admin" }, "app")?.write(PATH, text);

/** A machine, and a pod that sees its disk. */
function machine(): Cluster {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images: testImages });
  c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: "admin", namespace: "default" }, spec: { nodeName: "node-1", volumes: [{ name: "root", hostPath: { path: "/" } }], containers: [{ name: "app", image: "web:1", volumeMounts: [{ name: "root", mountPath: "/host" }] }] } });
  c.advance(seconds(5));
  c.files({ namespace: "default", name: "admin" }, "app")?.makeDirectory("/host/etc/kubernetes/manifests", true);
  return c;
}

describe("static pods", () => {
  it("run because a file says so, and the API only holds their image", () => {
    const c = machine();
    write(c, manifest("web:1"));
    c.advance(seconds(10));
    const found = pod(c, "web-node-1");
    expect(found?.status?.phase).toBe("Running");
    expect(found?.metadata.annotations).toMatchObject({ "kubernetes.io/config.source": "file", "kubernetes.io/config.mirror": expect.any(String) as string });
    expect(found?.metadata.ownerReferences?.[0]).toMatchObject({ kind: "Node", name: "node-1", controller: true });
    expect(c.logs({ namespace: "default", name: "web-node-1" }, "web")?.[0]?.text).toBe("listening");
    const id = found?.status?.containerStatuses?.[0]?.containerID;
    c.as("admin").delete({ kind: POD, namespace: "default", name: "web-node-1" });
    c.advance(seconds(5));
    const again = pod(c, "web-node-1");
    expect(again?.metadata.uid).not.toBe(found?.metadata.uid);
    expect(again?.status?.containerStatuses?.[0]).toMatchObject({ containerID: id, restartCount: 0, ready: true });
  });

  it("change and end with their file, after snapshots too", () => {
    const c = machine();
    write(c, manifest("web:1"));
    c.advance(seconds(10));
    write(c, manifest("web:2"));
    c.advance(seconds(40));
    expect(pod(c, "web-node-1")?.status).toMatchObject({ phase: "Running", containerStatuses: [{ image: "docker.io/library/web:2", ready: true }] });
    const copy = restoreCluster(c.snapshot(), testImages);
    copy.files({ namespace: "default", name: "admin" }, "app")?.remove(PATH);
    copy.advance(seconds(40));
    expect(pod(copy, "web-node-1")).toBeUndefined();
    expect(pod(c, "web-node-1")).toBeDefined();
  });
});
