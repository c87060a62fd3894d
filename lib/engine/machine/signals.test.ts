import { describe, expect, it } from "vitest";
import { POD } from "../apimachinery/kinds";
import { createCluster } from "../cluster";
import { testImages } from "../kubelet/testing/images";
import { defineProgram, type ImageCatalog, type Program } from "./behaviour";
import type { Pod } from "../resources/core/pod/pod";
import { millis, seconds } from "../sim/clock";
import { defaultAction, KILLED } from "./signals";

/** Sends process 1 of its container a signal. */
const killer = defineProgram<null>({
  start: () => ({ state: null, wakeAfter: { delay: millis(100), message: null } }),
  onTimer: (state, _message, process) => ({ state, exit: { code: process.signal(1, process.argv[1] ?? "") ? 0 : 1 } }),
});
const idle = defineProgram<null>({ start: () => ({ state: null }) });
const polite = defineProgram<null>({ start: () => ({ state: null }), onSignal: (state) => ({ state, exit: { code: 0 } }) });

function images(main: Program, stopSignal?: "SIGWINCH"): ImageCatalog {
  return {
    pull(reference) {
      const found = testImages.pull("web:1");
      return "image" in found ? { image: { ...found.image, reference, entrypoint: ["main"], programs: { main, killer }, ...(stopSignal ? { stopSignal } : {}) } } : found;
    },
  };
}

/** The exit code of a container whose process 1 got a signal; undefined when it lives on. */
function after(signal: string, main: Program, stopSignal?: "SIGWINCH"): number | undefined {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images: images(main, stopSignal) });
  const probe = { exec: { command: ["killer", signal] }, initialDelaySeconds: 1, periodSeconds: 100 };
  c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "default" }, spec: { restartPolicy: "Never", containers: [{ name: "web", image: "web:1", readinessProbe: probe }] } });
  c.advance(seconds(30));
  return c.as("admin").get<Pod>(POD, { namespace: "default", name: "web" })?.status?.containerStatuses?.[0]?.state.terminated?.exitCode;
}

describe("signals", () => {
  it("end who has no handler with 128 and their number, but for those nobody minds", () => {
    expect(["SIGHUP", "SIGINT", "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGTERM", "SIGSYS"].map((name) => defaultAction(name)?.code)).toEqual([129, 130, 131, 137, 138, 139, 143, 159]);
    expect(["SIGCHLD", "SIGCLD", "SIGCONT", "SIGURG", "SIGWINCH", "SIGSTOP"].map(defaultAction)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
    expect(defaultAction("SIGKILL")).toEqual(KILLED);
  });

  it("reach processes from within their container, which cannot kill its first", () => {
    expect(["SIGUSR1", "SIGCHLD", "SIGWINCH", "SIGKILL"].map((name) => after(name, idle))).toEqual([138, undefined, undefined, undefined]);
  });

  it("that nobody minds leave a server alone, unless its image is stopped by it", () => {
    expect(["SIGTERM", "SIGCHLD", "SIGWINCH"].map((name) => after(name, polite))).toEqual([0, undefined, undefined]);
    expect(after("SIGWINCH", polite, "SIGWINCH")).toBe(0);
  });
});
