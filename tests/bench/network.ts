import { createCluster, millis, type Cluster, type EndpointSlice, type NetworkPolicy, type Service } from "@/lib/engine";
import type { ComponentContext, StoreEvent } from "@/lib/engine/client/component";
import { kubeProxy, ruleFor } from "@/lib/engine/network/kube-proxy";
import { compilePolicy, type PolicyPod } from "@/lib/engine/network/policy";
import { reachabilityTable } from "@/lib/engine/network/policy-table";
import { createState, type StateTree } from "@/lib/engine/sim/state";
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

/** kube-proxy with all Services and slices before it, and what it knows. */
interface Proxy {
  readonly state: StateTree;
  /** The API server says that a slice changed; kube-proxy makes it so. */
  change(slice: EndpointSlice): void;
}

function proxyOver(services: readonly Service[], slices: readonly EndpointSlice[]): Proxy {
  const state = createState();
  const nameOf = ({ metadata: { namespace, name } }: Service | EndpointSlice): string => `${namespace}/${name}`;
  const known = { services: new Map(services.map((service) => [nameOf(service), service])), slices: new Map(slices.map((slice) => [nameOf(slice), slice])) };
  const client = {
    get: (_kind: string, { namespace, name }: { readonly namespace: string; readonly name: string }) => known.services.get(`${namespace}/${name}`),
    selected: (_kind: string, namespace: string, selector: { readonly matchLabels: Readonly<Record<string, string>> }) => [known.slices.get(`${namespace}/${selector.matchLabels["kubernetes.io/service-name"] ?? ""}`)].flatMap((slice) => slice ?? []),
  };
  const context = { client, state } as unknown as ComponentContext;
  const tell = (kind: string, object: Service | EndpointSlice): void => kubeProxy.observe?.({ kind, object } as unknown as StoreEvent, context);
  const settle = (): void => {
    while (kubeProxy.work?.(context) === true);
  };
  for (const service of services) tell("v1/Service", service);
  for (const slice of slices) tell("discovery.k8s.io/v1/EndpointSlice", slice);
  settle();
  return {
    state,
    change(slice) {
      known.slices.set(nameOf(slice), slice);
      tell("discovery.k8s.io/v1/EndpointSlice", slice);
      settle();
    },
  };
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
      const [from, request] = [origin("pod:client"), requestTo(`http://${address}/`)];
      return measured(() => void cluster.send(from, request), 5000);
    },
  },
  {
    name: "request-untraced",
    target: "p50 0.01 ms warm",
    measure() {
      const cluster = pair();
      const address = cluster.resolve(origin("pod:client"), "web").addresses[0] ?? "";
      const [from, request] = [origin("pod:client"), requestTo(`http://${address}/`)];
      return measured(() => void cluster.reach(from, request), 20_000);
    },
  },
  {
    name: "services-compiled",
    target: "10,000 Services with 50,000 endpoints: 1000 ms; figures: a changed EndpointSlice among them 1 ms, finding a rule",
    measure() {
      const services = Array.from({ length: SERVICES }, (_, i) => serviceOf(i));
      const slices = services.map((_, i) => sliceOf(i));
      const made: { proxy?: Proxy } = {};
      const whole = measured(() => void (made.proxy = proxyOver(services, slices)), 3, 1);
      const { proxy = proxyOver(services, slices) } = made;
      let turn = 0;
      const changed = measured(() => {
        turn += 1;
        const slice = sliceOf((turn * 37) % SERVICES);
        proxy.change({ ...slice, endpoints: (slice.endpoints ?? []).slice(turn % 2) });
      }, 500);
      const found = measured(() => void ruleFor(proxy.state, "node-1", "10.97.4.7", 80), 5000);
      return { ...whole, figures: { changed: changed.p50, changedP99: changed.p99, found: found.p50 } };
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
