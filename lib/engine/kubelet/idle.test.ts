import { describe, expect, it } from "vitest";
import { createCluster, type Cluster } from "../cluster";
import { POD } from "../apimachinery/kinds";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";
import { testImages } from "./testing/images";

const PROBES = [{ httpGet: { path: "/", port: 80 } }, { tcpSocket: { port: 80 } }, { exec: { command: ["exists", "/bin/web"] } }];

/** Thirty pods of three kinds, probed every second. */
function probed(): Cluster {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "64", memory: "64Gi" }], images: testImages });
  for (let i = 0; i < 30; i += 1) {
    const probe = { ...PROBES[i % PROBES.length], periodSeconds: 1 };
    c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: `p-${i}`, namespace: "default" }, spec: { nodeName: "node-1", containers: [{ name: "web", image: "web:1", readinessProbe: probe, livenessProbe: probe }] } });
  }
  c.advance(seconds(200));
  return c;
}

const pod = (on: Cluster, name: string): Pod | undefined => on.as("admin").get<Pod>(POD, { namespace: "default", name });

describe("pods at rest", () => {
  it("cost nothing, however often they are probed", () => {
    const c = probed();
    expect(pod(c, "p-2")?.status?.containerStatuses?.[0]?.ready).toBe(true);
    const { steps, revision } = c;
    c.advance(seconds(600));
    expect({ steps: c.steps - steps, writes: c.revision - revision }).toEqual({ steps: 0, writes: 0 });
  });

  it("are asked again once something they answer by has changed", () => {
    const c = probed();
    c.files({ namespace: "default", name: "p-2" }, "web")?.remove("/bin/web");
    c.advance(seconds(60));
    expect(pod(c, "p-2")?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(pod(c, "p-5")?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });
});
