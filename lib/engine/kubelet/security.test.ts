import { describe, expect, it } from "vitest";
import { createCluster, type Cluster } from "../cluster";
import { EVENT, POD } from "../apimachinery/kinds";
import type { Event } from "../resources/core/event/event";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";
import { testImages } from "./testing/images";

function cluster(): Cluster {
  return createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images: testImages });
}

function run(on: Cluster, name: string, spec: object): void {
  on.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { nodeName: "node-1", ...spec } });
}

const pod = (on: Cluster, name: string): Pod => on.as("admin").get<Pod>(POD, { namespace: "default", name }) as Pod;
const events = (on: Cluster, name: string): readonly string[] => on.as("admin").list<Event>(EVENT, { namespace: "default" }).filter((event) => event.involvedObject.name === name).map((event) => `${event.reason}: ${event.message}`);

describe("what a container may not do", () => {
  it("refuses root where it is not wanted", () => {
    const c = cluster();
    run(c, "root", { containers: [{ name: "app", image: "web:1", securityContext: { runAsNonRoot: true } }] });
    run(c, "zero", { securityContext: { runAsNonRoot: true, runAsUser: 0 }, containers: [{ name: "app", image: "web:1" }] });
    run(c, "fine", { securityContext: { runAsNonRoot: true, runAsUser: 1000 }, containers: [{ name: "app", image: "web:1" }] });
    c.advance(seconds(5));
    const waiting = (name: string) => pod(c, name).status?.containerStatuses?.[0]?.state.waiting;
    expect(waiting("root")).toEqual({ reason: "CreateContainerConfigError", message: `container has runAsNonRoot and image will run as root (pod: "root_default(${pod(c, "root").metadata.uid})", container: app)` });
    expect(waiting("zero")?.message).toMatch(/^container's runAsUser breaks non-root policy \(pod: "zero_default\(/);
    expect(pod(c, "fine").status?.phase).toBe("Running");
  });

  it("lets a foreign user write in volumes and /tmp only, and nobody on a read-only root", () => {
    const c = cluster();
    const mounts = { volumes: [{ name: "v", emptyDir: {} }, { name: "h", hostPath: { path: "/data", type: "DirectoryOrCreate" } }] };
    const volumeMounts = [{ name: "v", mountPath: "/v" }, { name: "h", mountPath: "/h" }];
    run(c, "user", { ...mounts, securityContext: { runAsUser: 1000, fsGroup: 2000 }, containers: [{ name: "app", image: "web:1", volumeMounts }] });
    run(c, "closed", { ...mounts, containers: [{ name: "app", image: "web:1", volumeMounts, securityContext: { readOnlyRootFilesystem: true } }] });
    c.advance(seconds(5));
    const write = (name: string, path: string) => c.files({ namespace: "default", name }, "app")?.write(path, "x");
    expect(["/etc/x", "/tmp/x", "/v/x", "/h/x"].map((path) => write("user", path))).toEqual(["EACCES", undefined, undefined, "EACCES"]);
    expect(["/etc/x", "/tmp/x", "/v/x", "/h/x", "/dev/termination-log"].map((path) => write("closed", path))).toEqual(["EROFS", "EROFS", undefined, undefined, undefined]);
  });

  it("takes the end of the log for a last message when asked to", () => {
    const c = cluster();
    run(c, "log", { restartPolicy: "Never", containers: [{ name: "app", image: "printer:1", command: ["printer", "it broke"], env: [{ name: "EXIT", value: "3" }], terminationMessagePolicy: "FallbackToLogsOnError" }] });
    c.advance(seconds(5));
    expect(pod(c, "log").status?.containerStatuses?.[0]?.state.terminated?.message).toMatch(/^it broke\n/);
  });

  it("throws away what a probe says that could not be run", () => {
    const c = cluster();
    run(c, "probe", { containers: [{ name: "app", image: "web:1", livenessProbe: { exec: { command: ["nowhere"] }, failureThreshold: 1, periodSeconds: 1 } }] });
    c.advance(seconds(30));
    expect(pod(c, "probe").status?.containerStatuses?.[0]?.restartCount).toBe(0);
    expect(events(c, "probe").find((text) => text.startsWith("Unhealthy"))).toBe('Unhealthy: Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "nowhere": executable file not found in $PATH: unknown');
  });

  it("stops a container whose postStart fails, and says why it waits", () => {
    const c = cluster();
    run(c, "hook", { containers: [{ name: "app", image: "files:1", command: ["files"], lifecycle: { postStart: { exec: { command: ["exists", "/nowhere"] } } } }] });
    c.advance(seconds(15));
    expect(events(c, "hook")).toEqual(expect.arrayContaining(["FailedPostStartHook: PostStartHook failed", "Killing: FailedPostStartHook"]));
    expect(pod(c, "hook").status?.containerStatuses?.[0]?.state.waiting?.reason).toMatch(/^(PostStartHookError|CrashLoopBackOff)$/);
  });

  it("knows its full name when it is asked to", () => {
    const c = cluster();
    run(c, "db-0", { hostname: "db-0", subdomain: "db", setHostnameAsFQDN: true, containers: [{ name: "app", image: "printer:1" }] });
    c.advance(seconds(5));
    expect(c.logs({ namespace: "default", name: "db-0" }, "app")?.map(({ text }) => text)).toContain("HOSTNAME=db-0.db.default.svc.cluster.local");
    expect(c.files({ namespace: "default", name: "db-0" }, "app")?.read("/etc/hosts")).toContain("\tdb-0.db.default.svc.cluster.local\tdb-0\n");
  });
});
