import { describe, expect, it } from "vitest";
import { EVENT, POD } from "../apimachinery/kinds";
import { createCluster, type Cluster } from "../cluster";
import type { Event } from "../resources/core/event/event";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";
import { testImages } from "./testing/images";

function cluster(): Cluster {
  return createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "4", memory: "8Gi" }], images: testImages });
}
function run(on: Cluster, name: string, spec: object, metadata: object = {}): void {
  on.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default", ...metadata }, spec: { nodeName: "node-1", ...spec } });
}
const key = (name: string) => ({ namespace: "default", name });
const pod = (on: Cluster, name: string): Pod | undefined => on.as("admin").get<Pod>(POD, key(name));
const status = (on: Cluster, name: string, index = 0) => pod(on, name)?.status?.containerStatuses?.[index];
const events = (on: Cluster, name: string): readonly string[] => on.as("admin").list<Event>(EVENT, { namespace: "default" }).filter((event) => event.involvedObject.name === name).map((event) => `${event.reason} ${event.message}`);
const map = (on: Cluster, name: string, data: object): unknown => on.as("admin").create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" }, data });

describe("what a container is given", () => {
  it("gets variables from everywhere, expanded", () => {
    const c = cluster();
    map(c, "settings", { COLOUR: "blue", SIZE: "big" });
    c.as("admin").create({ apiVersion: "v1", kind: "Secret", metadata: { name: "keys", namespace: "default" }, data: { pw: "c2VjcmV0" } });
    run(c, "p", {
      containers: [
        {
          name: "c",
          image: "printer:1",
          args: ["$(GREETING) $(NOBODY) $$(GREETING)"],
          envFrom: [{ configMapRef: { name: "settings" }, prefix: "S_" }],
          env: [{ name: "GREETING", value: "hi $(S_COLOUR)" }, { name: "PW", valueFrom: { secretKeyRef: { name: "keys", key: "pw" } } }, { name: "WHO", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }, { name: "LIMIT", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } }],
        },
      ],
    });
    c.advance(seconds(3));
    const log = c.logs(key("p"), "c")?.map((line) => line.text) ?? [];
    expect(log[0]).toBe("hi blue $(NOBODY) $(GREETING)");
    expect(log).toEqual(expect.arrayContaining(["PW=secret", "WHO=p", "LIMIT=4", "S_SIZE=big", "KUBERNETES_SERVICE_HOST=10.96.0.1", "HOSTNAME=p"]));
  });

  it("is told the limit of the pod as a whole where it has none of its own", () => {
    const c = cluster();
    const limit = (resource: string): object => ({ valueFrom: { resourceFieldRef: { resource } } });
    const env = [{ name: "CPU", ...limit("limits.cpu") }, { name: "MEMORY", ...limit("limits.memory") }];
    run(c, "p", { resources: { limits: { cpu: "2", memory: "64Mi" } }, containers: [{ name: "c", image: "printer:1", env, resources: { limits: { cpu: "1" } } }] });
    c.advance(seconds(3));
    expect(c.logs(key("p"), "c")?.map((line) => line.text)).toEqual(expect.arrayContaining(["CPU=1", "MEMORY=67108864"]));
  });

  it("waits for a ConfigMap it cannot do without, and says so", () => {
    const c = cluster();
    run(c, "p", { containers: [{ name: "c", image: "web:1", envFrom: [{ configMapRef: { name: "late" } }] }] });
    c.advance(seconds(5));
    expect(status(c, "p")?.state.waiting).toEqual({ reason: "CreateContainerConfigError", message: 'configmap "late" not found' });
    expect(events(c, "p")).toContain('Failed Error: configmap "late" not found');
    map(c, "late", {});
    c.advance(seconds(5));
    expect(status(c, "p")?.state.running).toBeDefined();
  });

  it("mounts ConfigMaps, refreshes them within a minute, and leaves subPath files as they were", () => {
    const c = cluster();
    map(c, "pages", { "index.html": "one" });
    const mounts = [{ name: "v", mountPath: "/pages" }, { name: "v", mountPath: "/etc/one.html", subPath: "index.html" }, { name: "e", mountPath: "/tmp/work", subPath: "sub" }];
    run(c, "p", { containers: [{ name: "c", image: "web:1", volumeMounts: mounts }], volumes: [{ name: "v", configMap: { name: "pages" } }, { name: "e", emptyDir: {} }] });
    c.advance(seconds(3));
    const files = () => c.files(key("p"), "c");
    expect(files()?.read("/pages/index.html")).toBe("one");
    expect(files()?.write("/pages/index.html", "x")).toBe("EROFS");
    expect(files()?.write("/tmp/work/a", "x")).toBeUndefined();
    expect(files()?.list("/tmp/work")).toEqual(["a"]);
    c.as("admin").patch({ kind: "v1/ConfigMap" as typeof POD, ...key("pages") }, { type: "merge", body: { data: { "index.html": "two" } } });
    c.advance(seconds(61));
    expect(files()?.read("/pages/index.html")).toBe("two");
    expect(files()?.read("/etc/one.html")).toBe("one");
  });

  it("says what it cannot mount", () => {
    const c = cluster();
    run(c, "p", { containers: [{ name: "c", image: "web:1" }], volumes: [{ name: "v", configMap: { name: "none" } }] });
    c.advance(seconds(130));
    expect(events(c, "p")).toContain('FailedMount MountVolume.SetUp failed for volume "v" : configmap "none" not found');
    expect(status(c, "p")?.state.waiting?.reason).toBe("ContainerCreating");
  });

  it("keeps its emptyDir through a restart of its container and loses its own layer", () => {
    const c = cluster();
    run(c, "p", { containers: [{ name: "c", image: "web:1", volumeMounts: [{ name: "e", mountPath: "/data" }], livenessProbe: { exec: { command: ["exists", "/ok"] }, periodSeconds: 5, initialDelaySeconds: 10 } }], volumes: [{ name: "e", emptyDir: {} }] });
    c.advance(seconds(3));
    c.files(key("p"), "c")?.write("/data/kept", "x");
    c.files(key("p"), "c")?.write("/lost", "x");
    c.advance(seconds(30));
    expect(status(c, "p")?.restartCount).toBeGreaterThan(0);
    expect(c.files(key("p"), "c")?.read("/data/kept")).toBe("x");
    expect(c.files(key("p"), "c")?.read("/lost")).toBeUndefined();
  });
});

