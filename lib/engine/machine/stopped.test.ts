import { describe, expect, it } from "vitest";
import { ENDPOINT_SLICE, EVENT, POD } from "../apimachinery/kinds";
import { createCluster, type Cluster } from "../cluster";
import { testImages } from "../kubelet/testing/images";
import type { EndpointSlice } from "../resources/discovery/endpointslice/endpointslice";
import type { Pod } from "../resources/core/pod/pod";
import { millis, seconds } from "../sim/clock";
import { defineProgram, type ImageCatalog } from "./behaviour";

const key = { namespace: "default", name: "web" };
const http = { httpGet: { path: "/", port: 80 } };

/** A server, and what sends signals to the process of that number. */
const images: ImageCatalog = {
  pull(reference) {
    const found = testImages.pull(reference);
    const kill = defineProgram<null>({
      start: () => ({ state: null, wakeAfter: { delay: millis(10), message: null } }),
      onTimer: (state, _message, process) => {
        const done = process.signal(Number(process.argv[2]), process.argv[1] ?? "");
        return { state, exit: { code: done ? 0 : 1 } };
      },
    });
    return "image" in found ? { image: { ...found.image, programs: { ...found.image.programs, kill } } } : found;
  },
};

function withWeb(spec: object, pod: object = {}): Cluster {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images });
  c.as("admin").create({ apiVersion: "v1", kind: "Service", metadata: key, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } });
  c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { ...key, labels: { app: "web" } }, spec: { ...pod, containers: [{ name: "web", image: "web:1", ...spec }] } });
  c.advance(seconds(30));
  return c;
}

const container = (c: Cluster) => c.as("admin").get<Pod>(POD, key)?.status?.containerStatuses?.[0];
const restarts = (c: Cluster): number | undefined => container(c)?.restartCount;
const endpointsReady = (c: Cluster): readonly unknown[] => c.as("admin").list<EndpointSlice>(ENDPOINT_SLICE, { namespace: "default", labelSelector: "kubernetes.io/service-name=web" }).flatMap(({ endpoints }) => (endpoints ?? []).map(({ conditions }) => conditions?.ready));
const visit = (c: Cluster, protocol: "http" | "tcp" = "http") => c.send({ node: "node-1" }, { protocol, host: c.as("admin").get<Pod>(POD, key)?.status?.podIP ?? "", port: 80 });

describe("a frozen process", () => {
  it("answers nobody, and nobody notices without probes", () => {
    const c = withWeb({});
    expect(visit(c).outcome).toBe("delivered");
    c.machines.freeze(key);
    expect([visit(c).outcome, visit(c, "tcp").outcome]).toEqual(["timed-out", "delivered"]);
    c.advance(seconds(300));
    expect([restarts(c), container(c)?.ready, endpointsReady(c)]).toEqual([0, true, [true]]);
    c.machines.thaw(key);
    expect(visit(c).outcome).toBe("delivered");
  });

  it("is restarted by its liveness probe, killed at the end of its grace", () => {
    const c = withWeb({ livenessProbe: http });
    c.machines.freeze(key, "web");
    c.advance(seconds(100));
    expect(restarts(c)).toBe(1);
    expect(container(c)?.lastState?.terminated?.exitCode).toBe(137);
    const said = c.as("admin").list<{ readonly message?: string } & Pod>(EVENT, { namespace: "default" }).map(({ message }) => message);
    expect(said).toContain("Container web failed liveness probe, will be restarted");
    expect(visit(c).outcome).toBe("delivered");
  });

  it("is left out by its readiness probe until it goes on", () => {
    const c = withWeb({ readinessProbe: http });
    c.machines.freeze(key);
    c.advance(seconds(60));
    expect([restarts(c), endpointsReady(c)]).toEqual([0, [false]]);
    c.machines.thaw(key);
    c.advance(seconds(30));
    expect([restarts(c), endpointsReady(c)]).toEqual([0, [true]]);
  });

  it("has its port open to a probe that only connects", () => {
    const c = withWeb({ livenessProbe: { tcpSocket: { port: 80 } } });
    c.machines.freeze(key);
    c.advance(seconds(300));
    expect(restarts(c)).toBe(0);
  });

  it("hears of its end when it goes on", () => {
    const c = withWeb({}, { restartPolicy: "Never" });
    c.machines.freeze(key);
    c.as("admin").delete({ kind: POD, ...key });
    c.advance(seconds(10));
    expect(c.as("admin").get<Pod>(POD, key)).toBeDefined();
    c.machines.thaw(key);
    c.advance(seconds(5));
    expect(c.as("admin").get<Pod>(POD, key)).toBeUndefined();
  });

  it("is not the first of its own namespace, but may be another's", () => {
    const probe = (pid: number) => ({ readinessProbe: { exec: { command: ["kill", "SIGSTOP", String(pid)] }, initialDelaySeconds: 1, periodSeconds: 1000 } });
    expect(visit(withWeb(probe(1))).outcome).toBe("delivered");
    expect(visit(withWeb(probe(8), { shareProcessNamespace: true })).outcome).toBe("timed-out");
  });
});
