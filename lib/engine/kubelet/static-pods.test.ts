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

  it("are passed over when their file says nothing a kubelet could run, and the rest runs", () => {
    const spec = { containers: [{ name: "web", image: "web:1" }] };
    const document = (change: object): string => JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "bad" }, spec, ...change });
    const bad = [
      "",
      "null",
      "[1]",
      document({ apiVersion: "v2" }),
      document({ metadata: null }),
      document({ metadata: { name: 7 } }),
      document({ metadata: { name: "Not A Name" } }),
      document({ metadata: { name: "bad", labels: ["a"] } }),
      document({ metadata: { name: "bad", annotations: 3 } }),
      document({ spec: null }),
      document({ spec: { containers: null } }),
      document({ spec: { containers: [null] } }),
      document({ spec: { containers: [{ name: "web" }] } }),
      document({ spec: { containers: [{ name: "web", image: "web:1", ports: [{ containerPort: "x" }] }] } }),
      document({ spec: { ...spec, tolerations: { a: 1 } } }),
      document({ spec: { ...spec, serviceAccountName: "default" } }),
      document({ spec: { ...spec, volumes: [{ name: "v", configMap: { name: "x" } }] } }),
      document({ spec: { containers: [{ name: "web", image: "web:1", envFrom: [{ secretRef: { name: "x" } }] }] } }),
    ];
    const c = machine();
    const disk = c.files({ namespace: "default", name: "admin" }, "app");
    bad.forEach((text, i) => disk?.write(`/host/etc/kubernetes/manifests/bad-${i}.yaml`, text));
    write(c, manifest("web:1"));
    c.advance(seconds(10));
    expect(c.as("admin").list<Pod>(POD, { namespace: "default" }).map(({ metadata }) => metadata.name)).toEqual(["admin", "web-node-1"]);
    expect(pod(c, "web-node-1")?.status?.phase).toBe("Running");
  });

  it("run without an image the API refuses, and get it once it does not", () => {
    const c = machine();
    write(c, JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "later" }, spec: { surprise: true, containers: [{ name: "web", image: "web:1" }] } }));
    c.advance(seconds(10));
    expect(c.logs({ namespace: "later", name: "web-node-1" }, "web")).toBeUndefined();
    c.as("admin").create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "later" } });
    c.advance(seconds(61));
    const found = c.as("admin").get<Pod>(POD, { namespace: "later", name: "web-node-1" });
    expect(found?.status?.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 0, state: { running: { startedAt: expect.any(String) as string } } });
    expect(Date.parse(found?.status?.containerStatuses?.[0]?.state.running?.startedAt ?? "")).toBeLessThan(Date.parse(found?.metadata.creationTimestamp ?? ""));
    expect(found?.spec).not.toHaveProperty("serviceAccountName");
  });
});
