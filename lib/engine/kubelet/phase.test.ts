import { describe, expect, it } from "vitest";
import type { ContainerStatus, Pod } from "../resources/core/pod/pod";
import { expand } from "./expansion";
import { podPhase } from "./phase";

const pod = (spec: Partial<Pod["spec"]>, annotations?: Record<string, string>): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", namespace: "default", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z", ...(annotations ? { annotations } : {}) },
  spec: { containers: [{ name: "main", image: "a" }], ...spec },
});
const status = (name: string, state: ContainerStatus["state"]): ContainerStatus => ({ name, state, lastState: {}, ready: false, restartCount: 0, image: "a", imageID: "" });

describe("the phase of a pod", () => {
  it("a pod whose main containers run is running, though an init container that may run again has failed", () => {
    const statuses = [status("first", { terminated: { exitCode: 1 } as never }), status("main", { running: { startedAt: "2026-01-01T00:00:00Z" } })];
    expect(podPhase(pod({ restartPolicy: "Always", initContainers: [{ name: "first", image: "a" }] }), statuses, false, true)).toBe("Running");
    expect(podPhase(pod({ restartPolicy: "Never", initContainers: [{ name: "first", image: "a" }] }), statuses, false, true)).toBe("Failed");
  });

  it("a static pod that stops is not over: its file still asks for it", () => {
    const statuses = [status("main", { terminated: { exitCode: 0 } as never })];
    expect(podPhase(pod({ restartPolicy: "Always" }), statuses, true, true)).toBe("Succeeded");
    expect(podPhase(pod({ restartPolicy: "Always" }, { "kubernetes.io/config.source": "file" }), statuses, true, true)).toBe("Running");
  });
});

describe("references to variables", () => {
  it("a dollar before a character of several bytes tears it, as upstream does", () => {
    expect(expand("a$é$(X)", (name) => (name === "X" ? "b" : undefined))).toBe("a$Ã\ufffdb");
    expect(expand("é$(X)", () => "b")).toBe("éb");
  });
});
