import { describe, expect, it } from "vitest";
import { deepFreeze } from "../apimachinery/freeze";
import type { JsonObject, KubeObject } from "../apimachinery/meta";
import { partsOfKind } from "../apimachinery/meta";
import type { Instant } from "../sim/clock";
import { daemonSet } from "./apps/daemonset/index";
import { deployment } from "./apps/deployment/index";
import { pod } from "./core/pod/index";
import { summarizePod } from "./core/pod/columns";
import { service } from "./core/service/index";
import { resources } from "./index";

const NOW = 3_600_000 as Instant;
const as = (object: JsonObject): KubeObject => object as unknown as KubeObject;
const meta = { name: "web", namespace: "default", creationTimestamp: "2026-01-01T00:00:00Z" };
const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx:1.27" }] } };
const cells = (definition: typeof pod, object: KubeObject): Readonly<Record<string, string>> =>
  Object.fromEntries(definition.columns.map((column) => [column.name, column.value(object, NOW)]));

function podWith(status: JsonObject, more: JsonObject = {}): KubeObject {
  return as({ apiVersion: "v1", kind: "Pod", metadata: meta, spec: { containers: [{ name: "c" }], ...more }, status });
}

describe("every kind the API server knows", () => {
  for (const definition of resources) {
    const { apiVersion, kind } = partsOfKind(definition.kind);
    const empty = deepFreeze(as({ apiVersion, kind, metadata: { ...meta, ...(definition.namespaced ? {} : { namespace: "" }) } }));

    it(`${kind} is completed once and for all`, () => {
      const once = deepFreeze(definition.applyDefaults(empty));
      expect(definition.applyDefaults(once)).toEqual(once);
    });

    it(`${kind} is validated and tabulated without a throw, however empty`, () => {
      const made = definition.prepare(definition.applyDefaults(empty), undefined);
      expect(() => definition.validate(made, undefined)).not.toThrow();
      expect(() => definition.validate(made, empty)).not.toThrow();
      for (const column of definition.columns) expect(typeof column.value(made, NOW)).toBe("string");
      for (const column of definition.columns) expect(typeof column.value(empty, NOW)).toBe("string");
    });
  }
});

describe("defaults", () => {
  it("fill a deployment as upstream does", () => {
    const made = deployment.applyDefaults(as({ apiVersion: "apps/v1", kind: "Deployment", metadata: meta, spec: { selector: { matchLabels: { app: "web" } }, template } }));
    expect(made).toMatchObject({
      spec: { replicas: 1, strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } }, template: { spec: { restartPolicy: "Always", containers: [{ imagePullPolicy: "IfNotPresent" }] } } },
    });
  });

  it("drop the node ports of a service that is no longer reached from outside", () => {
    const before = service.applyDefaults(as({ apiVersion: "v1", kind: "Service", metadata: meta, spec: { type: "NodePort", clusterIP: "10.96.0.7", clusterIPs: ["10.96.0.7"], ports: [{ port: 80, nodePort: 30080 }] } }));
    const spec = { ...(before as unknown as { readonly spec: JsonObject }).spec, type: "ClusterIP" };
    const after = service.prepare(service.applyDefaults({ ...before, spec } as unknown as KubeObject), before);
    expect(after).not.toHaveProperty("spec.ports.0.nodePort");
    expect(after).not.toHaveProperty("spec.externalTrafficPolicy");
    expect(service.validate(after, before)).toEqual([]);
  });
});

describe("validation", () => {
  it("wants selector and template of a workload to match", () => {
    const made = daemonSet.applyDefaults(as({ apiVersion: "apps/v1", kind: "DaemonSet", metadata: meta, spec: { selector: { matchLabels: { app: "other" } }, template } }));
    expect(daemonSet.validate(made, undefined).map(({ path, detail }) => `${path}: ${detail}`)).toEqual(["spec.template.metadata.labels: `selector` does not match template `labels`"]);
  });

  it("lets a pod's image change and nothing else", () => {
    const before = pod.prepare(pod.applyDefaults(podWith({})), undefined);
    const change = (fields: JsonObject): KubeObject => pod.prepare(pod.applyDefaults(podWith({}, { containers: [{ name: "c", ...fields }] })), before);
    expect(pod.validate(change({ image: "nginx:2", imagePullPolicy: "IfNotPresent" }), before)).toEqual([]);
    expect(pod.validate(change({ image: "nginx", command: ["sleep"] }), before).map(({ code, path }) => `${code} ${path}`)).toEqual(["forbidden spec"]);
  });
});

describe("the STATUS of a pod", () => {
  const container = (state: JsonObject, more: JsonObject = {}): JsonObject => ({ name: "c", state, restartCount: 0, ready: false, ...more });

  it.each([
    ["its phase, when no container has anything to say", { phase: "Pending" }, "Pending"],
    ["what the container waits for", { phase: "Pending", containerStatuses: [container({ waiting: { reason: "ContainerCreating" } })] }, "ContainerCreating"],
    ["CrashLoopBackOff between two starts", { phase: "Running", containerStatuses: [container({ waiting: { reason: "CrashLoopBackOff" } })] }, "CrashLoopBackOff"],
    ["the exit code, when there is no reason", { phase: "Failed", containerStatuses: [container({ terminated: { exitCode: 3 } })] }, "ExitCode:3"],
    ["Completed at the end", { phase: "Succeeded", containerStatuses: [container({ terminated: { exitCode: 0, reason: "Completed" } })] }, "Completed"],
  ] as const)("is %s", (_, status, expected) => {
    expect(summarizePod(podWith(status as unknown as JsonObject)).status).toBe(expected);
  });

  it("counts init containers while they run", () => {
    const status = { phase: "Pending", initContainerStatuses: [container({ terminated: { exitCode: 0, reason: "Completed" } }), container({ running: {} })], containerStatuses: [container({ waiting: { reason: "PodInitializing" } })] };
    expect(summarizePod(podWith(status, { initContainers: [{ name: "a" }, { name: "b" }] })).status).toBe("Init:1/2");
  });

  it("says when the last restart was", () => {
    const status = { phase: "Running", containerStatuses: [container({ running: {} }, { ready: true, restartCount: 2, lastState: { terminated: { exitCode: 1, finishedAt: "2026-01-01T00:55:00Z" } } })] };
    expect(cells(pod, podWith(status))).toMatchObject({ Ready: "1/1", Restarts: "2 (5m ago)", Age: "60m" });
  });

  it("is Terminating while the pod is on its way out", () => {
    const leaving = { ...podWith({ phase: "Running" }), metadata: { ...meta, uid: "u", resourceVersion: "1", deletionTimestamp: "2026-01-01T00:01:00Z" } };
    expect(summarizePod(leaving as KubeObject).status).toBe("Terminating");
  });
});
