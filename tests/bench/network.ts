import { createCluster, millis, type Cluster, type EndpointSlice, type NetworkPolicy, type Service } from "@/lib/engine";
import { compilePolicy, type PolicyPod } from "@/lib/engine/network/policy";
import { reachabilityTable } from "@/lib/engine/network/policy-table";
import { compileRules } from "@/lib/engine/network/rules";
import { catalog } from "@/lib/images";
import { kubernetesVersion, origin, requestTo } from "@/lib/workbench";
import type { Benchmark, Measured } from "./measured";

const META = { uid: "", resourceVersion: "", creationTimestamp: "" };
const SERVICES = 10_000;
const ENDPOINTS = 5;

function measured(work: () => void, runs: number, warm = runs): Measured {
  for (let i = 0; i < warm; i += 1) work();
  const taken: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    const start = performance.now();
    work();
    taken.push(performance.now() - start);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number): number => Math.round((taken[Math.min(runs - 1, Math.floor(runs * share))] ?? 0) * 1000) / 1000;
  return { p50: at(0.5), p99: at(0.99), runs };
}

function serviceOf(i: number): Service {
  return { apiVersion: "v1", kind: "Service", metadata: { ...META, name: `s-${i}`, namespace: "default" }, spec: { clusterIP: `10.97.${i >> 8}.${i & 255}`, ports: [{ port: 80, protocol: "TCP", targetPort: 8080 }] } };
}

function sliceOf(i: number): EndpointSlice {
  const endpoints = Array.from({ length: ENDPOINTS }, (_, n) => ({ addresses: [`10.${(i >> 8) & 255}.${i & 255}.${n + 1}`], conditions: { ready: true, serving: true, terminating: false }, nodeName: `node-${n}` }));
  return { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { ...META, name: `s-${i}`, namespace: "default", labels: { "kubernetes.io/service-name": `s-${i}` } }, addressType: "IPv4", endpoints, ports: [{ name: "", port: 8080, protocol: "TCP" }] };
}

/** A client, a Service and its pod on two machines. */
function pair(): Cluster {
  const cluster = createCluster({ seed: 1, kubernetesVersion, images: catalog, nodes: [1, 2].map((n) => ({ name: `node-${n}`, cpu: "4", memory: "8Gi" })) });
  const admin = cluster.as("kubernetes-admin");
  const pod = (name: string, node: string): void => void admin.create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default", labels: { app: name } }, spec: { nodeName: node, containers: [{ name: "c", image: "traefik/whoami:v1.11" }] } });
  cluster.settle({ quietFor: millis(2000), atMost: millis(60_000) });
  pod("client", "node-1");
  pod("web", "node-2");
  admin.create({ apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "default" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } });
  cluster.settle({ quietFor: millis(5000), atMost: millis(60_000) });
  return cluster;
}

function policyOf(i: number): NetworkPolicy {
  const ingress = [{ from: [{ namespaceSelector: { matchLabels: { team: `x-${i % 5}` } }, podSelector: { matchLabels: { tier: `t-${i % 4}` } } }], ports: [{ port: "http" }] }];
  const egress = [{ to: [{ ipBlock: { cidr: "10.244.0.0/16", except: [`10.244.1.${i & 127}/32`] } }], ports: [{ port: 80 }] }];
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { ...META, name: `n-${i}`, namespace: `ns-${i % 10}` }, spec: { podSelector: { matchLabels: { app: `a-${i % 25}` } }, policyTypes: ["Ingress", "Egress"], ingress, egress } };
}

function podOf(i: number): PolicyPod {
  return { key: { namespace: `ns-${i % 10}`, name: `p-${i}` }, labels: { app: `a-${i % 25}`, tier: `t-${i % 4}` }, namespaceLabels: { team: `x-${i % 5}` }, ip: `10.244.${i >> 8}.${i & 255}`, ports: [{ name: "http", port: 80, protocol: "TCP" }] };
}

/** What the network costs: a request, kube-proxy's rules, and the table of who reaches whom. */
export const networkBenchmarks: readonly Benchmark[] = [
  {
    name: "request-traced",
    target: "p50 0.05 ms warm",
    measure() {
      const cluster = pair();
      const address = cluster.resolve(origin("pod:client"), "web").addresses[0] ?? "";
      return measured(() => void cluster.send(origin("pod:client"), requestTo(`http://${address}/`)), 5000);
    },
  },
  {
    name: "services-compiled",
    target: "10,000 Services, 50,000 endpoints: 1 s; one of them 1 ms",
    measure() {
      const all = Array.from({ length: SERVICES }, (_, i) => ({ service: serviceOf(i), slices: [sliceOf(i)] }));
      const whole = measured(() => {
        for (const { service, slices } of all) compileRules(service, slices);
      }, 3, 1);
      const one = measured(() => void compileRules(serviceOf(7), [sliceOf(7)]), 500);
      return { ...whole, figures: { one: one.p50 } };
    },
  },
  {
    name: "who-reaches-whom",
    target: "500 pods, 200 policies: 100 ms",
    measure() {
      const pods = Array.from({ length: 500 }, (_, i) => podOf(i));
      const policies = Array.from({ length: 200 }, (_, i) => compilePolicy(policyOf(i)));
      return measured(() => void reachabilityTable(pods, policies, 80, "TCP"), 10, 3);
    },
  },
];