describe("the life of a container", () => {
  it("starts sidecars first and stops them last", () => {
    const c = cluster();
    run(c, "p", { terminationGracePeriodSeconds: 4, initContainers: [{ name: "side", image: "web:1", restartPolicy: "Always" }], containers: [{ name: "main", image: "sleeper:1" }] });
    c.advance(seconds(5));
    expect(pod(c, "p")?.status?.initContainerStatuses?.[0]).toMatchObject({ ready: true, started: true });
    c.as("admin").delete({ kind: POD, ...key("p") });
    c.advance(seconds(3));
    expect(pod(c, "p")?.status?.initContainerStatuses?.[0]?.state.running).toBeDefined();
    c.advance(seconds(2));
    expect(pod(c, "p")).toBeUndefined();
  });

  it("finishes a job although a sidecar still runs", () => {
    const c = cluster();
    run(c, "p", { restartPolicy: "Never", initContainers: [{ name: "side", image: "web:1", restartPolicy: "Always" }], containers: [{ name: "main", image: "crasher:1", args: ["0"] }] });
    c.advance(seconds(10));
    expect(pod(c, "p")?.status?.phase).toBe("Succeeded");
  });

  it("runs preStop before the signal, within the grace", () => {
    const c = cluster();
    run(c, "p", { containers: [{ name: "c", image: "web:1", lifecycle: { preStop: { sleep: { seconds: 10 } } } }] });
    c.advance(seconds(5));
    c.as("admin").delete({ kind: POD, ...key("p") });
    c.advance(seconds(9));
    expect(pod(c, "p")).toBeDefined();
    c.advance(seconds(2));
    expect(pod(c, "p")).toBeUndefined();
  });

  it("holds the other probes back until the startup probe succeeds", () => {
    const c = cluster();
    const httpGet = { path: "/", port: 80 };
    run(c, "p", { containers: [{ name: "c", image: "slow:1", args: ["25"], startupProbe: { httpGet, periodSeconds: 10, failureThreshold: 5 }, livenessProbe: { httpGet, periodSeconds: 1, failureThreshold: 1 } }] });
    c.advance(seconds(20));
    expect(status(c, "p")).toMatchObject({ started: false, restartCount: 0 });
    c.advance(seconds(20));
    expect(status(c, "p")).toMatchObject({ started: true, ready: true, restartCount: 0 });
  });

  it("is killed for using more memory than its limit", () => {
    const c = cluster();
    run(c, "p", { restartPolicy: "Never", containers: [{ name: "c", image: "eater:1", resources: { limits: { memory: "10Mi" } } }] });
    c.advance(seconds(5));
    expect(status(c, "p")?.state.terminated).toMatchObject({ exitCode: 137, reason: "OOMKilled" });
  });

  it("tells of a command that is not there", () => {
    const c = cluster();
    run(c, "p", { containers: [{ name: "c", image: "web:1", command: ["nope"] }] });
    c.advance(seconds(2));
    expect(status(c, "p")?.lastState.terminated ?? status(c, "p")?.state.terminated).toMatchObject({ exitCode: 128, reason: "StartError" });
    expect(events(c, "p").some((text) => text.includes('exec: "nope": executable file not found in $PATH'))).toBe(true);
  });

  it("keeps the log of the run before", () => {
    const c = cluster();
    run(c, "p", { containers: [{ name: "c", image: "printer:1", args: ["first"], env: [{ name: "EXIT", value: "1" }] }] });
    c.advance(seconds(5));
    expect(c.logs(key("p"), "c", { previous: true })?.[0]?.text).toBe("first");
  });

  it("replaces a container whose image is changed in place", () => {
    const c = cluster();
    run(c, "p", { containers: [{ name: "c", image: "web:1" }] });
    c.advance(seconds(5));
    c.as("admin").patch({ kind: POD, ...key("p") }, { type: "strategic", body: { spec: { containers: [{ name: "c", image: "web:2" }] } } });
    c.advance(seconds(5));
    expect(status(c, "p")).toMatchObject({ restartCount: 1, image: "docker.io/library/web:2" });
    expect(events(c, "p")).toContain("Killing Container c definition changed, will be restarted");
  });

  it("fails a pod that is active for too long", () => {
    const c = cluster();
    run(c, "p", { activeDeadlineSeconds: 20, containers: [{ name: "c", image: "web:1" }] });
    c.advance(seconds(25));
    expect(pod(c, "p")?.status).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
  });

  it("asks a sleeping probe again as soon as something in the pod changes", () => {
    const c = cluster();
    run(c, "p", { containers: [{ name: "c", image: "files:1", readinessProbe: { httpGet: { path: "/ok", port: 80 }, periodSeconds: 10, failureThreshold: 1 } }] });
    c.advance(seconds(5));
    expect(status(c, "p")?.ready).toBe(false);
    c.files(key("p"), "c")?.write("/ok", "yes");
    c.advance(seconds(10));
    expect(status(c, "p")?.ready).toBe(true);
    const before = c.steps;
    c.advance(seconds(600));
    expect(c.steps - before).toBeLessThan(5);
    c.files(key("p"), "c")?.remove("/ok");
    c.advance(seconds(11));
    expect(status(c, "p")?.ready).toBe(false);
  });
});
