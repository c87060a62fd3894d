import { describe, expect, it } from "vitest";
import type { Container, Pod } from "../resources/core/pod/pod";
import { computePodActions, type RuntimeContainer, type RuntimePod } from "./pod-actions";

const sidecar = (name: string): Container => ({ name, image: "a", restartPolicy: "Always" });
const pod = (spec: Partial<Pod["spec"]>): Pod => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" }, spec: { containers: [{ name: "main", image: "a" }], ...spec } });
const seen = (name: string, state: RuntimeContainer["state"], more: Partial<RuntimeContainer> = {}): RuntimeContainer => ({ name, id: name, state, exitCode: 0, changed: false, startup: "success", ...more });
const runtime = (containers: readonly RuntimeContainer[], begun = false, ready = true): RuntimePod => ({ sandbox: { ready, attempt: 0, ip: "10.0.0.1", onHostNetwork: false }, begun, containers });

describe("what a pod needs next", () => {
  it("a sidecar that ended is started again while a later init container still runs", () => {
    const three = pod({ initContainers: [sidecar("one"), sidecar("two"), { name: "work", image: "a" }] });
    const actions = computePodActions(three, runtime([seen("one", "exited"), seen("two", "running"), seen("work", "running")]));
    expect(actions.initContainersToStart).toEqual([0]);
    expect(actions.containersToStart).toEqual([]);
  });

  it("an earlier sidecar and the main containers start together when the last sidecar is there", () => {
    const three = pod({ initContainers: [sidecar("one"), sidecar("two"), sidecar("three")] });
    const actions = computePodActions(three, runtime([seen("one", "exited"), seen("two", "running"), seen("three", "running")]));
    expect(actions.initContainersToStart).toEqual([0]);
    expect(actions.containersToStart).toEqual([0]);
  });

  it("of the init containers before the one whose turn it is only sidecars run again", () => {
    const three = pod({ initContainers: [{ name: "work", image: "a" }, sidecar("one"), { name: "more", image: "a" }] });
    expect(computePodActions(three, runtime([seen("work", "exited", { exitCode: 1 }), seen("more", "exited", { exitCode: 1 })])).initContainersToStart).toEqual([1, 2]);
  });

  it("a pod whose main containers have all succeeded needs no new sandbox, whatever became of its sidecars", () => {
    const done = pod({ restartPolicy: "OnFailure", initContainers: [sidecar("one")] });
    const actions = computePodActions(done, runtime([seen("one", "running"), seen("main", "exited")], true, false));
    expect(actions.createSandbox).toBe(false);
    expect(actions.initContainersToStart).toEqual([]);
  });

  it("a probe that fails restarts a container by its own policy before the pod's", () => {
    const two = pod({ restartPolicy: "Never", containers: [{ name: "main", image: "a" }, { name: "other", image: "a", restartPolicy: "OnFailure" }] });
    const actions = computePodActions(two, runtime([seen("main", "running", { liveness: "failure" }), seen("other", "running", { liveness: "failure" })], true));
    expect(actions.containersToStart).toEqual([1]);
    expect(actions.containersToKill.map(({ message }) => message)).toEqual(["Container main failed liveness probe", "Container other failed liveness probe, will be restarted"]);
  });

  it("a container without a limit of its own runs with the pod's, and is restarted for it when its policy says so", () => {
    const container: Container = { name: "main", image: "a", resizePolicy: [{ resourceName: "cpu", restartPolicy: "RestartContainer" }] };
    const whole = (cpu: string): Pod => pod({ containers: [container], resources: { limits: { cpu } } });
    const given = { cpuRequest: 0, cpuLimit: 600, memoryRequest: 0, memoryLimit: 0 };
    expect(computePodActions(whole("600m"), runtime([seen("main", "running", { actual: given })], true)).containersToStart).toEqual([]);
    expect(computePodActions(whole("700m"), runtime([seen("main", "running", { actual: given })], true)).containersToStart).toEqual([0]);
  });
});
