import { describe, expect, it } from "vitest";
import { EVENT, POD } from "../apimachinery/kinds";
import { createCluster, type Cluster } from "../cluster";
import { testImages } from "../kubelet/testing/images";
import type { Event } from "../resources/core/event/event";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";

function run(c: Cluster, name: string, server: string, path: string): void {
  c.as("admin").create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { nodeName: "node-1", containers: [{ name: "c", image: "web:1", volumeMounts: [{ name: "v", mountPath: "/v" }] }], volumes: [{ name: "v", nfs: { server, path } }] },
  });
}

const ready = (c: Cluster, name: string): boolean => c.as("admin").get<Pod>(POD, { namespace: "default", name })?.status?.containerStatuses?.[0]?.ready === true;
const failure = (c: Cluster, name: string): string => c.as("admin").list<Event>(EVENT).find(({ involvedObject, reason }) => involvedObject.name === name && reason === "FailedMount")?.message ?? "";

describe("nfs", () => {
  it("mounts what a host of the network exports, says what mount.nfs says of the rest, and tries again", () => {
    const world = { subnets: [{ name: "lan", cidr: "192.168.1.0/24" }], hosts: [{ name: "nas", ip: "192.168.1.60", exports: ["/data"] }, { name: "laptop", ip: "192.168.1.50" }] };
    const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "4", memory: "8Gi", ip: "192.168.1.11" }], images: testImages, world });
    run(c, "right", "192.168.1.60", "/data/a");
    run(c, "wrong", "192.168.1.60", "/dat");
    run(c, "nobody", "192.168.1.50", "/data");
    run(c, "named", "nas.lan", "/data");
    c.advance(seconds(20));
    expect(ready(c, "right")).toBe(true);
    expect(failure(c, "wrong")).toContain("Output: mount.nfs: mounting 192.168.1.60:/dat failed, reason given by server: No such file or directory");
    expect(failure(c, "nobody")).toContain("mount.nfs: Connection refused");
    expect(failure(c, "named")).toContain("mount.nfs: Failed to resolve server nas.lan: Name or service not known");
    c.world.setRecord("nas.lan", "192.168.1.60");
    c.advance(seconds(150));
    expect(ready(c, "named")).toBe(true);
  });
});
