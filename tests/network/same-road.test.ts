import { beforeAll, describe, expect, it, vi } from "vitest";
import { millis, type Cluster, type OutboundRequest, type PacketTrace } from "@/lib/engine";
import type * as Walk from "@/lib/engine/network/walk";
import { origin } from "@/lib/workbench";
import { apply, pod, service, smallCluster } from "./cluster";

/** Every request put on any wire, whoever sent it, and what came of it. */
const seen = vi.hoisted(() => ({ requests: [] as { from: unknown; request: unknown; trace: unknown }[] }));
vi.mock("@/lib/engine/network/walk", async (original) => {
  const real = await original<typeof Walk>();
  return {
    ...real,
    createWire(...parts: Parameters<typeof real.createWire>) {
      const wire = real.createWire(...parts);
      const send: typeof wire.send = (from, request) => {
        const trace = wire.send(from, request);
        seen.requests.push({ from, request, trace });
        return trace;
      };
      return { ...wire, send };
    },
  };
});

const CURIOUS = { namespace: "default", name: "curioso" };
const DENY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nadie}
spec: {podSelector: {matchLabels: {app: cerrado}}, policyTypes: [Ingress]}
---
`;

/** Types a command in the pod and gives back the journey it set off. */
function typed(cluster: Cluster, line: string): { readonly request: OutboundRequest; readonly trace: PacketTrace; readonly printed: string } {
  seen.requests.length = 0;
  const started = cluster.exec(CURIOUS, "c", line.split(" "));
  if ("error" in started) throw new Error(started.error);
  cluster.advance(millis(10_000));
  const sent = seen.requests.find(({ from }) => JSON.stringify(from) === JSON.stringify(origin("pod:curioso")));
  const result = cluster.execResult(started.id);
  return { request: sent?.request as OutboundRequest, trace: sent?.trace as PacketTrace, printed: `${result?.stdout ?? ""}${result?.stderr ?? ""}` };
}

describe("what a process does and what send() tells", () => {
  let cluster: Cluster;
  beforeAll(() => {
    cluster = smallCluster({ cni: "calico" }, pod("web") + pod("otra").replace("app: otra", "app: web") + service("web") + pod("cerrado") + service("cerrado") + service("vacio") + DENY);
    apply(cluster, pod("curioso", "", "nicolaka/netshoot:v0.14").replace("ports: [{name: http, containerPort: 80}]", "command: [sleep, infinity]"));
    // Its image is large.
    cluster.advance(millis(90_000));
  });

  const roads: Readonly<Record<string, readonly [string, PacketTrace["outcome"]]>> = {
    "a Service by its name": ["curl -s http://web/x", "delivered"],
    "a Service without endpoints": ["curl -s http://vacio/", "refused"],
    "a pod behind a policy": ["curl -s -m 3 http://cerrado/", "timed-out"],
    "a name nobody knows": ["curl -s http://nadie.prod.es/", "no-such-host"],
    "a port of a machine": ["wget -q -O - http://192.168.1.11:30999/", "refused"],
  };
  for (const [name, [line, outcome]] of Object.entries(roads)) {
    it(`are the same, hop by hop: ${name}`, () => {
      const [byProcess, byHand] = [cluster.fork(), cluster.fork()];
      const { request, trace } = typed(byProcess, line);
      expect(trace.outcome).toBe(outcome);
      expect(byHand.send(origin("pod:curioso"), request)).toEqual(trace);
      const { from: _from, asked: _asked, hops: _hops, queries: _queries, ...untold } = trace;
      expect(cluster.fork().reach(origin("pod:curioso"), request)).toEqual(untold);
    });
  }

  it("are the same to the byte: what curl prints is what the trace carries", () => {
    const { trace, printed } = typed(cluster.fork(), "curl -s http://web/x");
    expect(printed).toBe(trace.response?.body);
    expect(trace.hops.map(({ stage }) => stage)).toEqual(expect.arrayContaining(["dns", "service-nat", "socket"]));
  });
});
