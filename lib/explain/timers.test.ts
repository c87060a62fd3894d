import { describe, expect, it } from "vitest";
import { createCluster, TIMERS, type TimerGroup } from "@/lib/engine";
import { DEPLOYMENT, POD, SERVICE } from "@/lib/engine/apimachinery/kinds";
import type { KindId, KubeObject } from "@/lib/engine/apimachinery/meta";
import { catalog } from "@/lib/images";
import { timerLines } from "./timers";

const groups = Object.keys(TIMERS) as readonly TimerGroup[];

describe("timers", () => {
  it("are told in both languages, with what sets them", () => {
    for (const group of groups) {
      const [es, en] = [timerLines(group, "es"), timerLines(group, "en")];
      expect(es.map(({ wait, setBy }) => [wait, setBy])).toEqual(en.map(({ wait, setBy }) => [wait, setBy]));
      for (const [i, { what }] of es.entries()) {
        expect(what).toMatch(/\.$/);
        expect(what).not.toBe(en[i]?.what);
      }
    }
    expect(timerLines("nodes", "en")[2]).toEqual({ what: "A kubelet's silence until its node becomes NotReady.", wait: "50s", setBy: "kube-controller-manager --node-monitor-grace-period" });
  });

  it("are those that objects get which say nothing", () => {
    const cluster = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: catalog });
    const made = (kind: KindId, spec: object): Record<string, unknown> => {
      const at = kind.lastIndexOf("/");
      const { spec: stored } = cluster.as("admin").create({ apiVersion: kind.slice(0, at), kind: kind.slice(at + 1), metadata: { name: "a", namespace: "default" }, spec }, { dryRun: true }) as KubeObject & { readonly spec: Record<string, unknown> };
      return stored;
    };
    const template = { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "c", image: "nginx", livenessProbe: { tcpSocket: { port: 80 } } }] } };
    const pod = made(POD, template.spec) as { terminationGracePeriodSeconds: number; containers: { livenessProbe: { periodSeconds: number; timeoutSeconds: number } }[]; tolerations: { tolerationSeconds: number }[] };
    const probe = pod.containers[0]?.livenessProbe;
    const service = made(SERVICE, { ports: [{ port: 80 }], sessionAffinity: "ClientIP" }) as { sessionAffinityConfig: { clientIP: { timeoutSeconds: number } } };
    const seconds = [pod.terminationGracePeriodSeconds, probe?.periodSeconds, probe?.timeoutSeconds, pod.tolerations[0]?.tolerationSeconds, made(DEPLOYMENT, { selector: { matchLabels: { app: "a" } }, template })["progressDeadlineSeconds"], service.sessionAffinityConfig.clientIP.timeoutSeconds];
    const { pods, nodes, workloads, api } = TIMERS;
    expect(seconds).toEqual([pods.terminationGrace, pods.probePeriod, pods.probeTimeout, nodes.tolerated, workloads.progressDeadline, api.sessionAffinity].map(({ ms }) => ms / 1000));
  });
});
